// send_all_test.ts: sending every value of a source.

import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertLess,
  assertRejects,
  assertStrictEquals,
} from "@std/assert";
import {
  CountedController,
  isPending,
  reasonOf,
  tick,
  unhandledIn,
} from "./_testing.ts";
import { Channel, ChannelClosedError } from "./channel.ts";
import { withClock } from "./verify/_clock.ts";

const KINDS = ["sync", "async"] as const;

/** A source that counts, in both kinds of iterables. */
class Source<T> {
  pulled = 0;
  returned = 0;
  /** What happens when the source is asked beyond its values. */
  beyond: () => void = () => {};
  readonly #values: readonly T[];

  constructor(...values: T[]) {
    this.#values = values;
  }

  #next(): IteratorResult<T, undefined> {
    if (this.pulled === this.#values.length) {
      this.beyond();
      return { value: undefined, done: true };
    }
    return { value: this.#values[this.pulled++]!, done: false };
  }

  #return(): IteratorResult<T, undefined> {
    this.returned++;
    return { value: undefined, done: true };
  }

  as(kind: typeof KINDS[number]): Iterable<T> | AsyncIterable<T> {
    const next = () => this.#next();
    const end = () => this.#return();
    return kind === "sync"
      ? { [Symbol.iterator]: () => ({ next, return: end }) }
      : {
        [Symbol.asyncIterator]: () => ({
          next: () => Promise.resolve().then(next),
          return: () => Promise.resolve().then(end),
        }),
      };
  }
}

/** A source that thinks for ever, until it is told what to do. */
class Thinker<T> implements AsyncIterableIterator<T> {
  returned = 0;
  resolve!: (value: T) => void;
  reject!: (reason: unknown) => void;
  /** Runs at the beginning of `next`. */
  onNext: () => void = () => {};

  next(): Promise<IteratorResult<T>> {
    this.onNext();
    return new Promise((resolve, reject) => {
      this.resolve = (value) => resolve({ value, done: false });
      this.reject = reject;
    });
  }

