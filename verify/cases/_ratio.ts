// _ratio.ts: how much longer one piece of work takes than another, on any machine.

/** Each is seen at the best of so many runs, or more while they take less than ENOUGH ms. */
const RUNS = 4;
const ENOUGH = 200;

/** Does some work, and returns how long what counts of it has taken, by a stopwatch. */
export type Work = () => number | Promise<number>;

/**
 * How many times longer one piece of work takes than another. Neither should make very
 * many objects: what they cost the collector grows faster than their number.
 */
export async function ratioOf(work: Work, other: Work): Promise<number> {
  const { gc } = globalThis as { gc?: () => void };
  let [least, otherLeast] = [Infinity, Infinity];
  const read = stopwatch();
  for (let run = 0; run < RUNS || read() < ENOUGH; run++) {
    gc?.();
    otherLeast = Math.min(otherLeast, await other());
    gc?.();
    least = Math.min(least, await work());
  }
  return least / otherLeast;
}

/**
 * Starts a watch; returns what reads it, in ms. Others may be at work on the machine,
 * and the engine has threads beside ours: so the less of the time that has passed and
 * of the processor's that this process has used, where the runtime tells it.
 */
export function stopwatch(): () => number {
  const start = performance.now();
  const used = processorTime();
  return () =>
    Math.min(performance.now() - start, processorTime() - used || Infinity);
}

function processorTime(): number {
  const { process } = globalThis as unknown as {
    process?: { cpuUsage?: () => { user: number; system: number } };
  };
  const { user, system } = process?.cpuUsage?.() ?? { user: NaN, system: NaN };
  return (user + system) / 1000;
}
