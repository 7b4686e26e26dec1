// flow_time_test.ts: merge, map, broadcast and consume of what the clock feeds.

import {
  assert,
  assertEquals,
  assertFalse,
  assertStrictEquals,
} from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { assertAtRest, reasonOf } from "./_testing.ts";
import {
  after,
  broadcast,
  Channel,
  consume,
  map,
  merge,
  never,
  select,
  ticker,
} from "./mod.ts";

Deno.test("merge() of time limits and tickers follows the clock", async () => {
  using time = new FakeTime();
  const beats = ticker(10);
  const values = new Channel<string>();
  const merged = merge(after(25), beats, values, never());
  const seen: unknown[] = [];
  const read = async () => {
    for await (const value of merged) seen.push(value);
  };
  const reading = read().catch((reason) => seen.push(reason));
  for (const ms of [9, 1, 10, 5, 5]) await time.tickAsync(ms);
  await values.send("value");
  await time.tickAsync(0);
  assertEquals(seen, [1, 2, undefined, 3, "value"]);
  beats.close("stopped");
  await reading;
  assertEquals(seen.at(-1), "stopped");
  assertAtRest(values);
});

Deno.test("merge() has a value once time has passed, though nobody waited", () => {
  using time = new FakeTime();
  const merged = merge(never(), after(5), ticker(10));
  assertEquals(merged.tryReceive(), { state: "empty" });
  time.tick(30);
  assertEquals(merged.tryReceive(), { state: "ok", value: undefined });
  assertEquals(merged.tryReceive(), { state: "ok", value: 3 });
  assertEquals(merged.tryReceive(), { state: "empty" });
});

Deno.test("merge() ends after its last time limit", async () => {
  using time = new FakeTime();
  const merged = merge(after(5), after(10));
  const waits = [merged.receive(), merged.receive()];
  const ended = reasonOf(merged.receive());
  await time.tickAsync(10);
  assertEquals(await Promise.all(waits), [undefined, undefined]);
  assertEquals((await ended as Error).name, "ChannelClosedError");
  assert(merged.closed && merged.drained);
  await merged.join();
});

Deno.test("merge() has no timer run when nobody waits any more", async () => {
  using time = new FakeTime();
  const a = new Channel<string>();
  const merged = merge(after(60_000), ticker(1000), a);
  const controller = new AbortController();
  const aborted = merged.receive({ signal: controller.signal });
  const received = merged.receive();
  assert(a.trySend("value"));
  controller.abort("enough");
  assertStrictEquals(await aborted, "value");
  assert(a.trySend("value"));
  assertEquals(await received, "value");
  // With a timer there would be something to go on to.
  assertFalse(time.next());
  assertAtRest(a);
});

Deno.test("merge() that loses a select to the clock leaves no timer", async () => {
  using time = new FakeTime();
  const a = new Channel<string>();
  const work = merge(a, ticker(100));
  const late = select({ work, late: after(10) });
  await time.tickAsync(10);
  assertEquals((await late).key, "late");
  assertAtRest(a);
  assertFalse(time.next());
});

Deno.test("consume() of a ticker stops it with its first error", async () => {
  using time = new FakeTime();
  const beats = ticker(10);
  const enough = new Error("enough");
  const seen: number[] = [];
  const work = consume(beats, (beat) => {
    seen.push(beat);
    if (beat === 3) throw enough;
  });
  const error = reasonOf(work);
  for (let i = 0; i < 5; i++) await time.tickAsync(10);
  assertStrictEquals(await error, enough);
  assertEquals([seen, beats.closed], [[1, 2, 3], true]);
  // No timer is left to go on to.
  assertFalse(time.next());
});

Deno.test("map() of a ticker stops it when its loop is left", async () => {
  using time = new FakeTime();
  const beats = ticker(10);
  const results = map(beats, (beat) => beat * 2);
  const seen: number[] = [];
  const read = async () => {
    for await (const n of results) if (seen.push(n) === 3) break;
  };
  const reading = read();
  for (let i = 0; i < 4; i++) await time.tickAsync(10);
  await reading;
  assertEquals([seen, beats.closed], [[2, 4, 6], true]);
  assertFalse(time.next());
});

Deno.test("broadcast() of a ticker skips the ticks that its slowest misses", async () => {
  using time = new FakeTime();
  const beats = ticker(10);
  const [quick, slow] = broadcast(beats, 2);
  const seen: number[] = [];
  const read = async () => {
    for await (const beat of quick) seen.push(beat);
  };
  const reading = read();
  await time.tickAsync(10);
  await time.tickAsync(35);
  assertEquals(await slow.receive(), 1);
  await time.tickAsync(0);
  assertEquals(await slow.receive(), 4);
  assertEquals(seen, [1, 4]);
  slow.close();
  quick.close();
  await reading;
  assert(beats.closed);
  assertFalse(time.next());
});
