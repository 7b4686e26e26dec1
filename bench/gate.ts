// gate.ts: nothing got slower than it was when it was last measured.
//
//     deno task gate
//
// The measure is bench/results/deno.json, which `deno task bench --full --json` wrote.
// What can be counted must be equal, bytes within BYTES. A few ratios, of those that
// are at the heart of the library, must not be over MARGIN times what they were: in
// ten runs on a busy machine of two cores none of them was over by more than a
// fifth. What is over is measured again, since only noise goes away.

import { load } from "./_families.ts";
import type { Bench } from "./_processes.ts";
import { withBench } from "./_processes.ts";
import type { Counts, Measured, Report } from "./_report.ts";
import { ratio } from "./_tables.ts";

const MARGIN = 1.25;
/** What bytes may differ by: in all, and as a share. With another version of the runtime the engine's objects may differ. */
const BYTES = { few: 2, share: 0.02, otherVersion: 0.15 };
const TRIES = 3;
const HOW = { samples: 11, warmUp: 500, limit: 2_500 };

const AT_HEART = [
  "W1 hand-off, capacity 16",
  "W1full hand-off, buffer of 128 full",
  "W2 rendezvous",
  "W3 for await, capacity 16",
  "W3 for await, capacity 0",
  "W4a try-operations, 1,024 at a time",
  "batches, capacity 128",
  "W5b 10,000 receivers wait, then sends",
  "W6a abort of 10,000 waiters, in random order",
  "W6b abort of 10,000 waiters on one signal",
  "W7 select of 2, parked",
  "W7 select of 100, parked",
  "W7 select of 2, ready",
  "W8 pipeline of 3 stages",
  "W11a create",
  "W11d stream of 3 values",
];

/** What is wrong, a line each. */
const faults: string[] = [];

function wrong(line: string): void {
  faults.push(line);
  console.log(line);
}

const before: Report = JSON.parse(
  await Deno.readTextFile(new URL("results/deno.json", import.meta.url)),
);

await withBench("deno", false, async (bench) => {
  const sameVersion = bench.runtime === before.runtime;
  console.log(
    `${bench.runtime}, against commit ${before.commit} on ${before.runtime}`,
  );
  for (const measured of before.workloads) {
    const { family, name } = measured;
    const [group] = (await load(family, "gate"))
      .filter((group) => group.name === name);
    if (group === undefined) wrong(`${name}: is no more; measure anew`);
    else if (!group.full) await compareCounts(bench, measured, sameVersion);
  }
  await compareMemory(bench, sameVersion);
  for (const name of AT_HEART) await compareRatios(bench, name);
});
console.log(
  faults.length === 0
    ? "gate: nothing got slower"
    : `gate: ${faults.length} are not as they were`,
);
Deno.exit(faults.length === 0 ? 0 : 1);

async function compareCounts(
  bench: Bench,
  { family, name, counts }: Measured,
  sameVersion: boolean,
): Promise<void> {
  const asked = { family, name, contenders: ["ours"], ...HOW };
  const { ours } = await bench.run("counts", asked);
  const told = Object.entries(counts.ours!) as [keyof Counts, number][];
  for (const [what, was] of told) {
    const is = ours![what];
    if (what === "bytes" ? near(is!, was, sameVersion) : is === was) continue;
    wrong(`${name}: ${what} are ${is}, were ${was}`);
  }
}

async function compareMemory(
  bench: Bench,
  sameVersion: boolean,
): Promise<void> {
  const bytes = await bench.run("memory", "ours");
  for (const [kind, { ours }] of Object.entries(before.memory)) {
    if (near(bytes[kind]!, ours!, sameVersion)) continue;
    wrong(`bytes held by an ${kind}: ${bytes[kind]}, were ${ours}`);
  }
}

function near(is: number, was: number, sameVersion: boolean): boolean {
  const share = sameVersion ? BYTES.share : BYTES.otherVersion;
  return Math.abs(is - was) <= Math.max(BYTES.few, share * was);
}

async function compareRatios(bench: Bench, name: string): Promise<void> {
  const measured = before.workloads.find((one) => one.name === name)!;
  const { family } = measured;
  for (const against of ["std", "floor"]) {
    const was = ratio(measured, "ours", against);
    if (was === undefined) continue;
    let is = Infinity;
    for (let i = 0; i < TRIES && is > was * MARGIN; i++) {
      const contenders = ["ours", against];
      const figures = await bench.run("time", {
        family,
        name,
        contenders,
        ...HOW,
      });
      is = Math.min(is, ratio({ ...measured, figures }, "ours", against)!);
    }
    const line = `${name}: ${is.toFixed(3)} of ${against}, was ${
      was.toFixed(3)
    }`;
    if (is > was * MARGIN) wrong(line);
    else console.log(line);
  }
}
