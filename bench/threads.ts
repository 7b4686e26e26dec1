// threads.ts: the module ./worker beside `postMessage`, raw and batched by hand, and beside comlink and piscina.
//
//     deno task bench:threads [--runtime deno|node|node20|...|bun] [--flood] [--json file] [part of a workload's name]
//
// Each workload has a process of its own, in which all contenders take turns in random
// order. Prints medians with half the distance of the quartiles, and ratios. With
// --flood there is, besides, the memory of ten seconds of a fast producer and a slow
// consumer. The file has a report by runtime; those of other runtimes stay.

import { parseArgs } from "node:util";
import { bundleModules } from "../tools/bundle.ts";
import { HOSTS } from "../tools/hosts.ts";
import { findStd } from "../tools/std.ts";
import { VERSIONS } from "./threads/jobs.ts";
import type { Measured, Report, Task } from "./threads/report.ts";
import { floodTable, workloadTable } from "./threads/tables.ts";
import { PAYLOADS } from "./threads/values.ts";
import { commit, machine } from "./_where.ts";

/** Modules that are loaded by name. */
const ENTRIES = [
  ...["measure", "stream_worker", "flood_worker"],
  ...["job_worker", "comlink_worker", "piscina_worker"],
].map((name) => `bench/threads/${name}.ts`).concat(
  ["mandelbrot", "mandelbrot_worker"].map((name) => `examples/${name}.ts`),
);
const LIMITS = { samples: 21, limit: 12_000 };
const SECONDS = 10;

const payloads = Object.keys(PAYLOADS);
const TASKS: readonly (readonly [name: string, task: Task])[] = [
  ...payloads.map((what) =>
    [`${what} to a worker`, { kind: "toWorker", what, ...LIMITS }] as const
  ),
  ...payloads.map((what) =>
    [`${what} from a worker`, { kind: "toHost", what, ...LIMITS }] as const
  ),
  ...([["trivial", 4], ["trivial", 64], ["busy", 4]] as const).map((
    [what, many],
  ) =>
    [
      `${what} jobs, ${many} in flight`,
      { kind: "jobs", what, many, ...LIMITS },
    ] as const
  ),
  ["examples/mandelbrot.ts", {
    kind: "scaling",
    what: "",
    samples: 5,
    limit: 60_000,
  }],
];

const { values: options, positionals: [part = ""] } = parseArgs({
  options: {
    runtime: { type: "string", default: "deno" },
    flood: { type: "boolean", default: false },
    json: { type: "string" },
  },
  allowPositionals: true,
});

await inFolder(async (folder) => {
  const { command, runtime, node } = await host();
  const std = await findStd();
  if (std.source === undefined) throw new Error("Cannot measure: no @std");
  await bundleModules(std, folder, ENTRIES);
  await Deno.writeTextFile(`${folder}/package.json`, '{ "type": "module" }\n');
  if (node) await install(folder, `piscina@${VERSIONS.piscina}`);

  // deno-lint-ignore no-explicit-any -- what the process says is what the task asks for
  const run = async (task: Task): Promise<any> => {
    const { stdout, code } = await new Deno.Command(command, {
      args: [
        ...options.runtime === "deno"
          ? ["run", "-A", "--no-config", "--quiet"]
          : [],
        `${folder}/bench/threads/measure.js`,
        JSON.stringify(task),
      ],
      env: { NO_COLOR: "1" },
      stdin: "null",
      stderr: "inherit",
    }).output();
    if (code !== 0) throw new Error(`Cannot measure: ${task.kind} failed`);
    const lines = new TextDecoder().decode(stdout).trim().split("\n");
    return JSON.parse(lines.at(-1)!);
  };

  console.log(`${runtime} on ${await machine()}`);
  const workloads: Measured[] = [];
  for (const [name, task] of TASKS) {
    if (!name.includes(part)) continue;
    const measured: Measured = { name, figures: await run(task) };
    workloads.push(measured);
    console.log(`\n${workloadTable(measured)}`);
  }
  const floods = [];
  for (const what of options.flood ? ["raw", "ours"] : []) {
    const many = SECONDS;
    floods.push(await run({ kind: "flood", what, many, ...LIMITS }));
  }
  if (options.flood) console.log(`\n${floodTable(floods)}`);
  if (!options.json) return;
  await write(options.json, {
    date: new Date().toISOString().slice(0, 10),
    commit: await commit(),
    machine: await machine(),
    runtime,
    versions: VERSIONS,
    workloads,
    floods,
  });
});

/** Keeps what the file says of other runtimes and, of this one, of what was not measured. */
async function write(file: string, report: Report): Promise<void> {
  const all: Record<string, Report> = await Deno.readTextFile(file).then(
    JSON.parse,
    () => ({}),
  );
  const before = all[options.runtime];
  const workloads = new Map(
    [...before?.workloads ?? [], ...report.workloads]
      .map((one) => [one.name, one]),
  );
  all[options.runtime] = {
    ...report,
    workloads: [...workloads.values()],
    floods: options.flood ? report.floods : before?.floods ?? [],
  };
  await Deno.writeTextFile(file, `${JSON.stringify(all, undefined, 2)}\n`);
}

async function host() {
  const name = options.runtime === "node" ? "node-newest" : options.runtime;
  const host = HOSTS.find((host) => host.name === name);
  if (!host || name === "chromium") {
    throw new Error(`Cannot measure: no runtime is called ${options.runtime}`);
  }
  const { command, version } = await host.find();
  const node = name.startsWith("node");
  return { command, node, runtime: `${options.runtime} ${version}` };
}

async function inFolder(body: (folder: string) => Promise<void>) {
  const folder = await Deno.makeTempDir({ prefix: "sluice-threads-" });
  try {
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function install(folder: string, pack: string): Promise<void> {
  const { success } = await new Deno.Command("npm", {
    args: ["install", "--no-audit", "--no-fund", `--prefix=${folder}`, pack],
    stdout: "null",
    stderr: "null",
  }).output();
  if (!success) throw new Error(`Cannot install ${pack}`);
}
