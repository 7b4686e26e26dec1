// chart.ts: draws a report of `deno task bench --full --json` into docs/: speed, rivals, growth.
//
//     deno run -A --no-config bench/chart.ts <report.json> [<folder>]

import type { Mark } from "npm:vega@6.4.0";
import {
  axis,
  CHARACTER,
  COLOURS,
  digits,
  draw,
  duration,
  FAMILY,
  type Key,
  label,
  lineUp,
  mark,
  type Page,
  rivals,
  type Row,
  type Rows,
  steps,
  WIDTH,
  wrap,
  write,
} from "./_chart_page.ts";
import type { Measured, Report } from "./_report.ts";

/** Every workload: std as a bar, the floor as a tick, rivals as dots. */
function speed(report: Report): Page {
  const lines = lineUp(report, 0, () => true);
  const { rows, marks, height, wide } = lines;
  const names = rivals(report, report.workloads);
  const scale = scaleOf(rows);
  const ours = { x: wide + 58, align: "right", colour: "ours" } as const;
  const std = { x: WIDTH, align: "right", colour: "std" } as const;
  marks.push(
    plot(lines, scale, names, [wide + 88, WIDTH - 72]),
    write("Sluice", { ...ours, y: -8 }),
    write("std", { ...std, y: -8 }),
  );
  for (const row of rows) {
    const ratio = row.ratios.get("std");
    const text = ratio === undefined ? "–" : `${digits(ratio, 3)}×`;
    marks.push(
      write(duration(row.ours), { ...ours, y: row.y }),
      write(text, { ...std, y: row.y }),
    );
  }

  const range = rows.flatMap(({ ratios }) => ratios.get("std") ?? []);
  const outside = rows.some(({ ratios }) =>
    [...ratios.values()].some((one) => one < scale.low || one > scale.high)
  );
  return {
    title: "Time for one operation, as a multiple of Sluice's",
    note:
      "Log scale; right of the line is slower than Sluice, left is faster." +
      (outside ? " A triangle is beyond the scale." : ""),
    description: `${rows.length} workloads. @std/async takes between ` +
      `${digits(Math.min(...range), 2)} and ${digits(Math.max(...range), 3)} ` +
      "times as long as Sluice.",
    keys: [
      { text: "Sluice", colour: "ours", shape: "tick" },
      { text: "@std/async", colour: "std", shape: "bar" },
      ...others(names, "dot"),
      { text: FLOOR, colour: "text", shape: "tick" },
    ],
    body: marks,
    height,
  };
}

/** The entry of a legend for the rivals, if there are any. */
function others(names: readonly string[], shape: "dot" | "line"): Key[] {
  return names.length === 0
    ? []
    : [{ text: "other rivals", colour: "rival", shape }];
}

const FLOOR = "the least that JavaScript needs";

/** What the axis shows. */
interface Scale {
  readonly low: number;
  readonly high: number;
  readonly ticks: number[];
}

/** All of std; of the others what is not beyond a tenth and a thousandfold. */
function scaleOf(rows: readonly Row[]): Scale {
  const std = rows.flatMap(({ ratios }) => ratios.get("std") ?? []);
  const all = rows.flatMap(({ ratios }) => [...ratios.values()]);
  const ends = steps(
    Math.min(1, ...std, Math.max(0.1, Math.min(...all))),
    Math.max(1, ...std, Math.min(1000, Math.max(...all))),
    [1, 2, 5],
  );
  const tens = ends.filter((one) => /^(0\.0*)?10*$/.test(String(one)));
  return {
    low: ends.at(0)!,
    high: ends.at(-1)!,
    ticks: ends.length > 11 ? tens : ends,
  };
}

function plot(
  { rows, height }: Rows,
  { low, high, ticks }: Scale,
  rivals: readonly string[],
  [left, right]: readonly [number, number],
): Mark {
  const points = (contenders: readonly string[]) =>
    rows.flatMap(({ y, ratios }) =>
      contenders.flatMap((contender) => {
        const ratio = ratios.get(contender);
        if (ratio === undefined) return [];
        const end = ratio < low ? low : ratio > high ? high : undefined;
        if (end === undefined) return { y, ratio, shape: "circle", size: 40 };
        const shape = end === low ? "triangle-left" : "triangle-right";
        return { y, ratio: end, shape, size: 130 };
      })
    );
  const floor = Map.groupBy(points(["floor"]), ({ shape }) => shape);
  const ticked = floor.get("circle") ?? [];
  floor.delete("circle");

  const x = { scale: "x", field: "ratio" };
  const one = { scale: "x", value: 1 };
  const y = { field: "y" };
  const look = { shape: { field: "shape" }, size: { field: "size" } };
  const dot = { x, y, ...look, stroke: COLOURS.paper };
  return {
    type: "group",
    // The axis reads it.
    signals: [{ name: "height", value: height }],
    data: [
      { name: "rows", values: rows.map(({ y }) => ({ y })) },
      { name: "std", values: points(["std"]) },
      { name: "floor", values: ticked },
      { name: "floor beyond", values: [...floor.values()].flat() },
      { name: "rivals", values: points(rivals) },
    ],
    scales: [{
      name: "x",
      type: "log",
      domain: [low, high],
      range: [left, right],
    }],
    axes: [axis("top", "x", ticks, "datum.value + '×'")],
    marks: [
      mark("rule", {
        ...{ x: left, x2: right, y },
        ...{ stroke: COLOURS.grid, strokeDash: [1, 3] },
      }, "rows"),
      mark("rule", {
        ...{ x: one, x2: x, y },
        ...{ stroke: COLOURS.std, strokeWidth: 8 },
      }, "std"),
      mark("rule", {
        ...{ x: one, y: 4, y2: height },
        ...{ stroke: COLOURS.ours, strokeWidth: 2 },
      }),
      mark("symbol", { ...dot, fill: COLOURS.rival }, "rivals"),
      mark("rule", {
        ...{ x, y: { ...y, offset: -6 }, y2: { ...y, offset: 6 } },
        ...{ stroke: COLOURS.text, strokeWidth: 2 },
      }, "floor"),
      mark("symbol", { ...dot, fill: COLOURS.text }, "floor beyond"),
    ],
  };
}

