// random_main.ts: many random programs and schedules, for three seeds and a fresh one:
// on channels and select, and on the stages of flow.ts.
//
//     deno task random [runs] [seed]

import { flowRandomly } from "./flow_random.ts";
import { randomly } from "./random.ts";
import { schedules } from "./schedules.ts";

const [runs = "100000", only] = Deno.args;
const programs = Number(runs);
if (!Number.isInteger(programs) || programs < 1) {
  console.error("Usage: deno task random [runs] [seed]; 100000 runs for each");
  Deno.exit(2);
}
const fresh = crypto.getRandomValues(new Int32Array(1))[0]!;
const seeds = only === undefined ? [1, 2, 3, fresh] : [Number(only)];

/** What a run prints if it does not fail. */
async function report(
  name: string,
  run: () => Promise<unknown>,
): Promise<void> {
  const start = Date.now();
  try {
    const result = await run();
    const seconds = ((Date.now() - start) / 1000).toFixed(0);
    console.log(`${name}: ${result}; ${seconds} s`);
  } catch (error) {
    console.error(`${name}: FAILED`);
    console.error(error);
    Deno.exit(1);
  }
}

for (const seed of seeds) {
  for (const busy of [false, true]) {
    // A busy program costs some timers.
    const runs = busy ? Math.ceil(programs / 50) : programs;
    await report(`seed ${seed}${busy ? ", busy" : ""}`, async () => {
      const { programs, operations, choices } = await randomly({
        runs,
        seed,
        busy,
      });
      return `${programs} programs equal the model, ${operations} operations, ${choices} choices of a select`;
    });
  }
  for (const busy of [false, true]) {
    const runs = Math.ceil(programs / (busy ? 200 : 5));
    await report(`seed ${seed}, flow${busy ? ", busy" : ""}`, async () => {
      const { programs, bursts, steps } = await flowRandomly({
        runs,
        seed,
        busy,
      });
      return `${programs} programs equal the model and ${bursts} keep the ledger, ${steps} steps`;
    });
  }
  const runs = Math.ceil(programs / 10);
  await report(`seed ${seed}, schedules`, async () => {
    await schedules(runs, seed);
    return `${runs} keep the ledger`;
  });
}
console.log(`random: no difference; seeds ${seeds.join(", ")}`);
