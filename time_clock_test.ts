// time_clock_test.ts: the clock that after and ticker go by, and timers that do not
// keep to it.

import { assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { SettleLog } from "./_testing.ts";
import { after, ticker, trySelect } from "./mod.ts";

/** Lets `ms` pass, and all that follows happen. */
async function pass(time: FakeTime, ms: number): Promise<void> {
  await time.tickAsync(ms);
  await time.tickAsync(0);
}

const EMPTY = { state: "empty" } as const;

function ok(value: number) {
  return { state: "ok", value } as const;
}

/** Has a clock show another time while `body` runs. */
function showing(
  clock: { now(): number },
  later: number,
  body: () => void,
): void {
  const time = clock.now() + later;
  const own = Object.getOwnPropertyDescriptor(clock, "now");
  const now = { value: () => time, configurable: true, writable: true };
  Object.defineProperty(clock, "now", now);
  try {
    body();
  } finally {
    if (own) Object.defineProperty(clock, "now", own);
    else Reflect.deleteProperty(clock, "now");
  }
}

Deno.test("after() and ticker() go by a clock that nobody can set", () => {
  const [late, beats] = [after(60_000), ticker(60_000)];
  showing(Date, 3_600_000, () => {
    assertEquals(trySelect([late, beats]), undefined);
  });
  showing(performance, 59_000, () => {
    assertEquals(trySelect([late, beats]), undefined);
  });
  showing(performance, 121_000, () => {
    assertEquals(late.tryReceive(), { state: "ok", value: undefined });
    assertEquals(beats.tryReceive(), { state: "ok", value: 2 });
  });
});

Deno.test("after() and ticker() made before a fake time go by the real one", async () => {
  const [late, beats] = [after(60_000), ticker(60_000)];
  const waiting = after(1).receive();
  using time = new FakeTime();
  time.tick(3_600_000);
  assertEquals(trySelect([late, beats]), undefined);
  // Its timer is a real one, which no fake time moves.
  await waiting;
  assertEquals(time.now, time.start + 3_600_000);
  const [fakeLate, fakeBeats] = [after(60_000), ticker(60_000)];
  time.tick(120_000);
  assertEquals(fakeLate.tryReceive(), { state: "ok", value: undefined });
  assertEquals(fakeBeats.tryReceive(), { state: "ok", value: 2 });
});

Deno.test("ticker() numbers by the clock when its timer comes late", async () => {
  using time = new FakeTime();
  const { now } = Date;
  const beats = ticker(10);
  const log = new SettleLog();
  log.add("tick", beats.receive());
  try {
    Date.now = () => now() + 25; // as if the event loop had been held up
    await pass(time, 10);
    assertEquals(log.entries, ["tick=3"]);
    assertEquals(beats.tryReceive(), EMPTY);
    time.tick(5);
    assertEquals(beats.tryReceive(), ok(4));
  } finally {
    Date.now = now;
  }
});

Deno.test("ticker() gives no number twice when its timer comes early", async () => {
  using time = new FakeTime();
  const { now } = Date;
  const beats = ticker(10);
  const log = new SettleLog();
  log.add("tick", beats.receive());
  try {
    Date.now = () => now() - 0.5; // as a platform may whose timers count otherwise
    await pass(time, 10);
    assertEquals(log.entries, ["tick=1"]);
    time.tick(1);
    assertEquals(beats.tryReceive(), EMPTY);
    time.tick(10);
    assertEquals(beats.tryReceive(), ok(2));
  } finally {
    Date.now = now;
  }
});

Deno.test("after() that takes several timers sets none for the past when one comes late", async () => {
  using time = new FakeTime();
  const { now } = Date;
  const { setTimeout } = globalThis;
  const longest = 2 ** 31 - 1;
  const delays: unknown[] = [];
  const log = new SettleLog();
  try {
    globalThis.setTimeout = ((wake: () => void, delay: number) => {
      delays.push(delay);
      return setTimeout(wake, delay);
    }) as typeof globalThis.setTimeout;
    log.add("late", after(longest + 10).receive());
    Date.now = () => now() + 25; // as if the event loop had been held up
    await pass(time, longest);
    assertEquals(delays, [longest, 0]);
    await pass(time, 1);
    assertEquals(log.entries, ["late"]);
  } finally {
    Date.now = now;
    globalThis.setTimeout = setTimeout;
  }
});

Deno.test("after() made before a fake time waits by the real timers", async () => {
  const late = after(60_000);
  using time = new FakeTime();
  const log = new SettleLog();
  const controller = new AbortController();
  log.add("late", late.receive(controller));
  await pass(time, 60_000);
  assertEquals(log.entries, []);
  controller.abort();
});

Deno.test("after() clears the timer that it set, though a fake time has come since", () => {
  const { clearTimeout } = globalThis;
  let cleared = 0;
  globalThis.clearTimeout = (timer) => {
    cleared++;
    clearTimeout(timer);
  };
  try {
    const late = after(60_000);
    const controller = new AbortController();
    late.receive(controller).catch(() => {});
    {
      using _time = new FakeTime();
      controller.abort();
    }
  } finally {
    globalThis.clearTimeout = clearTimeout;
  }
  assertEquals(cleared, 1);
});

Deno.test("receiveMany() of a very fast ticker() takes one tick", async () => {
  const beats = ticker(1e-9);
  assertEquals((await beats.receiveMany(10)).length, 1);
});
