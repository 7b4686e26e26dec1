// slow_worker.ts: a thread that receives, and stops again and again until it is told to go on.

import { parentOf } from "../../_thread.ts";
import { receiver } from "../../worker.ts";
import type { Kilobyte, SlowJob } from "./_jobs.ts";

const parent = parentOf()!;
let goOn = () => {};

async function work(job: SlowJob): Promise<void> {
  const { window, received, stallEvery } = job;
  let count = 0;
  for await (const { number } of receiver<Kilobyte>(job.values, { window })) {
    if (number !== count++) throw new Error(`${number} came as ${count - 1}`);
    if (received) Atomics.store(received, 0, count);
    if (count % stallEvery > 0) continue;
    const told = new Promise<void>((resolve) => goOn = resolve);
    parent.post([`stall ${count}`]);
    await told;
  }
  parent.post(["end", count]);
}

parent.listen((data) => data === "on" ? goOn() : work(data as SlowJob));
