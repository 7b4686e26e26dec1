// consume_test.ts: a pool of workers at the end of a pipeline.

import {
  assert,
  assertEquals,
  assertFalse,
  assertInstanceOf,
  assertStrictEquals,
} from "@std/assert";
import {
  assertAtRest,
  closed,
  CountedController,
  ERRORS,
  FAILURES,
  holding,
  isPending,
  reasonOf,
  tick,
  unhandledIn,
  waiting,
} from "./_testing.ts";
import { Channel, ChannelClosedError, consume, merge } from "./mod.ts";

/** Calls that settle when they are told to. */
class Calls {
  readonly values: number[] = [];
  readonly signals: AbortSignal[] = [];
  most = 0;
  #underWay = 0;
  readonly #settles: ((error?: [unknown]) => void)[] = [];

  readonly handler = (value: number, signal: AbortSignal): Promise<void> => {
    this.values.push(value);
    this.signals.push(signal);
    this.most = Math.max(this.most, ++this.#underWay);
    return new Promise((resolve, reject) =>
      this.#settles.push((error) => {
        this.#underWay--;
        if (error) reject(error[0]);
        else resolve();
      })
    );
  };

  finish(nth: number): void {
    this.#settles[nth]!();
  }

  fail(nth: number, error: unknown): void {
    this.#settles[nth]!([error]);
  }
}

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, n) => n);
}

/** A closed channel that holds the numbers from 0 on. */
function counted(count: number) {
  const channel = holding(...numbers(count));
  channel.close();
  return channel;
}

/** Sends until it is refused. What refused it. */
async function produce(channel: Channel<number>): Promise<unknown> {
  for (let n = 0; true; n++) {
    try {
      await channel.send(n);
    } catch (error) {
      return error;
    }
  }
}

for (const concurrency of [undefined, 1, 2, 8, 64, Infinity]) {
  Deno.test(`consume() has ${concurrency} calls under way at once`, async () => {
    const limit = concurrency ?? 1;
    const count = limit === Infinity ? 100 : limit + 20;
    const calls = new Calls();
    const work = consume(counted(count), calls.handler, { concurrency });
    for (let finished = 0; finished < count; finished++) {
      await tick();
      assertEquals(calls.values.length, Math.min(count, finished + limit));
      assert(await isPending(work));
      calls.finish(finished);
    }
    assertStrictEquals(await work, undefined);
    assertEquals(calls.values, numbers(count));
    assertEquals(calls.most, Math.min(count, limit));
  });
}

for (const concurrency of [1, 2, 8]) {
  Deno.test(`consume() has no more than ${concurrency} receives wait on its source`, async () => {
    const source = new Channel<number>();
    const calls = new Calls();
    const work = consume(source, calls.handler, { concurrency });
    for (let sent = 0; sent < concurrency; sent++) {
      const [, receivers] = waiting(source);
      assert(receivers >= 1 && receivers <= concurrency - sent);
      await source.send(sent);
      await tick();
    }
    assertEquals(waiting(source), [0, 0]);
    for (let n = 0; n < concurrency; n++) calls.finish(n);
    await tick();
    const [, receivers] = waiting(source);
    assert(receivers >= 1 && receivers <= concurrency);
    source.close();
    await work;
    assertAtRest(source);
  });

  Deno.test(`consume() waits for the calls under way when its source ends (concurrency ${concurrency})`, async () => {
    for (const reason of [[], ["reason"], [undefined]] as const) {
      const source = holding(...numbers(concurrency));
      const calls = new Calls();
      const work = consume(source, calls.handler, { concurrency });
      await tick();
      source.close(...reason);
      for (let n = 0; n < concurrency; n++) {
        assert(await isPending(work));
        // To end is not to stop: what is under way is to be done.
        assertFalse(calls.signals[n]!.aborted);
        calls.finish(n);
      }
      if (reason.length) assertEquals(await reasonOf(work), reason[0]);
      else await work;
    }
  });

  for (const [failure, fail] of Object.entries(FAILURES)) {
    Deno.test(`consume() rejects with an error ${failure} and stops the rest (concurrency ${concurrency})`, async () => {
      const unhandled = await unhandledIn(async () => {
        for (const error of ERRORS) {
          const source = new Channel<number>();
          const refused = [produce(source), produce(source)];
          const signals = new Set<AbortSignal>();
          const work = consume(source, (n, signal) => {
            signals.add(signal);
            return n < 5 ? undefined : fail(error);
          }, { concurrency });
          assertStrictEquals(await reasonOf(work), error);
          for (const signal of signals) assert(signal.aborted);
          assert(source.closeSignal.aborted);
          assertStrictEquals(await reasonOf(source.receive()), error);
          for (const refusal of await Promise.all(refused)) {
            assertInstanceOf(refusal, ChannelClosedError);
          }
          assertAtRest(source);
        }
      });
      assertEquals(unhandled, []);
    });
  }

  Deno.test(`consume() aborted by its signal rejects with the reason (concurrency ${concurrency})`, async () => {
    for (const reason of ["enough", new Error("enough")]) {
      const controller = new CountedController();
      const { signal } = controller;
      const source = new Channel<number>();
      const refused = produce(source);
      const calls = new Calls();
      const work = consume(source, calls.handler, { concurrency, signal });
      await tick();
      assertEquals(controller.listeners, 1);
      controller.abort(reason);
      assert(source.closed);
      assertAtRest(source);
      for (let n = 0; n < concurrency; n++) {
        assertStrictEquals(calls.signals[n]!.reason, reason);
        // It has stopped only when all that it began has.
        assert(await isPending(work));
        calls.finish(n);
      }
      assertStrictEquals(await reasonOf(work), reason);
      assertInstanceOf(await refused, ChannelClosedError);
      assertEquals(calls.values.length, concurrency);
      assertEquals(controller.listeners, 0);
    }
  });
}

