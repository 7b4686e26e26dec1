// crowd_bench.ts: W5, many producers and consumers, for `deno bench`; the workloads are in crowd.ts.

import { register } from "./_register.ts";

await register("crowd");
