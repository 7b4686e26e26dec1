// tables.ts: what threads cost, as tables to read.

import type { Figure, Flood, Measured } from "./report.ts";

/** A workload: the median of each contender with its spread, and how many times as fast as the first it is. */
export function workloadTable({ name, figures }: Measured): string {
  const [[base, first] = []] = Object.entries(figures);
  const { batched } = figures;
  const rows = Object.entries(figures).map(([contender, figure]) => [
    contender,
    show(figure),
    `${(first!.median / figure.median).toFixed(2)} ×`,
    ...batched ? [`${(batched.median / figure.median).toFixed(2)} ×`] : [],
  ]);
  const head = [name, "takes", `speed of ${base}`];
  if (batched) head.push("speed of batched");
  return table([head, head.map((_, i) => i ? "--:" : "---"), ...rows]);
}

export function floodTable(floods: readonly Flood[]): string {
  return table([
    ["flood", "sent", "received", "MB at the start", "MB at the end", "peak"],
    ["---", "--:", "--:", "--:", "--:", "--:"],
    ...floods.map(({ contender, seconds, sent, received, rss, peak }) => [
      `${contender}, ${seconds} s`,
      ...[sent, received, rss[0]!, rss.at(-1)!, peak].map(String),
    ]),
  ]);
}

/** In a unit that suits; with half the distance of the quartiles, in percent. */
function show({ median, low, high }: Figure): string {
  const [value, unit] = median < 1e3
    ? [median, "ns"]
    : median < 1e6
    ? [median / 1e3, "µs"]
    : [median / 1e6, "ms"];
  const half = (high - low) / 2 / median * 100;
  return `${value.toPrecision(3)} ${unit} ± ${half.toFixed(0)} %`;
}

function table(rows: readonly (readonly string[])[]): string {
  return rows.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}
