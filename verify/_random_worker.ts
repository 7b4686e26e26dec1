// _random_worker.ts: runs all that random_main.ts asks for of a seed.

import { flowRandomly } from "./flow_random.ts";
import { randomly } from "./random.ts";
import { schedules } from "./schedules.ts";

/** What to run. */
export interface Seeded {
  readonly seed: number;
  readonly programs: number;
}

/** What came of it, besides what was printed. */
export interface Result {
  readonly failed: boolean;
}

const scope = globalThis as unknown as {
  onmessage: (event: MessageEvent<Seeded>) => void;
  postMessage(result: Result): void;
};

/** Prints what a run has come to. */
async function report(
  name: string,
  run: () => Promise<string>,
): Promise<void> {
  const start = Date.now();
  try {
    const result = await run();
    const seconds = ((Date.now() - start) / 1000).toFixed(0);
    console.log(`${name}: ${result}; ${seconds} s`);
  } catch (error) {
    console.error(`${name}: FAILED`);
    console.error(error);
    throw error;
  }
}

async function runAll({ seed, programs }: Seeded): Promise<void> {
  for (const busy of [false, true]) {
    // A busy program costs some timers.
    const runs = busy ? Math.ceil(programs / 50) : programs;
    await report(`seed ${seed}${busy ? ", busy" : ""}`, async () => {
      const { programs, operations, choices } = await randomly({
        runs,
        seed,
        busy,
      });
      return `${programs} programs equal the model, ${operations} operations, ${choices} choices of a select`;
    });
  }
  for (const busy of [false, true]) {
    const runs = Math.ceil(programs / (busy ? 200 : 5));
    await report(`seed ${seed}, flow${busy ? ", busy" : ""}`, async () => {
      const { programs, bursts, steps } = await flowRandomly({
        runs,
        seed,
        busy,
      });
      return `${programs} programs equal the model and ${bursts} keep the ledger, ${steps} steps`;
    });
  }
  const runs = Math.ceil(programs / 10);
  await report(`seed ${seed}, schedules`, async () => {
    await schedules(runs, seed);
    return `${runs} keep the ledger`;
  });
}

scope.onmessage = async ({ data }) => {
  const failed = await runAll(data).then(() => false, () => true);
  scope.postMessage({ failed });
};
