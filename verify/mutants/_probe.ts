// _probe.ts: a short look at the library through the model, for one mutant.

import { withClock } from "../_clock.ts";
import { CHANNELS, enumerate } from "../enumerate.ts";
import { randomly } from "../random.ts";

Deno.test("short programs equal the model", async () => {
  const tally = { programs: 0, steps: 0, choices: 0 };
  await withClock("frozen", async () => {
    for (const channel of CHANNELS) {
      for (const ticks of ["counted", "between"] as const) {
        for (const length of [1, 2]) {
          await enumerate({ length, channel, ticks }, tally);
        }
      }
    }
  });
});

Deno.test("random programs equal the model", async () => {
  await randomly({ runs: 500, seed: 1 });
});
