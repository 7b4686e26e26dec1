// redis_listen_test.ts: the connection that listens, and calls whose answers are late.

import { assert, assertEquals } from "@std/assert";
import { gated, open } from "./_redis_clients_testing.ts";
import type { TestServer } from "./_redis_testing.ts";
import { redisTest, until } from "./_redis_testing.ts";
import { isPending, reasonOf } from "./_testing.ts";
import type { RedisLike } from "./redis.ts";
import { ChannelClosedError, openChannel } from "./redis.ts";
import { lease } from "./ends.ts";

/** A client whose listener hears in another way. */
function hearing(
  client: RedisLike,
  change: (reply: Promise<unknown>) => unknown,
): RedisLike {
  return {
    command: client.command,
    duplicate: async () => {
      const own = await client.duplicate();
      return {
        command: async (args) => await change(own.command(args)),
        close: () => own.close(),
      };
    },
  };
}

async function passesValues(
  server: TestServer,
  client: RedisLike,
): Promise<void> {
  await using one = await open(client, { capacity: 3 });
  await using other = await open(server, { capacity: 3 });
  const got: number[] = [];
  const work = one.consume((n) => void got.push(n));
  for (let n = 0; n < 10; n++) {
    await other.send(n);
    await until(() => got.length === n + 1);
  }
  await other.close();
  await work;
}

/** Of each stream its name and its entries, however the client lists them. */
function pairsOf(reply: unknown): [string, unknown][] {
  const list = reply as [string, unknown] | [string, unknown][];
  return typeof list[0] === "string"
    ? [list as [string, unknown]]
    : list as [string, unknown][];
}

const HEARD: Record<string, (reply: unknown) => unknown> = {
  "as a map": (reply) => reply && new Map(pairsOf(reply)),
  "as an object": (reply) => reply && Object.fromEntries(pairsOf(reply)),
  "in bytes": (reply) =>
    JSON.parse(
      JSON.stringify(reply),
      (_, value) =>
        typeof value === "string" ? new TextEncoder().encode(value) : value,
    ),
  "with numbers": (reply) => [7, true, reply],
};

for (const [how, change] of Object.entries(HEARD)) {
  redisTest(`events are heard that come ${how}`, async (server) => {
    await passesValues(
      server,
      hearing(server.client(), async (reply) => change(await reply)),
    );
  });
}

redisTest(
  "a listener that fails again and again misses nothing",
  async (server) => {
    let calls = 0;
    await passesValues(
      server,
      hearing(server.client(), async (reply) => {
        await reply;
        if (++calls % 2) throw calls % 4 === 1 ? "lost" : new Error("lost");
        return reply;
      }),
    );
  },
);

redisTest("a listener that connects too late is hung up", async (server) => {
  const client = server.client();
  let [asked, closed] = [0, 0];
  let connect!: () => void;
  const connected = new Promise<void>((resolve) => connect = resolve);
  const channel = await open({
    command: client.command,
    duplicate: async () => {
      asked++;
      await connected;
      return { command: () => new Promise(() => {}), close: () => closed++ };
    },
  });
  const receiving = reasonOf(channel.receive());
  await until(() => asked === 1);
  await channel[Symbol.asyncDispose]();
  await receiving;
  connect();
  await until(() => closed === 1);
});

redisTest("send() rejects when it cannot hear of room", async (server) => {
  await using channel = await open(
    hearing(server.client(), async (reply) => {
      reply.catch(() => {});
      await Promise.resolve();
      throw new Error("NOPERM this user has no permissions");
    }),
    { capacity: 1 },
  );
  await channel.send(0);
  assertEquals(
    String(await reasonOf(channel.send(1))),
    "ChannelError: Cannot wait: the user lacks a permission on the server",
  );
});

