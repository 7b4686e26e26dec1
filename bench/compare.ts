// compare.ts: all contenders of each workload, interleaved in one process.
//
// A sample counts only if the machine was quiet: a fixed piece of work before and
// after it must have taken no more than 1.25 times the least that was ever seen.
// Prints medians, in nanoseconds for each operation, and ratios.
//
//     deno task compare [part of a workload's name] [samples]

import type { Group } from "./_groups.ts";
import { groups } from "./_groups.ts";

const filter = Deno.args[0] ?? "";
const samples = Number(Deno.args[1] ?? 15);

let quiet = Infinity;
let sink = 0;

function calibrate(): number {
  const start = performance.now();
  for (let i = 0; i < 200_000; i++) sink = (sink * 31 + i) | 0;
  const took = performance.now() - start;
  quiet = Math.min(quiet, took);
  return took;
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
}

async function measure(group: Group): Promise<Record<string, number>> {
  const names = Object.keys(group.contenders);
  const times: Record<string, number[]> = {};
  for (const name of names) {
    times[name] = [];
    for (let i = 0; i < 5; i++) await group.contenders[name]!.run();
  }
  let left = samples * 6;
  while (left-- > 0 && names.some((name) => times[name]!.length < samples)) {
    for (const name of names.toSorted(() => Math.random() - 0.5)) {
      const { n, run } = group.contenders[name]!;
      const before = calibrate();
      const start = performance.now();
      await run();
      const took = performance.now() - start;
      if (Math.max(before, calibrate()) > quiet * 1.25) continue;
      times[name]!.push(took * 1e6 / n);
    }
  }
  return Object.fromEntries(names.map((name) => [name, median(times[name]!)]));
}

for (let i = 0; i < 50; i++) calibrate();
console.log(
  "| workload | floor ns | ours ns | std ns | ours/floor | ours/std | must |",
);
console.log("| --- | --- | --- | --- | --- | --- | --- |");
const show = (value: number | undefined, digits: number) =>
  value === undefined || Number.isNaN(value) ? "–" : value.toFixed(digits);
for (const group of await groups()) {
  if (!group.name.includes(filter)) continue;
  const { floor, ours, std } = await measure(group);
  const perFloor = floor && ours! / floor;
  const perStd = std && ours! / std;
  const { must } = group;
  const met = (must?.std === undefined || perStd! <= must.std) &&
    (must?.floor === undefined || perFloor! <= must.floor);
  const limit = must?.std !== undefined
    ? `≤ ${must.std} std`
    : `≤ ${must?.floor} floor`;
  console.log(
    `| ${group.name} | ${show(floor, 1)} | ${show(ours, 1)} | ${
      show(std, 1)
    } | ` +
      `${show(perFloor, 2)} | ${show(perStd, 3)} | ${limit}${
        met ? "" : " ✗"
      } |`,
  );
}
