// _tables.ts: a report, as tables to read.

import type { Counts, Figure, Measured, Report } from "./_report.ts";

/** What is counted, in the order of the table. */
export const COUNTED = ["promises", "ticks", "listeners", "bytes"] as const;

/** The head of the table that `timeRow` makes rows of. */
export const TIME_HEAD = table([
  [
    "workload",
    "floor",
    "ours",
    "std",
    "ours / floor",
    "ours / std",
    "must, goal",
  ],
  ["---", "--:", "--:", "--:", "--:", "--:", "---"],
]);

/** How many times as long one takes as another. */
export function ratio(
  { figures }: Measured,
  one: string,
  other: string,
): number | undefined {
  const [above, below] = [figures[one], figures[other]];
  return above && below && above.median / below.median;
}

/** A workload as a row. */
export function timeRow(measured: Measured): string {
  const { name, figures, targets = [] } = measured;
  const wanted = targets.map(({ against, must, goal }) => {
    const is = ratio(measured, "ours", against) ?? NaN;
    const mark = is <= goal ? "" : is <= must ? " (must)" : " ✗";
    return `${against} ${must}, ${goal}${mark}`;
  });
  return table([[
    name,
    show(figures.floor),
    show(figures.ours, true),
    show(figures.std),
    fixed(ratio(measured, "ours", "floor"), 2),
    fixed(ratio(measured, "ours", "std"), 3),
    wanted.join("; "),
  ]]);
}

/** How many times as long as ours the rivals take. */
export function rivalsTable(workloads: readonly Measured[]): string {
  const rivals = [
    ...new Set(workloads.flatMap(({ figures }) => Object.keys(figures))),
  ].filter((name) => !/^(floor|ours|std)$/.test(name));
  const rows = workloads
    .filter(({ figures }) => rivals.some((rival) => figures[rival]))
    .map((measured) => [
      measured.name,
      ...rivals.map((rival) => fixed(ratio(measured, rival, "ours"), 1)),
    ]);
  if (rows.length === 0) return "";
  return table([
    ["rival / ours", ...rivals],
    ["---", ...rivals.map(() => "--:")],
    ...rows,
  ]);
}

/** What one operation costs: ours (floor, std). */
export function countsTable(workloads: readonly Measured[]): string {
  const cell = (
    { floor, ours, std }: Readonly<Record<string, Counts>>,
    key: keyof Counts,
  ) => {
    const others = [floor, std].map((one) => one?.[key] ?? "–");
    return `${ours?.[key] ?? "–"} (${others.join(", ")})`;
  };
  return table([
    ["ours (floor, std)", ...COUNTED],
    ["---", ...COUNTED.map(() => "--:")],
    ...workloads.map(({ name, counts }) => [
      name,
      ...COUNTED.map((key) => cell(counts, key)),
    ]),
  ]);
}

/** Bytes that things hold on to. */
export function memoryTable({ memory }: Pick<Report, "memory">): string {
  return table([
    ["bytes held by", "ours", "std"],
    ["---", "--:", "--:"],
    ...Object.entries(memory).map(([kind, bytes]) => [
      kind,
      String(bytes.ours),
      String(bytes.std),
    ]),
  ]);
}

/** Nanoseconds, or a larger unit; with half the distance of the quartiles, in percent. */
function show(figure: Figure | undefined, spread = false): string {
  if (figure === undefined) return "–";
  const { median, low, high } = figure;
  const [value, unit] = median < 1e6 ? [median, ""] : [median / 1e6, " ms"];
  const digits = value < 1000 ? 1 : 0;
  const half = (high - low) / 2 / median * 100;
  return `${value.toFixed(digits)}${unit}${
    spread ? ` ± ${half.toFixed(0)} %` : ""
  }`;
}

function fixed(value: number | undefined, digits: number): string {
  return value === undefined ? "–" : value.toFixed(digits);
}

function table(rows: readonly (readonly string[])[]): string {
  return rows.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}