/** How far the names of the columns lean, in degrees. */
const LEAN = 40;

/** A table of the workloads that rivals took part in: the deeper the colour, the slower. */
function table(report: Report): Page | undefined {
  const names = rivals(report, report.workloads);
  if (names.length === 0) return undefined;
  const columns = ["std", ...names];
  const lean = LEAN * Math.PI / 180;
  const lengths = columns.map((name) => label(name).length * CHARACTER);
  const top = Math.ceil(Math.max(...lengths) * Math.sin(lean));
  const { rows, marks, height, wide } = lineUp(
    report,
    top - FAMILY / 2,
    (one) => names.includes(one),
  );
  const left = wide + 8;
  // The names at the end lean over the edge of their columns.
  const over = lengths.map((length, i) =>
    (WIDTH - left - length * Math.cos(lean)) / (i + 0.6)
  );
  const step = Math.min(60, ...over, (WIDTH - left) / columns.length);
  columns.forEach((name, i) => {
    const place = { x: left + (i + 0.4) * step, y: top - 2, angle: -LEAN };
    const colour = name === "std" ? "std" : "text";
    marks.push(write(label(name), { ...place, colour }));
  });
  for (const { y, ratios } of rows) {
    columns.forEach((name, i) => {
      const ratio = ratios.get(name);
      const x = left + i * step;
      if (ratio === undefined) return;
      const depth = Math.min(0.6, Math.abs(Math.log10(ratio)) * 0.35);
      marks.push(
        mark("rect", {
          ...{ x: x + 1, width: step - 2, y: y - 7.5, height: 15 },
          fill: ratio < 1 ? COLOURS.ours : COLOURS.std,
          fillOpacity: Math.round(depth * 100) / 100,
        }),
        write(
          ratio < 999.5 ? digits(ratio, 2) : `${digits(ratio / 1e3, 2)}k`,
          { x: x + step / 2, y, align: "center", size: step < 36 ? 10 : 12 },
        ),
      );
    });
  }
  return {
    title: "Other libraries: time for one operation, as a multiple of Sluice's",
    note: "2 is twice as long as Sluice; an empty place was not measured.",
    description: `${rows.length} workloads, ${names.length} rivals: ` +
      names.map(label).join(", "),
    keys: [
      { text: "slower than Sluice", colour: "std", shape: "square" },
      { text: "faster", colour: "ours", shape: "square" },
    ],
    body: marks,
    height,
  };
}

/** A small picture for each curve: ns for an operation by x. */
function growth(report: Report): Page | undefined {
  const curves = new Map<string, Measured[]>();
  for (const workload of report.workloads) {
    const { name } = workload.curve ?? {};
    if (name === undefined) continue;
    curves.set(name, [...curves.get(name) ?? [], workload]);
  }
  for (const [name, points] of curves) {
    if (points.length < 2) curves.delete(name);
    points.sort((a, b) => a.curve!.x - b.curve!.x);
  }
  if (curves.size === 0) return undefined;
  const all = [...curves.values()].flat();
  const medians = all.flatMap(({ figures }) =>
    Object.values(figures).map(({ median }) => median)
  );
  const ticks = steps(Math.min(...medians), Math.max(...medians), [1]);
  const body = [...curves].map(([name, points], i) =>
    panel(name, points, rivals(report, points), ticks, {
      x: (i % 3) * PANEL.step,
      y: Math.floor(i / 3) * PANEL.high,
    })
  );
  return {
    title: "Time for one operation as the numbers grow",
    note: "Log scales. Level: each costs the same however many there are. " +
      "Dotted: with twice as many, each takes twice as long.",
    description: `Nanoseconds for one operation: ${
      [...curves.keys()].join("; ")
    }`,
    keys: [
      { text: "Sluice", colour: "ours", shape: "line" },
      { text: "@std/async", colour: "std", shape: "line" },
      ...others(rivals(report, all), "line"),
      { text: "in proportion", colour: "muted", shape: "dashes" },
    ],
    body,
    height: Math.ceil(curves.size / 3) * PANEL.high,
  };
}

