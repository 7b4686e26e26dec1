// _measure.ts: one workload, or what things hold on to, in a process of its own.
//
// All contenders take turns in random order. A sample counts only if the machine was
// quiet: a fixed piece of work before and after it took no more than QUIET times the
// least that was ever seen. Prints one line of JSON.

import { counts } from "./_counting.ts";
import type { Family } from "./_families.ts";
import { loadKit, prepare } from "./_families.ts";
import type { Kit, Workload } from "./_kit.ts";
import { retained } from "./_memory.ts";
import type { Counts, Figure } from "./_report.ts";

/** By contender, without those that do not take part. */
export type Answer<T> = Readonly<Record<string, T>>;

/** Which workload, for whom, and how carefully. */
export interface Task {
  readonly family: Family;
  readonly name: string;
  readonly contenders: readonly string[];
  /** Samples that are enough. */
  readonly samples: number;
  /** What all take together, at most, in ms: before and while they count. */
  readonly warmUp: number;
  readonly limit: number;
}

/** What a process is asked for, and what its answer is. */
export interface Jobs {
  readonly time: [Task, Answer<Figure>];
  readonly counts: [Task, Answer<Counts>];
  readonly memory: [contender: string, Answer<number>];
  readonly who: [contender: string, Who];
}

/** What a contender says of itself. */
export interface Who {
  readonly version?: string;
  readonly can?: Kit["can"];
}

const QUIET = 1.25;
/** With fewer quiet samples, the others count too. */
const FEW = 3;

let least = Infinity;
let sink = 0;

function calibrate(): number {
  const start = performance.now();
  for (let i = 0; i < 200_000; i++) sink = (sink * 31 + i) | 0;
  const took = performance.now() - start;
  least = Math.min(least, took);
  return took;
}

type Workloads = ReadonlyMap<string, Workload>;

/** Runs all in turn, in random order, until `enough` or the time is up, at least once. */
async function turns(
  workloads: Workloads,
  limit: number,
  enough: () => boolean,
  sample: (name: string, ns: number, quiet: boolean) => void,
): Promise<void> {
  const end = performance.now() + limit;
  do {
    const order = [...workloads].sort(() => Math.random() - 0.5);
    for (const [name, { n, prepare, run }] of order) {
      await prepare?.();
      const before = calibrate();
      const start = performance.now();
      await run();
      const took = performance.now() - start;
      const quiet = Math.max(before, calibrate()) <= least * QUIET;
      sample(name, took * 1e6 / n, quiet);
    }
  } while (!enough() && performance.now() < end);
}

async function time(task: Task): Promise<Answer<Figure>> {
  const { samples, warmUp, limit } = task;
  const workloads = await prepareAll(task);
  for (let i = 0; i < 50; i++) calibrate();
  await turns(workloads, warmUp, () => false, () => {});
  const times = new Map<string, number[]>();
  const disturbed = new Map<string, number[]>();
  for (const name of workloads.keys()) {
    times.set(name, []);
    disturbed.set(name, []);
  }
  const enough = () =>
    [...times.values()].every(({ length }) => length >= samples);
  await turns(workloads, limit, enough, (name, ns, quiet) => {
    (quiet ? times : disturbed).get(name)!.push(ns);
  });
  return Object.fromEntries([...times].map(([name, times]) => {
    // On a machine that is never quiet, something is better than nothing.
    if (times.length < FEW) times.push(...disturbed.get(name)!);
    times.sort((a, b) => a - b);
    const at = (part: number) => times[Math.floor(times.length * part)] ?? NaN;
    const [low, median, high] = [at(0.25), at(0.5), at(0.75)];
    return [name, { median, low, high, samples: times.length }];
  }));
}

/** What all of the contenders that take part do. */
async function prepareAll(
  { family, name, contenders }: Task,
): Promise<Workloads> {
  const workloads = new Map<string, Workload>();
  for (const contender of contenders) {
    const workload = await prepare(family, name, contender);
    if (workload) workloads.set(contender, workload);
  }
  return workloads;
}

const jobs: {
  [What in keyof Jobs]: (asked: Jobs[What][0]) => Promise<Jobs[What][1]>;
} = {
  time,
  async counts(task) {
    const answers: Record<string, Counts> = {};
    for (const [contender, workload] of await prepareAll(task)) {
      answers[contender] = await counts(workload);
    }
    return answers;
  },
  async memory(contender) {
    return await retained((await loadKit(contender)).kit);
  },
  async who(contender) {
    const { version, kit } = await loadKit(contender);
    return { ...version && { version }, ...kit.can && { can: kit.can } };
  },
};

const { process } = globalThis as unknown as {
  process: { argv: string[]; exit(): never };
};
const [what, asked] = process.argv.slice(2) as [keyof Jobs, string];
console.log(JSON.stringify(await jobs[what](JSON.parse(asked) as never)));
// What rivals leave behind, such as timers, must not keep it alive.
process.exit();
