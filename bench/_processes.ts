// _processes.ts: the benchmarks in a folder, ready for any runtime, and the processes that run them.

import { bundleModules } from "../tools/bundle.ts";
import type { Found } from "../tools/hosts.ts";
import { HOSTS } from "../tools/hosts.ts";
import type { Std } from "../tools/std.ts";
import { findStd } from "../tools/std.ts";
import { FAMILIES, RIVALS } from "./_families.ts";
import type { Jobs } from "./_measure.ts";

/** For counts: a young generation that nothing outgrows, and a collector to call. */
const COUNTING = [
  "--expose-gc",
  "--min-semi-space-size=256",
  "--max-semi-space-size=256",
];

/** The benchmarks, in one runtime. */
export interface Bench {
  /** As "deno 2.9.6". */
  readonly runtime: string;
  /** Does a job in a process of its own. */
  run<What extends keyof Jobs>(
    what: What,
    asked: Jobs[What][0],
  ): Promise<Jobs[What][1]>;
}

/**
 * Bundles the benchmarks and finds a runtime.
 *
 * @param name One of HOSTS; "node" is the newest.
 * @param rivals Whether the rivals of other packages are wanted.
 * @param body What to do with it; the bundle is gone afterwards.
 */
export async function withBench(
  name: string,
  rivals: boolean,
  body: (bench: Bench) => Promise<void>,
): Promise<void> {
  const host = HOSTS.find((host) =>
    host.name === name || name === "node" && host.name === "node-newest"
  );
  if (!host || host.name === "chromium") {
    throw new Error(`Cannot measure: no runtime is called ${name}`);
  }
  const found = await host.find();
  const std = await findStd();
  if (std.source === undefined) throw new Error("Cannot measure: no @std");
  const folder = await Deno.makeTempDir({ prefix: "sluice-bench-" });
  try {
    await bundle(std, folder, rivals);
    await body({
      runtime: `${name === "node" ? "node" : host.name} ${found.version}`,
      run: async (what, asked) =>
        await runJob(host.name, found, folder, what, JSON.stringify(asked)),
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function bundle(
  std: Std,
  folder: string,
  rivals: boolean,
): Promise<void> {
  await bundleModules(std, folder, [
    "bench/_measure.ts",
    "bench/_ours.ts",
    "bench/_std.ts",
    ...FAMILIES.map((family) => `bench/${family}.ts`),
    ...rivals
      ? Object.values(RIVALS).map((file) => `bench/rivals/${file}.ts`)
      : [],
  ]);
  await Deno.writeTextFile(`${folder}/package.json`, '{ "type": "module" }\n');
}

async function runJob(
  name: string,
  { command }: Found,
  folder: string,
  what: keyof Jobs,
  asked: string,
  // deno-lint-ignore no-explicit-any -- what the process says is what `Jobs` says
): Promise<any> {
  const flags = what === "time" || name === "bun" ? [] : COUNTING;
  const args = name !== "deno" ? flags : [
    ...["run", "-A", "--no-config", "--quiet"],
    ...flags.map((flag) => `--v8-flags=${flag}`),
  ];
  const { stdout, code } = await new Deno.Command(command, {
    args: [...args, `${folder}/_measure.js`, what, asked],
    env: { NO_COLOR: "1" },
    stdin: "null",
    stderr: "inherit",
  }).output();
  if (code !== 0) throw new Error(`Cannot measure: ${what} ${asked} failed`);
  const line = new TextDecoder().decode(stdout).trim().split("\n").at(-1)!;
  return JSON.parse(line, (_, value) => value ?? NaN);
}
