// producer_test.ts: counted senders, the last of which closes the channel.
//
// Their ends, their part in a select and their types are in producer_ends_test.ts.

import {
  assert,
  assertEquals,
  assertFalse,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
} from "@std/assert";
import {
  assertAtRest,
  CountedController,
  isPending,
  reasonOf,
  SettleLog,
  tick,
  waiting,
} from "./_testing.ts";
import type { Producer } from "./mod.ts";
import { Channel, ChannelClosedError } from "./mod.ts";

const CAPACITIES = [0, 1, 3, Infinity];
const REASONS = [new Error("reason"), "reason", 0, null, undefined];

/** A channel and some producers of it. */
function produced<T>(
  count: number,
  capacity = 0,
): [Channel<T>, ...Producer<T>[]] {
  const channel = new Channel<T>(capacity);
  const producers = Array.from({ length: count }, () => channel.producer());
  return [channel, ...producers];
}

/** Fails unless it rejects since something is closed, and gives the value back. */
async function assertUnsent(
  promise: Promise<unknown>,
  value: unknown,
): Promise<void> {
  const error = await assertRejects(
    () => promise,
    ChannelClosedError,
    "Cannot send: ",
  );
  assert("value" in error);
  assertStrictEquals(error.value, value);
}

for (const count of [1, 2, 5]) {
  Deno.test(`Producer.close() closes the channel with the last of ${count}, in any order`, async () => {
    for (let first = 0; first < count; first++) {
      const [channel, ...producers] = produced<number>(count);
      for (let i = 0; i < count; i++) {
        assertFalse(channel.closed);
        const producer = producers[(first + i) % count]!;
        assertFalse(producer.closed);
        producer.close();
        assert(producer.closed);
      }
      assert(channel.closed);
      assertEquals((await channel.values().next()).done, true);
      assertInstanceOf(await reasonOf(channel.receive()), ChannelClosedError);
    }
  });
}

Deno.test("Producer.close() is harmless the second time, and counts once", () => {
  const [channel, one, other] = produced<number>(2);
  one!.close();
  one!.close();
  one![Symbol.dispose]();
  one!.close("late");
  assertEquals([channel.closed, other!.closed], [false, false]);
  other!.close();
  assert(channel.closed);
  other!.close();
});

Deno.test("Channel.producer() counts one that is made while others are open", async () => {
  const [channel, one] = produced<number>(1, 1);
  const other = channel.producer();
  one!.close();
  const third = channel.producer();
  other.close();
  assertFalse(channel.closed);
  await third.send(1);
  third.close();
  assert(channel.closed);
  assertEquals(await channel.receive(), 1);
});

Deno.test("Channel.producer() does not count those who send on the channel itself", async () => {
  const [channel, producer] = produced<string>(1, 1);
  await channel.send("own");
  const sent = channel.send("waiting");
  producer!.close();
  await assertUnsent(sent, "waiting");
  await assertUnsent(channel.send("late"), "late");
  assertEquals(channel.drain(), ["own"]);
});

Deno.test("Channel.producer() counts for each channel apart", () => {
  const [channel, one] = produced<number>(1);
  const [otherChannel, other] = produced<number>(1);
  one!.close();
  assertEquals([channel.closed, otherChannel.closed], [true, false]);
  assertFalse(other!.closed);
});

for (const capacity of CAPACITIES) {
  Deno.test(`Producer.send() of several reach one loop, which ends with the last (capacity ${capacity})`, async () => {
    const [channel, ...producers] = produced<string>(3, capacity);
    const working = producers.map(async (producer, name) => {
      for (let i = 0; i < 5; i++) await producer.send(`${name}:${i}`);
      producer.close();
    });
    const received: string[] = [];
    for await (const value of channel) received.push(value);
    await Promise.all(working);
    // Each one's values are in its own order.
    assertEquals(
      [0, 1, 2].map((name) =>
        received.filter((value) => value.startsWith(`${name}:`))
      ),
      [0, 1, 2].map((name) => [0, 1, 2, 3, 4].map((i) => `${name}:${i}`)),
    );
    assertEquals(received.length, 15);
    assertAtRest(channel);
  });

  Deno.test(`Producer.trySend() accepts as the channel does, and nothing once closed (capacity ${capacity})`, async () => {
    const [channel, one, other] = produced<number>(2, capacity);
    assertEquals(one!.trySend(1), capacity > 0);
    channel.drain();
    const received = channel.receive();
    assert(other!.trySend(2));
    assertEquals(await received, 2);
    one!.close();
    assertFalse(one!.trySend(3));
    assertEquals(other!.trySend(4), capacity > 0);
    other!.close();
    assertFalse(other!.trySend(5));
    assertEquals(channel.drain(), capacity > 0 ? [4] : []);
  });

  Deno.test(`Producer.close(reason) closes the channel at once (capacity ${capacity})`, async () => {
    for (const reason of REASONS) {
      const [channel, one, other] = produced<number>(2, capacity);
      const [stored, refused] = [one!.trySend(1), 2];
      const wait = capacity === Infinity ? undefined : other!.sendAll(
        [refused, refused, refused],
      );
      one!.close(reason);
      assertEquals([channel.closed, other!.closed], [true, true]);
      if (wait) await assertUnsent(wait, refused);
      await assertUnsent(other!.send(3), 3);
      other!.close("late");
      // What was accepted stays; then everybody sees the first reason.
      if (stored) assertEquals(await channel.receive(), 1);
      channel.drain();
      assertStrictEquals(await reasonOf(channel.receive()), reason);
      assertStrictEquals(await reasonOf(channel.values().next()), reason);
    }
  });
}

