// late_serving_worker.ts: a thread of a pool, which is ready only after a while.

import { serve } from "../../worker.ts";
import { pause } from "./_hired.ts";

await pause(50);
serve((value: number) => value);