redisTest(
  "send() under way to a full channel hears of its abort with the answer",
  async (server) => {
    const [client, shut] = gated(server.client());
    await using channel = await open(client, { capacity: 1 });
    await channel.send(0);
    const release = shut();
    const controller = new AbortController();
    const sent = reasonOf(channel.send(1, { signal: controller.signal }));
    assert(await isPending(sent));
    controller.abort("enough");
    assert(await isPending(sent));
    release();
    assertEquals(await sent, "enough");
    assertEquals((await channel.stats()).size, 1);
  },
);

redisTest(
  "what is under way when the handle is left or the channel closes hears of it",
  async (server) => {
    const [client, shut] = gated(server.client());
    const channel = await open(client, { capacity: 1 });
    await using other = await open(server, { capacity: 1 });
    await channel.send(0);
    let release = shut();
    const sent = reasonOf(channel.send(1));
    assert(await isPending(sent));
    const left = channel[Symbol.asyncDispose]();
    release();
    await left;
    assert(/was left/.test(String(await sent)));

    const [again, shutAgain] = gated(server.client());
    await using late = await open(again, { capacity: 1 });
    release = shutAgain();
    await other.close();
    const closed = [late.send(1), late.trySend(2)] as const;
    assert(await isPending(closed[1]));
    release();
    assert(await reasonOf(closed[0]) instanceof ChannelClosedError);
    assertEquals(await closed[1], false);
  },
);

redisTest("batches() gives leases in batches", async (server) => {
  await using channel = await open(server);
  await channel.sendAll([0, 1, 2, 3, 4]);
  const got: number[][] = [];
  await channel.close();
  for await (const batch of channel.leases.batches(2)) {
    got.push(batch.map(({ value }) => value));
    for (const one of batch) await one.ack();
  }
  assertEquals(got.flat(), [0, 1, 2, 3, 4]);
  assert(got.every(({ length }) => length <= 2));
});

redisTest(
  "what a transport holds keeps the channel from being drained",
  async (server) => {
    await using channel = await open(server);
    channel.leases[lease](1);
    await channel.close();
    assertEquals([channel.leases.closed, channel.drained], [true, false]);
    const joined = channel.join();
    assert(await isPending(joined));
    channel.leases[lease](-1);
    await joined;
    const loop = channel.values();
    assert(loop[Symbol.asyncIterator]() === loop);
  },
);

redisTest(
  "dead letters that are full make values wait, and leaving ends that",
  async (server) => {
    const options = { capacity: 1, window: 1 };
    await using dead = await openChannel<number>(
      server.client(),
      "dead",
      options,
    );
    await dead.send(-1);
    const channel = await open(server, {
      maxDeliveries: 1,
      deadLetter: dead,
    });
    await channel.send(7);
    await (await channel.receive()).giveBack();
    const receiving = channel.receive();
    await until(async () =>
      await server.command("HEXISTS", "sluice:{dead}:meta", "thirsty") === 1
    );
    const first = await dead.receive();
    await first.ack();
    assertEquals((await dead.receive()).value, 7);
    const left = reasonOf(receiving);
    await channel[Symbol.asyncDispose]();
    assert(/was left/.test(String(await left)));
  },
);

redisTest(
  "join() rejects if the channel is no longer there",
  async (server) => {
    await using channel = await open(server);
    await server.command("FLUSHALL");
    assertEquals(
      String(await reasonOf(channel.join())),
      "ChannelError: Cannot join: channel jobs is no longer on the server",
    );
  },
);

redisTest(
  "sendAll() refuses nothing at all, and an aborted signal",
  async (server) => {
    await using channel = await open(server);
    for (const source of [undefined, null]) {
      assertEquals(
        String(await reasonOf(channel.sendAll(source as never))),
        "TypeError: Cannot send: not iterable",
      );
    }
    const signal = AbortSignal.abort("enough");
    assertEquals(await reasonOf(channel.sendAll([1], { signal })), "enough");
    assertEquals((await channel.stats()).size, 0);
  },
);
