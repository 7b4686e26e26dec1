// rivals.ts: the acceptance cases on this package and on its rivals: who fails what.
//
// A suite that every implementation passes would prove nothing: so the cases that are
// known to catch a rival have to catch it. Fails if one of them does not, or if this
// package fails any case.
//
//     deno task rivals [--markdown]

import type { Case, Implementation } from "./cases/_kit.ts";
import { check, lacks, RejectionWatcher } from "./cases/_kit.ts";
import { OURS } from "./cases/_our_kit.ts";
import { RACE, STD } from "./cases/_std_kit.ts";
import { cases } from "./cases/all.ts";

/** The cases of the race: of all others it knows no more than the channel under it. */
const RACED: readonly number[] = [105, 106, 107, 124];

/** The cases that a rival has to fail, or they prove nothing. */
const CATCHES: ReadonlyMap<Implementation, readonly number[]> = new Map([
  [STD, [2, 7, 69, 70, 77, 78, 82, 94, 99, 133]],
  [RACE, [105, 107]],
]);

/** What std does otherwise by its own rules: no fault. */
const RULES: Readonly<Record<number, string>> = {
  4: "its capacities are finite",
  6: "it documents a RangeError for these too",
  71: "it looks at a signal last",
  95: "its iterator is a generator, which takes one call at a time",
};

const MARKS = { passes: "passes", fails: "**fails**", lacks: "lacks" } as const;

/** How an implementation fares in a case. */
interface Outcome {
  readonly kind: keyof typeof MARKS;
  /** How it fails, or what it lacks. */
  readonly what: string;
}

/** The outcomes of one implementation, by case; those that it takes no part in are missing. */
type Column = ReadonlyMap<Case, Outcome>;

async function outcomeOf(
  one: Case,
  implementation: Implementation,
): Promise<Outcome> {
  const lacking = lacks(one, implementation);
  if (lacking.length > 0) return { kind: "lacks", what: lacking.join(", ") };
  try {
    await check(one, implementation);
    return { kind: "passes", what: "" };
  } catch (error) {
    return { kind: "fails", what: inShort(error) };
  }
}

/** The first line of what an assertion says, and what it found, if that is one line too. */
function inShort(error: unknown): string {
  const [first = "", ...diff] = String((error as Error).message).split("\n");
  const what = first.replace(/^Values are not (strictly )?equal: /, "");
  const [got, ...more] = diff.filter((line) => line.startsWith("- "));
  const [wanted, ...others] = diff.filter((line) => line.startsWith("+ "));
  if (!got || !wanted || more.length + others.length > 0) return what;
  return `${what}: ${got.slice(1).trim()}, not ${wanted.slice(1).trim()}`;
}

/** Runs the cases one by one. */
async function columnOf(implementation: Implementation): Promise<Column> {
  const column = new Map<Case, Outcome>();
  for (const one of cases) {
    if (implementation === RACE && !RACED.includes(one.id)) continue;
    column.set(one, await outcomeOf(one, implementation));
  }
  return column;
}

/** What should not be: our failures, and rivals that get away. */
function complaints(table: ReadonlyMap<Implementation, Column>): string[] {
  const found: string[] = [];
  for (const [implementation, column] of table) {
    const caught = CATCHES.get(implementation);
    for (const [{ id }, { kind, what }] of column) {
      const { name } = implementation;
      if (implementation === OURS && kind === "fails") {
        found.push(`${name} fails case ${id}: ${what}`);
      }
      if (caught?.includes(id) && kind !== "fails") {
        found.push(`${name} ${kind} case ${id}, which should catch it`);
      }
    }
  }
  return found;
}

function inWords(
  { id }: Case,
  implementation: Implementation,
  outcome: Outcome | undefined,
): string {
  if (outcome === undefined) return "";
  const { kind, what } = outcome;
  if (kind !== "fails") return `${MARKS[kind]} ${what}`.trim();
  const rule = implementation === OURS ? undefined : RULES[id];
  return rule === undefined
    ? `${MARKS.fails}: ${what}`
    : `differs: ${what} (${rule})`;
}

/** How many cases an implementation passes, fails and lacks. */
function totals(implementation: Implementation, column: Column): string {
  const counts = { passes: 0, fails: 0, differs: 0, lacks: 0 };
  for (const [{ id }, { kind }] of column) {
    const rule = implementation !== OURS && RULES[id] !== undefined;
    counts[kind === "fails" && rule ? "differs" : kind]++;
  }
  return Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([kind, count]) => `${kind} ${count}`).join(", ");
}

function print(
  table: ReadonlyMap<Implementation, Column>,
  markdown: boolean,
): void {
  const known = [...CATCHES.values()].flat();
  const rows = cases.filter((one) =>
    known.includes(one.id) ||
    [...table.values()].some((column) => column.get(one)?.kind === "fails")
  ).map((one) => [
    `${one.id}`,
    one.title,
    ...[...table].map(([implementation, column]) =>
      inWords(one, implementation, column.get(one))
    ),
  ]);
  const head = ["case", "", ...[...table.keys()].map(({ name }) => name)];
  const sums = ["all", `${cases.length} cases`];
  for (const entry of table) sums.push(totals(...entry));
  if (markdown) {
    const lines = [head, head.map(() => "---"), ...rows, sums];
    for (const cells of lines) console.log(`| ${cells.join(" | ")} |`);
    return;
  }
  for (const [id, title, ...cells] of [...rows, sums]) {
    console.log(`${id}. ${title}`);
    for (const [i, cell] of cells.entries()) {
      if (cell) console.log(`     ${head[i + 2]} ${cell.replaceAll("*", "")}`);
    }
  }
}

// What a case that failed leaves behind may reject at any time.
const late = new RejectionWatcher();
const start = performance.now();
const table = new Map<Implementation, Column>();
for (const implementation of [OURS, STD, RACE]) {
  table.set(implementation, await columnOf(implementation));
}
print(table, Deno.args.includes("--markdown"));
late.stop();

const found = complaints(table);
for (const complaint of found) console.error(complaint);
const seconds = Math.round((performance.now() - start) / 1000);
console.error(`${seconds} s; ${found.length} complaints`);
Deno.exit(found.length > 0 ? 1 : 0);
