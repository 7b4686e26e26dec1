// cancel_bench.ts: W6, waits that are given up, for `deno bench`; the workloads are in cancel.ts.

import { register } from "./_register.ts";

await register("cancel");
