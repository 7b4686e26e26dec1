// random_main.ts: many random programs and schedules, for three seeds and a fresh one,
// on all cores: on channels and select, and on the stages of flow.ts.
//
//     deno task random [runs] [seed]

import { share } from "./_crew.ts";
import type { Result, Seeded } from "./_random_worker.ts";

const [runs = "100000", only] = Deno.args;
const programs = Number(runs);
if (!Number.isInteger(programs) || programs < 1) {
  console.error("Usage: deno task random [runs] [seed]; 100000 runs for each");
  Deno.exit(2);
}
const fresh = crypto.getRandomValues(new Int32Array(1))[0]!;
const seeds = only === undefined ? [1, 2, 3, fresh] : [Number(only)];
const tasks = seeds.map((seed): Seeded => ({ seed, programs }));
const module = new URL("./_random_worker.ts", import.meta.url);
await share<Seeded, Result>(module, tasks, (_, { failed }) => {
  if (failed) Deno.exit(1);
});
console.log(`random: no difference; seeds ${seeds.join(", ")}`);
