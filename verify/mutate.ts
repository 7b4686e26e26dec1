// mutate.ts: small faults put into the library, one at a time; each must be found.
//
//     deno task mutate [words of a mutant's description]

import { findStd } from "../tools/std.ts";
import type { Mutant, MutantFile } from "./mutants/_mutant.ts";
import { channel } from "./mutants/channel.ts";
import { flow } from "./mutants/flow.ts";
import { lending } from "./mutants/lending.ts";
import { lone } from "./mutants/lone.ts";
import { merging } from "./mutants/merge.ts";
import { producing } from "./mutants/producer.ts";
import { remote } from "./mutants/redis.ts";
import { rest } from "./mutants/rest.ts";
import { selecting } from "./mutants/select.ts";
import { shipping } from "./mutants/shipping.ts";
import { stages } from "./mutants/stages.ts";
import { streams } from "./mutants/streams.ts";
import { threads } from "./mutants/threads.ts";
import { timing } from "./mutants/time.ts";
import { waiting } from "./mutants/waiting.ts";

interface Job extends Mutant {
  readonly file: string;
}

/** A mutant is found by a failing test, or by a test that never ends. */
type Verdict = "killed" | "killed by time" | "survived" | "not one place";

const MODEL = "verify/mutants/_probe.ts";
/** How many times as long as without a fault a test may take; at least 10 s. */
const PATIENCE = 5;
/** The same where the fault changes nothing, so that only a test without an end goes on for it. */
const MORE_PATIENCE = 30;
/** Tests at a time, for each core: one that waits for what never comes needs none. */
const PER_CORE = 2;
const files: readonly MutantFile[] = [
  channel,
  lone,
  ...selecting,
  ...waiting,
  ...rest,
  ...flow,
  ...stages,
  ...merging,
  timing,
  ...streams,
  ...producing,
  ...lending,
  ...shipping,
  ...threads,
  ...remote,
];
const root = new URL("../", import.meta.url);
/** How long each test file may take, in ms. */
const limits = new Map<string, number>();
const std = await findStd();
if (std.source === undefined) Deno.exit(1);

/** Copies the sources and tests into a folder. */
async function copyTree(from: URL, to: string): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    if (isDirectory && /^(verify|mutants|cases)$/.test(name)) {
      await copyTree(new URL(`${name}/`, from), `${to}/${name}`);
    } else if (/\.(ts|json)$/.test(name)) {
      await Deno.copyFile(new URL(name, from), `${to}/${name}`);
    }
  }
}

/** Whether a test file passes in a folder; `undefined` if it takes over `limit` ms. */
async function passes(
  folder: string,
  test: string,
  limit?: number,
): Promise<boolean | undefined> {
  const { code, signal } = await new Deno.Command(Deno.execPath(), {
    args: [
      "test",
      ...std.flags,
      ...["--no-check", "--fail-fast", "-A", "--v8-flags=--expose-gc"],
      test,
    ],
    cwd: folder,
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "null",
    stderr: "null",
    signal: limit === undefined ? undefined : AbortSignal.timeout(limit),
  }).output();
  return signal === null ? code === 0 : undefined;
}

/** Puts a fault into the sources of a folder while its test runs there. */
async function judge(folder: string, job: Job): Promise<Verdict> {
  const path = `${folder}/${job.file}`;
  const source = await Deno.readTextFile(path);
  if (source.split(job.from).length !== 2) return "not one place";
  await Deno.writeTextFile(path, source.replace(job.from, () => job.to));
  try {
    const test = job.by ?? MODEL;
    const limit = limits.get(test)! *
      (job.equivalent ? MORE_PATIENCE / PATIENCE : 1);
    let passed = await passes(folder, test, limit);
    // A fault may be a race that goes well once. A test has no second chance.
    if (passed && !job.equivalent) {
      console.log(`again     ${job.file}: ${job.about} (${test})`);
      passed = await passes(folder, test, limit);
    }
    return passed === undefined
      ? "killed by time"
      : passed
      ? "survived"
      : "killed";
  } finally {
    await Deno.writeTextFile(path, source);
  }
}

const wanted = Deno.args.join(" ");
const jobs: Job[] = files
  .flatMap(({ file, mutants }) => mutants.map((one) => ({ ...one, file })))
  .filter(({ file, about }) => `${file}: ${about}`.includes(wanted));
if (jobs.length === 0) throw new Error(`No fault is called "${wanted}"`);
const counts = { killed: 0, survived: 0, equivalent: 0 };
/** What must not be. */
const bad: string[] = [];

function complain(line: string): void {
  bad.push(line);
  console.log(line);
}

/** Says what came of a fault. */
function report({ file, about, by, equivalent }: Job, verdict: Verdict): void {
  const name = `${file}: ${about}`;
  if (verdict === "not one place") {
    complain(`STALE     ${name}: its text must stand in the file once`);
  } else if (verdict === "survived" && equivalent) {
    counts.equivalent++;
    console.log(`survived  ${name}: equivalent, since ${equivalent}`);
  } else if (verdict === "survived") {
    counts.survived++;
    complain(`SURVIVED  ${name} (${by ?? "the model"})`);
  } else if (equivalent) {
    complain(`KILLED    ${name}, though called equivalent: ${equivalent}`);
  } else {
    counts.killed++;
    console.log(`${verdict.padEnd(8)}  ${name} (${by ?? "the model"})`);
  }
}

const scratch = await Deno.makeTempDir({ prefix: "sluice-mutate-" });
try {
  const folders = Array.from(
    { length: PER_CORE * navigator.hardwareConcurrency },
    (_, i) => `${scratch}/${i}`,
  );
  for (const folder of folders) await copyTree(root, folder);
  // Without a fault all must pass, or it is not the fault that is found.
  const tests = [...new Set(jobs.map(({ by }) => by ?? MODEL))];
  await Promise.all(folders.map(async (folder) => {
    for (let test; (test = tests.pop());) {
      const start = performance.now();
      const passed = await passes(folder, test);
      const took = performance.now() - start;
      limits.set(test, Math.max(10_000, PATIENCE * took));
      if (!passed) complain(`FAILS without a fault: ${test}`);
    }
  }));
  // From both ends: the faults of one library file often end alike, at work or waiting.
  const queue = jobs.slice();
  await Promise.all(folders.map(async (folder, i) => {
    const next = () => i % 2 === 0 ? queue.shift() : queue.pop();
    for (let job; (job = next());) report(job, await judge(folder, job));
  }));
} finally {
  await Deno.remove(scratch, { recursive: true });
}
const { killed, survived, equivalent } = counts;
console.log(
  `mutate: ${jobs.length} faults: ${killed} killed, ${survived} survived, ${equivalent} equivalent`,
);
for (const line of bad) console.log(line);
Deno.exit(bad.length === 0 ? 0 : 1);
