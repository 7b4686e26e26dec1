// driver.ts: runs one part of the suite in one thread, whatever the runtime, and tells what came of it.

import type { RegisteredTest } from "./shim.ts";
import {
  hastenTimers,
  installDeno,
  perform,
  runtime,
  textOf,
  watchTroubles,
} from "./shim.ts";

/** What is not run, and why. */
export interface Exclusion {
  /** The test file, as a path from the root. */
  readonly file: string;
  /** Parts of the tests' names; all tests of the file without it. */
  readonly tests?: readonly string[];
  /** The only places that it is about: `runtime`, `thread` or `runtime thread`; all without it. */
  readonly only?: readonly string[];
  readonly why: string;
}

/** What there is to run. */
export interface Plan {
  /** The test files, and the modules that were made of them, beside this one. */
  readonly files: readonly { readonly file: string; readonly module: string }[];
  readonly exclusions: readonly Exclusion[];
  /** Parts of the names of those tests of a file that have more than one try. */
  readonly triedAgain: Readonly<Record<string, readonly string[] | undefined>>;
  /** The module of settlement_log.ts. */
  readonly log: string;
}

/** What came of a test. */
export interface Outcome {
  readonly name: string;
  readonly state: "passed" | "failed" | "skipped";
  readonly message?: string;
  /** Which exclusion it was, by index. */
  readonly exclusion?: number;
}

/** What came of a part: of a file, of the settlement log, or of neither. */
export type Report =
  | { kind: "file"; outcomes: Outcome[] }
  | { kind: "log"; text: string }
  | { kind: "crash"; message: string };

/** The name of the part that is no file. The others are the files' places in the plan. */
export const LOG = "log";

/** No test may take longer, in ms. */
const PATIENCE = 180_000;
/** Tries of a test that may fail by chance. */
const TRIES = 3;

/** Files that the platform's own timers are for. */
const ABOUT_TIMERS = ["turn_test.ts"];

const { setTimeout, clearTimeout } = globalThis;

/**
 * Runs one part; never rejects.
 *
 * @param base The address of a module of the bundle.
 * @param thread `main` or `worker`.
 * @param part Which one.
 */
export async function drive(
  base: string,
  thread: string,
  part: string,
): Promise<Report> {
  try {
    const module = (name: string) => import(new URL(name, base).href);
    const { plan }: { plan: Plan } = await module("./plan.json.js");
    if (part === LOG) {
      const { settlementLog } = await module(plan.log);
      return { kind: "log", text: await settlementLog() };
    }
    const one = plan.files[Number(part)]!;
    const places = [runtime, thread, `${runtime} ${thread}`];
    const exclusions = plan.exclusions.map(({ file, tests, only }) => {
      const here = file === one.file &&
        (!only || only.some((place) => places.includes(place)));
      return here ? tests ?? [""] : [];
    });
    const outcomes = await runFile(
      one.file,
      () => module(one.module),
      exclusions,
      plan.triedAgain[one.file] ?? [],
    );
    return { kind: "file", outcomes };
  } catch (error) {
    return { kind: "crash", message: textOf(error) };
  }
}

async function runFile(
  file: string,
  load: () => Promise<unknown>,
  exclusions: readonly (readonly string[])[],
  triedAgain: readonly string[],
): Promise<Outcome[]> {
  const whyNot = (name: string) =>
    exclusions.findIndex((parts) => parts.some((part) => name.includes(part)));
  const tests: RegisteredTest[] = [];
  const troubles: string[] = [];
  await installDeno(tests);
  watchTroubles((trouble) => troubles.push(trouble));
  if (!ABOUT_TIMERS.includes(file)) hastenTimers();
  await load();
  const outcomes: Outcome[] = [];
  for (const test of tests) {
    const again = triedAgain.some((part) => test.name.includes(part));
    let tries = again ? TRIES : 1;
    let outcome: Outcome;
    do {
      outcome = await outcomeOf(test, whyNot(test.name), troubles);
    } while (outcome.state === "failed" && --tries > 0);
    outcomes.push(outcome);
  }
  return outcomes;
}

async function outcomeOf(
  test: RegisteredTest,
  exclusion: number,
  troubles: string[],
): Promise<Outcome> {
  const { name } = test;
  if (exclusion >= 0) return { name, state: "skipped", exclusion };
  if (test.ignore) return { name, state: "skipped" };
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`Did not end within ${PATIENCE / 1000} s`));
    }, PATIENCE);
  });
  try {
    await Promise.race([perform(test), late]);
  } catch (error) {
    troubles.unshift(textOf(error));
  }
  clearTimeout(timer);
  // A rejection that nobody handles is told after the turn.
  await new Promise((resolve) => globalThis.setTimeout(resolve, 0));
  if (troubles.length === 0) return { name, state: "passed" };
  return { name, state: "failed", message: troubles.splice(0).join("\n") };
}
