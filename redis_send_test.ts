// redis_send_test.ts: sending to a channel on a server: order, capacity, giving up, the end.

import { assert, assertEquals } from "@std/assert";
import { open } from "./_redis_clients_testing.ts";
import { redisTest, until } from "./_redis_testing.ts";
import { CountedController, isPending, reasonOf } from "./_testing.ts";
import type { RemoteChannel } from "./redis.ts";
import { ChannelClosedError, openChannel } from "./redis.ts";

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, n) => n);
}

async function take(
  channel: RemoteChannel<number>,
  count: number,
): Promise<number[]> {
  const values: number[] = [];
  for (let i = 0; i < count; i++) {
    const lease = await channel.receive();
    values.push(lease.value);
    assert(await lease.ack());
  }
  return values;
}

redisTest(
  "send() keeps the order of its calls, in one turn and over many",
  async (server) => {
    await using channel = await open(server, { capacity: 5_000 });
    const sent = numbers(3_000).map((n) => channel.send(n));
    await Promise.all(sent);
    for (let n = 3_000; n < 3_020; n++) await channel.send(n);
    assertEquals(await take(channel, 3_020), numbers(3_020));
  },
);

redisTest("send() makes one call of one turn", async (server) => {
  await using channel = await open(server, { capacity: 100 });
  await channel.send(0);
  await server.command("CONFIG", "RESETSTAT");
  await Promise.all(numbers(50).map((n) => channel.send(n)));
  const stats = String(await server.command("INFO", "commandstats"));
  assert(/cmdstat_evalsha:calls=1,/.test(stats), stats);
});

redisTest(
  "send() waits while the channel is full, and all senders see room",
  async (server) => {
    await using one = await open(server, { capacity: 2 });
    await using other = await open(server, { capacity: 2 });
    await one.send(0);
    await one.send(1);
    const third = one.send(2);
    const fourth = other.send(3);
    assert(await isPending(third));
    assertEquals((await one.stats()).size, 2);
    assertEquals(await take(other, 1), [0]);
    assertEquals(await take(one, 1), [1]);
    await Promise.all([third, fourth]);
    assertEquals((await take(one, 2)).sort(), [2, 3]);
  },
);

redisTest(
  "send() counts a leased value until it is acknowledged",
  async (server) => {
    await using channel = await open(server, { capacity: 1 });
    await channel.send(0);
    const lease = await channel.receive();
    const second = channel.send(1);
    await channel.stats();
    assert(await isPending(second));
    assertEquals(await channel.stats(), {
      size: 1,
      leased: 1,
      capacity: 1,
      closed: false,
      drained: false,
      producers: undefined,
    });
    await lease.ack();
    await second;
  },
);

redisTest(
  "send() never exceeds the capacity, however many send at once",
  async (server) => {
    const handles = await Promise.all(
      numbers(4).map(() => open(server, { capacity: 7, window: 3 })),
    );
    let most = 0;
    let watching = true;
    const watch = (async () => {
      while (watching) {
        const size = Number(
          await server.command("XLEN", "sluice:{jobs}:values"),
        );
        most = Math.max(most, size);
      }
    })();
    const got: number[] = [];
    const consumers = handles.map((one) =>
      one.consume((n) => void got.push(n))
    );
    await Promise.all(
      handles.map((one, i) =>
        one.sendAll(numbers(200).map((n) => 1_000 * i + n))
      ),
    );
    await handles[0]!.close();
    await Promise.all(consumers);
    watching = false;
    await watch;
    assert(most > 0 && most <= 7, `${most}`);
    assertEquals(got.length, 800);
    for (let i = 0; i < 4; i++) {
      const own = got.filter((n) => Math.floor(n / 1_000) === i);
      assertEquals(new Set(own).size, 200);
    }
    for (const one of handles) await one[Symbol.asyncDispose]();
  },
);

redisTest(
  "send() encodes at once, and refuses what is no text",
  async (server) => {
    await using channel = await openChannel<unknown>(server.client(), "jobs", {
      capacity: 9,
    });
    const value = { n: 1 };
    const sent = channel.send(value);
    value.n = 2;
    await sent;
    assertEquals((await channel.receive()).value, { n: 1 });
    assertEquals(
      String(await reasonOf(channel.send(undefined))),
      "TypeError: Cannot send: the codec made no text of the value, but undefined",
    );
    assert(await reasonOf(channel.send(1n)) instanceof TypeError);
    assert(await reasonOf(channel.trySend(undefined)) instanceof TypeError);
    assertEquals((await channel.stats()).size, 1);
  },
);

