// producing_worker.ts: a thread that sends numbers, and then closes its end, or ends.

import { parentOf } from "../../_thread.ts";
import { sender } from "../../worker.ts";
import { endThread } from "./_ending.ts";
import { count } from "./_hired.ts";
import type { ProducingJob } from "./_jobs.ts";

const parent = parentOf()!;

async function work(job: ProducingJob): Promise<void> {
  const values = sender<number>(job.values);
  await values.sendAll(count(job.count));
  parent.post(["sent"]);
  if (job.dies === "terminate") return;
  if (job.dies) await endThread(job.dies);
  await values[Symbol.asyncDispose]();
  await endThread("exit");
}

parent.listen((data) => work(data as ProducingJob));
