// job_worker.ts: a thread of the pool in jobs.ts.

import { serve } from "../../worker.ts";
import { handle } from "./handlers.ts";

serve(handle);
