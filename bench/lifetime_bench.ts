// lifetime_bench.ts: W11, channels that are made and closed, for `deno bench`; the workloads are in lifetime.ts.

import { register } from "./_register.ts";

await register("lifetime");
