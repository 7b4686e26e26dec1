// compare.ts: every workload, ours beside its floor and its rivals, more carefully than `deno bench` can.
//
//     deno task bench [--full] [--runtime deno|node|node20|...|bun] [--json file] [family, or part of a workload's name]
//
// With one of the latter, the file keeps what it says of the other workloads.
//
// Each workload has a process of its own, where what another has taught the engine
// cannot slow it down; _measure.ts says what happens in it. Prints medians in
// nanoseconds for each operation, with half the distance of the quartiles, and
// ratios; then what can be counted. With --full there are all sizes and all rivals,
// each in a process that it shares with ours and std; and of three processes that
// one is shown whose ratio to std is the middle one.

import { parseArgs } from "node:util";
import type { Family } from "./_families.ts";
import { FAMILIES, load, RIVALS, takesPart } from "./_families.ts";
import type { Group } from "./_kit.ts";
import type { Who } from "./_measure.ts";
import type { Bench } from "./_processes.ts";
import { withBench } from "./_processes.ts";
import type { Counts, Figure, Measured, Report } from "./_report.ts";
import {
  countsTable,
  memoryTable,
  ratio,
  rivalsTable,
  TIME_HEAD,
  timeRow,
} from "./_tables.ts";
import { commit, machine } from "./_where.ts";

const OWN = ["floor", "ours", "std"];
const QUICK = { samples: 15, warmUp: 500, limit: 2_500 };
const CAREFUL = { samples: 21, warmUp: 800, limit: 4_000 };
/** Processes for a workload with `--full`. */
const TIMES = 3;

/** What rivals have said of themselves. */
const known = new Map<string, Promise<Who>>();

const { values: options, positionals: [part = ""] } = parseArgs({
  options: {
    full: { type: "boolean", default: false },
    runtime: { type: "string", default: "deno" },
    json: { type: "string" },
  },
  allowPositionals: true,
});

await withBench(options.runtime, options.full, async (bench) => {
  const report = await measureAll(bench);
  if (!options.json) return;
  const file = options.json;
  const whole = part ? replaced(await read(file), report) : report;
  await Deno.writeTextFile(file, `${JSON.stringify(whole, undefined, 2)}\n`);
});

async function read(file: string): Promise<Report> {
  return JSON.parse(await Deno.readTextFile(file));
}

/** A report with those workloads that were measured anew; new ones come last in their family. */
function replaced(before: Report, { workloads, ...now }: Report): Report {
  const byName = new Map(
    [...before.workloads, ...workloads].map((one) => [one.name, one]),
  );
  const place = ({ family }: Measured) => FAMILIES.indexOf(family);
  return {
    ...now,
    full: before.full,
    versions: { ...before.versions, ...now.versions },
    workloads: [...byName.values()].sort((a, b) => place(a) - place(b)),
    memory: before.memory,
  };
}

async function measureAll(bench: Bench): Promise<Report> {
  const wanted: [Family, Group][] = [];
  for (const family of FAMILIES) {
    for (const group of await load(family, "all")) {
      if (group.full && !options.full) continue;
      if (family !== part && !group.name.includes(part)) continue;
      wanted.push([family, group]);
    }
  }
  console.log(`${bench.runtime} on ${await machine()}\n\n${TIME_HEAD}`);
  const workloads: Measured[] = [];
  for (const [family, group] of wanted) {
    progress(`${workloads.length + 1} of ${wanted.length}: ${group.name}`);
    const measured = await measure(bench, family, group);
    workloads.push(measured);
    progress("");
    console.log(timeRow(measured));
  }
  const memory = part || options.runtime === "bun" ? {} : await held(bench);
  const rivals = rivalsTable(workloads);
  if (rivals) console.log(`\n${rivals}`);
  console.log(`\n${countsTable(workloads)}\n\n${memoryTable({ memory })}`);
  return {
    date: new Date().toISOString().slice(0, 10),
    commit: await commit(),
    machine: await machine(),
    runtime: bench.runtime,
    versions: await versions(bench),
    full: options.full,
    workloads,
    memory,
  };
}

/** A line on the terminal that the next one replaces; nothing in a file. */
function progress(text: string): void {
  if (!Deno.stderr.isTerminal()) return;
  Deno.stderr.writeSync(new TextEncoder().encode(`\r\x1b[K${text}`));
}

async function measure(
  bench: Bench,
  family: Family,
  group: Group,
): Promise<Measured> {
  const { name, targets, curve } = group;
  const about = {
    name,
    family,
    ...targets && { targets },
    ...curve && { curve },
  };
  const how = options.full ? CAREFUL : QUICK;
  const time = (contenders: string[], how: typeof QUICK) =>
    bench.run("time", { family, name, contenders, ...how });
  const runs: Measured[] = [];
  for (let i = 0; i < (options.full ? TIMES : 1); i++) {
    runs.push({ ...about, figures: await time(OWN, how), counts: {} });
  }
  const byRatio = (one: Measured) =>
    ratio(one, "ours", "std") ?? ratio(one, "ours", "floor") ?? 0;
  runs.sort((a, b) => byRatio(a) - byRatio(b));
  const { figures } = runs[runs.length >> 1]!;
  const all: Record<string, Figure> = { ...figures };
  for (const rival of options.full ? Object.keys(RIVALS) : []) {
    if (!takesPart(group, rival, (await who(bench, rival)).can)) continue;
    const beside = await time(["ours", "std", rival], QUICK);
    // As if it had been beside the others: by what ours took in both processes.
    const scale = figures.ours!.median / beside.ours!.median;
    const { median, low, high, samples } = beside[rival]!;
    all[rival] = {
      median: median * scale,
      low: low * scale,
      high: high * scale,
      samples,
    };
  }
  const counts: Record<string, Counts> = {};
  for (const contender of OWN) {
    // One at a time: the hooks that count promises slow down all that come later.
    Object.assign(
      counts,
      await bench.run("counts", {
        family,
        name,
        contenders: [contender],
        ...how,
      }),
    );
  }
  return { ...about, figures: all, counts };
}

async function held(bench: Bench): Promise<Report["memory"]> {
  const memory: Record<string, Record<string, number>> = {};
  for (const contender of ["ours", "std"]) {
    const bytes = await bench.run("memory", contender);
    for (const [kind, count] of Object.entries(bytes)) {
      (memory[kind] ??= {})[contender] = count;
    }
  }
  return memory;
}

/** What a rival says of itself, asked once. */
function who(bench: Bench, rival: string): Promise<Who> {
  const asked = known.get(rival) ??
    bench.run("who", rival);
  known.set(rival, asked);
  return asked;
}

async function versions(bench: Bench): Promise<Record<string, string>> {
  const versions: Record<string, string> = {};
  const rivals = options.full ? Object.keys(RIVALS) : [];
  for (const rival of ["std", ...rivals]) {
    const { version } = await who(bench, rival);
    if (version) versions[rival] = version;
  }
  return versions;
}
