// threads.ts: channels between threads, in every runtime, while threads die.
//
//     deno task threads [name ...] [--times n] [--check name]
//
// Names are of runtimes; all that are there without any, and all of them where CI is
// set. A thread dies n times in the checks that are about that.

import { bundleModules } from "../../tools/bundle.ts";
import type { Found } from "../../tools/hosts.ts";
import { HOSTS } from "../../tools/hosts.ts";
import { findStd } from "../../tools/std.ts";
import type { Report } from "../runtimes/driver.ts";
import { browserPlace } from "../runtimes/places.ts";
import { inProcess } from "./process.ts";

/** How often a thread dies, if nobody says. */
const TIMES = 15;
/** No check may take longer, in ms. */
const LIMIT = 600_000;
const HERE = "verify/threads";
const MODULES = [
  "main",
  "receiving_worker",
  "serving_worker",
  "late_serving_worker",
  "slow_worker",
  "fast_worker",
  "producing_worker",
];
const CHECKS = [
  "crash",
  "pool",
  "dispose",
  "start",
  "flood",
  "producers",
  "ends",
];

interface Asked {
  readonly names: readonly string[];
  readonly times: number;
  readonly checks: readonly string[];
}

/** Reads the command line; ends the process if it cannot. */
function readArguments(args: readonly string[]): Asked {
  const names: string[] = [];
  let times = TIMES;
  let checks = CHECKS;
  const rest = [...args];
  for (let one; (one = rest.shift()) !== undefined;) {
    const [option, value = one.startsWith("--") ? rest.shift() : ""] = one
      .split("=");
    if (option === "--times") times = Number(value);
    else if (option === "--check") checks = [value!];
    else names.push(one);
  }
  const hosts = HOSTS.map(({ name }) => name);
  const good = Number.isSafeInteger(times) && times > 0 &&
    names.every((name) => hosts.includes(name)) &&
    checks.every((check) => CHECKS.includes(check));
  if (!good) {
    console.error(
      `Usage: deno task threads [${hosts.join("|")} ...] [--times n] [--check ${
        CHECKS.join("|")
      }]`,
    );
    Deno.exit(2);
  }
  return { names, times, checks };
}

const asked = readArguments(Deno.args);
const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.addSignalListener(signal, () => stop.abort("stopped"));
}
const std = await findStd();
if (std.source === undefined) Deno.exit(1);
const folder = await Deno.makeTempDir({ prefix: "sluice-threads-" });
let failures = 0;
try {
  await bundleModules(
    std,
    folder,
    MODULES.map((module) => `${HERE}/${module}.ts`),
  );
  await Deno.writeTextFile(`${folder}/package.json`, '{ "type": "module" }\n');
  await Deno.writeTextFile(
    `${folder}/index.html`,
    '<!doctype html><script type="module" src="/main.js"></script>\n',
  );
  failures = await runAll();
} finally {
  await Deno.remove(folder, { recursive: true });
}
Deno.exit(failures === 0 ? 0 : 1);

/** Resolves to the number of failures. */
async function runAll(): Promise<number> {
  const { names } = asked;
  const start = performance.now();
  const wrong: string[] = [];
  let passed = 0;
  for (const host of HOSTS) {
    if (names.length > 0 && !names.includes(host.name)) continue;
    if (stop.signal.aborted) break;
    let found: Found;
    try {
      found = await host.find();
    } catch (error) {
      console.log(`${host.name}: not available: ${(error as Error).message}`);
      if (names.length > 0 || Deno.env.get("CI")) {
        wrong.push(`${host.name} not available`);
      }
      continue;
    }
    for (const [check, good] of await runIn(host.name, found)) {
      if (good) passed++;
      else wrong.push(`${host.name} ${check}`);
    }
  }
  if (stop.signal.aborted) wrong.push("stopped");
  console.log(
    `\n${passed} passed, ${wrong.length} failed, ${
      secondsSince(start)
    } s in all`,
  );
  if (wrong.length > 0) console.log(`FAILED: ${wrong.join(", ")}`);
  return wrong.length;
}

/** Does all checks in a runtime. Resolves to their names, and whether each has passed. */
async function runIn(
  name: string,
  found: Found,
): Promise<[check: string, good: boolean][]> {
  const results: [string, boolean][] = [];
  const start = performance.now();
  for (const check of asked.checks) {
    if (stop.signal.aborted) break;
    const began = performance.now();
    const report = await perform(found, check);
    const { state, message } = report.kind === "file"
      ? report.outcomes[0]!
      : { state: "failed", message: (report as { message: string }).message };
    const good = state === "passed";
    results.push([check, good]);
    console.log(
      `${name.padEnd(12)}${check.padEnd(10)}${good ? "ok    " : "FAILED"} ${
        secondsSince(began).padStart(5)
      } s  ${message}`,
    );
  }
  console.log(`${name} ${found.version}: ${secondsSince(start)} s\n`);
  return results;
}

/** A page ends when its browser does; whether a process ends by itself is part of each check. */
async function perform(found: Found, check: string): Promise<Report> {
  const signal = AbortSignal.any([stop.signal, AbortSignal.timeout(LIMIT)]);
  const times = `${asked.times}`;
  if (!found.browser) {
    return await inProcess(
      found,
      [`${folder}/main.js`, check, times],
      signal,
    );
  }
  const place = browserPlace(found, folder);
  const late = new Promise<Report>((resolve) =>
    signal.addEventListener(
      "abort",
      () => resolve({ kind: "crash", message: `${signal.reason}` }),
    )
  );
  try {
    return await Promise.race([place.do(check, times), late]);
  } finally {
    await place.leave();
  }
}

function secondsSince(start: number): string {
  return ((performance.now() - start) / 1000).toFixed(1);
}
