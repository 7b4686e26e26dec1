// goroutines_test.ts: answers to Go's test/chan/goroutines.go.
//
// Ten thousand tasks in a row, each waiting for the one to its right: one value
// put in at the far end runs through all of them, and all of them end.

import { assertEquals } from "@std/assert";
import type { Receiver, Sender } from "../../mod.ts";
import { Channel } from "../../mod.ts";
import { assertAtRest, waiting } from "../../_testing.ts";

const TASKS = 10_000;

// Go hands the value on as it is; one more at each step also counts the steps.
async function link(left: Sender<number>, right: Receiver<number>) {
  await left.send(1 + await right.receive());
}

Deno.test("Channel links 10 000 tasks, and all of them end (case 26, goroutines)", async () => {
  const channels = Array.from(
    { length: TASKS + 1 },
    () => new Channel<number>(),
  );
  const tasks = Array.from(
    { length: TASKS },
    (_, i) => link(channels[i]!, channels[i + 1]!),
  );
  const leftmost = channels[0]!;
  const rightmost = channels[TASKS]!;
  assertEquals(waiting(leftmost), [0, 0]);
  assertEquals(waiting(rightmost), [0, 1]);
  const started = rightmost.send(1);
  const [arrived] = await Promise.all([leftmost.receive(), started, ...tasks]);
  assertEquals(arrived, 1 + TASKS);
  assertAtRest(...channels);
});
