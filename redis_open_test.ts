// redis_open_test.ts: opening a channel on a server, and what is refused.

import { assert, assertEquals, assertRejects } from "@std/assert";
import { hasServer, redisTest } from "./_redis_testing.ts";
import { reasonOf } from "./_testing.ts";
import type { RedisLike, RemoteChannelOptions } from "./redis.ts";
import { ChannelError, openChannel } from "./redis.ts";

if (!hasServer) console.log("redis: no redis-server, so its tests are skipped");

/** A client that must not be asked. */
const UNASKED: RedisLike = {
  command: ([name]) => Promise.reject(new Error(`asked ${name}`)),
  duplicate: () => Promise.reject(new Error("duplicated")),
};

function answering(reply: unknown): RedisLike {
  return { ...UNASKED, command: () => Promise.resolve(reply) };
}

const BAD: [unknown, string][] = [
  [undefined, "TypeError: Cannot open channel: options must be an object"],
  [
    {},
    "TypeError: Cannot open channel: capacity must be a whole number >= 1, received undefined",
  ],
  [
    { capacity: "9" },
    "TypeError: Cannot open channel: capacity must be a whole number >= 1, received string",
  ],
  ...[0, -1, 1.5, NaN, Infinity].map((capacity): [unknown, string] => [
    { capacity },
    `RangeError: Cannot open channel: capacity must be a whole number >= 1, received ${capacity}`,
  ]),
  [
    { capacity: 1, visibility: 99 },
    "RangeError: Cannot open channel: visibility must be a whole number >= 100 and <= 2147483647, received 99",
  ],
  [
    { capacity: 1, window: 0 },
    "RangeError: Cannot open channel: window must be a whole number >= 1, received 0",
  ],
  [
    { capacity: 1, producers: 0 },
    "RangeError: Cannot open channel: producers must be a whole number >= 1, received 0",
  ],
  [
    { capacity: 1, maxDeliveries: 3 },
    "TypeError: Cannot open channel: maxDeliveries and deadLetter need each other",
  ],
  [
    { capacity: 1, maxDeliveries: 0, deadLetter: {} },
    "RangeError: Cannot open channel: maxDeliveries must be a whole number >= 1, received 0",
  ],
  [
    { capacity: 1, maxDeliveries: 1, deadLetter: {} },
    "TypeError: Cannot open channel: deadLetter was not made by openChannel",
  ],
  [
    { capacity: 1, maxDeliveries: 1, deadLetter: null },
    "TypeError: Cannot open channel: deadLetter was not made by openChannel",
  ],
  [
    { capacity: 1, patience: 0 },
    "RangeError: Cannot open channel: patience must be a whole number >= 1 and <= 2147483647, received 0",
  ],
  [
    { capacity: 1, tombstone: 0 },
    "RangeError: Cannot open channel: tombstone must be a whole number >= 1, received 0",
  ],
  [
    { capacity: 1, codec: { encode: 1 } },
    "TypeError: Cannot open channel: invalid codec",
  ],
];

for (const [options, error] of BAD) {
  const shown = JSON.stringify(
    options,
    (_, value) => typeof value === "number" ? String(value) : value,
  );
  Deno.test(`openChannel() asks nothing of the server with bad options ${shown}`, async () => {
    const given = options as RemoteChannelOptions<number>;
    const reason = await reasonOf(openChannel(UNASKED, "jobs", given));
    assertEquals(String(reason), error);
  });
}

Deno.test("openChannel() asks nothing of the server with a bad name or client", async () => {
  const open = (client: unknown, name: unknown) =>
    reasonOf(
      openChannel(client as RedisLike, name as string, { capacity: 1 }),
    ).then(String);
  for (const name of ["", "a{b", "a}b"]) {
    assertEquals(
      await open(UNASKED, name),
      "RangeError: Cannot open channel: name must have a character, and no brace",
    );
  }
  assertEquals(
    await open(UNASKED, 7),
    "TypeError: Cannot open channel: name must be a string, received number",
  );
  for (const name of ["\ud800", "a\udc00b", "\udc00\ud800"]) {
    assertEquals(
      await open(UNASKED, name),
      "RangeError: Cannot open channel: name must be well-formed Unicode",
    );
  }
  const own = { command() {}, duplicate() {}, connect() {}, sendCommand() {} };
  assertEquals(
    await open(own, "jobs"),
    "TypeError: Cannot open channel: client is node-redis's own: pass fromNodeRedis(client)",
  );
  assertEquals(
    await open({ ...own, call() {}, disconnect() {} }, "jobs"),
    "TypeError: Cannot open channel: client is ioredis's own: pass fromIoredis(client)",
  );
  for (const client of [undefined, null, {}, { command() {} }]) {
    assertEquals(
      await open(client, "jobs"),
      "TypeError: Cannot open channel: client has no command and duplicate",
    );
  }
});

for (
  const [reply, fact] of [
    [["old"], "the server must be Redis 7.0 or later, or Valkey, but is older"],
    [
      ["old", "6.2.14"],
      "the server must be Redis 7.0 or later, or Valkey, but is 6.2.14",
    ],
    [
      ["layout", "2"],
      "it is laid out by another version of this package (2)",
    ],
  ] as const
) {
  Deno.test(`openChannel() refuses what it does not know (${reply})`, async () => {
    await assertRejects(
      () => openChannel(answering(reply), "jobs", { capacity: 1 }),
      ChannelError,
      `Cannot open channel: ${fact}`,
    );
  });
}

