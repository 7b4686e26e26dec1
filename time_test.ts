// time_test.ts: what after, ticker and never give, when, and to whom.
//
// time_ticker_test.ts has what only a ticker does, time_timers_test.ts the timers that
// all of it takes.

import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { assertType } from "@std/testing/types";
import type { IsExact } from "@std/testing/types";
import { reasonOf, SettleLog } from "./_testing.ts";
import type { Receiver } from "./mod.ts";
import {
  after,
  Channel,
  ChannelClosedError,
  never,
  select,
  selectEach,
  ticker,
  trySelect,
} from "./mod.ts";

/** Asks for one value: the value, or "end" where there is none any more. */
type Way = (
  from: Receiver<unknown>,
  signal?: AbortSignal,
) => Promise<unknown>;

function endOf(error: unknown): "end" {
  if (!(error instanceof ChannelClosedError)) throw error;
  return "end";
}

async function stepOf<T>(
  result: Promise<IteratorResult<T>>,
): Promise<T | "end"> {
  const { done, value } = await result;
  return done ? "end" : value;
}

async function caseOf(
  result: Promise<
    { state: "ok"; value: unknown } | { state: "closed"; reason: unknown }
  >,
): Promise<unknown> {
  const won = await result;
  if (won.state === "ok") return won.value;
  if (won.reason !== undefined) throw won.reason;
  return "end";
}

/** The ways that a signal gives up. */
const GIVEN_UP: Readonly<Record<string, Way>> = {
  "receive()": (from, signal) => from.receive({ signal }).catch(endOf),
  "receiveMany()": (from, signal) =>
    from.receiveMany(9, { signal }).then(([value]) => value, endOf),
  "next()": (from, signal) => stepOf(from.values({ signal }).next()),
  "select()": (from, signal) => caseOf(select([from], { signal })),
  "select() beside another case": (from, signal) =>
    caseOf(select({ idle: new Channel(), from }, { signal })),
  "next() of selectEach()": (from, signal) =>
    selectEach([from], { signal }).next().then(({ value }) =>
      caseOf(Promise.resolve(value))
    ),
};

const WAYS: Readonly<Record<string, Way>> = {
  ...GIVEN_UP,
  "next() of batches()": (from) =>
    stepOf(from.batches().next()).then((batch) =>
      batch === "end" ? batch : batch[0]
    ),
  "for await": async (from) => {
    for await (const value of from) return value;
    return "end";
  },
};

/** Lets `ms` pass, and all that follows happen. */
async function pass(time: FakeTime, ms: number): Promise<void> {
  await time.tickAsync(ms);
  await time.tickAsync(0);
}

const [OK, EMPTY, CLOSED] = [
  { state: "ok", value: undefined },
  { state: "empty" },
  { state: "closed" },
] as const;

for (const [name, ask] of Object.entries(WAYS)) {
  Deno.test(`${name} gets the value of after() when its time has come, and the end from then on`, async () => {
    using time = new FakeTime();
    const late = after(10);
    const log = new SettleLog();
    log.add("value", ask(late));
    await pass(time, 9);
    assertEquals(log.entries, []);
    await pass(time, 1);
    assertEquals(log.entries, ["value"]);
    assertEquals([late.closed, late.drained], [true, true]);
    assertEquals(await ask(late), "end");
  });

  Deno.test(`${name} gets the value of after() at once when its time has passed unseen`, async () => {
    using time = new FakeTime();
    const late = after(10);
    time.tick(25);
    assertEquals([late.closed, late.drained], [false, false]);
    assertEquals(await ask(late), undefined);
    assertEquals(time.now, time.start + 25);
  });

  Deno.test(`${name} gets the end of after() when an older waiter has got the value`, async () => {
    using time = new FakeTime();
    const late = after(10);
    const log = new SettleLog();
    log.add("first", late.receive());
    log.add("second", ask(late));
    log.add("third", ask(late));
    await pass(time, 9);
    assertEquals(log.entries, []);
    await pass(time, 1);
    assertEquals(log.entries.sort(), ["first", "second=end", "third=end"]);
  });

  Deno.test(`${name} gets the number of each tick of ticker() when it is due`, async () => {
    using time = new FakeTime();
    const beats = ticker(10);
    for (const number of [1, 2, 3]) {
      const log = new SettleLog();
      log.add("tick", ask(beats));
      await pass(time, 9);
      assertEquals(log.entries, []);
      await pass(time, 1);
      assertEquals(log.entries, [`tick=${number}`]);
    }
  });

  Deno.test(`${name} gets the last tick of ticker() that nobody took, at once and alone`, async () => {
    using time = new FakeTime();
    const beats = ticker(10);
    time.tick(47);
    assertEquals(await ask(beats), 4);
    const log = new SettleLog();
    log.add("tick", ask(beats));
    await pass(time, 2);
    assertEquals(log.entries, []);
    await pass(time, 1);
    assertEquals(log.entries, ["tick=5"]);
  });

  Deno.test(`${name} ends when ticker() is closed, also while it waits`, async () => {
    using time = new FakeTime();
    const beats = ticker(10);
    const log = new SettleLog();
    log.add("waiting", ask(beats));
    await pass(time, 1);
    beats.close();
    await pass(time, 0);
    assertEquals(log.entries, ["waiting=end"]);
    assertEquals(await ask(beats), "end");
    await pass(time, 100);
    assertEquals(await ask(beats), "end");
  });

  Deno.test(`${name} rejects with the reason that ticker() was closed with, also while it waits`, async () => {
    using time = new FakeTime();
    const reason = new Error("enough");
    const beats = ticker(10);
    const waiting = reasonOf(ask(beats));
    await pass(time, 1);
    beats.close(reason);
    beats.close("late");
    assertStrictEquals(await waiting, reason);
    assertStrictEquals(await reasonOf(ask(beats)), reason);
  });
}

