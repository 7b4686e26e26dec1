// time_ticker_test.ts: the numbers of a ticker's ticks, and its end.

import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertStrictEquals,
} from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { assertType } from "@std/testing/types";
import type { IsExact } from "@std/testing/types";
import { reasonOf, SettleLog } from "./_testing.ts";
import { lease } from "./ends.ts";
import type { ClosableReceiver } from "./mod.ts";
import {
  after,
  ChannelClosedError,
  select,
  selectEach,
  ticker,
  trySelect,
} from "./mod.ts";

/** Lets `ms` pass, and all that follows happen. */
async function pass(time: FakeTime, ms: number): Promise<void> {
  await time.tickAsync(ms);
  await time.tickAsync(0);
}

/** The same, millisecond by millisecond, so that a loop can ask again in between. */
async function passSlowly(time: FakeTime, ms: number): Promise<void> {
  for (let i = 0; i < ms; i++) await pass(time, 1);
}

const EMPTY = { state: "empty" } as const;

function ok(value: number) {
  return { state: "ok", value } as const;
}

Deno.test("ticker() comes at every multiple of its period in a loop", async () => {
  using time = new FakeTime();
  const seen: [tick: number, at: number][] = [];
  const beats = ticker(7);
  const read = async () => {
    for await (const beat of beats) {
      seen.push([beat, time.now - time.start]);
      if (beat === 4) break;
    }
  };
  const reading = read();
  await passSlowly(time, 28);
  await reading;
  assertEquals(seen, [[1, 7], [2, 14], [3, 21], [4, 28]]);
  // Who leaves the loop leaves the ticker open.
  time.tick(7);
  assertEquals(beats.tryReceive(), ok(5));
});

Deno.test("ticker() shows a slow reader what it skipped, and does not drift", async () => {
  using time = new FakeTime();
  const seen: [tick: number, at: number][] = [];
  const read = async () => {
    for await (const beat of ticker(10)) {
      seen.push([beat, time.now - time.start]);
      if (beat === 2) await new Promise((resolve) => setTimeout(resolve, 25));
      if (beat === 7) break;
    }
  };
  const reading = read();
  await passSlowly(time, 70);
  await reading;
  assertEquals(seen, [[1, 10], [2, 20], [4, 45], [5, 50], [6, 60], [7, 70]]);
});

Deno.test("ticker() keeps one tick, not all that nobody took", async () => {
  using time = new FakeTime();
  const [values, batches, cases] = [ticker(10), ticker(10), ticker(10)];
  time.tick(1000);
  assertEquals(values.tryReceive(), ok(100));
  assertEquals(values.tryReceive(), EMPTY);
  assertEquals(await batches.receiveMany(), [100]);
  assertEquals(batches.tryReceive(), EMPTY);
  assertEquals(trySelect({ cases }), { key: "cases", ...ok(100) });
  assertEquals(trySelect({ cases }), undefined);
  time.tick(9);
  assertEquals(values.tryReceive(), EMPTY);
  time.tick(1);
  assertEquals(values.tryReceive(), ok(101));
});

Deno.test("ticker() takes a period that is no whole number of milliseconds without drift", async () => {
  using time = new FakeTime();
  const [often, seldom] = [ticker(0.25), ticker(2.5)];
  time.tick(1000);
  assertEquals([often.tryReceive(), seldom.tryReceive()], [ok(4000), ok(400)]);
  time.tick(2);
  assertEquals([often.tryReceive(), seldom.tryReceive()], [ok(4008), EMPTY]);
  const log = new SettleLog();
  log.add("tick", seldom.receive());
  await pass(time, 1);
  assertEquals(log.entries, ["tick=401"]);
});

Deno.test("ticker() can be slower than any timer, or never come", async () => {
  using time = new FakeTime();
  const ms = 2 ** 32;
  const log = new SettleLog();
  log.add("never", ticker(Infinity).receive());
  const beats = ticker(ms);
  for (const number of [1, 2]) {
    log.add("tick", beats.receive());
    await pass(time, ms - 1);
    assertEquals(log.entries.length, number - 1);
    await pass(time, 1);
    assertEquals(log.entries.at(-1), `tick=${number}`);
  }
});

Deno.test("ticker() gives each tick to one of those who share it", async () => {
  using time = new FakeTime();
  const beats = ticker(10);
  const seen: string[] = [];
  const read = async (name: string) => {
    for await (const beat of beats) seen.push(`${name}${beat}`);
  };
  const reading = [read("a"), read("b"), read("c")];
  await passSlowly(time, 60);
  beats.close();
  await Promise.all(reading);
  assertEquals(seen, ["a1", "b2", "c3", "a4", "b5", "c6"]);
});

