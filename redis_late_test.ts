// redis_late_test.ts: leases that run out, come back, or are found late; dead letters.

import { assert, assertEquals } from "@std/assert";
import { gated, meddling, open } from "./_redis_clients_testing.ts";
import type { TestServer } from "./_redis_testing.ts";
import { redisTest, until } from "./_redis_testing.ts";
import { isPending, reasonOf } from "./_testing.ts";
import type { RedisLike } from "./redis.ts";
import { openChannel } from "./redis.ts";

const VALUES = "sluice:{jobs}:values";
const META = "sluice:{jobs}:meta";

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
    await using channel = await open(server);
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
    await using other = await open(server, { visibility });
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
    await using one = await open(server);
    await using other = await open(server);
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
  await using one = await open(server);
  await using other = await open(server);
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
    await using other = await open(server);
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
    await using other = await open(server);
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
  "a loop over leases that is left gives back what is ahead",
  async (server) => {
    await using one = await open(server);
    await using other = await open(server);
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
    await using other = await open(server);
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
      const one = await open(server, options);
      await one.send(7);
      await (await one.receive()).giveBack();
      const received = reasonOf(one.receive());
      await until(async () => await full() === 1);
      await one[Symbol.asyncDispose]();
      await received;
    } finally {
      Date.now = now;
    }
    await using other = await open(server, options);
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

redisTest(
  "a dead letter is stored once, though its sender is not heard of again",
  async (server) => {
    await using dead = await openChannel<number>(server.client(), "dead", {
      capacity: 9,
    });
    const options = { maxDeliveries: 1, deadLetter: dead };
    let calls = Infinity;
    await using one = await open(
      meddling(
        server.client(),
        (_, call) => calls-- > 0 ? call() : new Promise(() => {}),
      ),
      { ...options, patience: 2_000 },
    );
    await using other = await open(server, options);
    await one.send(7);
    const lease = await one.receive();
    await lease.giveBack();
    calls = 1; // to receive; what would acknowledge hangs
    const received = reasonOf(one.receive());
    await until(async () => (await dead.stats()).size === 1);
    await runsOut(server, lease.id, 2);
    const again = reasonOf(other.receive());
    await until(async () => (await other.stats()).size === 0);
    assertEquals((await dead.stats()).size, 1);
    calls = Infinity;
    await other.close();
    await Promise.all([received, again]);
  },
);
