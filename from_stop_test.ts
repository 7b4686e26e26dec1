// from_stop_test.ts: how a channel that fills itself stops its source, and where late values go.

import {
  assert,
  assertEquals,
  assertFalse,
  assertInstanceOf,
  assertStrictEquals,
} from "@std/assert";
import { reasonOf, tick, unhandledIn, waiting } from "./_testing.ts";
import { Channel, ChannelClosedError } from "./mod.ts";

type Source<T> = Iterable<T> | AsyncIterable<T> | ReadableStream<T>;

const REASONS = [new Error("reason"), "reason", 0, null];

/** How to close a channel early. */
const CLOSES: Record<string, (channel: Channel<number>) => unknown> = {
  "close()": (channel) => channel.close(),
  "close(reason)": (channel) => channel.close("enough"),
  "cancel()": (channel) => channel.cancel(),
  "dispose": (channel) => channel[Symbol.dispose](),
  "a cancel of its stream": (channel) => channel.toReadableStream().cancel(),
};

/** A source of 1, 2, 3 and so on that tells how it was used. */
class Watched {
  steps = 0;
  /** What it was told to stop with. */
  stops: unknown[][] = [];
  /** Makes the source give a number, while it thinks. */
  think: (() => void) | undefined;

  /** @param quick How many steps are taken at once; the next one takes its time. */
  constructor(readonly quick = Infinity) {}

