// time_timers_test.ts: the timers that after and ticker take, which is none unless
// somebody waits, and what is left of those who waited. Needs --expose-gc.

import {
  assertEquals,
  assertInstanceOf,
  assertLess,
  assertThrows,
} from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { collect, reasonOf, SettleLog, tick } from "./_testing.ts";
import type { Receiver } from "./mod.ts";
import {
  after,
  Channel,
  never,
  select,
  selectEach,
  ticker,
  trySelect,
} from "./mod.ts";

/** Counts timers, in the place of those that it finds. */
class Timers implements Disposable {
  /** The delay of each that was set. */
  readonly delays: number[] = [];
  readonly #live = new Set<unknown>();
  readonly #found = {
    setTimeout: globalThis.setTimeout,
    clearTimeout: globalThis.clearTimeout,
  };

  constructor() {
    const { setTimeout, clearTimeout } = this.#found;
    const set = (fire: () => void, ms = 0) => {
      const id = setTimeout(() => {
        this.#live.delete(id);
        fire();
      }, ms);
      this.#live.add(id);
      this.delays.push(ms);
      return id;
    };
    const clear = (id: Parameters<typeof clearTimeout>[0]) => {
      this.#live.delete(id);
      clearTimeout(id);
    };
    Object.assign(globalThis, { setTimeout: set, clearTimeout: clear });
  }

  /** How many were set. */
  get set(): number {
    return this.delays.length;
  }

  /** How many have neither fired nor been cleared. */
  get live(): number {
    return this.#live.size;
  }

  [Symbol.dispose](): void {
    Object.assign(globalThis, this.#found);
  }
}

/** Lets `ms` pass, and all that follows happen. */
async function pass(time: FakeTime, ms: number): Promise<void> {
  await time.tickAsync(ms);
  await time.tickAsync(0);
}

/** Waits, and returns what withdraws that. */
type Wait = (from: Receiver<unknown>) => () => unknown;

function aborting(
  wait: (
    from: Receiver<unknown>,
    options: { signal: AbortSignal },
  ) => Promise<unknown>,
): Wait {
  return (from) => {
    const controller = new AbortController();
    wait(from, controller).catch(() => {});
    return () => controller.abort();
  };
}

function leaving(
  iterate: (from: Receiver<unknown>) => AsyncIterator<unknown>,
): Wait {
  return (from) => {
    const iterator = iterate(from);
    iterator.next();
    return () => iterator.return!();
  };
}

const WAITS: Readonly<Record<string, Wait>> = {
  "receive() that is aborted": aborting((from, options) =>
    from.receive(options)
  ),
  "receiveMany() that is aborted": aborting((from, options) =>
    from.receiveMany(2, options)
  ),
  "next() that is aborted": aborting((from, options) =>
    from.values(options).next()
  ),
  "select() that is aborted": aborting((from, options) =>
    select({ from, idle: new Channel() }, options)
  ),
  "next() of selectEach() that is aborted": aborting((from, options) =>
    selectEach({ from }, options).next()
  ),
  "a loop that is left": leaving((from) => from.values()),
  "a loop over batches() that is left": leaving((from) => from.batches()),
  "a loop over selectEach() that is left": leaving((from) =>
    selectEach([from, new Channel()])
  ),
  "select() that loses to a receive": (from) => {
    const job = new Channel<number>();
    select({ from, job });
    return () => job.sendNow(1);
  },
  "select() that loses to a close": (from) => {
    const quit = new Channel<void>();
    select([from, quit]);
    return () => quit.close();
  },
  "select() of the same case twice that loses": (from) => {
    const job = new Channel<number>();
    select([from, job, from]);
    return () => job.sendNow(1);
  },
};