redisTest("send() carries any text, and large ones", async (server) => {
  await using channel = await openChannel<string>(server.client(), "jobs", {
    capacity: 9,
    codec: { encode: (text) => text, decode: (text) => text },
  });
  const texts = ["", "\r\n$5\r\n", "😀\0ﬁ", "x".repeat(5_000_000)];
  await Promise.all(texts.map((text) => channel.send(text)));
  for (const text of texts) {
    assert((await channel.receive()).value === text);
  }
});

redisTest(
  "trySend() is false when full, and does not overtake",
  async (server) => {
    await using channel = await open(server, { capacity: 1 });
    assertEquals(await channel.trySend(0), true);
    assertEquals(await channel.trySend(1), false);
    const waiting = channel.send(2);
    assertEquals(await channel.trySend(3), false);
    assertEquals(await take(channel, 1), [0]);
    await waiting;
    assertEquals(await take(channel, 1), [2]);
    assertEquals((await channel.stats()).size, 0);
  },
);

redisTest(
  "trySend() takes its place among sends of one turn",
  async (server) => {
    await using channel = await open(server, { capacity: 3 });
    const results = Promise.all([
      channel.send(0),
      channel.trySend(1),
      channel.send(2),
      channel.trySend(3),
    ]);
    assertEquals(await results, [undefined, true, undefined, false]);
    assertEquals(await take(channel, 3), [0, 1, 2]);
  },
);

redisTest(
  "send() gives up by its signal, and then has stored nothing",
  async (server) => {
    await using channel = await open(server, { capacity: 1 });
    await channel.send(0);
    const controller = new CountedController();
    const { signal } = controller;
    const waits = [channel.send(1, { signal }), channel.send(2, { signal })];
    const last = channel.send(3);
    assert(await isPending(last));
    controller.abort("enough");
    assertEquals(await Promise.all(waits.map(reasonOf)), ["enough", "enough"]);
    assertEquals(await take(channel, 2), [0, 3]);
    await last;
    assertEquals(controller.listeners, 0);
  },
);

redisTest(
  "send() under way when its signal aborts tells the truth",
  async (server) => {
    await using channel = await open(server, { capacity: 40 });
    for (let round = 0; round < 40; round++) {
      const controller = new AbortController();
      const sent = channel.send(round, { signal: controller.signal });
      if (round % 2) await Promise.resolve();
      if (round % 3) await new Promise((resolve) => setTimeout(resolve, 0));
      controller.abort("enough");
      const outcome = await sent.then(() => true, () => false);
      const { size } = await channel.stats();
      assertEquals(size, outcome ? 1 : 0);
      if (outcome) assertEquals(await take(channel, 1), [round]);
    }
  },
);

redisTest(
  "send() refuses a bad signal, and an aborted one before all else",
  async (server) => {
    await using channel = await open(server, { capacity: 1 });
    const signal = {} as AbortSignal;
    assertEquals(
      String(await reasonOf(channel.send(0, { signal }))),
      "TypeError: Cannot wait: invalid signal",
    );
    await channel.close();
    const aborted = AbortSignal.abort("enough");
    assertEquals(
      await reasonOf(channel.send(0, { signal: aborted })),
      "enough",
    );
  },
);

redisTest(
  "send() rejects with its value once the channel is closed",
  async (server) => {
    await using one = await open(server, { capacity: 1 });
    await using other = await open(server, { capacity: 1 });
    await one.send(0);
    const waiting = reasonOf(one.send(1));
    await other.close();
    for (const reason of [await waiting, await reasonOf(one.send(1))]) {
      assert(reason instanceof ChannelClosedError);
      assertEquals([reason.message, reason.value], [
        "Cannot send: channel is closed",
        1,
      ]);
    }
    assertEquals(await one.trySend(2), false);
    assertEquals(await other.trySend(2), false);
  },
);

redisTest(
  "close() comes behind what was sent in the same turn",
  async (server) => {
    await using channel = await open(server, { capacity: 2 });
    const results = Promise.allSettled([0, 1, 2].map((n) => channel.send(n)));
    await channel.close();
    assertEquals((await results).map(({ status }) => status), [
      "fulfilled",
      "fulfilled",
      "rejected",
    ]);
    assertEquals(await take(channel, 2), [0, 1]);
  },
);