for (const [name, ask] of Object.entries(GIVEN_UP)) {
  Deno.test(`${name} of after() and ticker() is withdrawn by an abort, and the next waiter served`, async () => {
    using time = new FakeTime();
    for (const make of [after, ticker]) {
      const from: Receiver<unknown> = make(10);
      const controller = new AbortController();
      const log = new SettleLog();
      log.add("aborted", ask(from, controller.signal));
      log.add("next", from.receive().then(() => "served"));
      await pass(time, 1);
      controller.abort("enough");
      await pass(time, 0);
      assertEquals(log.entries, ["aborted!enough"]);
      await pass(time, 9);
      assertEquals(log.entries, ["aborted!enough", "next=served"]);
    }
  });

  Deno.test(`${name} with a signal aborted already takes nothing that is due`, async () => {
    using time = new FakeTime();
    const signal = AbortSignal.abort("before");
    const [late, beats] = [after(10), ticker(10)];
    time.tick(10);
    assertEquals(await reasonOf(ask(late, signal)), "before");
    assertEquals(await reasonOf(ask(beats, signal)), "before");
    assertEquals(late.tryReceive(), OK);
    assertEquals(beats.tryReceive(), { state: "ok", value: 1 });
    assertEquals(await reasonOf(ask(never(), signal)), "before");
  });

  Deno.test(`${name} waits on never() until its signal aborts`, async () => {
    using time = new FakeTime();
    const controller = new AbortController();
    const log = new SettleLog();
    log.add("aborted", ask(never(), controller.signal));
    log.add("staying", ask(never()));
    await pass(time, 1e12);
    assertEquals(log.entries, []);
    controller.abort("enough");
    await pass(time, 0);
    assertEquals(log.entries, ["aborted!enough"]);
  });
}

Deno.test("after() is empty, then has one value, then is closed, for tryReceive() and trySelect()", () => {
  using time = new FakeTime();
  const [one, other] = [after(10), after(10)];
  time.tick(9);
  assertEquals(one.tryReceive(), EMPTY);
  assertEquals(trySelect({ other }), undefined);
  time.tick(1);
  assertEquals(one.tryReceive(), OK);
  assertEquals(trySelect({ other }), { key: "other", ...OK });
  assertEquals(one.tryReceive(), CLOSED);
  assertEquals<unknown>(trySelect({ other }), {
    key: "other",
    state: "closed",
    reason: undefined,
  });
});

Deno.test("after() counts from its own call, whoever asks when", async () => {
  using time = new FakeTime();
  const late = after(10);
  time.tick(7);
  const log = new SettleLog();
  log.add("value", late.receive());
  await pass(time, 2);
  assertEquals(log.entries, []);
  await pass(time, 1);
  assertEquals(log.entries, ["value"]);
});

