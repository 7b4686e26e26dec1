// streams_readable_test.ts: a channel as a readable stream.

import {
  assert,
  assertEquals,
  assertFalse,
  assertInstanceOf,
  assertStrictEquals,
} from "@std/assert";
import {
  isPending,
  reasonOf,
  SettleLog,
  tick,
  unhandledIn,
  waiting,
} from "./_testing.ts";
import { Channel, ChannelClosedError } from "./mod.ts";
import { withClock } from "./verify/_clock.ts";

const CAPACITIES = [0, 1, 3, Infinity];
const REASONS = [
  new Error("reason"),
  new ChannelClosedError("mine"),
  "reason",
  null,
  undefined,
];
const OVER = { value: undefined, done: true } as const;

/** A channel into which the values were sent; those without room have senders that wait. */
function holding<T>(capacity: number, ...values: T[]): Channel<T> {
  const channel = new Channel<T>(capacity);
  for (const value of values) channel.send(value).catch(() => {});
  return channel;
}

/** Reads to the end, into `into`. */
async function read<T>(
  stream: ReadableStream<T>,
  into: T[] = [],
): Promise<T[]> {
  const reader = stream.getReader();
  for (let step; !(step = await reader.read()).done;) into.push(step.value);
  return into;
}

/** A channel that holds more than is read before timers have run. */
function abundant(): Channel<number> {
  const channel = new Channel<number>(Infinity);
  for (let value = 0; value < 50_000; value++) channel.sendNow(value);
  return channel;
}

/** How many of its values a channel has left, and how many wait on it. */
function state<T>(channel: Channel<T>): number[] {
  return [channel.size, ...waiting(channel)];
}

for (const capacity of CAPACITIES) {
  Deno.test(`toReadableStream() takes nothing before it is asked (capacity ${capacity})`, async () => {
    const channel = holding(capacity, 1, 2, 3, 4);
    const empty = new Channel(capacity);
    const before = state(channel);
    channel.toReadableStream();
    channel.toReadableStream().getReader();
    empty.toReadableStream().getReader();
    await tick();
    assertEquals(state(channel), before);
    assertEquals(state(empty), [0, 0, 0]);
    assertEquals(channel.drain(), [1, 2, 3, 4]);
  });

  Deno.test(`toReadableStream() takes one value for each read, the oldest (capacity ${capacity})`, async () => {
    const channel = holding(capacity, 1, 2, 3, 4, 5);
    const reader = channel.toReadableStream().getReader();
    for (let taken = 1; taken <= 5; taken++) {
      assertEquals((await reader.read()).value, taken);
      await tick();
      const left = 5 - taken;
      const size = Math.min(left, capacity);
      assertEquals(state(channel), [size, left - size, 0]);
    }
  });

  Deno.test(`toReadableStream() reads on as values come, and ends with the channel (capacity ${capacity})`, async () => {
    const channel = new Channel<number>(capacity);
    const seen: number[] = [];
    const reading = read(channel.toReadableStream(), seen);
    for (const value of [1, 2, 3, 4, 5]) await channel.send(value);
    assert(await isPending(reading));
    assertEquals(seen, [1, 2, 3, 4, 5]);
    channel.close();
    await reading;
    assertEquals(await read(channel.toReadableStream()), []);
  });

  Deno.test(`toReadableStream() gives what is left, then the reason of close(reason) (capacity ${capacity})`, async () => {
    for (const reason of REASONS) {
      for (const waits of [true, false]) {
        const channel = new Channel<number>(capacity);
        const stream = channel.toReadableStream();
        const seen: number[] = [];
        const reading = waits ? reasonOf(read(stream, seen)) : undefined;
        await tick();
        const sent = [1, 2, 3].filter((value) => channel.trySend(value));
        channel.close(reason);
        const late = reading ?? reasonOf(read(stream, seen));
        assertStrictEquals(await late, reason);
        assertEquals(seen, sent);
      }
    }
  });

  Deno.test(`toReadableStream() gives values as they were sent (capacity ${capacity})`, async () => {
    const rejected = Promise.reject(new Error("as a value"));
    rejected.catch(() => {});
    const values = [
      Promise.resolve(1),
      new Promise(() => {}),
      rejected,
      { then: () => assert(false, "was asked") },
      undefined,
      null,
      NaN,
      -0,
    ];
    for (const waits of [true, false]) {
      const channel = new Channel<unknown>(capacity);
      const reader = channel.toReadableStream().getReader();
      for (const value of values) {
        const early = waits && reader.read();
        await tick();
        const sent = channel.send(value);
        const { value: got, done } = await (early || reader.read());
        assert(Object.is(got, value));
        assertFalse(done);
        await sent;
      }
    }
  });

  Deno.test(`toReadableStream() withdraws a read that waits when it is cancelled (capacity ${capacity})`, async () => {
    for (const reason of [[], ["enough"]]) {
      const channel = new Channel<number>(capacity);
      const reader = channel.toReadableStream().getReader();
      const reads = [reader.read(), reader.read()];
      await tick();
      assertEquals(waiting(channel), [0, 1]);
      const cancelled = reader.cancel(...reason);
      assertEquals(waiting(channel), [0, 0]);
      assertFalse(channel.trySend(1));
      await cancelled;
      for (const step of reads) assertEquals<unknown>(await step, OVER);
    }
  });

  Deno.test(`toReadableStream() gives the value when a send and a cancel come in one turn (capacity ${capacity})`, async () => {
    const channel = new Channel<number>(capacity);
    const reader = channel.toReadableStream().getReader();
    const reading = reader.read();
    await tick();
    const accepted = [1, 2, 3].filter((value) => channel.trySend(value));
    const cancelled = reader.cancel("enough");
    assertEquals<unknown>(await reading, { value: 1, done: false });
    await cancelled;
    assertEquals(channel.drain(), accepted.slice(1));
    assertEquals(await reasonOf(channel.receive()), "enough");
  });
}

