// soak.ts: runs the crowd for minutes, and fails if the heap grows, if a value is not
// accounted for, or if a waiter or a listener is left.
//
//     deno task soak [minutes] [--leak] [--seed=<number>]
//
// It lasts 10 minutes unless told otherwise. With --leak it retains one small object
// for every thousand operations itself, and must fail.

import { Crowd } from "./_crowd.ts";

/** How many minutes, if nobody says. */
const MINUTES = 10;
/** Between two samples of the heap, in ms. */
const SAMPLE_EVERY = 3000;
/** The first third of the samples is not fitted, and none before so many operations: the engine compiles. */
const WARM_UP = 3_000_000;
/** With fewer samples than these there is no verdict. */
const FEWEST = 10;
/** Operations of one round; between two of them nothing waits. */
const ROUND = 5000;
/**
 * Bytes for a thousand operations up to which a slope counts as none: a quarter of what an
 * object with one property takes. What the engine notes about the code that it
 * compiles comes and goes, by -5 to +8 in two minutes.
 */
const FLOOR = 8;

/** A small xorshift generator: numbers in [0, 1), the same for the same seed. */
function randomOf(seed: number): () => number {
  let state = seed | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** Bytes that live objects take. */
async function heap(): Promise<number> {
  const { gc } = globalThis as { gc?: () => void };
  if (gc === undefined) throw new Error("Cannot soak: run with --expose-gc");
  for (let turn = 0; turn < 2; turn++) {
    await new Promise((resolve) => setTimeout(resolve, 0));
    gc();
  }
  return Deno.memoryUsage().heapUsed;
}

/** A straight line: how many bytes there are more for a thousand operations more. */
interface Line {
  readonly slope: number;
  /** The ends of the 95 % confidence interval. */
  readonly low: number;
  readonly high: number;
}

/** Least squares over samples of operations and bytes. */
function fit(operations: Float64Array, bytes: Float64Array): Line {
  const n = operations.length;
  const sum = (of: (i: number) => number) =>
    operations.reduce((total, _, i) => total + of(i), 0);
  const middle = sum((i) => operations[i]!) / n;
  const height = sum((i) => bytes[i]!) / n;
  const x = (i: number) => (operations[i]! - middle) / 1000;
  const y = (i: number) => bytes[i]! - height;
  const squares = sum((i) => x(i) ** 2);
  const slope = sum((i) => x(i) * y(i)) / squares;
  const errors = sum((i) => (y(i) - slope * x(i)) ** 2);
  const half = student(n - 2) * Math.sqrt(errors / (n - 2) / squares);
  return { slope, low: slope - half, high: slope + half };
}

/** The 97.5 % quantile of Student's t, by the first terms of its expansion; good from 5 degrees on. */
function student(degrees: number): number {
  const z = 1.959964;
  return z + (z ** 3 + z) / (4 * degrees) +
    (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * degrees ** 2);
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(3)} MB`;
}

/** What `--leak` retains. */
interface Leak {
  readonly next: Leak | undefined;
}

async function soak(
  minutes: number,
  leaks: boolean,
  seed: number,
): Promise<boolean> {
  const crowd = new Crowd({
    random: randomOf(seed),
    senders: 32,
    receivers: 32,
    channels: [
      { capacity: 0 },
      { capacity: 1 },
      { capacity: 8 },
      { capacity: 4, overflow: "drop-oldest" },
      { capacity: Infinity },
      { capacity: 0 },
      { capacity: 2 },
    ],
    lasting: 2,
  });
  const { problems } = crowd.ledger;
  // Made beforehand, since what is noted counts too.
  const most = Math.ceil(minutes * 60_000 / SAMPLE_EVERY);
  const at = new Float64Array(most);
  const heaps = new Float64Array(most);
  let samples = 0;
  let leak: Leak | undefined;
  let leaked = 0;
  const start = performance.now();
  const end = start + minutes * 60_000;
  let next = start + SAMPLE_EVERY;
  while (performance.now() < end && problems.length === 0) {
    await crowd.round(ROUND, { reopenEvery: 200 });
    const { operations } = crowd;
    for (; leaks && leaked < operations; leaked += 1000) leak = { next: leak };
    // Each time, or the engine's weak tables would have any size when it is told.
    const bytes = await heap();
    if (performance.now() < next) continue;
    next = performance.now() + SAMPLE_EVERY;
    at[samples] = operations;
    heaps[samples++] = bytes;
    const seconds = (performance.now() - start) / 1000;
    console.log(
      `${seconds.toFixed(0).padStart(5)} s  ${
        operations.toLocaleString("en").padStart(13)
      } operations  heap ${megabytes(bytes)}`,
    );
  }
  const seconds = (performance.now() - start) / 1000;
  const { operations, ledger: { tally } } = crowd;
  const rate = Math.round(operations / seconds).toLocaleString("en");
  console.log(
    `\n${operations.toLocaleString("en")} operations in ${
      seconds.toFixed(0)
    } s: ${rate} /s, seed ${seed}`,
  );
  console.log(
    Object.entries(tally).map(([event, count]) =>
      `${count.toLocaleString("en")} ${event}`
    ).join(", "),
  );
  if (problems.length > 0) {
    console.log(`Something is wrong:\n${problems.join("\n")}`);
    return false;
  }
  console.log("Every value is accounted for; no waiter, no listener is left.");

  let warm = Math.floor(samples / 3);
  while (at[warm]! < WARM_UP && warm < samples) warm++;
  if (samples - warm < FEWEST) {
    console.log("Too few operations for a verdict: run it for longer");
    return false;
  }
  const fitted = heaps.slice(warm, samples);
  const { slope, low, high } = fit(at.slice(warm, samples), fitted);
  console.log(
    `Heap: first ${megabytes(fitted[0]!)}, last ${
      megabytes(fitted.at(-1)!)
    }, of ${fitted.length} samples after the warm-up`,
  );
  console.log(
    `Slope: ${
      slope.toFixed(2)
    } bytes for a thousand operations, 95 % confidence [${low.toFixed(2)}, ${
      high.toFixed(2)
    }]; up to ${FLOOR} counts as none`,
  );
  const flat = low <= FLOOR;
  console.log(flat ? "The heap does not grow." : "THE HEAP GROWS.");
  // So that it is retained until here.
  if (leak !== undefined) console.log("It leaked on purpose.");
  return flat;
}

const options = Deno.args.filter((argument) => argument.startsWith("--"));
const [minutes = MINUTES] = Deno.args
  .filter((argument) => !options.includes(argument)).map(Number);
const seeds = options.filter((option) => option.startsWith("--seed="))
  .map((option) => Number(option.slice("--seed=".length)));
const unknown = options.filter((option) => !/^--(leak|seed=\d+)$/.test(option));
if (unknown.length > 0 || !(minutes > 0 && minutes < Infinity)) {
  console.log("Usage: deno task soak [minutes] [--leak] [--seed=<number>]");
  Deno.exit(2);
}
const seed = seeds[0] ?? Date.now() % 2 ** 31;
Deno.exit(await soak(minutes, options.includes("--leak"), seed) ? 0 : 1);
