// flow_random_test.ts: some random programs on merge, map, broadcast and consume
// (`deno task random` runs many).

import { assertEquals, assertGreater } from "@std/assert";
import { flowRandomly } from "./flow_random.ts";

for (const seed of [1, 2]) {
  Deno.test(`random programs on merge, map, broadcast and consume equal the model or keep the ledger (seed ${seed})`, async () => {
    const { programs, bursts, stages } = await flowRandomly({
      runs: 600,
      seed,
    });
    assertEquals(programs + bursts, 600);
    assertGreater(bursts, 150);
    for (const count of Object.values(stages)) assertGreater(count, 75);
  });
}

Deno.test("random programs on stages equal the model while the library makes way for timers (rule 9)", async () => {
  const { programs, bursts } = await flowRandomly({
    runs: 100,
    seed: 3,
    busy: true,
  });
  assertEquals(programs + bursts, 100);
});