Deno.test("toReadableStream() waits as one receiver, however many reads do, and answers them in order", async () => {
  const channel = new Channel<number>();
  const reader = channel.toReadableStream().getReader();
  const log = new SettleLog();
  for (const name of "abc") {
    log.add(name, reader.read().then(({ value }) => value));
  }
  await tick();
  assertEquals(waiting(channel), [0, 1]);
  for (const value of [1, 2, 3]) await channel.send(value);
  await tick();
  assertEquals(log.entries, ["a=1", "b=2", "c=3"]);
  assertEquals(waiting(channel), [0, 0]);
});

Deno.test("toReadableStream() takes its turn among all who receive", async () => {
  const channel = new Channel<number>();
  const log = new SettleLog();
  log.add("receive", channel.receive());
  const reader = channel.toReadableStream().getReader();
  log.add("read", reader.read().then(({ value }) => value));
  await tick();
  log.add("next", channel.values().next().then(({ value }) => value));
  for (const value of [1, 2, 3]) assert(channel.trySend(value));
  await tick();
  assertEquals(log.entries.sort(), ["next=3", "read=2", "receive=1"]);
});

Deno.test("toReadableStream() gives two streams that share the values", async () => {
  const channel = holding(4, 1, 2, 3, 4);
  const [one, other] = [channel, channel].map((each) =>
    each.toReadableStream().getReader()
  );
  assertEquals((await one!.read()).value, 1);
  assertEquals((await other!.read()).value, 2);
  assertEquals((await one!.read()).value, 3);
  await one!.cancel();
  assertEquals((await other!.read()).value, 4);
  assertEquals<unknown>(await other!.read(), OVER);
});

Deno.test("toReadableStream() closes the channel when it is cancelled, with the reason if there is one", async () => {
  for (const reason of REASONS) {
    const channel = holding(2, 1, 2);
    const stream = channel.toReadableStream();
    await stream.cancel(reason);
    assert(channel.closed);
    assertEquals(channel.drain(), [1, 2]);
    const error = await reasonOf(channel.receive());
    if (reason !== undefined) assertStrictEquals(error, reason);
    else {
      assertInstanceOf(error, ChannelClosedError);
      assertEquals(await read(channel.toReadableStream()), []);
    }
  }
});

Deno.test("toReadableStream() tells of a cancel all who wait on the channel", async () => {
  const channel = holding(1, 1, 2);
  const other = new Channel<number>();
  const received = reasonOf(other.receive());
  const sent = reasonOf(channel.send(3));
  await channel.toReadableStream().cancel("enough");
  await other.toReadableStream().cancel("enough");
  const error = await sent;
  assertInstanceOf(error, ChannelClosedError);
  assertEquals(error.value, 3);
  assertEquals(await received, "enough");
  assertEquals(channel.closeSignal.reason, "enough");
});

