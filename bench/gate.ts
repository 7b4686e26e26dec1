// gate.ts: nothing got slower than it was when it was last measured.
//
//     deno task gate [--update]
//
// The measure is bench/results/deno.json, which `deno task bench --full --json` wrote;
// `--update` counts anew what can be counted, and writes it there. Of counts, bytes
// may not grow by more than BYTES, and all others must be equal. A few ratios, of
// those that are at the heart of the library, must not be over MARGIN times what
// they were. What is over is measured again, up to TRIES times: only noise goes away.

import { load } from "./_families.ts";
import type { Bench } from "./_processes.ts";
import { withBench } from "./_processes.ts";
import type { Counts, Measured, Report } from "./_report.ts";
import { COUNTED, ratio } from "./_tables.ts";

/** Ratios of many waiters move by a third from run to run, all others by less. */
const MARGIN = 1.4;
/**
 * What bytes may grow by, at least and as a share: what the engine optimises away
 * depends on when it gets round to it (W5c: 708 or 744, whole runs long). Another
 * version of the runtime may have larger objects.
 */
const BYTES = { few: 2, share: 0.1, otherVersion: 0.25 };
const TRIES = 4;
const HOW = { samples: 11, warmUp: 500, limit: 2_500 };

const AT_HEART: readonly string[] = [
  "W1 hand-off, capacity 16",
  "W1full hand-off, buffer of 128 full",
  "W2 rendezvous",
  "W3 for await, capacity 16",
  "W3 for await, capacity 0",
  "W4a try-operations, 1,024 at a time",
  "batches, capacity 128",
  "W5b 10,000 receivers wait, then sends",
  "W6a abort of 10,000 waiters, in random order",
  "W6b abort of 1,000 waiters on one signal",
  "W7 select of 2, parked",
  "W7 select of 100, parked",
  "W7 select of 2, ready",
  "W8 pipeline of 3 stages",
  "W11a create",
  "W11d stream of 3 values",
  "F1 map, concurrency 8",
  "F2 merge of 2",
  "F3 broadcast to 2",
  "F4a stream of a channel, by a reader",
];

/** What is wrong, a line each. */
const faults: string[] = [];

function wrong(line: string): void {
  faults.push(line);
  console.log(line);
}

const file = new URL("results/deno.json", import.meta.url);
const before: Report = JSON.parse(await Deno.readTextFile(file));

await withBench("deno", false, async (bench) => {
  if (Deno.args.includes("--update")) return await update(bench);
  const sameVersion = bench.runtime === before.runtime;
  console.log(
    `${bench.runtime}, against commit ${before.commit} on ${before.runtime}`,
  );
  for (const measured of before.workloads) {
    const { family, name } = measured;
    const group = (await load(family, "gate"))
      .find((group) => group.name === name);
    if (group === undefined) wrong(`${name}: is no more; measure anew`);
    else if (!group.full) await compareCounts(bench, measured, sameVersion);
  }
  await compareMemory(bench, sameVersion);
  await compareRatios(bench);
  console.log(
    faults.length === 0
      ? "gate: nothing got slower"
      : `gate: ${faults.length} are not as they were`,
  );
});
Deno.exit(faults.length === 0 ? 0 : 1);

async function count(
  bench: Bench,
  { family, name }: Measured,
  contender: string,
): Promise<Counts | undefined> {
  const asked = { family, name, contenders: [contender], ...HOW };
  return (await bench.run("counts", asked))[contender];
}

async function compareCounts(
  bench: Bench,
  measured: Measured,
  sameVersion: boolean,
): Promise<void> {
  const was = measured.counts.ours!;
  let worse: string[] = [];
  for (let i = 0; i < TRIES; i++) {
    const is = (await count(bench, measured, "ours"))!;
    worse = COUNTED
      .filter((key) =>
        key === "bytes"
          ? grown(is.bytes, was.bytes, sameVersion)
          : is[key] !== was[key]
      )
      .map((key) =>
        `${measured.name}: ${key} are ${is[key]}, were ${was[key]}`
      );
    if (worse.length === 0) return;
  }
  worse.forEach(wrong);
}

async function compareMemory(
  bench: Bench,
  sameVersion: boolean,
): Promise<void> {
  const bytes = await bench.run("memory", "ours");
  for (const [kind, { ours }] of Object.entries(before.memory)) {
    if (!grown(bytes[kind], ours, sameVersion)) continue;
    wrong(`bytes held by an ${kind}: ${bytes[kind]}, were ${ours}`);
  }
}

/** Whether there are more bytes than there should be, if both are known. */
function grown(
  is: number | undefined,
  was: number | undefined,
  sameVersion: boolean,
): boolean {
  if (is === undefined || was === undefined) return false;
  const share = sameVersion ? BYTES.share : BYTES.otherVersion;
  return is - was > Math.max(BYTES.few, share * was);
}

/**
 * Against std; where that has no such thing, the floor. What is over is measured again
 * after all the others, and for twice as long each time: on a busy machine the engine
 * has seen less of the work in the same time.
 */
async function compareRatios(bench: Bench): Promise<void> {
  let names = AT_HEART;
  for (let i = 0; i < TRIES && names.length > 0; i++) {
    const over: string[] = [];
    for (const name of names) {
      const measured = before.workloads.find((one) => one.name === name);
      if (measured === undefined) {
        wrong(`${name}: was never measured`);
        continue;
      }
      const against = measured.figures.std ? "std" : "floor";
      const was = ratio(measured, "ours", against)!;
      const is = await ratioNow(bench, measured, against, 2 ** i);
      const line = `${name}: ${is.toFixed(3)} of ${against}, was ${
        was.toFixed(3)
      }`;
      if (is <= was * MARGIN) console.log(line);
      else if (i + 1 < TRIES) over.push(name);
      else wrong(line);
    }
    names = over;
  }
}

/** How long ours takes against another, measured so many times as long as is usual. */
async function ratioNow(
  bench: Bench,
  measured: Measured,
  against: string,
  times: number,
): Promise<number> {
  const { family, name } = measured;
  const { samples, warmUp, limit } = HOW;
  const figures = await bench.run("time", {
    family,
    name,
    contenders: ["ours", against],
    samples,
    warmUp: warmUp * times,
    limit: limit * times,
  });
  return ratio({ ...measured, figures }, "ours", against)!;
}

/** Counts anew. Of bytes, the engine has more than one opinion now and then: the most counts. */
async function update(bench: Bench): Promise<void> {
  const workloads: Measured[] = [];
  for (const measured of before.workloads) {
    const counts: Record<string, Counts> = {};
    for (const contender of Object.keys(measured.counts)) {
      counts[contender] = (await count(bench, measured, contender))!;
    }
    for (let i = 1; i < TRIES; i++) {
      const again = (await count(bench, measured, "ours"))!;
      if (!(again.bytes! <= counts.ours!.bytes!)) counts.ours = again;
    }
    console.log(`${measured.name}: ${JSON.stringify(counts.ours)}`);
    workloads.push({ ...measured, counts });
  }
  const report: Report = { ...before, workloads };
  await Deno.writeTextFile(file, `${JSON.stringify(report, undefined, 2)}\n`);
}
