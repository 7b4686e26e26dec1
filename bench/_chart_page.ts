// _chart_page.ts: the page that a chart is drawn on: colours, head, rows, caption, and the way to SVG.

import { type Axis, type Mark, parse, type Spec, View } from "npm:vega@6.4.0";
import { FAMILIES } from "./_families.ts";
import type { Measured, Report } from "./_report.ts";

/** Pixels. */
export const WIDTH = 820;
/** How wide a character is in a wide font, in pixels. */
export const CHARACTER = 6.5;

/** On a white page; the style of the SVG replaces each on a dark one. */
export const COLOURS = {
  text: "#1f2328",
  muted: "#59636e",
  grid: "#d8dee4",
  ours: "#0969da",
  std: "#c2560c",
  rival: "#7d8894",
  paper: "#ffffff",
} as const;

/** What a colour is for. */
export type Colour = keyof typeof COLOURS;

const DARK: Record<Colour, string> = {
  text: "#e6edf3",
  muted: "#9aa4ae",
  grid: "#30363d",
  ours: "#58a6ff",
  std: "#f0883e",
  rival: "#848d97",
  paper: "#0d1117",
};

const FONT =
  "system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif";

/** What a contender is called in the pictures. */
export function label(contender: string): string {
  if (contender === "ours") return "Sluice";
  return contender === "std" ? "@std/async" : contender;
}

/** Three digits at most, in the unit that fits. */
export function duration(ns: number): string {
  const [unit, size] = ns < 999.5
    ? ["ns", 1]
    : ns < 999_500
    ? ["µs", 1e3]
    : ["ms", 1e6];
  return `${digits(ns / size, ns < 10 ? 2 : 3)} ${unit}`;
}

/** Rounds to so many digits, to two below 1; whole digits are never cut off. */
export function digits(value: number, count: number): string {
  if (value >= 10 ** (count - 1)) return Math.round(value).toLocaleString("en");
  return value.toPrecision(value < 1 ? 2 : count);
}

/** A mark; a property is a constant or what Vega takes for a value. One for each of `data`, if given. */
export function mark(
  type: "rule" | "symbol" | "text" | "line" | "rect",
  properties: Record<string, number | string | number[] | object>,
  data?: string,
): Mark {
  const update = Object.fromEntries(
    Object.entries(properties).map(([name, value]) => [
      name,
      typeof value === "object" && !Array.isArray(value) ? value : { value },
    ]),
  );
  return {
    type,
    ...(data !== undefined && { from: { data } }),
    encode: { update },
  };
}

/** How a text looks, and where it stands. */
export interface TextStyle {
  readonly x: number;
  readonly y: number;
  readonly colour?: Colour;
  readonly size?: number;
  readonly bold?: boolean;
  readonly align?: "left" | "center" | "right";
  readonly angle?: number;
}

/** One text at a fixed place, centred on its line. */
export function write(text: string, style: TextStyle): Mark {
  return mark("text", {
    text,
    x: style.x,
    y: style.y,
    fill: COLOURS[style.colour ?? "text"],
    fontSize: style.size ?? 12,
    align: style.align ?? "left",
    baseline: "middle",
    ...(style.bold && { fontWeight: "bold" }),
    ...(style.angle && { angle: style.angle }),
  });
}

/** One entry of a legend. */
export interface Key {
  readonly text: string;
  readonly colour: Colour;
  readonly shape: "line" | "bar" | "dot" | "tick" | "dashes" | "square";
}

function legend(keys: readonly Key[], y: number): Mark[] {
  const marks: Mark[] = [];
  let x = 0;
  for (const { text, colour, shape } of keys) {
    const stroke = COLOURS[colour];
    const middle = x + 8;
    if (shape === "dot") {
      marks.push(mark("symbol", { x: middle, y, size: 40, fill: stroke }));
    } else if (shape === "tick") {
      const ends = { x: middle, y: y - 6, y2: y + 6 };
      marks.push(mark("rule", { ...ends, stroke, strokeWidth: 2 }));
    } else {
      const ends = { x, x2: x + 16, y };
      const strokeWidth = { line: 2, bar: 8, dashes: 1.5, square: 12 }[shape];
      const strokeDash = shape === "dashes" ? [2, 3] : [];
      const strokeOpacity = shape === "square" ? 0.5 : 1;
      const look = { stroke, strokeWidth, strokeDash, strokeOpacity };
      marks.push(mark("rule", { ...ends, ...look }));
    }
    marks.push(write(text, { x: x + 22, y }));
    x += 44 + text.length * CHARACTER;
  }
  return marks;
}

