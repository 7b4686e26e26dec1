// spin.ts: lets SPIN search the model in channel.pml, as it is and with each fault.
//
//     deno task spin [calls]      5 or 4 calls instead of 6, for a quick look
//
// It passes if every configuration is searched to the end without an error, every
// way through the model is taken, every fault is found, and every property finds one.

const CONFIGURATIONS = ["00", "01", "10", "11", "21"];
const CALLS = readCalls();
// Here each statement is a step, so that SPIN counts which are reached: four times
// the work, and four calls reach them all.
const CALLS_FOR_COVERAGE = 4;
const DEPTH = 20_000; // of the search; one that needs more is an error
const MEGABYTES = 4_000;
const JOBS = 2;

const FOLDER = `${import.meta.dirname}/`;
const FILES = ["channel.pml", "properties.pml", "calls.pml"];

/** Which model to build. */
interface Build {
  configuration: string;
  calls: number;
  fault?: number;
  /** Makes each statement a step. */
  coverage?: boolean;
  /** By the compiler: what is searched in a second had better be compiled in one. */
  optimized?: boolean;
}

/** What the search printed. */
interface Search {
  output: string;
  errors: number;
  states: number;
  transitions: number;
  depth: number;
  megabytes: number;
}

interface Fault {
  number: number;
  configuration: string;
  name: string;
}

const problems: string[] = [];
/** Ways through the model, and whether one of the searches has gone there. */
const ways = new Map<string, { gone: boolean; text: string }>();
let temporary = "";
let folders = 0;

function readCalls(): number {
  const [argument = "6"] = Deno.args;
  if (/^[456]$/.test(argument)) return Number(argument);
  console.error("spin: the number of calls is 4, 5 or 6");
  Deno.exit(1);
}

async function run(
  folder: string,
  command: string,
  args: string[],
): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command(command, {
    args,
    cwd: folder,
    stdin: "null",
  }).output();
  const [printed, complained] = [stdout, stderr].map((bytes) =>
    new TextDecoder().decode(bytes)
  );
  if (code !== 0) {
    throw new Error(
      `${command} ${
        args.join(" ")
      }: exit code ${code}\n${printed}${complained}`,
    );
  }
  return `${printed}${complained}`;
}

/** Makes the program that searches, `pan`. Returns the folder it is in. */
async function make(build: Build): Promise<string> {
  const folder = `${temporary}/${folders++}`;
  await Deno.mkdir(folder);
  // One text without directives: with them SPIN is wrong about lines. The comments
  // stay, since they name the properties.
  await run(folder, "gcc", [
    ..."-E -P -C -x c -ffreestanding -o model.pml".split(" "),
    `-DCALLS=${build.calls}`,
    `-DCAPACITY_0=${build.configuration[0]}`,
    `-DCAPACITY_1=${build.configuration[1]}`,
    `-DFAULT=${build.fault ?? 0}`,
    ...build.coverage ? ["-DTURN=atomic"] : [],
    FOLDER + FILES[0],
  ]);
  // With -o3 no step stands for several statements.
  const options = build.coverage ? ["-a", "-o3"] : ["-a"];
  const said = await run(folder, "spin", [...options, "model.pml"]);
  if (said.trim() !== "") throw new Error(`spin -a said:\n${said}`);
  await run(folder, "gcc", [
    build.optimized ? "-O2" : "-O0",
    ..."-w -DSAFETY -DNOREDUCE -o pan pan.c".split(" "),
    `-DMEMLIM=${MEGABYTES}`,
  ]);
  return folder;
}

/** Runs `pan`. What it prints has to be all there, and nothing but what is known. */
async function search(folder: string): Promise<Search> {
  const output = await run(folder, "./pan", [`-m${DEPTH}`, "-w22"]);
  const after = (pattern: RegExp): number => {
    const number = Number(output.match(pattern)?.[1]);
    if (Number.isFinite(number)) return number;
    throw new Error(`pan did not print ${pattern}:\n${output}`);
  };
  const result = {
    output,
    errors: after(/^State-vector .*, errors: (\d+)$/m),
    states: after(/^ *(\S+) states, stored$/m),
    transitions: after(/^ *(\S+) transitions \(= stored\+matched\)$/m),
    depth: after(/^State-vector .*, depth reached (\d+), /m),
    megabytes: after(/^ *(\S+)\ttotal actual memory usage$/m),
  };
  const kind =
    /^Full statespace search for:\n.*\n\tassertion violations\t\+\n.*\n\tinvalid end states\t\+$/m;
  if (!kind.test(output)) throw new Error(`not a full search:\n${output}`);
  const doubt =
    /^.*(not completed|too small|memory bound|out of memory|MEMLIM|warning|error:|^pan:\d).*$/im;
  const found = output.match(doubt);
  if (result.errors === 0 && found) throw new Error(`pan printed: ${found[0]}`);
  return result;
}

