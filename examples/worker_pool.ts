// A worker pool: `consume` works on so many jobs at once and no more, and is done when all are. The first error
// closes the channel, so that no further job comes, and aborts the signal of those under way.

import { after, Channel, consume } from "@sluice/channel";

/** A job that takes so many ms. */
async function wait(ms: number, signal: AbortSignal): Promise<void> {
  await after(ms).receive({ signal });
}

export async function main(
  jobs: Iterable<number> = [300, 100, 200, 400, 100],
  workers = 3,
  work: (job: number, signal: AbortSignal) => Promise<void> = wait,
  print: (line: string) => void = console.log,
): Promise<void> {
  await consume(Channel.from(jobs), async (job, signal) => {
    print(`${job} begins`);
    await work(job, signal);
    print(`${job} is done`);
  }, { concurrency: workers });
  print("All jobs are done.");
}

if (import.meta.main) await main();
