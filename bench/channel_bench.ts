// channel_bench.ts: every workload for `deno bench`: the floor, this package, @std/async.
//
// One iteration of a benchmark is a sample of many operations; the name says how
// many. Ratios within one group of one run are what counts: averages move
// from hour to hour. `deno task compare` measures the same more carefully.

import { groups } from "./_groups.ts";

for (const { name, contenders } of await groups()) {
  for (const [contender, { n, run }] of Object.entries(contenders)) {
    Deno.bench({
      name: `${name}: ${contender} (× ${n.toLocaleString("en")})`,
      group: name,
      baseline: contender === "ours",
      fn: run,
    });
  }
}
