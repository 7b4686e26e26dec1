// _tasks.ts: what Go's programs share here: tasks side by side, turns between
// their steps, and a collection of garbage.

/** Goroutines are async functions. */
export type Task = () => Promise<unknown>;

/**
 * How long tasks may take before they count as stuck: sixty times what the longest do,
 * since a machine may do much else, or less once some were, since then others will be.
 */
let patience = 60_000; // ms

/** Lets the other tasks go first, some times over (Go's `Gosched`). */
export async function pass(times = 1): Promise<void> {
  for (; times > 0; times--) await undefined;
}

/**
 * Runs tasks side by side until all have ended. Fails with the first that fails,
 * by its name; and if some never end, where Go would report a deadlock, with the
 * names of those.
 */
export async function together(
  tasks: Readonly<Record<string, Task>>,
): Promise<void> {
  const left = new Set(Object.keys(tasks));
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stuck = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      patience = 10_000;
      reject(new Error(`Tasks are stuck: ${[...left].join(", ")}`));
    }, patience);
  });
  const run = async ([name, task]: [string, Task]) => {
    try {
      await task();
      left.delete(name);
    } catch (cause) {
      throw new Error(`Task failed: ${name}: ${cause}`, { cause });
    }
  };
  try {
    await Promise.race([
      Promise.all(Object.entries(tasks).map(run)),
      stuck,
    ]);
  } finally {
    clearTimeout(timer);
  }
}

/** The same task several times over, under numbered names. */
export function numbered(
  name: string,
  count: number,
  task: (index: number) => Promise<unknown>,
): Record<string, Task> {
  const tasks: Record<string, Task> = {};
  for (let i = 0; i < count; i++) tasks[`${name} ${i}`] = () => task(i);
  return tasks;
}

/** Collects garbage where the runtime lets us, as under `deno task test`; else nothing. */
export function collectGarbage(): void {
  (globalThis as { gc?: () => void }).gc?.();
}
