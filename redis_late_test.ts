// redis_late_test.ts: what comes late, comes back, or leaves it in doubt what the server has heard.

import { assert, assertEquals } from "@std/assert";
import { Remote } from "./_redis_channel.ts";
import type { TestServer } from "./_redis_testing.ts";
import { redisTest, until } from "./_redis_testing.ts";
import { isPending, reasonOf } from "./_testing.ts";
import type {
  RedisLike,
  RemoteChannel,
  RemoteChannelOptions,
} from "./redis.ts";
import { ChannelClosedError, ChannelError, openChannel } from "./redis.ts";

const VALUES = "sluice:{jobs}:values";
const META = "sluice:{jobs}:meta";

function open(
  client: RedisLike,
  options?: Partial<RemoteChannelOptions<number>>,
): Promise<RemoteChannel<number>> {
  return openChannel(client, "jobs", { capacity: 100, ...options });
}

/** A client that does something else instead of some calls. */
function meddling(
  client: RedisLike,
  meddle: (args: string[], call: () => Promise<unknown>) => unknown,
): RedisLike {
  return {
    ...client,
    command: async (args) => await meddle(args, () => client.command(args)),
  };
}

/** A client whose answers wait while a gate is shut; and the gate. */
function gated(client: RedisLike): [RedisLike, () => () => void] {
  let shut: Promise<void> | undefined;
  const slow = meddling(client, async (_, call) => {
    const reply = await call();
    await shut;
    return reply;
  });
  return [slow, () => {
    let release!: () => void;
    shut = new Promise((resolve) => release = resolve);
    return release;
  }];
}

/** The lease of a value runs out now, as another consumer would find it. */
async function runsOut(
  server: TestServer,
  id: string,
  count = 1,
): Promise<void> {
  const [[, consumer]] = await server.command(
    ...["XPENDING", VALUES, "consumers", id, id, "1"] as const,
  ) as [[string, string]];
  await server.command(
    ...["XCLAIM", VALUES, "consumers", "given back", "0", id] as const,
    ...["RETRYCOUNT", `${count}`, "JUSTID"] as const,
  );
  await server.command("HSET", META, `at:${consumer}`, "-1");
}

redisTest(
  "a lease that runs out and comes back is another one",
  async (server) => {
    await using channel = await open(server.client());
    await channel.send(7);
    const first = await channel.receive();
    await runsOut(server, first.id);
    const second = await channel.receive();
    assertEquals([second.id, second.deliveries], [first.id, 2]);
    assertEquals(await first.ack(), false);
    assertEquals(await second.ack(), true);
  },
);

redisTest(
  "a late ack of a lease that came back does not let go of the new one",
  async (server) => {
    const visibility = 300;
    const [client, shut] = gated(server.client());
    await using one = await open(client, { visibility });
    await using other = await open(server.client(), { visibility });
    await one.send(7);
    const first = await one.receive();
    await runsOut(server, first.id);
    const release = shut();
    const received = one.receive();
    await until(async () => (await other.stats()).leased === 1);
    const acked = first.ack();
    release();
    const second = await received;
    assertEquals([await acked, second.deliveries], [false, 2]);
    const waiting = other.receive();
    await new Promise((resolve) => setTimeout(resolve, 3 * visibility));
    assert(await isPending(waiting));
    assertEquals(await second.ack(), true);
    await other.send(8);
    await (await waiting).ack();
  },
);

redisTest(
  "an ack is refused of a lease that another has, of the same delivery",
  async (server) => {
    await using one = await open(server.client());
    await using other = await open(server.client());
    await one.send(7);
    const lease = await one.receive();
    await runsOut(server, lease.id, 0);
    const theirs = await other.receive();
    assertEquals([theirs.id, theirs.deliveries], [lease.id, 1]);
    assertEquals(await lease.ack(), false);
    assertEquals(await theirs.ack(), true);
  },
);

redisTest("giveBack() wakes who waits, at once", async (server) => {
  await using one = await open(server.client());
  await using other = await open(server.client());
  await one.send(7);
  const lease = await one.receive();
  const received = other.receive();
  await until(async () =>
    await server.command("HEXISTS", META, "hungry") === 1
  );
  const start = performance.now();
  await lease.giveBack();
  assertEquals((await received).deliveries, 2);
  assert(performance.now() - start < 5_000);
});

redisTest(
  "what is leased to a handle that is being left goes back unseen",
  async (server) => {
    const [client, shut] = gated(server.client());
    const one = await open(client);
    await using other = await open(server.client());
    await one.send(7);
    const release = shut();
    const received = reasonOf(one.receive());
    await until(async () => (await other.stats()).leased === 1);
    const left = one[Symbol.asyncDispose]();
    release();
    await left;
    assert(/was left/.test(String(await received)));
    const lease = await other.receive();
    assertEquals([lease.value, lease.deliveries], [7, 1]);
  },
);