Deno.test("after() is ready at once for 0 ms, and never for Infinity", async () => {
  using time = new FakeTime();
  assertEquals(await after(0).receive(), undefined);
  assertEquals(after(-0).tryReceive(), OK);
  const endless = after(Infinity);
  const log = new SettleLog();
  log.add("value", endless.receive());
  await pass(time, 1e12);
  assertEquals(log.entries, []);
  assertEquals(endless.tryReceive(), EMPTY);
});

Deno.test("after() takes a fraction of a millisecond", async () => {
  using time = new FakeTime();
  const [waited, polled] = [after(2.5), after(2.5)];
  const log = new SettleLog();
  log.add("value", waited.receive());
  // A platform's timer may cut the fraction off.
  await pass(time, 1);
  assertEquals(log.entries, []);
  assertEquals(polled.tryReceive(), EMPTY);
  time.tick(1);
  assertEquals(polled.tryReceive(), EMPTY);
  await pass(time, 1);
  assertEquals(log.entries, ["value"]);
  assertEquals(polled.tryReceive(), OK);
});

for (const ms of [2 ** 31 - 1, 2 ** 31, 2 ** 33 + 5]) {
  Deno.test(`after() comes neither early nor late when no timer is so long (${ms} ms)`, async () => {
    using time = new FakeTime();
    const late = after(ms);
    const log = new SettleLog();
    log.add("value", late.receive());
    await pass(time, ms - 1);
    assertEquals(log.entries, []);
    await pass(time, 1);
    assertEquals(log.entries, ["value"]);
  });
}

Deno.test("after() in a loop gives one value, one batch, one result and its end", async () => {
  using time = new FakeTime();
  const [values, batches, results] = [after(10), after(10), after(10)];
  const collect = async (source: AsyncIterable<unknown>) => {
    const all: unknown[] = [];
    for await (const one of source) all.push(one);
    return all;
  };
  const collected = Promise.all([
    collect(values),
    collect(batches.batches()),
    collect(selectEach({ results })),
  ]);
  await pass(time, 10);
  const closed = { key: "results", state: "closed", reason: undefined };
  assertEquals(await collected, [
    [undefined],
    [[undefined]],
    [{ key: "results", ...OK }, closed],
  ]);
});

Deno.test("after() and ticker() serve several waiters oldest first", async () => {
  using time = new FakeTime();
  const beats = ticker(10);
  const log = new SettleLog();
  const loop = beats.values();
  log.add("receive", beats.receive());
  log.add("select", caseOf(select([beats])));
  log.add("next", loop.next().then(({ value }) => value));
  log.add("next again", loop.next().then(({ value }) => value));
  log.add("batch", beats.receiveMany().then(String));
  await pass(time, 50);
  const served = ["receive=1", "select=2", "next=3", "next again=4", "batch=5"];
  assertEquals(log.entries, served);
  const once = after(10).values();
  const both = [once.next(), once.next()];
  await pass(time, 10);
  assertEquals<unknown>(await Promise.all(both), [
    { value: undefined, done: false },
    { value: undefined, done: true },
  ]);
});

Deno.test("after() lets nobody overtake a waiter while its timer is late", async () => {
  using time = new FakeTime();
  const [late, beats] = [after(10), ticker(10)];
  const seen: unknown[] = [];
  // Due at the same time, set before: so it runs first.
  setTimeout(() => {
    seen.push(late.tryReceive(), trySelect([beats]));
  }, 10);
  const log = new SettleLog();
  log.add("late", late.receive());
  log.add("tick", beats.receive());
  await pass(time, 10);
  assertEquals(seen, [EMPTY, undefined]);
  assertEquals(log.entries, ["late", "tick=1"]);
});

Deno.test("join() of after() waits until its value is received", async () => {
  using time = new FakeTime();
  const late = after(10);
  const log = new SettleLog();
  const controller = new AbortController();
  log.add("joined", late.join());
  log.add("aborted", late.join({ signal: controller.signal }));
  await pass(time, 20);
  assertEquals(log.entries, []);
  controller.abort("enough");
  await pass(time, 0);
  log.add("received", late.receive());
  await pass(time, 0);
  log.add("joined later", late.join());
  await pass(time, 0);
  assertEquals(log.entries, [
    "aborted!enough",
    "received",
    "joined",
    "joined later",
  ]);
});

Deno.test("after() is a receiver of nothing, and nobody who receives can close it", () => {
  assertType<IsExact<ReturnType<typeof after>, Receiver<void>>>(true);
  assert(!("close" in after(1)));
});