/** An axis with a grid; `text` is Vega's expression for a label of `datum.value`. */
export function axis(
  orient: "top" | "bottom" | "left",
  scale: string,
  values: number[],
  text: string,
): Axis {
  return {
    orient,
    scale,
    values,
    grid: true,
    gridColor: COLOURS.grid,
    domain: false,
    ticks: false,
    labelFontSize: 11,
    labelColor: COLOURS.muted,
    labelPadding: 5,
    labelOverlap: "greedy",
    encode: { labels: { update: { text: { signal: text } } } },
  };
}

/** The digits before each power of ten, from the last not above `low` to the first not below `high`. */
export function steps(low: number, high: number, leading: number[]): number[] {
  const all: number[] = [];
  const to = Math.ceil(Math.log10(high));
  for (let power = Math.floor(Math.log10(low)); power <= to; power++) {
    for (const digit of leading) all.push(Number(`${digit}e${power}`));
  }
  return all.slice(
    all.findLastIndex((one) => one <= low),
    all.findIndex((one) => one >= high) + 1,
  );
}

/** What a page says, and what it shows below its head, which is `HEAD` high. */
export interface Page {
  readonly title: string;
  /** A line below the title. */
  readonly note: string;
  /** What somebody who cannot see the picture is told. */
  readonly description: string;
  readonly keys: readonly Key[];
  readonly body: Mark[];
  /** Of the body, in pixels. */
  readonly height: number;
}

/** How high the title, the note and the legend are, in pixels. */
export const HEAD = 84;

/** Draws a page; resolves to an SVG that `deno fmt` leaves as it is. */
export async function draw(page: Page, report: Report): Promise<string> {
  const took = new Set(
    report.workloads.flatMap(({ figures }) => Object.keys(figures)),
  );
  const caption = [
    [report.machine, report.runtime, `commit ${report.commit}`, report.date]
      .join(" · "),
    ...wrap(
      Object.entries(report.versions)
        .filter(([name, version]) => /^\d/.test(version) && took.has(name))
        .map(([name, version]) => `${label(name)} ${version}`),
      120,
    ),
  ];
  const foot = HEAD + page.height + 18;
  const height = foot + caption.length * 15;
  const spec: Spec = {
    width: WIDTH,
    height,
    autosize: "none",
    marks: [
      write(page.title, { x: 0, y: 12, size: 16, bold: true }),
      write(page.note, { x: 0, y: 34, colour: "muted" }),
      ...legend(page.keys, 58),
      {
        type: "group",
        encode: { update: { y: { value: HEAD } } },
        marks: page.body,
      },
      ...caption.map((text, i) =>
        write(text, { x: 0, y: foot + i * 15, colour: "muted", size: 11 })
      ),
    ],
  };
  const drawn = await new View(parse(spec), { renderer: "none" }).toSVG();
  return await format(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" ` +
      `viewBox="0 0 ${WIDTH} ${height}" role="img" aria-labelledby="title desc" ` +
      `font-family="${FONT}" font-size="12">` +
      `<title id="title">${escape(page.title)}</title>` +
      `<desc id="desc">${escape(page.description)}</desc>` +
      `<style>${style()}</style>${clean(drawn)}</svg>`,
  );
}

/** Joins parts by commas, into lines of so many characters at most. */
export function wrap(parts: string[], width: number): string[] {
  const lines: string[] = [];
  for (const part of parts) {
    const last = lines.at(-1);
    if (last === undefined) lines.push(part);
    else if (last.length + part.length + 3 > width) {
      lines[lines.length - 1] = last + ",";
      lines.push(part);
    } else lines[lines.length - 1] = `${last}, ${part}`;
  }
  return lines;
}

function style(): string {
  const rules: string[] = [];
  for (const name of Object.keys(COLOURS) as Colour[]) {
    for (const paint of ["fill", "stroke"]) {
      rules.push(`[${paint}="${COLOURS[name]}"]{${paint}:${DARK[name]}}`);
    }
  }
  return `@media (prefers-color-scheme: dark){${rules.join("")}}`;
}