redisTest(
  "a call that comes again when it is over takes nothing",
  async (server) => {
    let calls: string[][] = [];
    const client = server.client();
    await using channel = await open(meddling(client, (args, call) => {
      calls.push(args);
      return call();
    }));
    await channel.send(0);
    calls = [];
    const lease = await channel.receive();
    const [late] = calls;
    await lease.ack();
    await channel.sendAll([1, 2]);
    await client.command(late!);
    assertEquals((await channel.stats()).leased, 0);
  },
);

redisTest(
  "a call that is made twice finds what was given back in between",
  async (server) => {
    await using other = await open(server.client());
    await other.send(7);
    const lease = await other.receive();
    let doubts = false;
    await using channel = await open(
      meddling(server.client(), async (_, call) => {
        const reply = await call();
        if (!doubts) return reply;
        doubts = false;
        await lease.giveBack();
        throw new Error("Socket closed unexpectedly");
      }),
    );
    doubts = true;
    const again = await channel.receive();
    assertEquals([again.value, again.deliveries], [7, 2]);
    // At once, and not when somebody looks for leases that have run out.
    const stats = await server.command("INFO", "commandstats");
    assert(Number(/cmdstat_evalsha:calls=(\d+)/.exec(String(stats))![1]) < 8);
  },
);

redisTest(
  "send() goes on when the server has lost what it knew of the sender",
  async (server) => {
    await using channel = await open(server.client());
    for (let n = 0; n < 4; n++) await channel.send(n);
    const [key] = await server.command(
      ...["KEYS", "sluice:{jobs}:sender:*"] as const,
    ) as [string];
    await server.command("SET", key, "2:2");
    await channel.send(4);
    await server.command("DEL", key);
    await channel.send(5);
    await channel.close();
    const got = [];
    for await (const value of channel) got.push(value);
    assertEquals(got, [0, 1, 2, 3, 4, 5]);
  },
);

redisTest(
  "send() that is refused after a try without an answer is in doubt, and the next is not taken for it",
  async (server) => {
    const faults: ((call: () => Promise<unknown>) => Promise<unknown>)[] = [];
    await using channel = await open(
      meddling(server.client(), (_, call) => (faults.shift() ?? call)(call)),
    );
    await channel.send(0);
    faults.push(async (call) => {
      await call();
      return Promise.reject("lost");
    }, () => Promise.reject(new Error("NOPERM no permissions")));
    const reason = await reasonOf(channel.send(1));
    assert(reason instanceof ChannelError);
    assertEquals(
      reason.message,
      "Cannot send: the user lacks a permission on the server; whether an earlier try was heard is unknown",
    );
    await channel.send(2);
    await channel.close();
    const got = [];
    for await (const value of channel) got.push(value);
    assertEquals(got, [0, 1, 2]);
  },
);

redisTest(
  "send() under way when the channel closes is refused",
  async (server) => {
    await using other = await open(server.client());
    let closes = false;
    await using channel = await open(
      meddling(server.client(), async (_, call) => {
        if (closes) await other.close();
        return await call();
      }),
    );
    closes = true;
    const reason = await reasonOf(channel.send(1));
    assert(reason instanceof ChannelClosedError);
    assertEquals([reason.value, (await channel.stats()).size], [1, 0]);
  },
);

redisTest("done() by more than there are counts no further", async (server) => {
  await using one = await open(server.client(), { producers: 1 });
  await using other = await open(server.client());
  await one.done();
  await other.done();
  assertEquals((await other.stats()).producers, 0);
});

redisTest(
  "done() that was not answered can be repeated, and counts once",
  async (server) => {
    let silent = false;
    await using channel = await open(
      meddling(server.client(), async (_, call) => {
        const reply = await call();
        return silent ? new Promise(() => {}) : reply;
      }),
      { producers: 2, patience: 100 },
    );
    silent = true;
    const done = channel.done();
    assertEquals(channel.done(), done);
    assert(/no answer/.test(String(await reasonOf(done))));
    silent = false;
    await channel.done();
    assertEquals((await channel.stats()).producers, 1);
  },
);

redisTest(
  "closeSignal hears of a close though the server was silent for long",
  async (server) => {
    let [silent, asked] = [false, 0];
    await using channel = await open(
      meddling(server.client(), (_, call) => {
        asked++;
        return silent ? new Promise(() => {}) : call();
      }),
      { patience: 100 },
    );
    await using other = await open(server.client());
    silent = true;
    const before = asked;
    const { closeSignal } = channel;
    await until(() => asked > before);
    await reasonOf(channel.stats()); // asked later, so the first has been given up
    await other.close();
    silent = false;
    await until(() => closeSignal.aborted);
  },
);

redisTest(
  "dead letters do not depend on anybody's clock",
  async (server) => {
    const own = { capacity: 1, patience: 1_000 };
    await using dead = await openChannel<number>(server.client(), "dead", own);
    await dead.send(-1);
    const full = () =>
      server.command("HEXISTS", "sluice:{dead}:meta", "thirsty");
    const options = { maxDeliveries: 1, deadLetter: dead };
    const { now } = Date;
    Date.now = () => now() + 3_600_000;
    try {
      const one = await open(server.client(), options);
      await one.send(7);
      await (await one.receive()).giveBack();
      const received = reasonOf(one.receive());
      await until(async () => await full() === 1);
      await one[Symbol.asyncDispose]();
      await received;
    } finally {
      Date.now = now;
    }
    await using other = await open(server.client(), options);
    const received = reasonOf(other.receive());
    await until(async () => (await other.stats()).leased === 1);
    await (await dead.receive()).ack();
    await until(async () => (await dead.stats()).size === 1);
    await until(async () => (await other.stats()).size === 0);
    await other.close();
    await received;
    assertEquals((await dead.receive()).value, 7);
  },
);