for (const make of [after, ticker]) {
  for (const [name, wait] of Object.entries(WAITS)) {
    Deno.test(`${name} leaves no timer of ${make.name}(), and one while another waits`, async () => {
      using timers = new Timers();
      const from: Receiver<unknown> = make(60_000);
      assertEquals([timers.set, timers.live], [0, 0]);
      const withdrawn = wait(from);
      assertEquals([timers.set, timers.live], [1, 1]);
      withdrawn();
      assertEquals([timers.set, timers.live], [1, 0]);
      const [older, younger, youngest] = [wait(from), wait(from), wait(from)];
      assertEquals([timers.set, timers.live], [2, 1]);
      younger();
      older();
      assertEquals([timers.set, timers.live], [2, 1]);
      youngest();
      assertEquals([timers.set, timers.live], [2, 0]);
      assertEquals(from.tryReceive(), { state: "empty" });
      await tick();
      assertEquals(timers.live, 0);
    });
  }

  Deno.test(`${make.name}() sets no timer when nobody waits to receive`, async () => {
    using timers = new Timers();
    const from: Receiver<unknown> = make(60_000);
    const job = new Channel<number>(1);
    job.sendNow(1);
    from.tryReceive();
    from.values();
    from.batches();
    selectEach([from]);
    from.join();
    assertEquals(trySelect([from]), undefined);
    assertEquals((await select({ from, job })).key, "job");
    assertEquals([from.closed, from.drained], [false, false]);
    assertEquals(timers.set, 0);
  });

  Deno.test(`${make.name}() sets no timer for a value that is due, nor for Infinity`, async () => {
    using time = new FakeTime();
    using timers = new Timers();
    const [due, endless]: Receiver<unknown>[] = [make(10), make(Infinity)];
    time.tick(10);
    await due!.receive();
    endless!.receive();
    select([endless, never()]);
    await pass(time, 1);
    assertEquals(timers.set, 0);
  });

  Deno.test(`${make.name}() has one timer for all who wait, and none when the last is served`, async () => {
    using time = new FakeTime();
    using timers = new Timers();
    const from: Receiver<unknown> = make(10);
    const log = new SettleLog();
    log.add("one", from.receive().then(String));
    log.add("two", select([from]).then(({ state }) => state));
    log.add("three", from.values().next().then(({ done }) => done));
    assertEquals(timers.live, 1);
    for (let turn = 0; turn < 3; turn++) {
      await pass(time, 10);
      assertEquals(timers.live, log.entries.length < 3 ? 1 : 0);
    }
    assertEquals(
      log.entries,
      make === after
        ? ["one=undefined", "two=closed", "three=true"]
        : ["one=1", "two=ok", "three=false"],
    );
    assertEquals(timers.set, make === after ? 1 : 3);
  });

  Deno.test(`${make.name}() that is longer than a platform's timers takes several, one at a time`, async () => {
    using time = new FakeTime();
    using timers = new Timers();
    const log = new SettleLog();
    const longest = 2 ** 31 - 1;
    const from: Receiver<unknown> = make(2 * longest + 5);
    const controller = new AbortController();
    log.add("value", from.receive(controller).then(() => "received"));
    for (const number of [1, 2, 3]) {
      assertEquals([timers.set, timers.live], [number, 1]);
      assertEquals(log.entries, []);
      await pass(time, number < 3 ? longest : 5);
    }
    assertEquals(log.entries, ["value=received"]);
    assertEquals([timers.set, timers.live], [3, 0]);
    assertEquals(timers.delays, [longest, longest, 5]);
  });

  Deno.test(`${make.name}() refuses what is no number, and sets no timer`, () => {
    using timers = new Timers();
    const wrong = [undefined, null, "10", 10n, true, {}, [10], new Date()];
    for (const ms of wrong as number[]) {
      assertThrows(
        () => make(ms),
        TypeError,
        `Cannot set timer: ms must be a number, received ${typeof ms}`,
      );
    }
    const least = make === after ? ">= 0" : "> 0";
    const absurd = [NaN, -1, -Infinity, ...make === ticker ? [0, -0] : []];
    for (const ms of absurd) {
      assertThrows(
        () => make(ms),
        RangeError,
        `Cannot set timer: ms must be ${least}, received ${ms}`,
      );
    }
    assertEquals(timers.set, 0);
  });
}

