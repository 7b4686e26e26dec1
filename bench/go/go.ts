// go.ts: runs the benchmarks of this folder and prints them under our workloads' names.
//
//     deno run -A bench/go/go.ts [--json file]
//
// Each with one core and with all of them; medians, in nanoseconds for an operation.

import { cpus } from "node:os";

const COUNT = 5;
const CORES = navigator.hardwareConcurrency;

/** Ours, and Go's name for the same without "Benchmark". */
const NAMES: readonly (readonly [ours: string, go: string])[] = [
  ...[1, 16, 128, 1024].map((capacity) =>
    [
      `W1 hand-off, capacity ${capacity}`,
      `W1HandOff/capacity_${capacity}`,
    ] as const
  ),
  ["W1full hand-off, buffer of 128 full", "W1Full/capacity_128"],
  ["W2 rendezvous", "W2Rendezvous"],
  ["W3 for await, capacity 16", "W3ForRange/capacity_16"],
  ["W3 for await, capacity 0", "W3ForRange/capacity_0"],
  ["W4a try-operations, 1,024 at a time", "W4aTry/1024_at_a_time"],
  ["W5a 100 producers, 100 consumers", "W5aProducersConsumers"],
  ["W5b 10,000 receivers wait, then sends", "W5bReceiversWait"],
  ["W5c 10,000 senders wait, then receives", "W5cSendersWait"],
  ["W7 select of 2, parked", "W7SelectParked/of_2"],
  ["W7 select of 10, parked", "W7SelectParked/of_10"],
  ["W7 select of 100, parked", "W7SelectParked/of_100"],
  ["W7 select of 2, ready", "W7SelectReady/of_2"],
  ["W7 select of 10, ready", "W7SelectReady/of_10"],
  ["W7 select of 100, ready", "W7SelectReady/of_100"],
  ["W8 pipeline of 3 stages", "W8Pipeline/of_3_stages"],
  ["W8 pipeline of 10 stages", "W8Pipeline/of_10_stages"],
  ["W9 daisy chain of 10,000", "W9DaisyChain/of_10000"],
  ["W9 daisy chain of 100,000", "W9DaisyChain/of_100000"],
  ["W10 prime sieve of 1,000 primes", "W10PrimeSieve/of_1000_primes"],
  ["W11a create", "W11aCreate"],
  ["W11b create, one value, close", "W11bCreateUseClose"],
  ["W11c close with 1,000 waiting", "W11cCloseWaiting"],
  ["W11d stream of 3 values", "W11dShortStream"],
];

/** What an operation took with one core and with all of them, in ns. */
interface Figures {
  readonly one: number;
  readonly all: number;
}

/** What `--json` writes. */
interface GoReport {
  /** As "go1.19.8". */
  readonly go: string;
  readonly machine: string;
  readonly workloads: Readonly<Record<string, Figures>>;
}

function fail(message: string): never {
  console.error(`go.ts: ${message}`);
  Deno.exit(1);
}

function readFile(): string | undefined {
  const [option, file, ...more] = Deno.args;
  if (option === undefined) return undefined;
  if (option === "--json" && file && more.length === 0) return file;
  fail("the only option is --json, with a file");
}

async function go(...args: string[]): Promise<string> {
  const command = new Deno.Command("go", {
    args,
    cwd: import.meta.dirname,
    env: { GOFLAGS: "-mod=mod", GOPROXY: "off", GOTOOLCHAIN: "local" },
    stdin: "null",
  });
  try {
    const { success, stdout, stderr } = await command.output();
    const [printed = "", complained = ""] = [stdout, stderr].map((bytes) =>
      new TextDecoder().decode(bytes)
    );
    if (!success) fail(`go ${args.join(" ")} failed\n${printed}${complained}`);
    return printed;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    fail("go is not on the path; on Debian it is in golang-go");
  }
}

/** All samples in what `go test -bench` printed, by Go's name and number of cores. */
function parse(printed: string): Map<string, number[]> {
  const samples = new Map<string, number[]>();
  const line = /^Benchmark(\S+?)(?:-(\d+))?\s+\d+\s+([\d.]+) ns\/op/gm;
  for (const [, name, cores = "1", ns] of printed.matchAll(line)) {
    const key = `${name} ${cores}`;
    samples.set(key, [...samples.get(key) ?? [], Number(ns)]);
  }
  return samples;
}

function median(name: string, samples: readonly number[] = []): number {
  if (samples.length !== COUNT) {
    fail(`${name} has ${samples.length} samples instead of ${COUNT}`);
  }
  return samples.toSorted((a, b) => a - b)[COUNT >> 1]!;
}

/** To 3 significant digits. */
function show(ns: number): string {
  const rounded = Number(ns.toPrecision(3));
  return rounded < 1_000
    ? rounded.toPrecision(3)
    : rounded.toLocaleString("en");
}

const file = readFile();
const version = (await go("env", "GOVERSION")).trim();
const printed = await go(
  ...["test", "-run", "^$", "-bench", ".", "-benchtime", "200ms"],
  ...["-count", `${COUNT}`, "-cpu", CORES > 1 ? `1,${CORES}` : "1"],
);
const samples = parse(printed);
const workloads: Record<string, Figures> = {};
for (const [name, theirs] of NAMES) {
  const [one, all] = [1, CORES].map((cores) =>
    median(name, samples.get(`${theirs} ${cores}`))
  );
  workloads[name] = { one: one!, all: all! };
}
const model = cpus()[0]?.model.trim() ?? Deno.build.arch;
const report: GoReport = {
  go: version,
  machine: `${model}, ${CORES} ${CORES === 1 ? "core" : "cores"}`,
  workloads,
};

console.log(`${version}, ${report.machine}; ns per operation\n`);
for (
  const [name, one, all] of [
    ["workload", "GOMAXPROCS=1", "all cores"],
    ...Object.entries(workloads).map(
      ([name, { one, all }]) => [name, show(one), show(all)],
    ),
  ] as [string, string, string][]
) {
  console.log(`${name.padEnd(40)}${one.padStart(14)}${all.padStart(14)}`);
}
if (file !== undefined) {
  await Deno.writeTextFile(file, `${JSON.stringify(report, null, 2)}\n`);
}
