// map_ends_test.ts: leaving and closing a map, at either end of a chain of them.

import {
  assert,
  assertEquals,
  assertFalse,
  assertInstanceOf,
  assertStrictEquals,
} from "@std/assert";
import {
  assertAtRest,
  holding,
  isPending,
  reasonOf,
  tick,
  unhandledIn,
  waiting,
} from "./_testing.ts";
import type { ClosableReceiver, MapOptions, Receiver } from "./mod.ts";
import {
  Channel,
  ChannelClosedError,
  consume,
  map,
  merge,
  select,
} from "./mod.ts";

const WAYS: readonly MapOptions[] = [
  { concurrency: 1 },
  { concurrency: 3 },
  { concurrency: 3, ordered: true },
];

function nameOf({ concurrency, ordered = false }: MapOptions): string {
  return `concurrency ${concurrency}, ordered: ${ordered}`;
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

/** What an ending finds, and may act on. */
interface Parts {
  source: Channel<number>;
  results: ClosableReceiver<number>;
  whole: AbortController;
  loop: AbortController;
  /** From now on `fn` fails. */
  fail(error: unknown): void;
}

const END = new Error("end");

/** Ways to end a map that is busy, and how the loop over it fares. `true` leaves it. */
const ENDINGS: Record<
  string,
  ["ends" | "fails", (parts: Parts) => boolean | void]
> = {
  "its source is closed": ["ends", ({ source }) => source.close()],
  "its source is closed with a reason": [
    "fails",
    ({ source }) => source.close(END),
  ],
  "its source is cancelled": ["ends", ({ source }) => source.cancel()],
  "its results are closed": ["ends", ({ results }) => results.close()],
  "its results are closed with a reason": [
    "fails",
    ({ results }) => results.close(END),
  ],
  "its results are disposed": [
    "ends",
    ({ results }) => results[Symbol.dispose](),
  ],
  "its signal aborts": ["fails", ({ whole }) => whole.abort(END)],
  "fn fails": ["fails", ({ fail }) => fail(END)],
  "the loop over it is left": ["ends", () => true],
  "the loop over it fails": ["fails", () => {
    throw END;
  }],
  "the signal of the loop over it aborts": [
    "fails",
    ({ loop }) => loop.abort(END),
  ],
};

for (const [name, [fate, end]] of Object.entries(ENDINGS)) {
  for (const options of WAYS) {
    Deno.test(`map() ends every task when ${name} (${nameOf(options)})`, async () => {
      const unhandled = await unhandledIn(async () => {
        const source = new Channel<number>();
        const [whole, loop] = [new AbortController(), new AbortController()];
        const producers = [produce(source), produce(source), produce(source)];
        const signals = new Set<AbortSignal>();
        let failure: [unknown] | undefined;
        const work = async (n: number, signal: AbortSignal) => {
          signals.add(signal);
          await null;
          if (failure) throw failure[0];
          return n;
        };
        const { signal } = whole;
        const results = map(source, work, { ...options, signal });
        const fail = (error: unknown) => void (failure = [error]);
        const read = async () => {
          let seen = 0;
          for await (const _ of results.values({ signal: loop.signal })) {
            if (++seen !== 5) continue;
            if (end({ source, results, whole, loop, fail })) break;
          }
        };
        if (fate === "ends") await read();
        else assertStrictEquals(await reasonOf(read()), END);
        for (const error of await Promise.all(producers)) {
          assertInstanceOf(error, ChannelClosedError);
          assertEquals(typeof error.value, "number");
        }
        await tick();
        assert(source.closed && source.closeSignal.aborted);
        assert(results.closed);
        const early = !name.startsWith("its source");
        assert([...signals].every(({ aborted }) => aborted === early));
        assertEquals(waiting(source), [0, 0]);
      });
      assertEquals(unhandled, []);
    });
  }
}

const same = (n: number) => n;

/** A map over a source that somebody fills, and what refuses that somebody. */
function busy(options?: MapOptions) {
  const source = new Channel<number>();
  const results = map(source, same, options);
  return { source, results, refused: produce(source) };
}

async function assertRefused(
  source: Channel<number>,
  refused: Promise<unknown>,
): Promise<void> {
  assertInstanceOf(await refused, ChannelClosedError);
  assert(source.closeSignal.aborted);
  assertAtRest(source);
}

/** Starts a loop; it has its first value when this resolves. */
async function loopOver<T>(
  start: AsyncIterableIterator<T>,
): Promise<AsyncIterableIterator<T>> {
  assertFalse((await start.next()).done);
  return start;
}

Deno.test("map() stops its producers when the loop over it breaks", async () => {
  const { source, results, refused } = busy({ concurrency: 4 });
  for await (const n of results) if (n === 10) break;
  await assertRefused(source, refused);
  assertInstanceOf(await reasonOf(results.receive()), ChannelClosedError);
});

Deno.test("map() stops its producers when a loop over its batches breaks", async () => {
  const { source, results, refused } = busy({ capacity: 4 });
  for await (const [n] of results.batches(2)) if (n! > 10) break;
  await assertRefused(source, refused);
});

Deno.test("map() stops its producers when the last of two loops is left", async () => {
  const { source, results, refused } = busy();
  const first = await loopOver(results.values());
  const last = await loopOver(results.batches());
  await first.return!();
  // Twice is no more than once.
  await first.return!();
  assertFalse(results.closed || source.closed);
  assertFalse((await last.next()).done);
  await last.return!();
  assert(results.closed);
  await assertRefused(source, refused);
});

Deno.test("map() goes on for a second loop that begins before the first is left", async () => {
  const { source, results, refused } = busy();
  const seen: number[] = [];
  for await (const n of results) {
    seen.push(n);
    if (seen.length < 3) continue;
    const next = await loopOver(results.values());
    setTimeout(() => next.return!());
    break;
  }
  assertFalse(source.closed);
  await assertRefused(source, refused);
});

Deno.test("map() stops its producers when the signal of its only loop aborts", async () => {
  for (const waits of [false, true]) {
    const source = new Channel<number>();
    const results = map(source, same);
    const controller = new AbortController();
    const loop = results.values({ signal: controller.signal });
    await source.send(1);
    await tick();
    await loop.next();
    const pending = waits ? loop.next() : undefined;
    controller.abort("enough");
    assertEquals(await reasonOf(pending ?? loop.next()), "enough");
    await tick();
    assert(results.closed && source.closed);
    assertAtRest(source);
  }
});

Deno.test("map() goes on when the signal of one of two loops aborts", async () => {
  const { source, results, refused } = busy();
  const controller = new AbortController();
  const [aborted, left] = [
    results.values({ signal: controller.signal }),
    results.values(),
  ];
  controller.abort("enough");
  assertEquals(await reasonOf(aborted.next()), "enough");
  await tick();
  assertFalse((await left.next()).done || source.closed);
  await left.return!();
  await assertRefused(source, refused);
});

Deno.test("map() goes on when a receive, a join or a select gives up", async () => {
  const source = new Channel<number>();
  const results = map(source, same);
  const controller = new AbortController();
  const { signal } = controller;
  const waits = [
    results.receive({ signal }),
    results.receiveMany(2, { signal }),
    results.join({ signal }),
    select({ results }, { signal }),
  ].map(reasonOf);
  await tick();
  controller.abort("late");
  assertEquals(await Promise.all(waits), ["late", "late", "late", "late"]);
  assertEquals((await select([holding(1), results])).key, 0);
  await source.send(1);
  assertEquals(await results.receive(), 1);
  assertFalse(source.closed || results.closed);
});

Deno.test("map() ends the receives that wait when it is closed", async () => {
  const { source, results, refused } = busy();
  const held = map(results, () => new Promise(() => {}), { concurrency: 2 });
  await tick();
  const received = [held.receive(), held.receiveMany(), held.values().next()];
  held.close();
  const [one, many, step] = await Promise.allSettled(received);
  assertEquals([one!.status, many!.status], ["rejected", "rejected"]);
  assertEquals(
    step,
    {
      status: "fulfilled",
      value: { done: true, value: undefined },
    } as typeof step,
  );
  await assertRefused(source, refused);
});

/** A chain of maps, first to last. */
function chain(source: Receiver<number>, options: MapOptions) {
  const first = map(source, (n) => n + 1, options);
  const second = map(first, (n) => Promise.resolve(n * 2), options);
  const third = map(second, (n) => `${n}`, options);
  return [first, second, third] as const;
}

for (const options of WAYS) {
  Deno.test(`map() of a map of a map ends as its source does (${nameOf(options)})`, async () => {
    for (const reason of [[], ["reason"], [undefined]] as const) {
      const source = holding(1, 2, 3);
      source.close(...reason);
      const stages = chain(source, options);
      const seen: string[] = [];
      const read = async () => {
        for await (const text of stages[2]) seen.push(text);
      };
      if (reason.length) assertEquals(await reasonOf(read()), reason[0]);
      else await read();
      assertEquals(seen, ["4", "6", "8"]);
      for (const stage of stages) assert(stage.drained);
    }
  });

  Deno.test(`map() of a map of a map closes all of them (${nameOf(options)})`, async () => {
    for (const at of [0, 1, 2] as const) {
      const source = new Channel<number>();
      const refused = produce(source);
      const stages = chain(source, options);
      const read = async () => {
        let seen = 0;
        for await (const _ of stages[2]) {
          if (++seen === 20) stages[at].close("enough");
        }
      };
      assertEquals(await reasonOf(read()), "enough");
      for (const stage of stages) assert(stage.closed);
      await assertRefused(source, refused);
      assertEquals(await reasonOf(source.receive()), "enough");
    }
  });

  Deno.test(`map() of a map of a map is left at its end (${nameOf(options)})`, async () => {
    const source = new Channel<number>();
    const refused = produce(source);
    const stages = chain(source, options);
    for await (const text of stages[2]) if (text === "20") break;
    for (const stage of stages) assert(stage.closed);
    await assertRefused(source, refused);
  });

  Deno.test(`map() of a merge feeds consume() with all there is (${nameOf(options)})`, async () => {
    const sources = [holding(1, 2, 3), holding(10, 20, 30)];
    for (const source of sources) source.close();
    const results = map(merge(...sources), (n) => Promise.resolve(n), options);
    let sum = 0;
    await consume(results, (n) => void (sum += n), options);
    assertEquals(sum, 66);
    assert(results.drained);
  });

  Deno.test(`map() of a merge leaves the sources of that as they are (${nameOf(options)})`, async () => {
    const sources = [holding(1, 2, 3, 4, 5), new Channel<number>()];
    const results = map(merge(...sources), same, options);
    for await (const n of results) if (n === 1) break;
    await tick();
    assertEquals(sources.map(({ closed }) => closed), [false, false]);
    assertAtRest(...sources);
  });

  Deno.test(`map() of a merge waits in none of its sources once it is closed (${nameOf(options)})`, async () => {
    const sources = [new Channel<number>(), new Channel<number>()];
    const results = map(merge(...sources), same, options);
    for (const n of [1, 2, 3]) {
      await sources[0]!.send(n);
      assertEquals(await results.receive(), n);
    }
    await tick();
    assert(waiting(sources[1]!)[1] > 0);
    results.close();
    assertAtRest(...sources);
    assertFalse(sources[0]!.trySend(4));
  });

  Deno.test(`consume() of a map closes both with the first error (${nameOf(options)})`, async () => {
    const source = new Channel<number>();
    const refused = produce(source);
    const results = map(source, same, options);
    const enough = new Error("enough");
    const work = consume(results, (n) => {
      if (n === 10) throw enough;
    }, options);
    assertStrictEquals(await reasonOf(work), enough);
    assert(results.closed);
    await assertRefused(source, refused);
    assertStrictEquals(await reasonOf(source.receive()), enough);
  });
}

Deno.test("map() takes part in a merge without being closed by its loops", async () => {
  const one = busy();
  const two = busy();
  let seen = 0;
  for await (const _ of merge(one.results, two.results)) {
    if (++seen === 10) break;
  }
  assertFalse(one.results.closed || two.results.closed);
  assert(await isPending(one.refused));
  for (const { source, results, refused } of [one, two]) {
    results.close();
    await assertRefused(source, refused);
  }
});

Deno.test("map() closes with what its source failed with first", async () => {
  const source = holding(1);
  let fail: (error: unknown) => void;
  const mapped = map(
    source,
    () => new Promise<number>((_, reject) => fail = reject),
    { concurrency: 2 },
  );
  const received = reasonOf(mapped.receive());
  await tick();
  source.close("first");
  await tick();
  fail!("second");
  assertEquals(await received, "first");
});

Deno.test("map() aborts the signal of fn when it ends early, and not at its end", async () => {
  for (const early of [false, true]) {
    const signals: AbortSignal[] = [];
    const mapped = map(holding(1, 2), (n, signal) => {
      signals.push(signal);
      return n;
    });
    assertEquals(await mapped.receive(), 1);
    assertFalse(signals[0]!.aborted);
    if (early) mapped.close();
    assertEquals(signals[0]!.aborted, early);
  }
  const source = holding(1, 2);
  source.close();
  let aborted: AbortSignal;
  const all: number[] = [];
  for await (const n of map(source, (n, signal) => (aborted = signal, n))) {
    all.push(n);
  }
  assertEquals(all, [1, 2]);
  assertFalse(aborted!.aborted);
});

Deno.test("map() has closed its source before the signal of fn aborts", async () => {
  const source = holding(1);
  let sent: boolean | undefined;
  const mapped = map(source, async (_, signal) => {
    signal.addEventListener("abort", () => sent = source.trySend(99));
    await tick();
    const reason: unknown = "bad";
    throw reason;
  }, { concurrency: 2 });
  assertEquals(await reasonOf(mapped.receive()), "bad");
  assertEquals(sent, false);
});
