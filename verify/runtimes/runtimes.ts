// runtimes.ts: the same tests in every runtime, in the main thread and in a worker.
//
//     deno run -A --no-config tools/std.ts run -A verify/runtimes/runtimes.ts [name ...]
//
// Prints a table, and fails if a test fails anywhere, if a runtime cannot be run
// that was asked for (all of them, where CI is set), if some runtime has more tests
// than another, or if a settlement log differs from Deno's in a single byte.

import { findStd } from "../../tools/std.ts";
import { bundle } from "./bundle.ts";
import type { Plan } from "./driver.ts";
import { EXCLUSIONS } from "./exclusions.ts";
import type { Found, Host } from "../../tools/hosts.ts";
import { HOSTS } from "../../tools/hosts.ts";
import { difference, digest } from "./logs.ts";
import type { Run, Thread } from "./run.ts";
import { run } from "./run.ts";

/** Runs at a time. */
const AT_ONCE = 2;
/** Files named behind the time of a run. */
const SLOWEST = 6;
const THREADS: readonly Thread[] = ["main", "worker"];
const HEAD = [
  "runtime",
  "version",
  "thread",
  "passed",
  "failed",
  "skipped",
  "seconds",
  "log",
  "equal",
];

interface Job {
  readonly host: Host;
  readonly found: Found;
  readonly thread: Thread;
}

const asked = Deno.args;
const unknown = asked.filter((name) =>
  !HOSTS.some((host) => host.name === name)
);
if (unknown.length > 0) {
  const names = HOSTS.map((host) => host.name).join(", ");
  console.error(`Cannot run: no ${unknown.join(", ")}; there are ${names}`);
  Deno.exit(2);
}

const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.addSignalListener(signal, () => stop.abort());
}

const std = await findStd();
if (std.source === undefined) Deno.exit(1);
const folder = await Deno.makeTempDir({ prefix: "sluice-runtimes-" });
try {
  Deno.exitCode = await main() ? 0 : 1;
} finally {
  await Deno.remove(folder, { recursive: true });
}
Deno.exit();

async function main(): Promise<boolean> {
  const start = performance.now();
  const plan = await bundle(std, folder);
  const { jobs, missing } = await findHosts();
  const deno = await HOSTS[0]!.find();
  const reference = await run(deno, folder, undefined, "main", stop.signal);
  const results = await runAll(jobs, plan);
  const problems = [...missing.problems];
  if (reference.log === undefined) problems.push(...reference.crashes);

  const rows = [HEAD];
  const counts = new Set<number>();
  for (const [{ host, found, thread }, result] of results) {
    const name = `${host.name} ${thread}`;
    const count = (state: string) =>
      result.outcomes.filter((one) => one.state === state).length;
    const equal = result.log !== undefined && result.log === reference.log;
    rows.push([
      host.name,
      found.version,
      thread,
      `${count("passed")}`,
      `${count("failed")}`,
      `${count("skipped")}`,
      result.total.toFixed(1),
      result.log === undefined ? "none" : await digest(result.log),
      equal ? "yes" : "NO",
    ]);
    problems.push(...problemsOf(name, result));
    if (result.crashes.length === 0) counts.add(result.outcomes.length);
    if (!equal && result.log !== undefined && reference.log !== undefined) {
      problems.push(
        `${name}: settlement log differs from Deno's\n${
          difference(reference.log, result.log)
        }`,
      );
    }
  }
  if (counts.size > 1) {
    problems.push(`numbers of tests differ: ${[...counts].join(", ")}`);
  }
  // Exclusions that met no test, once everything ran.
  if (jobs.length === HOSTS.length * THREADS.length) {
    problems.push(...staleExclusions(results));
  }
  rows.push(...missing.rows);

  console.log(table(rows));
  console.log(
    `${plan.files.length} test files; settlement log of ${
      reference.log?.split("\n").length
    } lines; ${((performance.now() - start) / 1000).toFixed(0)} s in all`,
  );
  console.log("\nNot run outside Deno:");
  for (const { file, tests = ["all of it"], only, why } of EXCLUSIONS) {
    const where = only === undefined ? "" : ` on ${only.join(", ")}`;
    console.log(`  ${file}${where}: ${why}`);
    for (const test of tests) console.log(`    ${test}`);
  }
  for (const problem of problems) console.log(`\n${problem}`);
  return problems.length === 0;
}

/** One after the other, so that nothing is installed while something is measured. */
async function findHosts(): Promise<
  { jobs: Job[]; missing: { rows: string[][]; problems: string[] } }
> {
  const jobs: Job[] = [];
  const missing = { rows: [] as string[][], problems: [] as string[] };
  for (const host of HOSTS) {
    if (asked.length > 0 && !asked.includes(host.name)) continue;
    try {
      const found = await host.find();
      for (const thread of THREADS) jobs.push({ host, found, thread });
    } catch (error) {
      const why = (error as Error).message;
      missing.rows.push([
        host.name,
        "not available",
        "",
        "",
        "",
        "",
        "",
        "",
        "",
      ]);
      if (asked.length > 0 || Deno.env.get("CI")) {
        missing.problems.push(`${host.name}: not available: ${why}`);
      } else console.error(`${host.name}: not available: ${why}`);
    }
  }
  return { jobs, missing };
}

/** Runs all jobs, AT_ONCE at a time; resolves to the results in the order of the jobs. */
async function runAll(
  jobs: readonly Job[],
  plan: Plan,
): Promise<[Job, Run][]> {
  const results: [Job, Run][] = [];
  const todo = [...jobs.entries()];
  const work = async () => {
    for (let next; (next = todo.shift());) {
      const [index, job] = next;
      const { found, thread } = job;
      const result = await run(found, folder, plan, thread, stop.signal);
      results[index] = [job, result];
      console.error(
        `${job.host.name} ${job.thread}: ${result.total.toFixed(1)} s: ${
          slowest(result)
        }`,
      );
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return results;
}

/** The files that took longest, with their seconds. */
function slowest({ seconds }: Run): string {
  return [...seconds].sort(([, a], [, b]) => b - a).slice(0, SLOWEST)
    .map(([file, time]) => `${file} ${time.toFixed(1)}`).join(", ");
}

function problemsOf(name: string, { crashes, outcomes }: Run): string[] {
  return [
    ...outcomes.filter(({ state }) => state === "failed")
      .map((one) => `${name}: ${one.file}: ${one.name}\n${one.message}`),
    ...crashes.map((crash) => `${name}: did not end well: ${crash}`),
  ];
}

/** Exclusions that no test was skipped for. */
function staleExclusions(results: readonly [Job, Run][]): string[] {
  const used = new Set(
    results.flatMap(([, { outcomes }]) =>
      outcomes.map(({ exclusion }) => exclusion)
    ),
  );
  return EXCLUSIONS.filter((_, i) => !used.has(i)).map(({ file, tests }) =>
    `exclusions.ts: ${file} has no ${tests?.join(", ") ?? "tests"}`
  );
}

function table(rows: readonly string[][]): string {
  const widths = HEAD.map((_, i) =>
    Math.max(...rows.map((row) => row[i]!.length))
  );
  return rows.map((row) =>
    row.map((cell, i) =>
      i >= 3 && i <= 6 ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)
    ).join("  ").trimEnd()
  ).join("\n");
}