for (
  const [name, make] of Object.entries(
    {
      "after()": () => after(60_000),
      "ticker()": () => ticker(60_000),
      "never()": () => never(),
    } satisfies Record<string, () => Receiver<unknown>>,
  )
) {
  Deno.test(`a wait on ${name} with wrong arguments registers nothing`, async () => {
    using timers = new Timers();
    const from: Receiver<unknown> = make();
    const wrong = { signal: {} as AbortSignal };
    const wait = "Cannot wait: invalid signal";
    assertThrows(() => from.values(wrong), TypeError, wait);
    assertThrows(() => from.batches(0), RangeError, "max");
    assertThrows(() => from.batches("1" as never), TypeError, "max");
    const good = { signal: AbortSignal.abort("before") };
    for (
      const [promise, kind] of [
        [from.receive(wrong), TypeError],
        [from.join(wrong), TypeError],
        [from.receiveMany(1, wrong), TypeError],
        [from.receiveMany(0.5, good), RangeError],
        [from.receiveMany(null as never, good), TypeError],
        [select([from], wrong), TypeError],
        [select([from, 1 as never]), TypeError],
      ] as const
    ) {
      assertInstanceOf(await reasonOf(promise), kind);
    }
    for (
      const promise of [
        from.receive(good),
        from.join(good),
        from.receiveMany(1, good),
        from.values(good).next(),
        select([from], good),
        selectEach([from], good).next(),
      ]
    ) {
      assertEquals(await reasonOf(promise), "before");
    }
    assertEquals(timers.set, 0);
  });
}

Deno.test("ticker() that is closed or disposed has no timer any more", async () => {
  using timers = new Timers();
  const beats = [ticker(60_000), ticker(60_000), ticker(60_000)] as const;
  for (const one of beats) {
    one.values().next().catch(() => {});
    select([one]);
  }
  assertEquals(timers.live, 3);
  beats[0].close();
  beats[1].close("enough");
  beats[2][Symbol.dispose]();
  assertEquals(timers.live, 0);
  await tick();
  for (const one of beats) one.receive().catch(() => {});
  assertEquals([timers.live, beats[0].drained], [0, true]);
});

Deno.test("a loop over ticker() has one timer while it waits and none while it works", async () => {
  using time = new FakeTime();
  using timers = new Timers();
  const seen: number[] = [];
  const read = async () => {
    for await (const beat of ticker(10)) {
      seen.push(timers.live);
      if (beat === 3) break;
    }
  };
  const reading = read();
  for (let i = 0; i < 3; i++) {
    assertEquals(timers.live, 1);
    await pass(time, 10);
  }
  await reading;
  assertEquals(seen, [0, 0, 0]);
  assertEquals(timers.live, 0);
});

/** How many are there after collection. Where the collector takes stale words for references, a few always are. */
async function aliveOf(
  references: readonly WeakRef<object>[],
): Promise<number> {
  for (let turn = 0; turn < 2; turn++) {
    await tick();
    collect();
  }
  return references.filter((one) => one.deref() !== undefined).length;
}

Deno.test("a million selects that lose an after(60_000) leave no timer and no memory behind", async () => {
  using timers = new Timers();
  const references: WeakRef<object>[] = [];
  const jobs = new Channel<number>(1);
  const lose = async (parks: boolean, noted: boolean) => {
    const late = after(60_000);
    if (!parks) jobs.sendNow(1);
    const selected = select({ late, jobs });
    if (parks) jobs.sendNow(1);
    if (noted) references.push(new WeakRef(late), new WeakRef(selected));
    if ((await selected).key !== "jobs") throw new Error("Time is up");
  };
  for (let i = 0; i < 1_000_000; i++) await lose(false, i % 100 === 0);
  assertEquals(timers.set, 0);
  for (let i = 0; i < 20_000; i++) await lose(true, true);
  assertEquals([timers.set, timers.live], [20_000, 0]);
  assertEquals(jobs.stats().waitingReceivers, 0);
  assertLess(await aliveOf(references), references.length / 100);
});

Deno.test("after() and ticker() that stay retain no select that they lost", async () => {
  using timers = new Timers();
  const references: WeakRef<object>[] = [];
  const [late, beats] = [after(60_000), ticker(60_000)];
  const jobs = new Channel<number>();
  const controller = new AbortController();
  for (let i = 0; i < 1000; i++) {
    const selected = select({ late, beats, jobs }, controller);
    references.push(new WeakRef(selected));
    jobs.sendNow(i);
    await selected;
  }
  assertEquals(timers.live, 0);
  assertLess(await aliveOf(references), references.length / 100);
  assertEquals(trySelect({ late, beats }, {}), undefined);
});
