// map_faults_test.ts: errors of a map's fn and source, aborts, and bad input.

import {
  assert,
  assertEquals,
  assertFalse,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import {
  assertAtRest,
  closed,
  CountedController,
  ERRORS,
  FAILURES,
  holding,
  reasonOf,
  tick,
  unhandledIn,
} from "./_testing.ts";
import type { MapOptions } from "./mod.ts";
import { broadcast, Channel, ChannelClosedError, consume, map } from "./mod.ts";

/** How a map is run; each test takes all of them. */
const WAYS: readonly MapOptions[] = [
  { concurrency: 1 },
  { concurrency: 3 },
  { concurrency: 3, ordered: true },
];

function nameOf({ concurrency, ordered = false }: MapOptions): string {
  return `concurrency ${concurrency}, ordered: ${ordered}`;
}

/** Work without an end. */
function forever(): Promise<never> {
  return new Promise(() => {});
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

for (const options of WAYS) {
  for (const [failure, fail] of Object.entries(FAILURES)) {
    Deno.test(`map() closes both ends with an error of fn ${failure} (${nameOf(options)})`, async () => {
      const unhandled = await unhandledIn(async () => {
        for (const error of ERRORS) {
          const source = new Channel<number>();
          const refused = [produce(source), produce(source)];
          const results = map(
            source,
            (n) => n < 5 ? n : fail(error),
            options,
          );
          const loop = async () => {
            for await (const n of results) assert(n < 5);
          };
          assertStrictEquals(await reasonOf(loop()), error);
          assert(results.closed);
          assertStrictEquals(await reasonOf(results.receive()), error);
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

  for (const reason of ERRORS) {
    Deno.test(`map() ends with the reason of its source, ${reason}, after its work (${nameOf(options)})`, async () => {
      const source = holding(1, 2);
      const ends: (() => void)[] = [];
      const results = map(source, (n, { aborted }) => {
        assertFalse(aborted);
        return new Promise<number>((resolve) => ends.push(() => resolve(n)));
      }, options);
      source.close(reason);
      const received = [];
      for (const n of [1, 2]) {
        await tick();
        assertFalse(results.closed);
        ends[n - 1]!();
        received.push(await results.receive());
      }
      assertEquals(received, [1, 2]);
      assertStrictEquals(await reasonOf(results.receive()), reason);
    });
  }

  Deno.test(`map() ends with the reason of a source that has ended (${nameOf(options)})`, async () => {
    const results = map(closed<number>("reason"), forever, options);
    assertEquals(await reasonOf(results.receive()), "reason");
    assert(results.closed);
  });

  Deno.test(`map() gives out the results before an error of its source (${nameOf(options)})`, async () => {
    const error = new Error("half way");
    const half = function* () {
      yield* [1, 2, 3];
      throw error;
    };
    const results = map(Channel.from(half()), (n) => n * 2, options);
    const seen: number[] = [];
    const read = async () => {
      for await (const n of results) seen.push(n);
    };
    assertStrictEquals(await reasonOf(read()), error);
    assertEquals(seen, [2, 4, 6]);
  });

  Deno.test(`map() keeps the first error (${nameOf(options)})`, async () => {
    const source = holding(1, 2, 3);
    const fails: ((error: unknown) => void)[] = [];
    const unhandled = await unhandledIn(async () => {
      const results = map(
        source,
        () => new Promise((_, reject) => fails.push(reject)),
        options,
      );
      await tick();
      const received = reasonOf(results.receive());
      // Behind the first of the values, if there are several: it counts all the same.
      fails.at(-1)!("first");
      await tick();
      fails.forEach((fail) => fail("late"));
      source.close("late");
      results.close("late");
      assertEquals(await received, "first");
      source.drain();
      assertEquals(await reasonOf(source.receive()), "first");
    });
    assertEquals(unhandled, []);
  });

  Deno.test(`map() leaves the results before an error receivable (${nameOf(options)})`, async () => {
    const error = new Error("error");
    const source = new Channel<number>();
    const results = map(source, (n) => {
      if (n > 2) throw error;
      return n;
    }, { ...options, capacity: 2 });
    for (const n of [1, 2, 3]) {
      await source.send(n);
      await tick();
    }
    assert(results.closed && !results.drained);
    assertEquals(await results.receiveMany(), [1, 2]);
    assertStrictEquals(await reasonOf(results.receive()), error);
  });

  Deno.test(`map() aborts the signal of the work under way (${nameOf(options)})`, async () => {
    for (const error of ["error", new Error("error")]) {
      const controller = new AbortController();
      const { signal } = controller;
      const signals: AbortSignal[] = [];
      const results = map(holding(1, 2, 3), (_, signal) => {
        signals.push(signal);
        return forever();
      }, { ...options, signal });
      await tick();
      assertEquals(signals.length, options.concurrency);
      assertFalse(signals.some(({ aborted }) => aborted));
      controller.abort(error);
      assert(results.closed);
      for (const { reason } of signals) assertStrictEquals(reason, error);
    }
  });

  Deno.test(`map() takes nothing if its signal is aborted (${nameOf(options)})`, async () => {
    for (const reason of ["reason", new Error("reason")]) {
      const source = holding(1, 2);
      const signal = AbortSignal.abort(reason);
      const unused = () => assert(false);
      const results = map(source, unused, { ...options, signal });
      assert(results.closed && source.closed);
      assertStrictEquals(await reasonOf(results.receive()), reason);
      assertEquals(source.drain(), [1, 2]);
      assertStrictEquals(await reasonOf(source.receive()), reason);
      assertAtRest(source);
    }
  });

  Deno.test(`map() leaves no listener on its signal (${nameOf(options)})`, async () => {
    for (const end of ["source", "results", "error"]) {
      const controller = new CountedController();
      const { signal } = controller;
      const source = new Channel<number>();
      const results = map(source, () => Promise.reject("error"), {
        ...options,
        signal,
      });
      await tick();
      assertEquals(controller.listeners, 1);
      if (end === "source") source.close();
      else if (end === "results") results.close();
      else await source.send(1);
      await tick();
      assert(results.closed);
      assertEquals(controller.listeners, 0);
      controller.abort("late");
      const reason = await reasonOf(results.receive());
      if (end === "error") assertEquals(reason, "error");
      else assertInstanceOf(reason, ChannelClosedError);
    }
  });

  Deno.test(`map() drops what is under way when its results are closed (${nameOf(options)})`, async () => {
    const unhandled = await unhandledIn(async () => {
      const source = new Channel<number>(8);
      for (let n = 0; n < 8; n++) source.sendNow(n);
      const settles: (() => void)[] = [];
      const results = map(
        source,
        (n) =>
          new Promise<number>((resolve, reject) => {
            settles.push(n % 2 ? () => reject("late") : () => resolve(n));
          }),
        options,
      );
      await tick();
      const left = source.snapshot();
      assertEquals(left.length, 8 - options.concurrency!);
      results.close();
      assertAtRest(source);
      for (const settle of settles) settle();
      await tick();
      assertEquals(settles.length, options.concurrency);
      assertEquals(results.tryReceive(), { state: "closed" });
      // What was not taken is still there.
      assertEquals(source.drain(), left);
    });
    assertEquals(unhandled, []);
  });
}

for (const reason of ERRORS) {
  Deno.test(`map() closes its source with the reason that its results are closed with, ${reason}`, async () => {
    const source = holding(1, 2);
    const results = map(source, forever);
    await tick();
    results.close(reason);
    results.close("late");
    assertStrictEquals(await reasonOf(results.receive()), reason);
    assertEquals(source.drain(), [2]);
    assertStrictEquals(await reasonOf(source.receive()), reason);
  });
}

Deno.test("map() waits for no work once it has failed", async () => {
  const source = holding(1, 2);
  const work = (n: number) => n === 1 ? forever() : Promise.reject("error");
  const results = map(source, work, { concurrency: 2, ordered: true });
  assertEquals(await reasonOf(results.receive()), "error");
});

type Refusal = readonly [type: typeof TypeError, message: string];

const BAD_SOURCES: Record<string, unknown> = {
  "no source": undefined,
  "a source that is null": null,
  "an array for a source": [1],
  "a generator for a source": (async function* () {})(),
  "a stream for a source": new ReadableStream(),
  "a producer for a source": new Channel().producer(),
};

for (const [name, source] of Object.entries(BAD_SOURCES)) {
  Deno.test(`map() refuses ${name}`, () => {
    const call = [source, forever] as unknown as Parameters<typeof map>;
    assertThrows(() => map(...call), TypeError, "source is not a receiver");
  });
}

/** The arguments behind the source. */
const BAD: Record<string, [unknown[], ...Refusal]> = {
  "no fn": [[], TypeError, "expected a function, received undefined"],
  "a string for fn": [["work"], TypeError, "received string"],
  "an object for fn": [[{ concurrency: 2 }], TypeError, "received object"],
};

const BAD_OPTIONS: [options: object, ...Refusal][] = [
  [{ concurrency: 0 }, RangeError, "concurrency must be a whole number >= 1"],
  [{ concurrency: -1 }, RangeError, "received -1"],
  [{ concurrency: -Infinity }, RangeError, "received -Infinity"],
  [{ concurrency: 1.5 }, RangeError, "received 1.5"],
  [{ concurrency: NaN }, RangeError, "received NaN"],
  [{ concurrency: 2 ** 53 }, RangeError, "received 9007199254740992"],
  [{ concurrency: "2" }, TypeError, "received string"],
  [{ concurrency: null }, TypeError, "concurrency"],
  [{ concurrency: true }, TypeError, "received boolean"],
  [{ capacity: -1 }, RangeError, "capacity"],
  [{ capacity: 0.5 }, RangeError, "received 0.5"],
  [{ capacity: NaN }, RangeError, "received NaN"],
  [{ capacity: "3" }, TypeError, "received string"],
  [{ signal: {} }, TypeError, "signal"],
  [{ signal: "abort" }, TypeError, "signal"],
  [{ signal: new AbortController() }, TypeError, "signal"],
];
for (const [options, ...refusal] of BAD_OPTIONS) {
  const [[key, value]] = Object.entries(options) as [[string, unknown]];
  const kind = Object.is(value, Object(value)) ? "type " : "";
  const name = kind ? (value as object).constructor.name : value;
  BAD[`a ${key} of ${kind}${name}`] = [[forever, options], ...refusal];
}

for (const [name, [given, type, message]] of Object.entries(BAD)) {
  Deno.test(`map() refuses ${name}, and nothing has changed`, async () => {
    const source = holding(1);
    const call = [source, ...given] as unknown as Parameters<typeof map>;
    const error = assertThrows(() => map(...call), type, message);
    assertEquals(error.constructor, type);
    await tick();
    assertEquals([source.size, source.closed], [1, false]);
    assertAtRest(source);
  });
}

Deno.test("map(), consume() and broadcast() refuse options that are none", async () => {
  const source = holding(1);
  for (const options of [5, "x", true] as never[]) {
    assertThrows(() => map(source, (n) => n, options), TypeError, "options");
    assertThrows(
      () => broadcast(source, { subscribers: [options] }),
      TypeError,
      "options",
    );
    await assertRejects(
      () => consume(source, () => {}, options),
      TypeError,
      "options",
    );
  }
  assertThrows(
    () => map(source, (n) => n, { capacity: { capacity: 3 } as never }),
    TypeError,
    "capacity",
  );
  assertEquals(source.snapshot(), [1]);
  assertFalse(source.closed);
});