Deno.test("dead letters that are left while they answer reject", async () => {
  for (let turns = 0; turns < 24; turns++) {
    const answers: ((reply: unknown) => void)[] = [];
    let opened = false;
    const client: RedisLike = {
      command: (args) => {
        if (opened) return new Promise((resolve) => answers.push(resolve));
        opened = true;
        return Promise.resolve(["ok", "0", 0, "", args[6]!]);
      },
      duplicate: () => new Promise(() => {}),
    };
    const dead = await openChannel<number>(client, "dead", { capacity: 1 });
    assert(dead instanceof Remote);
    const taken = reasonOf(dead.takeIn("7", "somebody"));
    await until(() => answers.length === 1);
    const left = dead[Symbol.asyncDispose]();
    await until(() => answers.length === 2);
    answers[1]!(["ok", 1, 0, ""]);
    for (let i = 0; i < turns; i++) await Promise.resolve();
    answers[0]!(["ok", 1, 0, "", 0, 0]);
    await left;
    assert(/was left$/.test(String(await taken)), String(await taken));
  }
});

redisTest(
  "a loop over leases that is left gives back what is ahead",
  async (server) => {
    await using one = await open(server.client());
    await using other = await open(server.client());
    await one.sendAll([0, 1, 2]);
    const loop = one.leases.values();
    await (await loop.next()).value.ack();
    await loop.return!();
    await until(async () => (await other.stats()).leased === 0);
    const next = await other.receive();
    assertEquals([next.value, next.deliveries], [1, 1]);
  },
);

redisTest(
  "a value that comes while the answer is that there is none is not missed",
  async (server) => {
    let [asked, heard] = [0, 0];
    const [client, shut] = gated(server.client());
    const listening: RedisLike = {
      command: client.command,
      duplicate: async () => {
        const own = await client.duplicate();
        return {
          ...own,
          command: (args) => {
            asked++;
            return own.command(args).finally(() => heard++);
          },
        };
      },
    };
    const channel = await open(listening);
    await using other = await open(server.client());
    const joined = reasonOf(channel.join()); // so that there is a listener
    await until(() => asked === 1);
    const release = shut();
    const received = channel.receive();
    await until(async () =>
      await server.command("HEXISTS", META, "hungry") === 1
    );
    await other.send(7);
    await until(() => heard === 1);
    const start = performance.now();
    release();
    assertEquals((await received).value, 7);
    assert(performance.now() - start < 5_000);
    await channel[Symbol.asyncDispose]();
    await joined;
  },
);

redisTest("an answer that is late takes no close back", async (server) => {
  let held: Promise<void> | undefined;
  await using channel = await open(
    meddling(server.client(), async (_, call) => {
      const until = held;
      held = undefined;
      const reply = await call();
      await until;
      return reply;
    }),
  );
  let release!: () => void;
  held = new Promise((resolve) => release = resolve);
  const looked = channel.stats();
  await until(() => held === undefined);
  await channel.close();
  release();
  await looked;
  assertEquals([channel.closed, channel.drained], [true, true]);
});

redisTest(
  "a dead letter is stored once, though its sender is not heard of again",
  async (server) => {
    await using dead = await openChannel<number>(server.client(), "dead", {
      capacity: 9,
    });
    const options = { maxDeliveries: 1, deadLetter: dead };
    let hangs = false;
    await using one = await open(
      meddling(
        server.client(),
        (_, call) => hangs ? new Promise(() => {}) : call(),
      ),
      { ...options, patience: 300 },
    );
    await using other = await open(server.client(), options);
    await one.send(7);
    const lease = await one.receive();
    await lease.giveBack();
    const received = reasonOf(one.receive());
    await until(async () => (await other.stats()).leased === 1);
    hangs = true;
    await until(async () => (await dead.stats()).size === 1);
    await runsOut(server, lease.id, 2);
    const again = reasonOf(other.receive());
    await until(async () => (await other.stats()).size === 0);
    assertEquals((await dead.stats()).size, 1);
    hangs = false;
    await other.close();
    await Promise.all([received, again]);
  },
);

redisTest(
  "what is known of the end stays so when an older answer is late",
  async (server) => {
    let hold: Promise<void> | undefined;
    const client = meddling(server.client(), async (_, call) => {
      const held = hold;
      hold = undefined; // the next call only
      const reply = await call();
      await held;
      return reply;
    });
    await using channel = await open(client);
    await channel.stats(); // the server knows the script from now on
    let release!: () => void;
    hold = new Promise((resolve) => release = resolve);
    const late = channel.stats();
    await channel.close();
    assert(channel.closed && channel.drained);
    release();
    await late;
    assert(channel.closed && channel.drained);
  },
);
