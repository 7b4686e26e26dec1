// redis_faults_test.ts: what goes wrong between a handle and its server.

import { assert, assertEquals } from "@std/assert";
import { meddling, open } from "./_redis_clients_testing.ts";
import type { TestServer } from "./_redis_testing.ts";
import { redisTest, until } from "./_redis_testing.ts";
import { isPending, reasonOf, unhandledIn } from "./_testing.ts";
import type { RedisLike, RemoteChannel } from "./redis.ts";
import { ChannelError } from "./redis.ts";

/**
 * A client whose faults are decided call by call: before the server hears, or after; with a
 * call that is made twice, or the answer to something else.
 */
function faulty(
  client: RedisLike,
  fault: (
    args: string[],
  ) => "before" | "after" | "twice" | "astray" | undefined,
): RedisLike {
  return meddling(client, async (args, call) => {
    const kind = fault(args);
    if (kind === "before") throw new Error("Socket closed unexpectedly");
    const reply = await call();
    if (kind === "twice") return await call();
    if (kind === "astray") return ["server", "redis", "version", "7.0.15"];
    if (kind === "after") throw new Error("Socket closed unexpectedly");
    return reply;
  });
}

async function all(channel: RemoteChannel<number>): Promise<number[]> {
  const values: number[] = [];
  await channel.close();
  for await (const value of channel) values.push(value);
  return values;
}

for (const kind of ["before", "after", "twice", "astray"] as const) {
  redisTest(
    `a call that fails stores what it sends once (${kind})`,
    async (server) => {
      let calls = 0;
      const client = faulty(
        server.client(),
        () => ++calls % 2 ? kind : undefined,
      );
      await using channel = await open(client, { capacity: 1_000 });
      const expected = Array.from({ length: 60 }, (_, n) => n);
      for (const n of expected.slice(0, 30)) await channel.send(n);
      await Promise.all(expected.slice(30).map((n) => channel.send(n)));
      assertEquals(await all(channel), expected);
    },
  );
}

redisTest(
  "calls under way at once keep their order, whichever of them drops",
  async (server) => {
    let calls = 0;
    const client = faulty(
      server.client(),
      () => ++calls % 3 === 0 ? (calls % 2 ? "before" : "after") : undefined,
    );
    await using channel = await open(client, { capacity: 10_000 });
    const expected = Array.from({ length: 6_000 }, (_, n) => n);
    await Promise.all(expected.map((n) => channel.send(n)));
    assertEquals(await all(channel), expected);
  },
);

redisTest(
  "a full channel and a dropping connection lose and double nothing",
  async (server) => {
    let calls = 0;
    const client = faulty(
      server.client(),
      () => ++calls % 3 === 0 ? (calls % 2 ? "twice" : "after") : undefined,
    );
    await using sender = await open(client, { capacity: 7 });
    await using receiver = await open(server, {
      capacity: 7,
      window: 3,
    });
    const expected = Array.from({ length: 500 }, (_, n) => n);
    const got: number[] = [];
    const work = receiver.consume((n) => void got.push(n));
    await sender.sendAll(expected);
    await sender.close();
    await work;
    assertEquals(got, expected);
  },
);

redisTest("a lost answer to a receive is made good at once", async (server) => {
  let calls = 0;
  const client = faulty(
    server.client(),
    () => ++calls === 3 ? "after" : undefined,
  );
  await using channel = await open(client, { capacity: 1_000, window: 5 });
  await channel.sendAll([0, 1, 2]);
  const loop = channel.values();
  const start = performance.now();
  const got = [];
  for (let i = 0; i < 3; i++) got.push((await loop.next()).value);
  assertEquals(got.sort(), [0, 1, 2]);
  assert(performance.now() - start < 5_000);
});

redisTest("ack() whose answer was lost is still true", async (server) => {
  let lost: "after" | undefined;
  const client = faulty(server.client(), () => {
    const now = lost;
    lost = undefined;
    return now;
  });
  await using channel = await open(client, { capacity: 1_000 });
  await channel.send(7);
  const lease = await channel.receive();
  lost = "after";
  assertEquals(await lease.ack(), true);
  assertEquals((await channel.stats()).size, 0);
});

redisTest(
  "a server that does not answer makes calls reject in time",
  async (server) => {
    let silent = false;
    const client = server.client();
    const quiet: RedisLike = {
      ...client,
      command: (args) => silent ? new Promise(() => {}) : client.command(args),
    };
    await using channel = await open(quiet, {
      capacity: 1_000,
      patience: 2_000,
    });
    await channel.send(0);
    silent = true;
    const rejections = await unhandledIn(async () => {
      const message = (act: string) =>
        `${act}: no answer from the server in 2000 ms; whether it has heard is unknown`;
      const reasons = await Promise.all(
        [
          channel.send(1),
          channel.trySend(2),
          channel.receive(),
          channel.stats(),
        ].map(reasonOf),
      );
      assertEquals(
        reasons.map((reason) => (reason as Error).message),
        ["Cannot send", "Cannot send", "Cannot receive", "Cannot look"].map(
          message,
        ),
      );
      assert(reasons.every((reason) => reason instanceof ChannelError));
    });
    assertEquals(rejections, []);
    silent = false;
    await channel.send(3);
    assertEquals(await all(channel), [0, 3]);
  },
);

