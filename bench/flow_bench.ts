// flow_bench.ts: F1 to F4, stages and streams, for `deno bench`; the workloads are in flow.ts.

import { register } from "./_register.ts";

await register("flow");
