// fast_worker.ts: a thread that sends as fast as it is allowed to.

import { parentOf } from "../../_thread.ts";
import { select, sending } from "../../select.ts";
import { sender } from "../../worker.ts";
import type { FastJob, Kilobyte } from "./_jobs.ts";
import { kilobyte } from "./_jobs.ts";

/** Tasks that send at the same time. */
const TASKS = 256;

const parent = parentOf()!;
/** Sends that are done: accepted, or on their way. */
let done = 0;

async function work(job: FastJob): Promise<void> {
  const { sent, by, count } = job;
  const out = sender<Kilobyte>(job.values);
  let next = 0;
  const task = async () => {
    while (next < count) {
      const value = kilobyte(next++);
      if (by === "send") await out.send(value);
      else await select([sending(out, value)]);
      done++;
      if (sent) Atomics.store(sent, 0, done);
    }
  };
  await Promise.all(Array.from({ length: TASKS }, task));
  await out[Symbol.asyncDispose]();
  parent.post(["end", done]);
}

parent.listen((data) => {
  if (typeof data === "string") parent.post([data, done]);
  else work(data as FastJob);
});