Deno.test("toReadableStream() leaves a channel that is closed as it is when it is cancelled", async () => {
  const channel = holding(1, 1);
  const stream = channel.toReadableStream();
  channel.close("first");
  await stream.cancel("second");
  await stream.cancel("third");
  assertEquals(await channel.receive(), 1);
  assertEquals(await reasonOf(channel.receive()), "first");
});

Deno.test("toReadableStream() goes on with the next reader, after a read that was given up too", async () => {
  const channel = new Channel<number>(1);
  const stream = channel.toReadableStream();
  const first = stream.getReader();
  const read = first.read();
  assert(await isPending(read));
  first.releaseLock();
  assertInstanceOf(await reasonOf(read), TypeError);
  // The stream has asked already, so this value is for whoever reads next.
  await channel.send(1);
  await channel.send(2);
  const second = stream.getReader();
  assertEquals((await second.read()).value, 1);
  assertEquals((await second.read()).value, 2);
  assertEquals(state(channel), [0, 0, 0]);
});

Deno.test("tee() of toReadableStream() gives each value to both, and takes it once", async () => {
  const channel = holding(4, 1, 2, 3);
  const [one, other] = channel.toReadableStream().tee();
  const reading = Promise.all([read(one), read(other)]);
  await channel.send(4);
  channel.close();
  assertEquals(await reading, [[1, 2, 3, 4], [1, 2, 3, 4]]);
});

Deno.test("tee() of toReadableStream() closes the channel when both are cancelled", async () => {
  const channel = holding(4, 1, 2, 3);
  const [one, other] = channel.toReadableStream().tee();
  const cancelled = one.cancel("one");
  const reader = other.getReader();
  assertEquals((await reader.read()).value, 1);
  assertFalse(channel.closed);
  await reader.cancel("other");
  await cancelled;
  assert(channel.closed);
});

Deno.test({
  name: "for await over toReadableStream() takes no value ahead",
  ignore: !(Symbol.asyncIterator in ReadableStream.prototype),
  fn: async () => {
    const channel = holding(4, 1, 2, 3, 4);
    for await (
      const value of channel.toReadableStream().values({ preventCancel: true })
    ) {
      assertEquals(value, 1);
      break;
    }
    assertFalse(channel.closed);
    for await (const value of channel.toReadableStream()) {
      assertEquals(value, 2);
      break;
    }
    // As of any stream: who leaves such a loop cancels it.
    assert(channel.closed);
    const left: number[] = [];
    for await (const value of channel.toReadableStream()) left.push(value);
    assertEquals(left, [3, 4]);
  },
});

Deno.test("toReadableStream() lets timers run while it is read", () =>
  withClock("wild", async () => {
    const channel = abundant();
    const reader = channel.toReadableStream().getReader();
    let fired = false;
    setTimeout(() => fired = true);
    while (!fired && !channel.empty) await reader.read();
    assert(fired);
  }));

Deno.test("toReadableStream() takes nothing when it is cancelled while it makes way for timers", () =>
  withClock("wild", async () => {
    const channel = abundant();
    const reader = channel.toReadableStream().getReader();
    let reading;
    let settled;
    do {
      settled = false;
      reading = reader.read();
      reading.then(() => settled = true);
      for (let turns = 0; turns < 20 && !settled; turns++) await null;
    } while (settled && !channel.empty);
    const { size } = channel;
    assert(size > 0);
    await reader.cancel();
    assertEquals<unknown>(await reading, OVER);
    await tick();
    assertEquals(channel.size, size);
  }));

Deno.test("toReadableStream() leaves no rejection that nobody can handle", async () => {
  const unhandled = await unhandledIn(async () => {
    for (const act of ["close", "cancel"] as const) {
      const channel = holding(1, 1);
      channel.toReadableStream();
      const reader = channel.toReadableStream().getReader();
      await reader.read();
      reader.read().catch(() => {});
      await tick();
      channel[act]("reason");
    }
  });
  assertEquals(unhandled, []);
});
