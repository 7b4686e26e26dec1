// rounds.ts: contenders in turn, in random order, so that all have the same noise.

import type { Figures } from "./report.ts";

/** Does `n` operations as often as it is asked. */
export interface Contender {
  readonly n: number;
  run(): Promise<void>;
}

/** Rounds that do not count: threads start in the first, and engines learn. */
const WARM_UP = 4;

/** Nanoseconds for each operation. */
export async function measure(
  contenders: Readonly<Record<string, Contender>>,
  samples: number,
  limit: number,
  warmUp = WARM_UP,
): Promise<Figures> {
  const times = new Map<string, number[]>();
  for (const name of Object.keys(contenders)) times.set(name, []);
  let end = Infinity;
  for (let round = -warmUp; round < samples; round++) {
    if (round === 0) end = performance.now() + limit;
    if (round > 2 && performance.now() > end) break;
    const order = Object.entries(contenders)
      .sort(() => Math.random() - 0.5);
    for (const [name, { n, run }] of order) {
      const start = performance.now();
      await run();
      const took = performance.now() - start;
      if (round >= 0) times.get(name)!.push(took * 1e6 / n);
    }
  }
  return Object.fromEntries([...times].map(([name, times]) => {
    times.sort((a, b) => a - b);
    const at = (part: number) => times[Math.floor(times.length * part)]!;
    const [low, median, high] = [at(0.25), at(0.5), at(0.75)];
    return [name, { median, low, high, samples: times.length }];
  }));
}
