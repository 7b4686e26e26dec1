// queue_bench.ts: W4 and batches, values that are there already, for `deno bench`; the workloads are in queue.ts.

import { register } from "./_register.ts";

await register("queue");