Deno.test("consume() that waits for a value is ended by all that can end it", async () => {
  const source = [new Channel<number>(), new Channel<number>()];
  const controller = new AbortController();
  const { signal } = controller;
  const [ended, aborted] = source.map((source) =>
    consume(source, () => {}, { concurrency: 4, signal })
  );
  await tick();
  source[0]!.close();
  await ended;
  controller.abort("enough");
  assertEquals(await reasonOf(aborted!), "enough");
  assertEquals(await reasonOf(source[1]!.receive()), "enough");
  assertAtRest(...source);
});

Deno.test("consume() rejects with the first error once all calls have settled", async () => {
  const unhandled = await unhandledIn(async () => {
    const source = holding(...numbers(6));
    const calls = new Calls();
    const work = consume(source, calls.handler, { concurrency: 4 });
    await tick();
    const left = source.snapshot();
    assertEquals(left, [4, 5]);
    calls.fail(2, "first");
    await tick();
    assert(source.closed);
    assertEquals(calls.signals.map(({ reason }) => reason), [
      "first",
      "first",
      "first",
      "first",
    ]);
    calls.fail(0, "second");
    calls.finish(1);
    assert(await isPending(work));
    calls.fail(3, "third");
    assertEquals(await reasonOf(work), "first");
    // What was not taken can still be received.
    assertEquals(calls.values, [0, 1, 2, 3]);
    assertEquals(source.drain(), left);
  });
  assertEquals(unhandled, []);
});

Deno.test("consume() rejects with an error, not with a later reason of its source", async () => {
  const source = holding(1, 2);
  const calls = new Calls();
  const work = consume(source, calls.handler);
  await tick();
  calls.fail(0, "error");
  source.close("late");
  assertEquals(await reasonOf(work), "error");
});

Deno.test("consume() of a source that has ended calls nothing", async () => {
  const unused = () => assert(false);
  await consume(counted(0), unused);
  const failed = consume(closed<number>("reason"), unused, { concurrency: 3 });
  assertEquals(await reasonOf(failed), "reason");
});

Deno.test("consume() takes nothing if its signal is aborted", async () => {
  const source = holding(1, 2);
  const signal = AbortSignal.abort("reason");
  const unused = () => assert(false);
  const work = consume(source, unused, { concurrency: 2, signal });
  assertEquals(await reasonOf(work), "reason");
  assertEquals(source.drain(), [1, 2]);
  assertEquals(await reasonOf(source.receive()), "reason");
  assertAtRest(source);
});

Deno.test("consume() leaves no listener on its signal and heeds it no more", async () => {
  const controller = new CountedController();
  const { signal } = controller;
  const signals: AbortSignal[] = [];
  await consume(counted(2), (_, signal) => void signals.push(signal), {
    signal,
  });
  await tick();
  assertEquals(controller.listeners, 0);
  controller.abort("late");
  assertEquals(signals.map(({ aborted }) => aborted), [false, false]);
});

