// redis_misuse_test.ts: sources, handlers and keys that are not what they should be.

import { assert, assertEquals } from "@std/assert";
import { open } from "./_redis_clients_testing.ts";
import { redisTest, until } from "./_redis_testing.ts";
import { isPending, reasonOf, tick } from "./_testing.ts";
import { ChannelError } from "./redis.ts";

const META = "sluice:{jobs}:meta";
const VALUES = "sluice:{jobs}:values";
const EVENTS = "sluice:{jobs}:events";

for (const step of [undefined, null, 7, "done"]) {
  for (const kind of ["sync", "async"] as const) {
    redisTest(
      `sendAll() rejects when next() gives ${step}, which is no object (${kind})`,
      async (server) => {
        await using channel = await open(server);
        let [steps, returned] = [0, 0];
        const iterator = {
          next: () => steps++ ? step : { value: 7, done: false },
          return: () => returned++,
        };
        const source = kind === "sync"
          ? { [Symbol.iterator]: () => iterator }
          : { [Symbol.asyncIterator]: () => iterator };
        assertEquals(
          String(await reasonOf(channel.sendAll(source as never))),
          "TypeError: Cannot send: next() gave no object",
        );
        assertEquals([(await channel.stats()).size, returned], [1, 0]);
      },
    );
  }
}

redisTest(
  "openChannel() refuses the channel itself as its deadLetter",
  async (server) => {
    await using one = await open(server);
    const reason = await reasonOf(
      open(server, { maxDeliveries: 1, deadLetter: one }),
    );
    assertEquals(
      String(reason),
      "TypeError: Cannot open channel: deadLetter is the channel itself",
    );
  },
);

redisTest(
  "consume() waits for onError, whose rejection stops the work",
  async (server) => {
    const first = new Error("first");
    for (
      const handler of [() => Promise.reject(first), () => {
        throw first;
      }]
    ) {
      await using channel = await open(server);
      await channel.send(0);
      let told: unknown;
      let refuse!: (reason: unknown) => void;
      const consumed = reasonOf(channel.consume(handler, {
        onError: (error) => {
          told = error;
          return new Promise((_, reject) => refuse = reject);
        },
      }));
      await until(() => told === first);
      assert(await isPending(consumed));
      refuse("second");
      assertEquals(await consumed, "second");
      await (await channel.receive()).ack();
    }
  },
);

redisTest(
  "all who wait hear that the channel was deleted from the first who asks",
  async (server) => {
    await using channel = await open(server, { capacity: 1 });
    await channel.send(0);
    const waits = [
      channel.join(),
      channel.send(1),
      channel.receive().then(() => channel.receive()),
    ];
    const reasons = Promise.all(waits.map(reasonOf));
    await until(async () =>
      await server.command("HEXISTS", META, "hungry") === 1
    );
    await until(async () =>
      await server.command("HEXISTS", META, "thirsty") === 1
    );
    await tick();
    await server.command("DEL", META, VALUES, EVENTS);
    const start = performance.now();
    assert(await reasonOf(channel.stats()) instanceof ChannelError);
    assertEquals(
      (await reasons).map(String),
      ["Cannot join", "Cannot send", "Cannot receive"].map((act) =>
        `ChannelError: ${act}: channel jobs is no longer on the server`
      ),
    );
    assert(performance.now() - start < 5_000);
  },
);

redisTest("a channel whose values were deleted says so", async (server) => {
  await using channel = await open(server);
  await server.command("DEL", VALUES);
  assertEquals(
    String(await reasonOf(channel.send(1))),
    "ChannelError: Cannot send: channel jobs is no longer on the server",
  );
  assertEquals(await server.command("EXISTS", VALUES), 0);
  assertEquals(
    String(await reasonOf(open(server))),
    `ChannelError: Cannot open channel: a part of the channel was deleted on the server (${VALUES})`,
  );
});

redisTest(
  "close() that cannot be told to anybody changes nothing",
  async (server) => {
    await using channel = await open(server);
    await server.command("SET", EVENTS, "theirs");
    assertEquals(
      String(await reasonOf(channel.close())),
      "ChannelError: Cannot close: a key of the channel holds something else",
    );
    await server.command("DEL", EVENTS);
    assertEquals((await channel.stats()).closed, false);
    await channel.close();
    assertEquals((await channel.stats()).drained, true);
  },
);