/** What Vega drew without its root and without what says nothing here; coordinates are rounded. */
function clean(svg: string): string {
  const bare = svg
    .replace(/^<svg[^>]*>|<\/svg>$/g, "")
    .replace(/<path class="(background|foreground)"[^>]*\/>/g, "")
    .replace(
      / (class|role|aria-[a-z]+|pointer-events|font-family|stroke-miterlimit)="[^"]*"/g,
      "",
    )
    .replace(
      / (opacity="1"|font-size="12px"|text-anchor="start"|[xy]2="0"|transform="translate\(0,0\)")/g,
      "",
    )
    .replace(
      /="[^"]*"/g,
      (value) => value.replace(/\d+\.\d{2,}/g, (n) => String(+(+n).toFixed(1))),
    )
    .replace(
      /<path transform="translate\(([^,]+),([^)]+)\)" d="M([^,]+),0A\3,\3[^"]*"/g,
      '<circle cx="$1" cy="$2" r="$3"',
    );
  // Groups that have no attributes go, their ends too.
  const open: boolean[] = [];
  return bare.replace(/<g>|<g [^>]*[^/]>|<\/g>/g, (tag) => {
    if (tag !== "</g>") open.push(tag !== "<g>");
    return (tag === "</g>" ? open.pop() : tag !== "<g>") ? tag : "";
  }).replace(/<g[^>]*(\/>|><\/g>)/g, "");
}

function escape(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;");
}

async function format(svg: string): Promise<string> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["fmt", "--no-config", "--ext=svg", "-"],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const input = new Blob([svg]).stream().pipeTo(child.stdin);
  const [{ success, stdout }] = await Promise.all([child.output(), input]);
  if (!success) throw new Error("Cannot draw: deno fmt refuses the SVG");
  return new TextDecoder().decode(stdout);
}

/** How high a line is, in pixels. */
const ROW = 17;
/** How high a family's name is, with the gap above it, in pixels. */
export const FAMILY = 28;

/** A workload and where its line stands. */
export interface Row {
  readonly name: string;
  readonly y: number;
  readonly ours: number;
  /** Medians as a multiple of ours, by contender, ours left out. */
  readonly ratios: ReadonlyMap<string, number>;
}

/** The workloads of a page. */
export interface Rows {
  readonly rows: readonly Row[];
  /** Families and names. */
  readonly marks: Mark[];
  readonly height: number;
  /** How wide the names are, in pixels. */
  readonly wide: number;
}

/** Lines up the workloads that have a contender of which `shows` is true, from `top` on. */
export function lineUp(
  report: Report,
  top: number,
  shows: (contender: string) => boolean,
): Rows {
  const rows: Row[] = [];
  const marks: Mark[] = [];
  let y = top;
  for (const family of FAMILIES) {
    let named = false;
    for (const workload of report.workloads) {
      const ours = workload.figures.ours?.median;
      if (workload.family !== family || ours === undefined) continue;
      const ratios = new Map<string, number>();
      for (const [contender, { median }] of Object.entries(workload.figures)) {
        if (contender !== "ours") ratios.set(contender, median / ours);
      }
      if (![...ratios.keys()].some(shows)) continue;
      if (!named) {
        named = true;
        y += FAMILY;
        marks.push(write(family, { x: 0, y: y - ROW / 2, bold: true }));
      }
      rows.push({
        name: short(workload.name, 50),
        y: y + ROW / 2,
        ours,
        ratios,
      });
      y += ROW;
    }
  }
  const longest = Math.max(...rows.map(({ name }) => name.length));
  marks.push(...rows.map((row) => write(row.name, { x: 0, y: row.y })));
  return { rows, marks, height: y, wide: longest * CHARACTER };
}

/** Cuts what is longer than so many characters. */
function short(text: string, count: number): string {
  return text.length > count ? `${text.slice(0, count - 1)}…` : text;
}

/** The contenders of workloads beside floor, ours and std, in the order of `versions`. */
export function rivals(
  { versions }: Report,
  workloads: readonly Measured[],
): readonly string[] {
  const names = new Set(
    workloads.flatMap(({ figures }) => Object.keys(figures)),
  );
  for (const other of ["floor", "ours", "std"]) names.delete(other);
  const known = Object.keys(versions).filter((one) => names.has(one));
  return [...new Set([...known, ...names])];
}
