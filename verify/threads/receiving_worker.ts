// receiving_worker.ts: a thread that receives numbers, and reports each of them.

import { parentOf } from "../../_thread.ts";
import type { Receiver } from "../../ends.ts";
import { ChannelClosedError } from "../../errors.ts";
import { receiver, sender } from "../../worker.ts";
import { endThread } from "./_ending.ts";
import { pause } from "./_hired.ts";
import type { ReceivingJob, Style, Work } from "./_jobs.ts";
import { BATCH } from "./_jobs.ts";

/** What it received, together. */
async function* received(
  from: Receiver<number>,
  style: Style,
): AsyncGenerator<number[]> {
  if (style === "batches") return yield* from.batches(BATCH);
  if (style === "values") {
    for await (const value of from) yield [value];
    return;
  }
  try {
    for (;;) yield [await from.receive()];
  } catch (error) {
    if (!(error instanceof ChannelClosedError)) throw error;
  }
}

async function work(job: ReceivingJob): Promise<void> {
  const { who, style, window, dies, late } = job;
  if (late) await pause(late);
  const jobs = receiver<number>(job.jobs, { window });
  const reports = sender<Work>(job.reports);
  let left = dies?.[0] ?? Infinity;
  parent.post(["ready"]);
  try {
    for await (const values of received(jobs, style)) {
      left -= values.length;
      if (left <= 0) {
        // Not reported yet; whatever might be said of them too early goes out.
        await pause(2);
        await endThread(dies![1]);
      }
      // Accepted over there before the next is asked for: so what is acknowledged
      // was reported.
      await reports.sendAll(values.map((value): Work => [who, value]));
    }
    await jobs.join();
    parent.post(["end"]);
  } catch (error) {
    parent.post(["left", (error as Error).message]);
  }
  await reports[Symbol.asyncDispose]();
  parent.post(["closed"]);
  if (job.leaves) await endThread("exit");
}

const parent = parentOf()!;
parent.listen((data) => work(data as ReceivingJob));
