// random_test.ts: some random programs and schedules (`deno task random` runs many).

import { assertEquals, assertGreater } from "@std/assert";
import { randomly } from "./random.ts";
import { schedules } from "./schedules.ts";

for (const seed of [1, 2, 3]) {
  Deno.test(`random programs of up to 80 operations equal the model (case 156, seed ${seed})`, async () => {
    const tally = await randomly({ runs: 2000, seed });
    assertEquals(tally.programs, 2000);
    assertGreater(tally.operations, 60_000);
  });
}

Deno.test("random programs equal the model while the library makes way for timers (rule 9)", async () => {
  const tally = await randomly({ runs: 300, seed: 4, busy: true });
  assertEquals(tally.programs, 300);
});

Deno.test("tasks keep the ledger, whatever the schedule (case 157)", async () => {
  await schedules(1000, 5);
});
