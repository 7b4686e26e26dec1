// pipeline_bench.ts: W8 to W10, tasks in a row, for `deno bench`; the workloads are in pipeline.ts.

import { register } from "./_register.ts";

await register("pipeline");