Deno.test("ticker() beside after() in selectEach() is a heartbeat with an end", async () => {
  using time = new FakeTime();
  const seen: unknown[] = [];
  const run = async () => {
    for await (
      const { key, state } of selectEach({ beat: ticker(10), late: after(35) })
    ) {
      seen.push([key, state, time.now - time.start]);
      if (key === "late" && state === "closed") break;
    }
  };
  const running = run();
  await passSlowly(time, 35);
  await running;
  assertEquals(seen, [
    ["beat", "ok", 10],
    ["beat", "ok", 20],
    ["beat", "ok", 30],
    ["late", "ok", 35],
    ["late", "closed", 35],
  ]);
});

Deno.test("ticker() twice in one select gives one tick to one of the cases", async () => {
  using time = new FakeTime();
  const beats = ticker(10);
  const log = new SettleLog();
  const cases = [beats, beats] as const;
  log.add("select", select(cases).then((won) => won.state));
  log.add("next", beats.receive());
  await pass(time, 10);
  assertEquals(log.entries, ["select=ok"]);
  await pass(time, 10);
  assertEquals(log.entries, ["select=ok", "next=2"]);
});

Deno.test("ticker() is closed and drained by close(), which resolves join()", async () => {
  using time = new FakeTime();
  for (const reason of [[], ["enough"], [undefined]] as [unknown?][]) {
    const beats = ticker(10);
    assertEquals([beats.closed, beats.drained], [false, false]);
    const log = new SettleLog();
    log.add("joined", beats.join());
    await pass(time, 15);
    assertEquals(log.entries, []);
    beats.close(...reason as []);
    assertEquals([beats.closed, beats.drained], [true, true]);
    log.add("joined later", beats.join());
    await pass(time, 0);
    assertEquals(log.entries, ["joined", "joined later"]);
  }
});

Deno.test("ticker() tells those who wait of its close before those who join", async () => {
  using time = new FakeTime();
  const beats = ticker(10);
  const log = new SettleLog();
  log.add("joined", beats.join());
  log.add("received", beats.receive());
  log.add("next", beats.values().next().then(({ done }) => done));
  beats.close();
  await pass(time, 0);
  assertEquals(log.entries, [
    "received!ChannelClosedError",
    "next=true",
    "joined",
  ]);
});

Deno.test("lease keeps a closed ticker() and join() waiting until it is acknowledged", async () => {
  using time = new FakeTime();
  const beats = ticker(10);
  beats[lease](2); // what a transport takes, as it does from a channel
  beats.close();
  const log = new SettleLog();
  log.add("one", beats.join());
  log.add("two", beats.join());
  for (const left of [1, 0]) {
    await pass(time, 1);
    assertEquals([beats.closed, beats.drained], [true, false]);
    assertEquals(log.entries, []);
    beats[lease](-1);
    assertEquals(beats.drained, left === 0);
  }
  await pass(time, 1);
  assertEquals(log.entries, ["one", "two"]);
});

Deno.test("ticker() keeps the first reason, undefined too, and a plain close stays plain", async () => {
  const plain = ticker(10);
  plain.close();
  plain.close("late");
  assertInstanceOf(await reasonOf(plain.receive()), ChannelClosedError);
  assertEquals((await plain.values().next()).done, true);
  for (const reason of [new Error("first"), "first", 0, null, undefined]) {
    const beats = ticker(10);
    beats.close(reason);
    beats.close("late");
    beats.close();
    assertStrictEquals(await reasonOf(beats.receive()), reason);
    assertStrictEquals(await reasonOf(beats.receiveMany()), reason);
    assertStrictEquals(await reasonOf(beats.values().next()), reason);
    assertEquals<unknown>(await select({ beats }), {
      key: "beats",
      state: "closed",
      reason,
    });
  }
});

Deno.test("ticker() is closed by using and await using", async () => {
  const beats: ClosableReceiver<number>[] = [];
  {
    using first = ticker(10);
    await using second = ticker(10);
    beats.push(first, second);
    assertEquals(beats.map(({ closed }) => closed), [false, false]);
  }
  assertEquals(beats.map(({ closed }) => closed), [true, true]);
  for (const one of beats) assertEquals((await one.values().next()).done, true);
});

Deno.test("ticker() is a receiver of numbers that whoever receives may close", () => {
  assertType<IsExact<ReturnType<typeof ticker>, ClosableReceiver<number>>>(
    true,
  );
  const beats = ticker(10);
  assert(beats[Symbol.asyncDispose]() instanceof Promise);
  assert(beats.closed);
});