  return(): Promise<IteratorResult<T>> {
    this.returned++;
    return Promise.resolve({ value: undefined, done: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}

for (const kind of KINDS) {
  for (const capacity of [0, 1, 3, Infinity]) {
    Deno.test(`Channel.sendAll() sends every value in order (${kind} source, capacity ${capacity})`, async () => {
      const channel = new Channel<number>(capacity);
      const values = Array.from({ length: 3000 }, (_, i) => i);
      const source = new Source(...values);
      const sent = channel.sendAll(source.as(kind)).then(() => channel.close());
      const received: unknown[] = [];
      for await (const value of channel) received.push(value);
      assertEquals(received, values);
      await sent;
      // A source that has come to its end by itself is not told to stop.
      assertEquals(source.returned, 0);
    });

    Deno.test(`Channel.sendAll() resolves with nothing for no values (${kind} source, capacity ${capacity})`, async () => {
      const channel = new Channel<number>(capacity);
      assertEquals(
        await channel.sendAll(new Source<number>().as(kind)),
        undefined,
      );
      assertEquals(channel.stats().waitingSenders, 0);
    });
  }

  for (const capacity of [0, 2]) {
    Deno.test(`Channel.sendAll() asks the source for no more than fits (${kind} source, capacity ${capacity})`, async () => {
      const channel = new Channel<number>(capacity);
      const source = new Source(0, 1, 2, 3, 4, 5);
      const sent = channel.sendAll(source.as(kind));
      for (let received = 0; received < 6; received++) {
        await tick();
        assertEquals(source.pulled, Math.min(6, received + capacity + 1));
        assertEquals(await channel.receive(), received);
      }
      await sent;
    });
  }

  Deno.test(`Channel.sendAll() rejects with the error of the source (${kind} source)`, async () => {
    const channel = new Channel<number>(3);
    const error = new Error("half-way");
    const source = new Source(1, 2);
    source.beyond = () => {
      throw error;
    };
    assertStrictEquals(await reasonOf(channel.sendAll(source.as(kind))), error);
    assertEquals([channel.drain(), channel.closed], [[1, 2], false]);
    // As in any loop: a source that failed is not told to stop.
    assertEquals(source.returned, 0);
  });

  for (const reason of [[], ["reason"]]) {
    Deno.test(`Channel.sendAll() stops the source when the channel closes as it waits (${kind} source, ${reason.length} reasons)`, async () => {
      const channel = new Channel<number>(1);
      const source = new Source(1, 2, 3);
      const sent = reasonOf(channel.sendAll(source.as(kind)));
      await tick();
      assertEquals(channel.stats().waitingSenders, 1);
      channel.close(...reason as [unknown]);
      const error = await sent;
      assertInstanceOf(error, ChannelClosedError);
      assertEquals([error.value, channel.drain()], [2, [1]]);
      assertEquals([source.pulled, source.returned], [2, 1]);
    });
  }

  Deno.test(`Channel.sendAll() stops the source that closes the channel (${kind} source)`, async () => {
    const channel = new Channel<number>(3);
    const sync = function* () {
      try {
        yield 1;
        channel.close();
        yield 2;
        yield 3;
      } finally {
        returned++;
      }
    };
    const lasting = async function* () {
      yield* sync();
    };
    let returned = 0;
    const source = kind === "sync" ? sync() : lasting();
    const error = await reasonOf(channel.sendAll(source));
    assertInstanceOf(error, ChannelClosedError);
    assertEquals([error.value, returned, channel.drain()], [2, 1, [1]]);
  });

  Deno.test(`Channel.sendAll() refuses when closed (${kind} source)`, async () => {
    const channel = new Channel<number>(3);
    channel.close("reason");
    const sent = channel.sendAll(new Source(1).as(kind));
    await assertRejects(() => sent, ChannelClosedError);
    assertEquals(channel.size, 0);
  });

  Deno.test(`Channel.sendAll() leaves the source alone when aborted already (${kind} source)`, async () => {
    const channel = new Channel<number>(3);
    const source = new Source(1);
    const signal = AbortSignal.abort("stop");
    const send = () => channel.sendAll(source.as(kind), { signal });
    assertEquals(await reasonOf(send()), "stop");
    channel.close();
    assertEquals(await reasonOf(send()), "stop");
    assertEquals([source.pulled, channel.size], [0, 0]);
  });

  Deno.test(`Channel.sendAll() stops the source when aborted as it waits (${kind} source)`, async () => {
    const channel = new Channel<number>(1);
    const source = new Source(1, 2, 3);
    const controller = new CountedController();
    const { signal } = controller;
    const sent = reasonOf(channel.sendAll(source.as(kind), { signal }));
    await tick();
    assertEquals(channel.stats().waitingSenders, 1);
    controller.abort("stop");
    assertEquals(await sent, "stop");
    assertEquals([source.pulled, source.returned], [2, 1]);
    assertEquals([channel.drain(), channel.closed], [[1], false]);
    await tick();
    assertEquals(controller.listeners, 0);
  });

  Deno.test(`Channel.sendAll() leaves no listener behind (${kind} source)`, async () => {
    const channel = new Channel<number>(1);
    const controller = new CountedController();
    const { signal } = controller;
    const sent = channel.sendAll(new Source(1, 2, 3).as(kind), { signal });
    for (const value of [1, 2, 3]) assertEquals(await channel.receive(), value);
    await sent;
    await tick();
    assertEquals(controller.listeners, 0);
  });

  Deno.test(`Channel.sendAll() sends nothing that the source gives after its abort (${kind} source)`, async () => {
    const channel = new Channel<number>(3);
    const controller = new AbortController();
    const sync = function* () {
      yield 1;
      controller.abort("stop");
      yield 2;
    };
    const lasting = async function* () {
      yield* sync();
    };
    const source = kind === "sync" ? sync() : lasting();
    const { signal } = controller;
    assertEquals(await reasonOf(channel.sendAll(source, { signal })), "stop");
    // As each `send(value, { signal })` of the loop would: the signal comes first (rule 1).
    assertEquals(channel.drain(), [1]);
  });

  Deno.test(`Channel.sendAll() refuses what is no signal (${kind} source)`, async () => {
    const channel = new Channel<number>(1);
    const source = new Source(1);
    for (const signal of [new AbortController(), {}, 1]) {
      const options = { signal } as never;
      const send = () => channel.sendAll(source.as(kind), options);
      await assertRejects(send, TypeError);
    }
    assertEquals([source.pulled, channel.size], [0, 0]);
  });
}

Deno.test("Channel.sendAll() refuses what cannot be iterated", async () => {
  const channel = new Channel<unknown>(1);
  for (const source of [1, null, undefined, {}, { next: () => {} }]) {
    await assertRejects(() => channel.sendAll(source as never), TypeError);
  }
  assertEquals(channel.size, 0);
});

Deno.test("Channel.sendAll() takes any iterable", async () => {
  const channel = new Channel<string>(9);
  const pieces = new Channel<string>(1);
  pieces.sendNow("f");
  pieces.close();
  for (const source of ["ab", new Set(["c"]), ["d", "e"].values(), pieces]) {
    await channel.sendAll(source);
  }
  assertEquals(channel.drain(), [..."abcdef"]);
});

Deno.test("Channel.sendAll() sends the promises of a sync source as they are", async () => {
  const channel = new Channel<Promise<number>>(1);
  const rejected = Promise.reject(new Error("value"));
  rejected.catch(() => {});
  const values = [Promise.resolve(1), rejected, new Promise<number>(() => {})];
  const sent = channel.sendAll(values);
  const seen: Promise<number>[] = [];
  for (const _ of values) {
    const result = channel.tryReceive();
    assert(result.state === "ok");
    seen.push(result.value);
    await tick();
  }
  await sent;
  for (const [i, value] of values.entries()) assertStrictEquals(seen[i], value);
  await assertRejects(() => rejected, Error, "value");
});

Deno.test("Channel.sendAll() costs a promise for each wait, not for each value", async () => {
  const channel = new Channel<number>(Infinity);
  // By a clock that stands still no turn is ever too long.
  const turns = await withClock("frozen", async () => {
    let settled = false;
    channel.sendAll(Array.from({ length: 10_000 }, (_, i) => i))
      .then(() => settled = true);
    let turns = 0;
    while (!settled && turns < 10_000) {
      turns++;
      await null;
    }
    return turns;
  });
  assertLess(turns, 500);
  assertEquals(channel.size, 10_000);
});

Deno.test("Channel.sendAll() lets other senders in between", async () => {
  const channel = new Channel<string>();
  const sent = [channel.sendAll(["a1", "a2"]), channel.sendAll(["b1", "b2"])];
  const seen: string[] = [];
  for (let i = 0; i < 4; i++) seen.push(await channel.receive());
  await Promise.all(sent);
  assertEquals(seen.filter((value) => value[0] === "a"), ["a1", "a2"]);
  assertEquals(seen.filter((value) => value[0] === "b"), ["b1", "b2"]);
  assertEquals(seen.slice(0, 2), ["a1", "b1"]);
});

Deno.test("Channel.sendAll() never waits when the channel drops", async () => {
  const channel = new Channel<number>({ capacity: 2, overflow: "drop-oldest" });
  await channel.sendAll(new Source(1, 2, 3, 4, 5).as("sync"));
  assertEquals(channel.drain(), [4, 5]);
});

Deno.test("Channel.sendAll() gives up at once while the source thinks", async () => {
  for (const late of ["resolve", "reject"] as const) {
    const channel = new Channel<number>(3);
    const controller = new CountedController();
    const { signal } = controller;
    const source = new Thinker<number>();
    const unhandled = await unhandledIn(async () => {
      const sent = reasonOf(channel.sendAll(source, { signal }));
      assert(await isPending(sent));
      assertEquals(controller.listeners, 1);
      controller.abort("stop");
      assertEquals(await sent, "stop");
      assertEquals(source.returned, 1);
      source[late](7);
    });
    assertEquals([unhandled, channel.size], [[], 0]);
    assertEquals(controller.listeners, 0);
  }
});

Deno.test("Channel.sendAll() gives up when the source aborts and then thinks", async () => {
  const channel = new Channel<number>(3);
  const controller = new AbortController();
  const source = new Thinker<number>();
  source.onNext = () => controller.abort("stop");
  const sent = reasonOf(channel.sendAll(source, { signal: controller.signal }));
  assertEquals(await isPending(sent), false);
  assertEquals(await sent, "stop");
});

Deno.test("Channel.sendAll() goes on when the source thinks and no abort comes", async () => {
  const channel = new Channel<number>(3);
  const controller = new CountedController();
  const source = new Thinker<number>();
  const { signal } = controller;
  const sent = reasonOf(channel.sendAll(source, { signal }));
  for (const value of [1, 2, 3]) {
    await tick();
    source.resolve(value);
  }
  await tick();
  assertEquals(channel.drain(), [1, 2, 3]);
  source.reject("over");
  assertEquals(await sent, "over");
  await tick();
  assertEquals(controller.listeners, 0);
});

Deno.test("Channel.sendAll() waits for the source to stop, and its own error counts", async () => {
  const channel = new Channel<number>();
  const source = new Thinker<number>();
  let failToStop!: (error: Error) => void;
  source.return = () => new Promise((_, reject) => failToStop = reject);
  const sent = reasonOf(channel.sendAll(source));
  source.resolve(1);
  await tick();
  channel.close();
  assert(await isPending(sent));
  failToStop(new Error("from the clean-up"));
  const error = await sent;
  assertInstanceOf(error, ChannelClosedError);
  assertEquals(error.value, 1);
});
