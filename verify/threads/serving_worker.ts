// serving_worker.ts: a thread of a pool, which ends when a value says so.

import { serve } from "../../worker.ts";
import { endThread } from "./_ending.ts";
import type { Deadly } from "./_jobs.ts";

serve(({ number, dies }: Deadly) => dies ? endThread(dies) : number);
