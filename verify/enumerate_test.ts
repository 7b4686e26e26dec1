// enumerate_test.ts: every program of up to three operations does what the model does
// (`deno task enumerate` runs the longer ones).

import { assert, assertGreater } from "@std/assert";
import { withClock } from "./_clock.ts";
import type { Tally } from "./enumerate.ts";
import { CHANNELS, enumerate } from "./enumerate.ts";

for (const channel of CHANNELS) {
  const { capacity, overflow = "wait" } = channel;
  const name = `capacity ${capacity}, overflow ${overflow}`;

  for (const ticks of ["counted", "between"] as const) {
    Deno.test(`every program of up to three operations equals the model (cases 154, 155; ${name}; ticks ${ticks})`, async () => {
      const tally: Tally = { programs: 0, steps: 0, choices: 0 };
      await withClock("frozen", async () => {
        for (const watched of [false, true]) {
          for (const length of [1, 2, 3]) {
            await enumerate({ length, channel, ticks, watched }, tally);
          }
        }
      });
      assertGreater(tally.programs, 12_000);
      assert(tally.choices > 0, "a select had a choice");
    });
  }
}
