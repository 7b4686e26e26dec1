// ports_test.ts: what transports ask of receiving ends that are no channels.

import { assert, assertEquals, assertFalse, assertThrows } from "@std/assert";
import { holding, isPending, tick } from "./_testing.ts";
import { Waiter } from "./_waiter.ts";
import { available, ended, lease, park, take } from "./ends.ts";
import { after, Channel, merge, never } from "./mod.ts";

Deno.test("a lease of a merged value keeps its sources from being drained", async () => {
  const [a, b] = [holding(1), new Channel<number>()];
  const merged = merge(a, b);
  merged[lease](1);
  assertEquals(merged[take](), 1);
  a.close();
  b.close();
  assert(merged[ended]() === undefined);
  assertFalse(merged.drained);
  const joined = merged.join();
  assert(await isPending(joined));
  merged[lease](-1);
  await joined;
  assert(merged.drained);
});

Deno.test("a waiter parked in a merged end to join it is woken when all are drained", async () => {
  const [a, b] = [holding(1), new Channel<number>()];
  let joined = false;
  merge(a, b)[park](new Waiter(() => joined = true, () => {}));
  a.close();
  b.close();
  await tick();
  assertFalse(joined);
  a.receiveNow();
  await tick();
  assert(joined);
});

Deno.test("a lease of what after() gave keeps it from being drained", async () => {
  const late = after(0);
  late[lease](1);
  late[take]();
  assert(late.closed);
  assertFalse(late.drained);
  late[lease](-1);
  await late.join();
});

Deno.test("a lease of never() changes nothing, and there is nothing to take", () => {
  assertThrows(() => never()[take](), Error, "nothing");
  never()[lease](1);
  assertFalse(never()[available]());
  never()[lease](-1);
  assertFalse(never().closed);
});