Deno.test("Producer.close() keeps the reason that the channel was closed with", async () => {
  const [channel, one, other] = produced<number>(2);
  channel.close("first");
  one!.close();
  other!.close("late");
  assertEquals(await reasonOf(channel.receive()), "first");
  const [plain, producer] = produced<number>(1);
  plain.close();
  producer!.close("late");
  assertInstanceOf(await reasonOf(plain.receive()), ChannelClosedError);
});

Deno.test("Producer.close() lets its own sends that wait go on while another is open", async () => {
  const [channel, one, other] = produced<string>(2);
  const log = new SettleLog();
  log.add("one", one!.send("a"));
  log.add("other", other!.send("b"));
  const last = one!.send("c");
  one!.close();
  await tick();
  assertEquals(log.entries, []);
  assertEquals(waiting(channel), [3, 0]);
  assertEquals(await channel.receive(), "a");
  assertEquals(await channel.receive(), "b");
  await tick();
  assertEquals(log.entries, ["one", "other"]);
  other!.close();
  await assertUnsent(last, "c");
  assertAtRest(channel);
});

Deno.test("Producer.close() of the last rejects every send that waits, each with its value", async () => {
  const values = [{}, {}, {}];
  const [channel, ...producers] = produced<object>(3);
  const sent = values.map((value, i) => producers[i]!.send(value));
  for (const producer of producers) producer.close();
  for (const [i, promise] of sent.entries()) {
    await assertUnsent(promise, values[i]);
  }
  assertAtRest(channel);
});

Deno.test("Producer.close() of the last ends receivers and joiners, after what is buffered", async () => {
  const [channel, one, other] = produced<number>(2, 1);
  one!.trySend(1);
  const log = new SettleLog();
  log.add("joined", channel.join());
  one!.close();
  other!.close();
  await tick();
  assertEquals(log.entries, []);
  log.add("first", channel.receive());
  log.add("second", channel.receive());
  await tick();
  assertEquals(log.entries, [
    "first=1",
    "second!ChannelClosedError",
    "joined",
  ]);
});

Deno.test("Producer.send() after its close rejects with ChannelClosedError, though the channel is open", async () => {
  const [channel, one, other] = produced<unknown>(2, 1);
  one!.close();
  const value = {};
  const error = await assertRejects(
    () => one!.send(value),
    ChannelClosedError,
    "Cannot send: producer is closed",
  );
  assertStrictEquals(error.value, value);
  await assertUnsent(one!.send(undefined), undefined);
  assertEquals([channel.size, channel.closed], [0, false]);
  await other!.send(1);
  assertEquals(channel.size, 1);
});

Deno.test("Producer.send() looks at its signal before anything else, and says so by a rejection", async () => {
  const wrong = { signal: {} as AbortSignal };
  const aborted = { signal: AbortSignal.abort("before") };
  const [channel, open, other] = produced<number>(2, 1);
  other!.close();
  const lost = new Channel<number>().producer();
  lost.close();
  for (const producer of [open!, other!, lost]) {
    for (
      const send of [
        (options: typeof wrong) => producer.send(1, options),
        (options: typeof wrong) => producer.sendAll([1], options),
      ]
    ) {
      assertInstanceOf(await reasonOf(send(wrong)), TypeError);
      assertEquals(await reasonOf(send(aborted)), "before");
    }
  }
  const good = { signal: new AbortController().signal };
  await assertUnsent(other!.send(2, good), 2);
  await assertUnsent(lost.send(3, good), 3);
  await open!.send(4, { signal: null });
  assertEquals(channel.drain(), [4]);
});

Deno.test("Producer.send() is withdrawn by an abort, and leaves no listener", async () => {
  const [channel, one, other] = produced<number>(2);
  const controller = new CountedController();
  const sent = one!.send(1, controller);
  const staying = other!.send(2);
  assertEquals(waiting(channel), [2, 0]);
  controller.abort("enough");
  assertEquals(await reasonOf(sent), "enough");
  assertEquals(await channel.receive(), 2);
  await staying;
  one!.send(3, new AbortController()).catch(() => {});
  one!.close();
  other!.close();
  assertEquals(controller.listeners, 0);
  assertAtRest(channel);
});

Deno.test("Producer.sendAll() sends a source in order, with backpressure", async () => {
  const [channel, one, other] = produced<number>(2, 2);
  let asked = 0;
  function* numbers() {
    while (asked < 5) yield ++asked;
  }
  const sent = one!.sendAll(numbers()).then(() => one!.close());
  assert(await isPending(sent));
  assertEquals(asked, 3);
  other!.close();
  const received: number[] = [];
  for await (const value of channel) received.push(value);
  assertEquals(received, [1, 2, 3, 4, 5]);
  await sent;
});

Deno.test("Producer.sendAll() notices its close at the next value, and stops the source", async () => {
  const [channel, one, other] = produced<number>(2, 1);
  const log: string[] = [];
  async function* numbers() {
    try {
      for (let i = 1; true; i++) yield await Promise.resolve(i);
    } finally {
      log.push("stopped");
    }
  }
  const sent = one!.sendAll(numbers());
  await tick();
  one!.close();
  // The second value waits already, and goes on.
  assertEquals([await channel.receive(), await channel.receive()], [1, 2]);
  await assertUnsent(sent, 3);
  assertEquals(log, ["stopped"]);
  assertFalse(other!.closed);
});

Deno.test("Producer.sendAll() of what is no source rejects with a TypeError, whoever is closed", async () => {
  const [channel, one, other] = produced<number>(2);
  other!.close();
  for (const source of [1, null, undefined, {}, () => {}]) {
    for (const producer of [one!, other!]) {
      await assertRejects(
        () => producer.sendAll(source as never),
        TypeError,
        "Cannot send: not iterable",
      );
    }
  }
  assertAtRest(channel);
});
