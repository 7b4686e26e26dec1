// jobs.ts: jobs that two threads do: `pool`, comlink and piscina, each with as many in flight.

import type { Remote } from "npm:comlink@4.4.2";
import { wrap } from "npm:comlink@4.4.2";
import { startThread } from "../../_thread.ts";
import { Channel } from "../../mod.ts";
import { pool } from "../../worker.ts";
import { check } from "../_check.ts";
import type { Job } from "./handlers.ts";
import { JOBS } from "./handlers.ts";
import type { Contender } from "./rounds.ts";

export const VERSIONS = { comlink: "4.4.2", piscina: "5.3.2" };

const THREADS = 2;

function fileOf(name: string): URL {
  return new URL(name + import.meta.url.match(/\.\w+$/)![0], import.meta.url);
}

/** So many jobs in flight, of one kind. Piscina runs in Node alone. */
export async function jobs(
  kind: Job[0],
  flying: number,
): Promise<Record<string, Contender>> {
  const window = flying / THREADS;
  return {
    ours: ours(kind, window),
    comlink: withComlink(kind, window),
    ...await withPiscina(kind, flying),
  };
}

function* jobsOf(kind: Job[0]): Generator<Job> {
  for (let n = 0; n < JOBS[kind]; n++) yield [kind, n];
}

function sumOf(n: number): number {
  return n * (n + 1) / 2;
}

function ours(kind: Job[0], window: number): Contender {
  const n = JOBS[kind];
  const source = new Channel<Job>(THREADS * window);
  const results = pool<Job, number>(source, fileOf("job_worker"), {
    size: THREADS,
    window,
  });
  return {
    n,
    async run() {
      const sent = source.sendAll(jobsOf(kind));
      let sum = 0;
      for (let i = 0; i < n; i++) sum += await results.receive();
      check(sum === sumOf(n));
      await sent;
    },
  };
}

/** So many loops, each of which has one job in flight. */
async function inLanes(
  kind: Job[0],
  lanes: readonly ((job: Job) => Promise<number>)[],
): Promise<void> {
  const source = jobsOf(kind);
  let sum = 0;
  await Promise.all(lanes.map(async (run) => {
    for (const job of source) {
      const result = await run(job);
      sum += result;
    }
  }));
  check(sum === sumOf(JOBS[kind]));
}

function withComlink(kind: Job[0], window: number): Contender {
  const lanes: ((job: Job) => Promise<number>)[] = [];
  for (let i = 0; i < THREADS; i++) {
    const { port1, port2 } = new MessageChannel();
    const thread = startThread(fileOf("comlink_worker"), {
      called() {},
      died(error) {
        throw error;
      },
    });
    thread.post(port2, [port2]);
    const remote: Remote<(job: Job) => number> = wrap(port1);
    for (let j = 0; j < window; j++) lanes.push((job) => remote(job));
  }
  return { n: JOBS[kind], run: () => inLanes(kind, lanes) };
}

/** What is used of piscina. */
interface Piscina {
  run(job: Job): Promise<number>;
}

interface PiscinaModule {
  readonly Piscina: new (options: {
    filename: string;
    minThreads: number;
    maxThreads: number;
    concurrentTasksPerWorker: number;
  }) => Piscina;
}

async function withPiscina(
  kind: Job[0],
  flying: number,
): Promise<Record<string, Contender>> {
  const { versions } = (await import("node:process")).default;
  if ("deno" in versions || "bun" in versions) return {};
  const name = "piscina";
  const { Piscina }: PiscinaModule = await import(name);
  const piscina = new Piscina({
    filename: fileOf("piscina_worker").href,
    minThreads: THREADS,
    maxThreads: THREADS,
    concurrentTasksPerWorker: flying / THREADS,
  });
  const lanes = Array.from(
    { length: flying },
    () => (job: Job) => piscina.run(job),
  );
  return { piscina: { n: JOBS[kind], run: () => inLanes(kind, lanes) } };
}
