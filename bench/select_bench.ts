// select_bench.ts: W7, the first of several channels, for `deno bench`; the workloads are in select.ts.

import { register } from "./_register.ts";

await register("select");