/** A search that finds no error. Returns its folder too. */
async function searched(build: Build): Promise<[Search, string]> {
  const folder = await make(build);
  const result = await search(folder);
  if (result.errors === 0) return [result, folder];
  throw new Error(await whichProperty(folder, result));
}

/** The property that an error violates, by the comment behind the assertion. */
async function whichProperty(
  folder: string,
  { output }: Search,
): Promise<string> {
  const error = output.match(/^pan:1: (.*?)(?: \(at depth \d+\))?$/m)?.[1];
  if (error === undefined) throw new Error(`pan named no error:\n${output}`);
  if (!error.startsWith("assertion violated")) return error;
  const replayed = await run(folder, "spin", ["-t", "model.pml"]);
  const line = replayed.match(
    /^spin: model\.pml:(\d+), Error: assertion violated$/m,
  )?.[1];
  if (!line) throw new Error(`the replay did not fail:\n${replayed}`);
  return nameOf(await lineOf(folder, Number(line))) ?? `line ${line}`;
}

async function lineOf(folder: string, line: number): Promise<string> {
  const text = await Deno.readTextFile(`${folder}/model.pml`);
  return text.split("\n")[line - 1]!;
}

/** The name of the property that this line asserts. */
function nameOf(line: string): string | undefined {
  return line.match(/^\s*assert\(.*\/\* (.+) \*\/$/)?.[1];
}

/**
 * Notes which ways the search in this folder has gone: over which lines, and which
 * options of each `if` and `do`. What `inline` has copied counts as one.
 */
async function cover(folder: string, { output }: Search): Promise<void> {
  const missed = new Set<string>();
  let process = "";
  for (const line of output.split("\n")) {
    process = line.match(/^unreached in (.*)$/)?.[1] ?? process;
    const state = line.match(/^\tmodel\.pml:\d+, state (\d+), "/)?.[1];
    if (state) missed.add(`${process} ${state}`);
  }
  const options = new Map<string, number>();
  for (const line of (await run(folder, "./pan", ["-d"])).split("\n")) {
    process = line.match(/^proctype .*$/)?.[0] ?? process;
    const step = line.match(
      /^\tstate +(\d+) -\(.*\)-> state +(\d+) .*\] model\.pml:(\d+) => /,
    );
    if (!step) continue;
    const [from, to] = [`${process} ${step[1]}`, `${process} ${step[2]}`];
    const option = (options.get(from) ?? 0) + 1;
    options.set(from, option);
    const gone = !missed.has(from) && !missed.has(to);
    const text = (await lineOf(folder, Number(step[3]))).trim();
    const way = `line ${step[3]}, option ${option}`;
    ways.set(way, { gone: gone || ways.get(way)?.gone === true, text });
  }
}

function readFaults(): Fault[] {
  const faults: Fault[] = [];
  for (const line of [...texts.values()].flat()) {
    const [, number, configuration, name] =
      line.match(/^#(?:el)?if FAULT == (\d+) \/\* (\d\d): (.+) \*\/$/) ?? [];
    if (number) {
      faults.push({
        number: Number(number),
        configuration: configuration!,
        name: name!,
      });
    }
  }
  faults.sort((one, other) => one.number - other.number);
  faults.forEach(({ number }, index) => {
    if (number !== index + 1) problems.push(`there is no fault ${index + 1}`);
  });
  return faults;
}

function row(widths: number[], cells: (string | number)[]): string {
  return cells.map((cell, index) => {
    const text = typeof cell === "number" ? cell.toLocaleString("en") : cell;
    const width = widths[index]!;
    return width < 0 ? text.padStart(-width) : text.padEnd(width);
  }).join("  ").trimEnd();
}

/** Runs jobs, JOBS at a time. What one throws is a problem, and ends that one. */
async function all(jobs: [string, () => Promise<void>][]): Promise<void> {
  const worker = async () => {
    for (let job; (job = jobs.shift());) {
      const [name, body] = job;
      await body().catch((error) => problems.push(`${name}: ${error.message}`));
    }
  };
  await Promise.all(Array.from({ length: JOBS }, worker));
}

async function searchAll(): Promise<number> {
  const widths = [13, -10, -12, -5, -6, -7, 8];
  console.log(`${CALLS} calls, two closes, aborts at any moment\n`);
  console.log(row(widths, [
    "configuration",
    "states",
    "transitions",
    "depth",
    "MB",
    "seconds",
    "result",
  ]));
  const rows: string[] = [];
  await all(
    CONFIGURATIONS.map((configuration, index) => [configuration, async () => {
      const begun = performance.now();
      const build = { configuration, calls: CALLS, optimized: true };
      const [found] = await searched(build);
      rows[index] = row(widths, [
        configuration,
        found.states,
        found.transitions,
        found.depth,
        Math.round(found.megabytes),
        ((performance.now() - begun) / 1000).toFixed(1),
        "no error",
      ]);
    }]),
  );
  rows.forEach((text) => console.log(text));
  return Object.keys(rows).length;
}

async function coverAll(): Promise<void> {
  await all(CONFIGURATIONS.map((configuration) => [configuration, async () => {
    const build = { configuration, calls: CALLS_FOR_COVERAGE };
    const [coarse] = await searched(build);
    const [fine, folder] = await searched({ ...build, coverage: true });
    await cover(folder, fine);
    // A d_step takes the first option that it can: there must be no other one.
    if (fine.states !== coarse.states) {
      problems.push(
        `${configuration}: ${coarse.states} states, but ${fine.states} by single statements`,
      );
    }
  }]));
  let gone = 0;
  for (const [way, one] of ways) {
    if (one.gone) gone++;
    else problems.push(`the model never takes ${way}, of ${one.text}`);
  }
  console.log(`\nways through the model: ${ways.size}, taken: ${gone}`);
  if (gone === 0) problems.push("no coverage was counted");
}

async function findAll(faults: Fault[]): Promise<number> {
  const widths = [-2, 60, 5, 40];
  console.log(`\n${row(widths, ["", "fault", "in", "found by"])}`);
  const rows: string[] = [];
  const finders = new Map(
    [...texts.values()].flat().flatMap((line) => {
      if (!/\bassert\(/.test(line)) return [];
      const name = nameOf(line);
      if (!name) problems.push(`an assertion has no name: ${line.trim()}`);
      return name ? [[name, 0]] : [];
    }),
  );
  let found = 0;
  await all(faults.map(({ number, configuration, name }) => [name, async () => {
    const folder = await make({ configuration, calls: CALLS, fault: number });
    const result = await search(folder);
    let finder = "NOT FOUND";
    if (result.errors) finder = await whichProperty(folder, result);
    if (finders.has(finder)) {
      found++;
      finders.set(finder, finders.get(finder)! + 1);
    } else {
      problems.push(`fault ${number}, ${name}: ${finder}`);
    }
    rows[number] = row(widths, [number, name, configuration, finder]);
  }]));
  rows.forEach((text) => console.log(text));
  const idle = [...finders].filter(([, faults]) => faults === 0);
  idle.forEach(([name]) => problems.push(`finds no fault: "${name}"`));
  console.log(
    `\nproperties: ${finders.size}, that find a fault: ${
      finders.size - idle.length
    }\n`,
  );
  return found;
}

async function installed(): Promise<boolean> {
  try {
    await run(".", "spin", ["-V"]);
    await run(".", "gcc", ["--version"]);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

if (!await installed()) {
  console.error("spin: not installed: apt-get install spin gcc libc6-dev");
  Deno.exit(1);
}
const texts = new Map<string, string[]>();
for (const file of FILES) {
  texts.set(file, (await Deno.readTextFile(FOLDER + file)).split("\n"));
}
temporary = await Deno.makeTempDir({ prefix: "spin-" });
Deno.addSignalListener("SIGINT", () => {
  Deno.removeSync(temporary, { recursive: true });
  Deno.exit(130);
});
try {
  const faults = readFaults();
  const passed = await searchAll();
  await coverAll();
  const found = await findAll(faults);
  problems.forEach((problem) => console.log(`FAILED  ${problem}`));
  console.log(
    `spin: ${passed} configurations without error, ${found} of ${faults.length} faults found`,
  );
} finally {
  await Deno.remove(temporary, { recursive: true });
}
if (problems.length > 0) Deno.exit(1);
