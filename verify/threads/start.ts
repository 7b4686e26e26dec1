// start.ts: threads that are late, or that find everything over.

import { Channel } from "../../streams.ts";
import { pool, share } from "../../worker.ts";
import { count, Hired, must, within } from "./_hired.ts";
import type { ReceivingJob, Work } from "./_jobs.ts";
import { STYLES } from "./_jobs.ts";

const VALUES = 200;
/** How long a thread waits before it takes its ports up, in ms. */
const LATE = 50;

/** All the values, once each. */
function checkAll(numbers: readonly number[], values: number): void {
  const sorted = [...numbers].sort((one, other) => one - other);
  must(
    sorted.length === values && sorted.every((number, n) => number === n),
    `${numbers.length} values came of ${values}: ${sorted}`,
  );
}

/** The channel is closed, and full or drained, when its receiver takes the port up. */
async function lateReceiver(job: {
  readonly style: ReceivingJob["style"];
  readonly late: number;
  readonly values: number;
}): Promise<void> {
  const jobs = new Channel<number>(Infinity);
  const reports = new Channel<Work>(Infinity);
  const ports = {
    jobs: share(jobs, { as: "receiver" }).port,
    reports: share(reports, { as: "sender" }).port,
  };
  await jobs.sendAll(count(job.values));
  jobs.close();
  const hired = new Hired(
    "receiving_worker",
    { ...job, ...ports, who: 0, window: 4 } satisfies ReceivingJob,
    [ports.jobs, ports.reports],
  );
  const state = () => `${JSON.stringify(job)}, ${hired}`;
  try {
    const numbers: number[] = [];
    const read = async () => {
      for await (const [, value] of reports) numbers.push(value);
    };
    await within(read(), "close of the reports", state);
    await within(jobs.join(), "join of the channel", state);
    await within(hired.said("end"), "end of the loop", state);
    checkAll(numbers, job.values);
  } finally {
    hired.stop();
  }
}

/** Values wait, and the channel is closed, before the threads serve. */
async function latePool(module: string, values: number): Promise<void> {
  const source = new Channel<number | { number: number }>(Infinity);
  await source.sendAll(
    module === "serving_worker"
      ? Array.from(count(values), (number) => ({ number }))
      : count(values),
  );
  source.close();
  const url = new URL(`./${module}.js`, import.meta.url);
  const results = pool<unknown, number>(source, url, { size: 2 });
  const numbers: number[] = [];
  const read = async () => {
    for await (const number of results) numbers.push(number);
  };
  const state = () => `${module}: ${numbers.length} results`;
  await within(read(), "end of the results", state);
  await within(source.join(), "join of the source", state);
  checkAll(numbers, values);
}

/** Who comes late misses nothing. */
export async function start(times: number): Promise<string> {
  const rounds = Math.ceil(times / 10);
  let runs = 0;
  for (let round = 0; round < rounds; round++) {
    for (const values of [VALUES, 1, 0]) {
      for (const style of STYLES) {
        for (const late of [0, LATE]) {
          await lateReceiver({ style, late, values });
          runs++;
        }
      }
      for (const module of ["serving_worker", "late_serving_worker"]) {
        await latePool(module, values);
        runs++;
      }
    }
  }
  return `${runs} threads that came late, by up to ${LATE} ms: missed 0`;
}
