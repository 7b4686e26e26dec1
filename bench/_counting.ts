// _counting.ts: what one operation costs in things that can be counted.
//
// Runs where the clock stands still, so that a channel never makes way for the
// event loop, and where the young generation is so large that nothing is collected.

import type { Workload } from "./_kit.ts";
import type { Counts } from "./_report.ts";

interface Hooks {
  onInit(init: () => void): () => void;
}

interface Host {
  process?: {
    memoryUsage?: () => { heapUsed: number };
    getBuiltinModule?: (name: string) => { promiseHooks?: Hooks };
    versions?: { bun?: string };
  };
}

const { process } = globalThis as Host;
/** JavaScriptCore tells neither. */
const telling = !process?.versions?.bun;

/** Samples before those that count, since code allocates more while it warms up; and those. */
const WARM_UP = 20;
const SAMPLES = 9;
/** Or fewer, if they take longer than this in ms. */
const PATIENCE = 1_000;
/** What the middle half of the samples may differ by, as a share; else nothing is told. */
const SPREAD = 0.02;

/** Counts what a workload takes for one operation. */
export async function counts(workload: Workload): Promise<Counts> {
  const { n } = workload;
  const { now } = performance;
  performance.now = () => 0;
  try {
    const bytes = await allocated(workload, now.bind(performance));
    const listeners = await added(workload);
    const ticks = await rounds(workload);
    const promises = await made(workload);
    const each = (count: number) => Math.round(count / n * 100) / 100;
    return {
      ...promises !== undefined && { promises: each(promises) },
      ticks: each(ticks),
      listeners: each(listeners),
      ...bytes !== undefined && { bytes: Math.round(bytes / n) },
    };
  } finally {
    performance.now = now;
  }
}

async function run({ prepare, run }: Workload): Promise<void> {
  await prepare?.();
  await run();
}

/**
 * The median, since the collector disturbs one now and then; nothing if it disturbs
 * many, as where a sample outgrows the young generation. It is not called: it forgets
 * compiled code.
 */
async function allocated(
  workload: Workload,
  now: () => number,
): Promise<number | undefined> {
  if (!telling || !process?.memoryUsage) return undefined;
  const sizes: number[] = [];
  const sample = async (wanted: number) => {
    const end = now() + PATIENCE;
    for (let i = 0; i < wanted && (i < 3 || now() < end); i++) {
      await workload.prepare?.();
      const before = process!.memoryUsage!().heapUsed;
      await workload.run();
      sizes.push(process!.memoryUsage!().heapUsed - before);
    }
  };
  await sample(WARM_UP);
  sizes.length = 0;
  await sample(SAMPLES);
  sizes.sort((a, b) => a - b);
  const at = (part: number) => sizes[Math.floor(sizes.length * part)]!;
  const few = workload.n * 2;
  return at(0.75) - at(0.25) <= Math.max(few, SPREAD * Math.abs(at(0.5)))
    ? at(0.5)
    : undefined;
}

async function added(workload: Workload): Promise<number> {
  const { prototype } = EventTarget;
  const { addEventListener } = prototype;
  let count = 0;
  prototype.addEventListener = function (...args) {
    count++;
    addEventListener.apply(this, args);
  };
  try {
    await run(workload);
  } finally {
    prototype.addEventListener = addEventListener;
  }
  return count;
}

/** A task that does nothing, beside it: each round of the microtask queue it runs once. */
async function rounds(workload: Workload): Promise<number> {
  const done = Promise.resolve();
  let count = 0;
  let over = false;
  const beat = () => {
    count++;
    if (!over) done.then(beat);
  };
  await workload.prepare?.();
  const running = Promise.resolve(workload.run()).then(() => over = true);
  beat();
  await running;
  return count;
}

async function made(workload: Workload): Promise<number | undefined> {
  const { promiseHooks } = process?.getBuiltinModule?.("node:v8") ?? {};
  if (!telling || !promiseHooks) return undefined;
  await workload.prepare?.();
  let count = 0;
  const stop = promiseHooks.onInit(() => count++);
  try {
    await workload.run();
  } finally {
    stop();
  }
  return count;
}
