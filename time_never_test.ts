// time_never_test.ts: the receiver that gets nothing. Needs --expose-gc.

import { assertEquals, assertLess, assertStrictEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { assertType } from "@std/testing/types";
import type { IsExact } from "@std/testing/types";
import { collect, SettleLog, tick } from "./_testing.ts";
import type { Receiver } from "./mod.ts";
import { Channel, never, select, selectEach, trySelect } from "./mod.ts";

/** Lets `ms` pass, and all that follows happen. */
async function pass(time: FakeTime, ms: number): Promise<void> {
  await time.tickAsync(ms);
  await time.tickAsync(0);
}

Deno.test("never() is one receiver, that stands wherever one is asked for", async () => {
  using time = new FakeTime();
  assertStrictEquals(never(), never());
  assertType<IsExact<ReturnType<typeof never>, Receiver<never>>>(true);
  const numbers: Receiver<number> = never();
  assertEquals(numbers.tryReceive(), { state: "empty" });
  assertEquals(trySelect([numbers]), undefined);
  assertEquals([numbers.closed, numbers.drained], [false, false]);
  const job = new Channel<string>(1);
  job.sendNow("wash");
  const won = await select([numbers, job]);
  assertEquals(won, { key: 1, state: "ok", value: "wash" });
  const log = new SettleLog();
  log.add("joined", numbers.join());
  await pass(time, 1e12);
  assertEquals(log.entries, []);
});

Deno.test("never() lets a loop be left that waits on it", async () => {
  const done = { done: true, value: undefined };
  for (const loop of [never().values(), never().batches()]) {
    const pending = [loop.next(), loop.next()];
    await loop.return!();
    assertEquals<unknown>(await Promise.all(pending), [done, done]);
    assertEquals<unknown>(await loop.next(), done);
  }
});

Deno.test("never() leaves selectEach() to its other cases", async () => {
  const job = new Channel<string>(1);
  const results = selectEach({ never: never(), job });
  job.sendNow("wash");
  job.close();
  const wash = { key: "job", state: "ok", value: "wash" };
  assertEquals<unknown>((await results.next()).value, wash);
  const end = { key: "job", state: "closed", reason: undefined };
  assertEquals<unknown>((await results.next()).value, end);
  // It has no end itself, so neither has the loop.
  const log = new SettleLog();
  log.add("next", results.next());
  await tick();
  assertEquals(log.entries, []);
  await results.return!();
  await tick();
  assertEquals(log.entries.length, 1);
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

Deno.test("never() retains nothing that waits on it", async () => {
  const references: WeakRef<object>[] = [];
  for (let i = 0; i < 200; i++) {
    for (
      const promise of [
        never().receive(),
        never().join(),
        never().values().next(),
        never().receive(new AbortController()),
        select([never(), never()]),
      ]
    ) {
      references.push(new WeakRef(promise));
    }
  }
  assertLess(await aliveOf(references), references.length / 100);
});
