// measure.ts: one workload of `deno task bench:threads`, in a process of its own. Prints one line of JSON.

import { argv, exit } from "node:process";
import { flood } from "./flood.ts";
import type { Job } from "./handlers.ts";
import { jobs } from "./jobs.ts";
import type { Task } from "./report.ts";
import type { Contender } from "./rounds.ts";
import { measure } from "./rounds.ts";
import { toHost, toWorker } from "./streams.ts";

/** Columns of the picture. */
const COLUMNS = 600;

/** The example, drawing the same picture with one thread and with two. */
async function scaling(): Promise<Record<string, Contender>> {
  const file = new URL(
    `../../examples/mandelbrot${import.meta.url.match(/\.\w+$/)![0]}`,
    import.meta.url,
  );
  const { main } = await import(file.href);
  const draw = (threads: number) => ({
    n: 1,
    run: () => main(COLUMNS, threads, () => {}),
  });
  return { "1 thread": draw(1), "2 threads": draw(2) };
}

async function run({ kind, what, many, samples, limit }: Task) {
  switch (kind) {
    case "toWorker":
      return await measure(toWorker(what), samples, limit);
    case "toHost":
      return await measure(toHost(what), samples, limit);
    case "jobs":
      return await measure(await jobs(what as Job[0], many!), samples, limit);
    case "scaling":
      return await measure(await scaling(), samples, limit, 0);
    case "flood":
      return await flood(what, many!);
  }
}

console.log(JSON.stringify(await run(JSON.parse(argv[2]!))));
// Threads that wait for more must not keep it alive.
exit();
