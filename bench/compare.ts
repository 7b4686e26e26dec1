// compare.ts: every workload against its targets, more carefully than `deno bench` can.
//
// Each workload has a process of its own, where what another has taught the
// engine cannot slow it down; in it, all contenders take turns in random order. A
// sample counts only if the machine was quiet: a fixed piece of work before and
// after it took no more than QUIET times the least that was ever seen. Prints
// medians, in nanoseconds for each operation, and ratios.
//
//     deno task compare [part of a workload's name]

import { findStd } from "../tools/std.ts";
import type { Group } from "./_groups.ts";
import { groups } from "./_groups.ts";

const QUIET = 1.25;
const SAMPLES = 25;
/** What the contenders of one workload may take together, in ms. */
const WARM_UP = 1_500;
const LIMIT = 15_000;

let least = Infinity;
let sink = 0;

function calibrate(): number {
  const start = performance.now();
  for (let i = 0; i < 200_000; i++) sink = (sink * 31 + i) | 0;
  const took = performance.now() - start;
  least = Math.min(least, took);
  return took;
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
}

/** Runs all contenders in turn, in random order, until `enough` or the time is up. */
async function turns(
  group: Group,
  limit: number,
  enough: () => boolean,
  sample: (name: string, ns: number) => void,
): Promise<void> {
  const end = performance.now() + limit;
  while (!enough() && performance.now() < end) {
    const names = Object.keys(group.contenders);
    for (const name of names.toSorted(() => Math.random() - 0.5)) {
      const { n, run } = group.contenders[name]!;
      const before = calibrate();
      const start = performance.now();
      await run();
      const took = performance.now() - start;
      if (Math.max(before, calibrate()) > least * QUIET) continue;
      sample(name, took * 1e6 / n);
    }
  }
}

async function measure(group: Group): Promise<Record<string, number>> {
  const times: Record<string, number[]> = {};
  for (const name of Object.keys(group.contenders)) times[name] = [];
  for (let i = 0; i < 50; i++) calibrate();
  await turns(group, WARM_UP, () => false, () => {});
  const enough = () =>
    Object.values(times).every(({ length }) => length >= SAMPLES);
  await turns(group, LIMIT, enough, (name, ns) => times[name]!.push(ns));
  return Object.fromEntries(
    Object.entries(times).map(([name, values]) => [name, median(values)]),
  );
}

function row(
  { name, must }: Group,
  { floor, ours, std }: Record<string, number>,
): string {
  const show = (value: number | undefined, digits: number) =>
    value === undefined ? "–" : value.toFixed(digits);
  const perFloor = floor && ours! / floor;
  const perStd = std && ours! / std;
  const [rival, limit, ratio] = must?.floor === undefined
    ? ["std", must?.std, perStd]
    : ["floor", must.floor, perFloor];
  const target = limit === undefined
    ? "–"
    : `≤ ${limit} ${rival}${ratio! <= limit ? "" : " ✗"}`;
  const cells = [
    name,
    show(floor, 1),
    show(ours, 1),
    show(std, 1),
    show(perFloor, 2),
    show(perStd, 3),
    target,
  ];
  return `| ${cells.join(" | ")} |`;
}

const [filter = "", only] = Deno.args;
if (only === "--here") {
  const group = (await groups()).find(({ name }) => name === filter)!;
  console.log(row(group, await measure(group)));
} else {
  console.log(
    "| workload | floor ns | ours ns | std ns | ours/floor | ours/std | target |",
  );
  console.log("| --- | --- | --- | --- | --- | --- | --- |");
  const { flags } = await findStd();
  for (const { name } of await groups()) {
    if (!name.includes(filter)) continue;
    const args = ["run", "-A", "--no-check", ...flags, import.meta.filename!];
    await new Deno.Command(Deno.execPath(), { args: [...args, name, "--here"] })
      .spawn().status;
  }
}
