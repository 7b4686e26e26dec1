// Heartbeat: between its jobs a worker gives a sign of life at every tick. Whoever waits for its results gives it
// up when neither a result nor a sign has come for too long; closing the results aborts the job it is stuck in.

import type { Receiver, Sender } from "@sluice/channel";
import { after, Channel, never } from "@sluice/channel";
import { select, selectEach, ticker } from "@sluice/channel";

/** Its signal aborts when nobody waits for the result any more. */
export type Job = (signal: AbortSignal) => string | Promise<string>;

async function work(
  jobs: Receiver<Job>,
  results: Sender<string>,
  pulse: Sender<number>,
  ms: number,
): Promise<void> {
  using ticks = ticker(ms);
  for await (const event of selectEach({ job: jobs, tick: ticks })) {
    if (event.state === "closed") {
      if (event.reason === undefined) break;
      throw event.reason;
    }
    if (event.key === "tick") pulse.trySend(event.value); // if anybody listens
    else await results.send(await event.value(results.closeSignal));
  }
}

async function* quickThenStuck(): AsyncGenerator<Job> {
  yield () => "quick";
  await after(550).receive();
  yield () => "quick, too";
  yield (signal) => never().receive({ signal });
}

export async function main(
  source: Iterable<Job> | AsyncIterable<Job> = quickThenStuck(),
  ms = 100,
  limit = 250,
  print: (line: string) => void = console.log,
): Promise<void> {
  using jobs = Channel.from(source);
  using result = new Channel<string>();
  const beat = new Channel<number>();
  work(jobs, result, beat, ms)
    .then(() => result.close(), (error) => result.close(error));
  while (true) {
    const event = await select({ result, beat, silent: after(limit) });
    if (event.key === "silent") return print("The worker is stuck.");
    if (event.state === "ok") print(`${event.key} ${event.value}`);
    else if (event.reason === undefined) return print("All jobs are done.");
    else throw event.reason;
  }
}

if (import.meta.main) await main();
