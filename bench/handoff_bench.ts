// handoff_bench.ts: W1 to W3, one producer and one consumer, for `deno bench`; the workloads are in handoff.ts.

import { register } from "./_register.ts";

await register("handoff");