/** In pixels: a panel, its plot, and the room that its labels take. */
const PANEL = { step: 276, high: 240, left: 48, top: 46, wide: 170, plot: 160 };

function panel(
  name: string,
  points: readonly Measured[],
  rivals: readonly string[],
  ticks: number[],
  { x, y }: { x: number; y: number },
): Mark {
  const xs = [...new Set(points.map(({ curve }) => curve!.x))];
  const from = xs.at(0)!;
  const to = xs.at(-1)!;
  const domain = [ticks.at(0)!, ticks.at(-1)!];
  const data = ["ours", "std", ...rivals].map((contender) => ({
    name: contender,
    values: points.flatMap(({ curve, figures }) => {
      const ns = figures[contender]?.median;
      return ns === undefined ? [] : [{ x: curve!.x, ns }];
    }),
  })).filter(({ values }) => values.length > 0);

  const place = {
    x: { scale: "x", field: "x" },
    y: { scale: "y", field: "ns" },
  };
  const marks: Mark[] = [];
  const start = data.find(({ name }) => name === "ours")?.values[0];
  if (start !== undefined) {
    // From where ours begins to the corner of the plot.
    const factor = Math.min(to / start.x, ticks.at(-1)! / start.ns);
    data.push({
      name: "in proportion",
      values: [start, { x: start.x * factor, ns: start.ns * factor }],
    });
    const look = {
      stroke: COLOURS.muted,
      strokeWidth: 1.5,
      strokeDash: [2, 3],
    };
    marks.push(mark("line", { ...place, ...look }, "in proportion"));
  }
  const last = new Map(data.map(({ name, values }) => [name, values.at(-1)!]));
  for (const { name, values } of data.toReversed()) {
    if (name === "in proportion") continue;
    const main = name === "ours" || name === "std";
    const colour = COLOURS[main ? name : "rival"];
    const strokeWidth = main ? 2.5 : 1;
    marks.push(mark("line", { ...place, stroke: colour, strokeWidth }, name));
    if (!main) continue;
    marks.push(mark("symbol", { ...place, fill: colour, size: 30 }, name));
    const other = last.get(name === "ours" ? "std" : "ours")?.ns ?? 0;
    const { x, ns } = values.at(-1)!;
    const above = ns > other || (ns === other && name === "std");
    marks.push(mark("text", {
      text: duration(ns),
      x: { scale: "x", value: x, offset: 7 },
      y: { scale: "y", value: ns, offset: above ? -5 : 5 },
      ...{ fill: colour, fontSize: 11, baseline: "middle" },
    }));
  }
  return {
    type: "group",
    encode: {
      update: {
        x: { value: x + PANEL.left },
        y: { value: y + PANEL.top },
        width: { value: PANEL.wide },
        height: { value: PANEL.plot },
      },
    },
    // The axes read these.
    signals: [
      { name: "width", value: PANEL.wide },
      { name: "height", value: PANEL.plot },
    ],
    data,
    scales: [
      { name: "x", type: "log", domain: [from, to], range: [0, PANEL.wide] },
      { name: "y", type: "log", domain, range: [PANEL.plot, 0] },
    ],
    axes: [
      axis("bottom", "x", xs, THOUSANDS),
      axis("left", "y", ticks, UNITS),
    ],
    marks: [
      ...marks,
      ...wrap(name.split(", "), 36).map((line, i, lines) =>
        write(line, {
          x: -PANEL.left,
          y: -18 - (lines.length - 1 - i) * 15,
          bold: true,
        })
      ),
    ],
  };
}

const THOUSANDS = "datum.value % 1e6 == 0 ? datum.value / 1e6 + 'M' : " +
  "datum.value % 1e3 == 0 ? datum.value / 1e3 + 'k' : datum.value";
const UNITS = "datum.value < 1e3 ? datum.value + ' ns' : " +
  "datum.value < 1e6 ? datum.value / 1e3 + ' µs' : datum.value / 1e6 + ' ms'";

const [path, folder = "docs"] = Deno.args;
if (path === undefined) {
  console.error("usage: chart.ts <report.json> [<folder>]");
  Deno.exit(2);
}
const report: Report = JSON.parse(await Deno.readTextFile(path));
if (!report.workloads.some(({ figures }) => figures.ours && figures.std)) {
  throw new TypeError("Cannot draw: no workload has ours beside std");
}
await Deno.mkdir(folder, { recursive: true });
const pages = {
  speed: speed(report),
  rivals: table(report),
  growth: growth(report),
};
for (const [name, page] of Object.entries(pages)) {
  if (page === undefined) continue;
  const file = `${folder}/${name}.svg`;
  const svg = await draw(page, report);
  await Deno.writeTextFile(file, svg);
  console.log(`${file}: ${new TextEncoder().encode(svg).length} bytes`);
}