Deno.test("consume() gives its handler the values as they are", async () => {
  const values: unknown[] = [Promise.resolve(1), undefined, null, () => 2];
  const given: unknown[] = [];
  await consume(Channel.from(values), (value) => void given.push(value));
  assertEquals(given.length, values.length);
  values.forEach((value, i) => assertStrictEquals(given[i], value));
});

Deno.test("consume() waits for whatever its handler returns, and calls then once", async () => {
  let [calls, settled] = [0, 0];
  const lazy = {
    then(fulfil: (value: unknown) => unknown) {
      calls++;
      return tick().then(() => settled++).then(fulfil);
    },
  };
  await consume(counted(6), (n) => n % 2 ? lazy : n, { concurrency: 3 });
  assertEquals([calls, settled], [3, 3]);
});

Deno.test("consume() of a merge closes none of its sources", async () => {
  const sources = [new Channel<number>(), new Channel<number>()];
  const merged = merge(...sources);
  const work = consume(merged, (n) => Promise.reject(n), { concurrency: 4 });
  await sources[1]!.send(1);
  assertEquals(await reasonOf(work), 1);
  assertAtRest(...sources);
  assertEquals(sources.map(({ closed }) => closed), [false, false]);
  assertFalse(sources[0]!.trySend(2));
});

type Refusal = readonly [type: typeof TypeError, message: string];

const nothing = () => {};

/** The arguments behind the source. */
const BAD: [name: string, rest: unknown[], ...Refusal][] = [
  ["no handler", [], TypeError, "expected a function, received undefined"],
  ["a string for a handler", ["work"], TypeError, "received string"],
  ["a signal that is none", [nothing, { signal: {} }], TypeError, "signal"],
  ["a string of workers", [nothing, { concurrency: "2" }], TypeError, "string"],
  ["null workers", [nothing, { concurrency: null }], TypeError, "concurrency"],
];
for (const concurrency of [0, -1, 1.5, NaN, -Infinity, 2 ** 53]) {
  const message = `Cannot consume: concurrency must be a whole number >= 1`;
  const rest = [nothing, { concurrency }];
  BAD.push([`${concurrency} workers`, rest, RangeError, message]);
}

for (const [name, rest, type, message] of BAD) {
  Deno.test(`consume() rejects ${name}, and nothing has changed`, async () => {
    const source = holding(1);
    const call = [source, ...rest] as unknown as Parameters<typeof consume>;
    const error = await reasonOf(consume(...call)) as Error;
    assertEquals(error.constructor, type);
    assert(error.message.includes(message));
    await tick();
    assertEquals([source.size, source.closed], [1, false]);
    assertAtRest(source);
  });
}

for (const source of [undefined, null, [1], "ab", new ReadableStream()]) {
  Deno.test(`consume() rejects a source that is ${source}`, async () => {
    const work = consume(source as unknown as Channel<number>, nothing);
    const error = await reasonOf(work) as Error;
    assertInstanceOf(error, TypeError);
    assertEquals(error.message, "Cannot consume: source is not a receiver");
  });
}

Deno.test("consume() hands over what it had received when it was stopped", async () => {
  for (const stop of ["abort", "error"]) {
    const source = new Channel<number>(4);
    const controller = new AbortController();
    const seen: number[] = [];
    const reason: unknown = "enough";
    const consumed = consume(source, (value) => {
      seen.push(value);
      if (stop === "error" && value === 2) throw reason;
    }, { signal: controller.signal, concurrency: 3 });
    await tick();
    for (const value of [1, 2, 3, 4]) source.trySend(value);
    if (stop === "abort") controller.abort("enough");
    assertEquals(await reasonOf(consumed), "enough");
    assertEquals([...seen, ...source.snapshot()].sort(), [1, 2, 3, 4]);
  }
});

Deno.test("consume() rejects with what its source failed with first", async () => {
  const source = holding(1);
  const fail: ((error: unknown) => void)[] = [];
  const consumed = consume(
    source,
    () => new Promise<void>((_, reject) => fail.push(reject)),
    { concurrency: 2 },
  );
  await tick();
  source.close("first");
  await tick();
  fail[0]!("second");
  assertEquals(await reasonOf(consumed), "first");
});
