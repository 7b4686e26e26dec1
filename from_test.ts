// from_test.ts: channels that fill themselves (from_stop_test.ts: how they stop).

import {
  assert,
  assertEquals,
  assertFalse,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { isPending, reasonOf, tick, waiting } from "./_testing.ts";
import type { ChannelOptions } from "./mod.ts";
import { Channel, ChannelClosedError } from "./mod.ts";
import { withClock } from "./verify/_clock.ts";

type Source<T> = Iterable<T> | AsyncIterable<T> | ReadableStream<T>;

const CAPACITIES = [0, 1, 3, Infinity];
const REASONS = [new Error("reason"), "reason", 0, null, undefined];

function* generate<T>(values: Iterable<T>): Generator<T> {
  yield* values;
}

async function* generateLater<T>(values: Iterable<T>): AsyncGenerator<T> {
  for (const value of values) {
    await tick();
    yield value;
  }
}

/** A stream that makes each value when it is asked for. */
function streamOf<T>(values: Iterable<T>): ReadableStream<T> {
  const steps = values[Symbol.iterator]();
  return new ReadableStream({
    pull(controller) {
      const { done, value } = steps.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
  }, { highWaterMark: 0 });
}

/** Sources of the values, by kind. */
const SOURCES: Record<string, (values: string[]) => Source<string>> = {
  "an array": (values) => values,
  "a string": (values) => values.join(""),
  "a set": (values) => new Set(values),
  "a generator": generate,
  "an iterable that only has next()": (values) => ({
    [Symbol.iterator]() {
      const steps = values.values();
      return { next: () => steps.next() };
    },
  }),
  "an async generator": generateLater,
  "an async iterable whose steps are thenables": (values) => ({
    [Symbol.asyncIterator]() {
      const steps = values.values();
      const next = () => {
        const step = steps.next();
        return {
          then: (resolve: (value: typeof step) => void) => resolve(step),
        };
      };
      return { next: next as () => Promise<IteratorResult<string>> };
    },
  }),
  "a stream": streamOf,
  "another channel": (values) => {
    const channel = new Channel<string>();
    channel.sendAll(values).then(() => channel.close());
    return channel;
  },
};

/** Receives to the end, into `into`. */
async function receive<T>(channel: Channel<T>, into: T[] = []): Promise<T[]> {
  for await (const value of channel) into.push(value);
  return into;
}

/** 1, 2, 3 and so on; `steps` counts those that were asked for. */
class Numbers {
  steps = 0;

  /** @param end What to do in the place of a number; there is none without it. */
  constructor(readonly last = Infinity, readonly end?: () => void) {}

  *now(): Generator<number> {
    while (this.steps < this.last) yield ++this.steps;
    this.end?.();
  }

  async *later(): AsyncGenerator<number> {
    for (const value of this.now()) {
      await null;
      yield value;
    }
  }

  stream(): ReadableStream<number> {
    return streamOf(this.now());
  }
}

const WAYS = ["now", "later", "stream"] as const;

for (const [name, source] of Object.entries(SOURCES)) {
  Deno.test(`Channel.from() sends all values of ${name} in order, then closes`, async () => {
    for (const capacity of CAPACITIES) {
      for (const values of [[], ["a"], ["a", "b", "c", "d", "e"]]) {
        const channel = Channel.from(source(values), capacity);
        assertEquals(await receive(channel), values);
        assert(channel.drained);
        await assertRejects(() => channel.receive(), ChannelClosedError);
      }
    }
  });

  Deno.test(`Channel.from() fills its buffer with ${name} before anybody receives`, async () => {
    const channel = Channel.from(source(["a", "b", "c", "d"]), 3);
    for (let turns = 0; turns < 5; turns++) await tick();
    assertEquals(channel.snapshot(), ["a", "b", "c"]);
    assertEquals(waiting(channel), [1, 0]);
    assertFalse(channel.closed);
    assertEquals(await channel.receive(), "a");
    assertEquals(await receive(channel), ["b", "c", "d"]);
  });
}

Deno.test("Channel.from() makes a channel as the constructor does", async () => {
  const dropped: number[] = [];
  const onDrop = (value: number) => dropped.push(value);
  const capacities = [
    Channel.from([1]),
    Channel.from([1], undefined),
    Channel.from([1], {}),
    Channel.from([1], 2),
    Channel.from([1], { capacity: 3 }),
    Channel.from([1], Infinity),
  ].map((channel) => {
    assertInstanceOf(channel, Channel);
    return channel.capacity;
  });
  assertEquals(capacities, [0, 0, 0, 2, 3, Infinity]);
  const newest = Channel.from([1, 2, 3, 4], {
    capacity: 2,
    overflow: "drop-oldest",
    onDrop,
  });
  assertEquals(await receive(newest), [3, 4]);
  assertEquals(dropped, [1, 2]);
});

Deno.test("Channel.from() closes at the end, while values are left", async () => {
  const channel = Channel.from([1, 2], 2);
  await tick();
  assert(channel.closed);
  assertFalse(channel.drained);
  assertEquals(await receive(channel), [1, 2]);
  await channel.join();
});

Deno.test("Channel.from() gives what already waits its values", async () => {
  const channel = Channel.from(generateLater([1, 2, 3]));
  const received = [channel.receive(), channel.receive(), channel.receive()];
  const ended = reasonOf(channel.receive());
  assertEquals(await Promise.all(received), [1, 2, 3]);
  assertInstanceOf(await ended, ChannelClosedError);
});

Deno.test("Channel.from() sends values as they are", async () => {
  const rejected = Promise.reject(new Error("as a value"));
  rejected.catch(() => {});
  const values = [
    Promise.resolve(1),
    new Promise(() => {}),
    rejected,
    { then: () => assert(false, "was asked") },
    undefined,
    null,
  ];
  // An async generator would settle them itself.
  const steps = (): AsyncIterator<unknown> => {
    const steps = values.values();
    return { next: () => Promise.resolve(steps.next()) };
  };
  const sources: (() => Source<unknown>)[] = [
    () => values,
    () => generate(values),
    () => ({ [Symbol.asyncIterator]: steps }),
    () => streamOf(values),
  ];
  for (const source of sources) {
    for (const capacity of [0, 9]) {
      const got = await receive(Channel.from(source(), capacity));
      assertEquals(got.length, values.length);
      assert(got.every((value, i) => Object.is(value, values[i])));
    }
  }
});

for (const way of WAYS) {
  for (const capacity of [0, 1, 3]) {
    Deno.test(`Channel.from() asks an endless source for what its buffer holds and one more (${way}, capacity ${capacity})`, async () => {
      const numbers = new Numbers();
      const channel = Channel.from(numbers[way](), capacity);
      for (let received = 0; received < 4; received++) {
        await tick();
        assertEquals(numbers.steps, capacity + 1 + received);
        assertEquals(channel.size, capacity);
        assertEquals(await channel.receive(), received + 1);
      }
      channel.close();
    });
  }

  Deno.test(`Channel.from() closes with the error of its source, after the values before it (${way})`, async () => {
    for (const reason of REASONS) {
      for (const last of [0, 1, 4]) {
        for (const capacity of CAPACITIES) {
          const numbers = new Numbers(last, () => {
            throw reason;
          });
          const channel = Channel.from(numbers[way](), capacity);
          const seen: number[] = [];
          assertStrictEquals(await reasonOf(receive(channel, seen)), reason);
          assertEquals(seen, [1, 2, 3, 4].slice(0, last));
          assertStrictEquals(await reasonOf(channel.receive()), reason);
        }
      }
    }
  });
}

Deno.test("Channel.from() closes with the error of a stream that errors by itself", async () => {
  let controller!: ReadableStreamDefaultController<number>;
  const stream = new ReadableStream<number>({
    start: (c) => void (controller = c),
  });
  const channel = Channel.from(stream, 2);
  controller.enqueue(1);
  await tick();
  const received = [channel.receive(), channel.receive()];
  controller.error("broken");
  assertEquals(await received[0], 1);
  assertEquals(await reasonOf(received[1]!), "broken");
});

Deno.test("Channel.from() closes with the reason of a channel that it is filled from", async () => {
  for (const stream of [true, false]) {
    const source = new Channel<number>(2);
    source.sendNow(1);
    source.close("reason");
    const channel = Channel.from(stream ? source.toReadableStream() : source);
    assertEquals(await channel.receive(), 1);
    assertEquals(await reasonOf(channel.receive()), "reason");
  }
});

for (const way of WAYS) {
  Deno.test(`Channel.from() lets timers run while its values are received (${way})`, () =>
    withClock("wild", async () => {
      const numbers = new Numbers(100_000);
      const channel = Channel.from(numbers[way](), 64);
      let fired = false;
      setTimeout(() => fired = true);
      for await (const _ of channel) if (fired) break;
      assert(numbers.steps < numbers.last);
      channel.close();
    }));
}

Deno.test("Channel.from() lets timers run though nobody receives, and none of its sends waits", () =>
  withClock("wild", async () => {
    const numbers = new Numbers(100_000);
    const channel = Channel.from(numbers.later(), {
      capacity: 1,
      overflow: "drop-oldest",
    });
    await tick();
    assert(numbers.steps < numbers.last);
    channel.close();
  }));

Deno.test("Channel.from() throws what the start of its source throws", () => {
  const failure = new Error("cannot start");
  const source = {
    [Symbol.iterator](): Iterator<number> {
      throw failure;
    },
  };
  const error = assertThrows(() => Channel.from(source));
  assertStrictEquals(error, failure);
});

Deno.test("Channel.from() refuses what it cannot be filled from", () => {
  const nothings = [undefined, null, 1, true, Symbol(), {}, () => {}];
  for (const source of [...nothings, { [Symbol.iterator]: 1 }]) {
    assertThrows(
      () => Channel.from(source as Iterable<number>),
      TypeError,
      "Cannot fill channel: source is not iterable",
    );
  }
});

Deno.test("Channel.from() refuses a stream that is locked, and leaves it to whoever has it", async () => {
  const stream = streamOf([1, 2]);
  const reader = stream.getReader();
  assertThrows(() => Channel.from(stream), TypeError);
  assertEquals((await reader.read()).value, 1);
  reader.releaseLock();
  assertEquals(await receive(Channel.from(stream)), [2]);
});

Deno.test("Channel.from() refuses options as the constructor does, before it starts its source", async () => {
  const cases: [unknown, typeof TypeError | typeof RangeError][] = [
    ["3", TypeError],
    [null, TypeError],
    [3n, TypeError],
    [[1], TypeError],
    [{ capacity: "3" }, TypeError],
    [{ capacity: 1, overflow: "drop" }, TypeError],
    [{ onDrop: 1 }, TypeError],
    [-1, RangeError],
    [1.5, RangeError],
    [NaN, RangeError],
    [{ capacity: -1 }, RangeError],
    [{ capacity: 0, overflow: "drop-oldest" }, RangeError],
  ];
  let started = 0;
  const iterable = {
    [Symbol.iterator]() {
      started++;
      return [1][Symbol.iterator]();
    },
  };
  const stream = streamOf([1]);
  for (const [options, error] of cases) {
    for (const source of [iterable, stream]) {
      assertThrows(
        () => Channel.from(source, options as ChannelOptions<number>),
        error,
        "Cannot create channel",
      );
    }
  }
  await tick();
  assertEquals(started, 0);
  assertFalse(stream.locked);
  assertFalse(await isPending(receive(Channel.from(stream))));
});

Deno.test("Channel.from() sends no value that its source returns", async () => {
  const now = (function* () {
    yield 1;
    return 2;
  })();
  const later = (async function* () {
    yield 1;
    return 2;
  })();
  for (const source of [now, later]) {
    assertEquals(await receive(Channel.from<number>(source)), [1]);
  }
});

Deno.test("Channel.from() takes an asyncIterator of null for none", async () => {
  const source = {
    [Symbol.asyncIterator]: null,
    *[Symbol.iterator]() {
      yield 1;
    },
  } as unknown as Iterable<number>;
  assertEquals(await Channel.from(source).receive(), 1);
});

Deno.test("Channel.from() closes with a TypeError when a step is no object", async () => {
  for (const step of [5, undefined, null]) {
    const source = {
      [Symbol.asyncIterator]: () => ({ next: () => Promise.resolve(step) }),
    } as unknown as AsyncIterable<number>;
    const channel = Channel.from(source);
    const [last] = await Promise.allSettled([channel.receive()]);
    assertEquals(last.status, "rejected");
    assert((last as PromiseRejectedResult).reason instanceof TypeError);
  }
});