redisTest(
  "sendAll() sends in order, with backpressure, of both kinds of source",
  async (server) => {
    await using channel = await open(server, { capacity: 10 });
    let asked = 0;
    const source = function* () {
      for (; asked < 5_000; asked++) yield asked;
    };
    const sent = channel.sendAll(source());
    await until(async () => (await channel.stats()).size === 10);
    assert(asked <= 20, `${asked}`);
    assertEquals(await take(channel, 5_000), numbers(5_000));
    await sent;
    await channel.sendAll((async function* () {
      yield* [1, 2, 3];
    })());
    assertEquals(await take(channel, 3), [1, 2, 3]);
  },
);

redisTest("sendAll() stops its source when it ends early", async (server) => {
  await using channel = await open(server, { capacity: 1 });
  let stopped = 0;
  const source = function* () {
    try {
      for (let n = 0; true; n++) yield n;
    } finally {
      stopped++;
    }
  };
  const controller = new CountedController();
  const aborted = channel.sendAll(source(), { signal: controller.signal });
  assert(await isPending(aborted));
  controller.abort("enough");
  assertEquals(await reasonOf(aborted), "enough");
  const failing = channel.sendAll((function* () {
    yield 1;
    throw new Error("broken");
  })());
  await take(channel, 1);
  assertEquals(String(await reasonOf(failing)), "Error: broken");
  const closed = reasonOf(channel.sendAll(source()));
  await channel.close();
  const reason = await closed;
  assert(reason instanceof ChannelClosedError);
  assertEquals([stopped, controller.listeners], [2, 0]);
  assertEquals(
    String(await reasonOf(channel.sendAll(7 as never))),
    "TypeError: Cannot send: not iterable",
  );
});

redisTest("sendAll() leaves a source that is thinking", async (server) => {
  await using channel = await open(server, { capacity: 1 });
  const controller = new AbortController();
  const sent = channel.sendAll(
    (async function* () {
      await new Promise(() => {});
      yield 1;
    })(),
    { signal: controller.signal },
  );
  controller.abort("enough");
  assertEquals(await reasonOf(sent), "enough");
});

redisTest(
  "done() closes the channel with the last producer, each counted once",
  async (server) => {
    const handles = await Promise.all(
      numbers(2).map(() => open(server, { capacity: 9, producers: 2 })),
    );
    const [one, other] = handles as [
      RemoteChannel<number>,
      RemoteChannel<number>,
    ];
    const sent = one.send(0);
    await one.done();
    await sent;
    await one.done();
    assertEquals((await other.stats()).producers, 1);
    const refused = await reasonOf(one.send(1));
    assert(refused instanceof ChannelClosedError);
    assertEquals([refused.message, refused.value], [
      "Cannot send: this producer is done",
      1,
    ]);
    await other.send(2);
    await other.done();
    assertEquals(other.closed, true);
    assertEquals(await take(one, 2), [0, 2]);
    await one.join();
    for (const handle of handles) await handle[Symbol.asyncDispose]();
  },
);

redisTest("done() waits for what was sent before", async (server) => {
  await using channel = await open(server, { capacity: 1, producers: 1 });
  const sent = [0, 1, 2].map((n) => channel.send(n));
  const done = channel.done();
  assert(await isPending(done));
  assertEquals(await take(channel, 3), [0, 1, 2]);
  await Promise.all([...sent, done]);
  await channel.join();
});

redisTest("done() rejects where nobody counts", async (server) => {
  await using channel = await open(server, { capacity: 1 });
  assertEquals(
    String(await reasonOf(channel.done())),
    "ChannelError: Cannot be done: the channel was opened without producers",
  );
});

redisTest(
  "sendAll() of nothing, and with a signal that is aborted, sends nothing",
  async (server) => {
    await using channel = await open(server, { capacity: 100 });
    for (const source of [null, undefined, 1]) {
      const reason = await reasonOf(
        channel.sendAll(source as unknown as Iterable<number>),
      );
      assertEquals(`${reason}`, "TypeError: Cannot send: not iterable");
    }
    const signal = AbortSignal.abort("before");
    assertEquals(await reasonOf(channel.sendAll([1], { signal })), "before");
    assertEquals((await channel.stats()).size, 0);
  },
);