redisTest(
  "a send is not given up while nobody knows whether it was stored",
  async (server) => {
    const gate: { hold?: Promise<void> } = {};
    const client = server.client();
    const slow: RedisLike = {
      ...client,
      command: async (args) => {
        const reply = await client.command(args);
        await gate.hold;
        return reply;
      },
    };
    await using channel = await open(slow, { capacity: 1_000 });
    let release!: () => void;
    gate.hold = new Promise((resolve) => release = resolve);
    const controller = new AbortController();
    const sent = channel.send(7, { signal: controller.signal });
    await until(async () =>
      await server.command("XLEN", "sluice:{jobs}:values") === 1
    );
    controller.abort("enough");
    assert(await isPending(sent));
    release();
    await sent;
  },
);

redisTest("a server without memory says so, and recovers", async (server) => {
  await using channel = await open(server, { capacity: 1_000 });
  await channel.sendAll([0, 1]);
  await server.command("CONFIG", "SET", "maxmemory", "1");
  for (
    const act of [channel.send(2), channel.trySend(2), channel.sendAll([2])]
  ) {
    assertEquals(
      String(await reasonOf(act)),
      "ChannelError: Cannot send: the server has no memory left",
    );
  }
  const lease = await channel.receive();
  assertEquals(await lease.ack(), true);
  await server.command("CONFIG", "SET", "maxmemory", "0");
  await channel.send(3);
  await server.command("CONFIG", "SET", "maxmemory", "1");
  assertEquals(await all(channel), [1, 3]);
});

redisTest(
  "a server that forgets its scripts is told them again",
  async (server) => {
    await using channel = await open(server, { capacity: 1_000 });
    await channel.send(0);
    await server.command("SCRIPT", "FLUSH");
    await channel.send(1);
    await server.command("SCRIPT", "FLUSH");
    assertEquals(await all(channel), [0, 1]);
  },
);

redisTest("a key that became something else says so", async (server) => {
  await using channel = await open(server, { capacity: 1_000 });
  await server.command("SET", "sluice:{jobs}:values", "theirs");
  for (
    const [act, message] of [
      [
        channel.send(1),
        "Cannot send: a key of the channel holds something else",
      ],
      [
        channel.receive(),
        "Cannot receive: a key of the channel holds something else",
      ],
    ] as const
  ) {
    const reason = await reasonOf(act);
    assert(reason instanceof ChannelError && reason.cause instanceof Error);
    assertEquals(reason.message, message);
  }
  await server.command("DEL", "sluice:{jobs}:values");
  assertEquals(
    String(await reasonOf(channel.receive())),
    "ChannelError: Cannot receive: a part of the channel was deleted on the server",
  );
});

redisTest(
  "a listener that is not permitted makes waits reject",
  async (server) => {
    const client = server.client();
    await using channel = await open({
      command: client.command,
      duplicate: () => ({
        command: () =>
          Promise.reject(
            new Error("NOPERM no permissions to run the 'xread' command"),
          ),
        close() {},
      }),
    });
    assertEquals(
      String(await reasonOf(channel.receive())),
      "ChannelError: Cannot wait: the user lacks a permission on the server",
    );
    assertEquals(
      String(await reasonOf(channel.join())),
      "ChannelError: Cannot wait: the user lacks a permission on the server",
    );
  },
);

redisTest(
  "a listener whose connection breaks misses nothing",
  async (server) => {
    await using one = await open(server, { capacity: 1_000 });
    await using other = await open(server, { capacity: 1_000 });
    const got: number[] = [];
    const work = other.consume((n) => void got.push(n));
    for (let n = 0; n < 30; n++) {
      await one.send(n);
      await server.command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
    }
    await one.close();
    await work;
    assertEquals(got, Array.from({ length: 30 }, (_, n) => n));
  },
);

redisTest(
  "a server that starts again goes on with what is on disk",
  async (server: TestServer) => {
    await using one = await open(server, { capacity: 50 });
    await using other = await open(server, { capacity: 50 });
    const got = new Map<number, number>();
    const work = other.consume((n) => void got.set(n, (got.get(n) ?? 0) + 1));
    const sent = one.sendAll(Array.from({ length: 2_000 }, (_, n) => n));
    await until(() => got.size > 200);
    await server.restart();
    await sent;
    await one.close();
    await work;
    await one.join();
    assertEquals(got.size, 2_000);
    const doubles = [...got.values()].filter((count) => count > 1).length;
    assert(doubles <= 32, `${doubles}`);
  },
  "--appendonly",
  "yes",
  "--appendfsync",
  "always",
);