for (
  const [refusal, fact] of [
    [
      "ERR unknown command 'EVALSHA'",
      "the server must be Redis 7.0 or later, or Valkey",
    ],
    ["ERR something else", "ERR something else"],
  ] as const
) {
  Deno.test(`openChannel() tells what the server refuses (${refusal})`, async () => {
    const client: RedisLike = {
      ...UNASKED,
      command: () => Promise.reject(new Error(refusal)),
    };
    const reason = await reasonOf(
      openChannel(client, "jobs", { capacity: 1, patience: 1 }),
    );
    assertEquals(String(reason), `ChannelError: Cannot open channel: ${fact}`);
  });
}

redisTest("openChannel() makes a channel that others find", async (server) => {
  await using one = await openChannel(server.client(), "jobs", {
    capacity: 3,
  });
  await using other = await openChannel(server.client(), "jobs", {
    capacity: 3,
  });
  assertEquals([one.name, other.capacity], ["jobs", 3]);
  await one.send("a");
  assertEquals(await other.stats(), {
    size: 1,
    leased: 0,
    capacity: 3,
    closed: false,
    drained: false,
    producers: undefined,
  });
});

redisTest(
  "openChannel() keeps all keys in one slot of a cluster",
  async (server) => {
    await using channel = await openChannel(server.client(), "a b:c", {
      capacity: 3,
    });
    await channel.send(1);
    await channel.receive();
    const keys = await server.command("KEYS", "*") as string[];
    assert(keys.length > 2);
    assert(keys.every((key) => key.startsWith("sluice:{a b:c}:")), `${keys}`);
  },
);

redisTest(
  "openChannel() refuses another capacity, visibility or number of producers",
  async (server) => {
    const client = server.client();
    const open = (options: Partial<RemoteChannelOptions<number>>) =>
      openChannel(client, "jobs", { capacity: 3, ...options });
    await using _ = await open({ producers: 2 });
    for (
      const [options, fact] of [
        [{ capacity: 4 }, "capacity 3"],
        [{ visibility: 1_000 }, "visibility 30000"],
        [{ producers: 3 }, "producers 2"],
      ] as const
    ) {
      assertEquals(
        String(await reasonOf(open(options))),
        `ChannelError: Cannot open channel: it is there with ${fact}`,
      );
    }
    await using same = await open({});
    assertEquals((await same.stats()).producers, 2);
  },
);

redisTest(
  "openChannel() lets who comes later say how many producers there are",
  async (server) => {
    const client = server.client();
    await using first = await openChannel(client, "jobs", { capacity: 3 });
    await using _ = await openChannel(client, "jobs", {
      capacity: 3,
      producers: 2,
    });
    assertEquals((await first.stats()).producers, 2);
  },
);

for (
  const [part, kind] of [["meta", "string"], ["values", "list"], [
    "events",
    "set",
  ]]
) {
  redisTest(
    `openChannel() leaves alone what is no channel (${part} is a ${kind})`,
    async (server) => {
      const key = `sluice:{jobs}:${part}`;
      await server.command(
        { string: "SET", list: "LPUSH", set: "SADD" }[kind!]!,
        key,
        "theirs",
      );
      assertEquals(
        String(
          await reasonOf(openChannel(server.client(), "jobs", { capacity: 1 })),
        ),
        `ChannelError: Cannot open channel: key ${key} holds a ${kind}`,
      );
      assertEquals(await server.command("DBSIZE"), 1);
    },
  );
}

redisTest(
  "openChannel() leaves alone values without a channel",
  async (server) => {
    const key = "sluice:{jobs}:values";
    await server.command("XADD", key, "*", "v", "1");
    assertEquals(
      String(
        await reasonOf(openChannel(server.client(), "jobs", { capacity: 1 })),
      ),
      `ChannelError: Cannot open channel: key ${key} is there, but the channel is not`,
    );
  },
);

redisTest(
  "openChannel() needs only the permissions that the guide lists",
  async (server) => {
    await server.command(
      ...[
        "ACL",
        "SETUSER",
        "worker",
        "on",
        ">secret",
        "~sluice:{jobs}:*",
      ] as const,
      ...["resetchannels", "-@all"],
      ..."evalsha eval xread type exists hmget hget hset hsetnx hdel hincrby del xgroup|create xgroup|delconsumer xadd xlen xtrim xdel xack xclaim xpending xreadgroup xinfo|consumers get set pexpire time"
        .split(" ").map((name) => `+${name}`),
      ...["+auth", "+hello", "+ping", "+client", "+select", "+info"],
    );
    const client = server.client("worker", "secret");
    await using jobs = await openChannel<number>(client, "jobs", {
      capacity: 1,
      producers: 1,
    });
    const got: number[] = [];
    const work = jobs.consume((job) => void got.push(job));
    await jobs.sendAll([1, 2, 3]);
    await jobs.done();
    await work;
    await jobs.join();
    assertEquals(got, [1, 2, 3]);
  },
);

redisTest("openChannel() says so if a permission lacks", async (server) => {
  await server.command(
    ...["ACL", "SETUSER", "guest", "on", ">secret", "~other", "+@all"] as const,
  );
  await assertRejects(
    () =>
      openChannel(server.client("guest", "secret"), "jobs", { capacity: 1 }),
    ChannelError,
    "Cannot open channel: the user lacks a permission on the server",
  );
});