  #stop(...reason: unknown[]): { done: true; value: undefined } {
    this.stops.push(reason);
    return { done: true, value: undefined };
  }

  async #later(): Promise<number> {
    const step = ++this.steps;
    if (step > this.quick) {
      await new Promise<void>((wake) => this.think = wake);
    }
    return step;
  }

  now(): Iterable<number> {
    return {
      [Symbol.iterator]: () => ({
        next: () => ({ done: false, value: ++this.steps }),
        return: (...given) => this.#stop(...given),
      }),
    };
  }

  later(): AsyncIterable<number> {
    return {
      [Symbol.asyncIterator]: () => ({
        next: async () => ({ done: false, value: await this.#later() }),
        return: (...given) => Promise.resolve(this.#stop(...given)),
      }),
    };
  }

  stream(): ReadableStream<number> {
    return new ReadableStream({
      pull: async (controller) => controller.enqueue(await this.#later()),
      cancel: (...given) => void this.#stop(...given),
    }, { highWaterMark: 0 });
  }
}

const WAYS = ["now", "later", "stream"] as const;

for (const way of WAYS) {
  for (const [name, close] of Object.entries(CLOSES)) {
    Deno.test(`Channel.from() stops its source on ${name}, and asks it for nothing more (${way})`, async () => {
      for (const capacity of [0, 1, 3]) {
        const source = new Watched();
        const channel = Channel.from(source[way](), capacity);
        await tick();
        assertEquals([source.steps, source.stops.length], [capacity + 1, 0]);
        close(channel);
        await tick();
        assertEquals([source.steps, source.stops.length], [capacity + 1, 1]);
        channel.close("late");
        channel.drain();
        await tick();
        assertEquals([source.steps, source.stops.length], [capacity + 1, 1]);
      }
    });
  }

  Deno.test(`Channel.from() gives the value that waits for room to onDrop when the channel is closed (${way})`, async () => {
    for (const capacity of [0, 1, 3]) {
      for (const act of ["close", "cancel"] as const) {
        const dropped: number[] = [];
        const channel = Channel.from(new Watched()[way](), {
          capacity,
          onDrop: (value) => dropped.push(value),
        });
        await tick();
        channel[act]();
        await tick();
        const sent = [1, 2, 3].slice(0, capacity);
        // A close leaves to the receivers what was accepted.
        assertEquals(channel.drain(), act === "close" ? sent : []);
        const rest = act === "close" ? [] : sent;
        assertEquals(dropped, [...rest, capacity + 1]);
      }
    }
  });
}

for (const way of ["later", "stream"] as const) {
  for (const [name, close] of Object.entries(CLOSES)) {
    Deno.test(`Channel.from() stops a source that is thinking on ${name} (${way})`, async () => {
      const source = new Watched(1);
      const channel = Channel.from(source[way](), 3);
      await tick();
      assertEquals([source.steps, channel.size], [2, 1]);
      assertEquals(waiting(channel), [0, 0]);
      close(channel);
      await tick();
      assertEquals(source.stops.length, 1);
    });
  }
}

Deno.test("Channel.from() gives a value that its source was thinking of to onDrop", async () => {
  const dropped: (number | undefined)[] = [];
  const source = new Watched(1);
  const channel = Channel.from<number | undefined>(source.later(), {
    capacity: 3,
    onDrop: (value) => dropped.push(value),
  });
  await tick();
  channel.close();
  await tick();
  assertEquals(dropped, []);
  source.think!();
  await tick();
  assertEquals(dropped, [2]);
  assertEquals(channel.drain(), [1]);
  assertEquals([source.steps, source.stops.length], [2, 1]);
});

Deno.test("Channel.from() gives a late undefined to onDrop, and a late end not", async () => {
  for (const done of [false, true]) {
    const dropped: unknown[] = [];
    let think!: (step: IteratorResult<undefined, undefined>) => void;
    const step = new Promise<IteratorResult<undefined, undefined>>((resolve) =>
      think = resolve
    );
    const source = {
      [Symbol.asyncIterator]: () => ({ next: () => step }),
    };
    const channel = Channel.from(source, {
      onDrop: (value) => dropped.push(value),
    });
    channel.close();
    think({ done, value: undefined });
    await tick();
    assertEquals(dropped, done ? [] : [undefined]);
  }
});

Deno.test("Channel.from() cancels a stream with the reason of close(reason)", async () => {
  for (const reason of REASONS) {
    for (const quick of [0, Infinity]) {
      const source = new Watched(quick);
      const channel = Channel.from(source.stream(), 1);
      await tick();
      channel.close(reason);
      await tick();
      assertEquals(source.stops.length, 1);
      assertStrictEquals(source.stops[0]![0], reason);
    }
  }
});

Deno.test("Channel.from() closes a channel whose stream it is filled from", async () => {
  const source = new Channel<number>(1);
  const channel = Channel.from(source.toReadableStream());
  await source.send(1);
  const late = reasonOf(source.receive());
  await tick();
  channel.close("enough");
  await tick();
  assertEquals(await late, "enough");
  assertInstanceOf(await reasonOf(source.send(2)), ChannelClosedError);
});

Deno.test("Channel.from() leaves a channel that it is filled from open, and at rest", async () => {
  const source = new Channel<number>(1);
  const channel = Channel.from(source);
  await tick();
  assertEquals(waiting(source), [0, 1]);
  channel.close("enough");
  await tick();
  assertEquals(waiting(source), [0, 0]);
  assertFalse(source.closed);
});

Deno.test("Channel.from() runs the end of a generator that it stops", async () => {
  const ended: string[] = [];
  function* now() {
    try {
      for (let n = 1;; n++) yield n;
    } finally {
      ended.push("now");
    }
  }
  async function* later() {
    try {
      yield* now();
    } finally {
      ended.push("later");
    }
  }
  const channels: Channel<number>[] = [
    Channel.from(now()),
    Channel.from(later()),
  ];
  await tick();
  for (const channel of channels) channel.close();
  await tick();
  assertEquals(ended, ["now", "now", "later"]);
});

Deno.test("Channel.from() can be closed by its own source", async () => {
  const dropped: number[] = [];
  let ended = false;
  function* source(): Generator<number> {
    try {
      yield 1;
      channel.close();
      yield 2;
      yield 3;
    } finally {
      ended = true;
    }
  }
  const channel: Channel<number> = Channel.from(source(), {
    onDrop: (value) => dropped.push(value),
  });
  assertEquals(await channel.receive(), 1);
  await tick();
  assertInstanceOf(await reasonOf(channel.receive()), ChannelClosedError);
  assertEquals([dropped, ended], [[2], true]);
});

Deno.test("Channel.from() does not stop a source that has ended or failed", async () => {
  for (const fails of [false, true]) {
    for (const later of [false, true]) {
      let stops = 0;
      const next = () => {
        if (fails) throw new Error("broken");
        return { done: true as const, value: undefined };
      };
      const end = () => {
        stops++;
        return { done: true as const, value: undefined };
      };
      const source: Source<number> = later
        ? {
          [Symbol.asyncIterator]: () => ({
            next: () => Promise.resolve().then(next),
            return: () => Promise.resolve(end()),
          }),
        }
        : { [Symbol.iterator]: () => ({ next, return: end }) };
      const channel = Channel.from(source);
      await tick();
      assert(channel.closed);
      channel.close("late");
      channel.cancel("late");
      await tick();
      assertEquals(stops, 0);
    }
  }
});

Deno.test("Channel.from() cares for no error of a source that it has stopped", async () => {
  const failure = new Error("while stopping");
  const fail = () => {
    throw failure;
  };
  const forever = () => new Promise<never>(() => {});
  const sources: (() => Source<number>)[] = [
    () => ({
      [Symbol.iterator]: () => ({
        next: () => ({ done: false, value: 1 }),
        return: fail,
      }),
    }),
    () => ({
      [Symbol.asyncIterator]: () => ({
        next: forever,
        return: () => Promise.reject(failure),
      }),
    }),
    () => ({
      [Symbol.asyncIterator]: () => ({ next: forever, return: forever }),
    }),
    () => ({ [Symbol.asyncIterator]: () => ({ next: forever }) }),
    () => ({
      [Symbol.asyncIterator]: () => ({
        next: () => tick().then(fail),
      }),
    }),
    () => new ReadableStream({ pull: forever, cancel: fail }),
  ];
  for (const source of sources) {
    for (const [name, close] of Object.entries(CLOSES)) {
      const unhandled = await unhandledIn(async () => {
        const channel = Channel.from(source());
        await Promise.resolve();
        close(channel);
        assert(channel.drained, name);
        await channel.join();
      });
      assertEquals(unhandled, [], name);
    }
  }
});

Deno.test("Channel.from() leaves what onDrop throws as a rejection", async () => {
  const failure = new Error("in onDrop");
  const unhandled = await unhandledIn(async () => {
    const channel = Channel.from([1], {
      onDrop: () => {
        throw failure;
      },
    });
    channel.close();
    await tick();
  });
  assertEquals(unhandled.length, 1);
  assertStrictEquals(unhandled[0], failure);
});

Deno.test("Channel.from() loses no value: each is received, dropped or never made", async () => {
  for (const way of ["now", "later"] as const) {
    for (let last = 0; last < 12; last++) {
      const got: number[] = [];
      const source = new Watched();
      const channel = Channel.from(source[way](), {
        capacity: 3,
        onDrop: (value) => got.push(value),
      });
      await tick();
      for (let n = 0; n < last; n++) got.push(await channel.receive());
      channel.cancel();
      await tick();
      const made = Array.from({ length: source.steps }, (_, i) => i + 1);
      assertEquals(got, made);
    }
  }
});

Deno.test("Channel.from() lets others run though it never has to wait", async () => {
  function* endless() {
    for (let n = 0; true; n++) yield n;
  }
  for (
    const options of [
      { capacity: 1, overflow: "drop-oldest" },
      { capacity: 1, overflow: "drop-incoming" },
    ] as const
  ) {
    const channel = Channel.from(endless(), options);
    await tick();
    assertEquals(channel.size, 1);
    channel.cancel();
    await tick();
    assert(channel.drained);
  }
});

Deno.test("Channel.from() cancels a stream without a reason when it closes without", async () => {
  for (const reason of [[], [undefined], ["enough"]] as const) {
    const source = new Channel<number>(1);
    const channel = Channel.from(source.toReadableStream());
    await tick();
    channel.close(...reason);
    await tick();
    const [last] = await Promise.allSettled([source.values().next()]);
    if (reason[0] === undefined) {
      assertEquals(last, {
        status: "fulfilled",
        value: { value: undefined, done: true },
      });
    } else assertEquals(last, { status: "rejected", reason: reason[0] });
  }
});

Deno.test("Channel.from() lets a stream go when it is over", async () => {
  for (const end of ["done", "closed", "error"]) {
    const stream = new ReadableStream<number>({
      pull(controller) {
        if (end === "done") controller.close();
        else if (end === "error") controller.error("reason");
        else controller.enqueue(1);
      },
    });
    const channel = Channel.from(stream);
    assert(stream.locked);
    await tick();
    if (end === "closed") channel.close();
    await tick();
    assertFalse(stream.locked);
  }
});

Deno.test("Channel.from() asks a source for nothing once the channel is closed", async () => {
  let asked = 0;
  function* endless() {
    while (true) yield ++asked;
  }
  const channel = Channel.from(endless(), Infinity);
  const before = asked;
  channel.close();
  await tick();
  assertEquals(asked, before);
});
