// exclusions.ts: what is not run outside Deno's own test runner, and why; and what is given more than one try.

import type { Exclusion } from "./driver.ts";

/** Names of tests, or parts of them, of each file; all of a file's tests if undefined. */
type Tests = Readonly<Record<string, readonly string[] | undefined>>;

function each(
  files: Tests,
  only: readonly string[] | undefined,
  why: string,
): Exclusion[] {
  return Object.entries(files).map(([file, tests]) => ({
    file,
    why,
    ...tests && { tests },
    ...only && { only },
  }));
}

/** How time and heap grow with the work. */
const MEASURING: Tests = {
  "memory_test.ts": ["1e6", "100,000"],
  "verify/cases_test.ts": ["case 77:", "case 78:", "case 144:", "case 146:"],
  "verify/retention_ends_test.ts": ["a million"],
};

/** A part of the name of each. */
const EACH = [""];

/**
 * What has three tries: all that measures, since whatever else runs on the machine
 * disturbs it; and all that asks the garbage collector, since Chromium, which keeps
 * signals outside the engine's heap, now and then takes a word on the stack for one.
 * What is quadratic, or is really retained, fails all three.
 */
export const TRIED_AGAIN: Tests = {
  "channel_test.ts": ["allocates nothing for values to come"],
  "lone_test.ts": ["nothing of a lone wait is kept"],
  "memory_test.ts": EACH,
  "signals_test.ts": ["case 77", "case 78"],
  "streams_memory_test.ts": EACH,
  "time_never_test.ts": ["retains"],
  "time_timers_test.ts": ["a million", "retain"],
  "verify/cases_test.ts": [
    ...MEASURING["verify/cases_test.ts"]!,
    "case 8:",
    "case 143:",
  ],
  "verify/retention_ends_test.ts": EACH,
  "verify/retention_test.ts": EACH,
};

export const EXCLUSIONS: readonly Exclusion[] = [
  ...each(
    {
      "turn_test.ts": [
        "waiting operations keep no process alive",
        "a process ends when a busy channel has nothing more to do",
      ],
      "time_process_test.ts": undefined,
      "worker_process_test.ts": undefined,
    },
    undefined,
    "starts a process of its own",
  ),
  ...each(
    { "values_test.ts": ["of a second copy of the package"] },
    undefined,
    "copies the sources and imports the copy",
  ),
  ...each(
    {
      "worker_pool_test.ts": undefined,
      "worker_pool_ends_test.ts": undefined,
      "thread_test.ts": undefined,
    },
    undefined,
    "of Deno's threads, which run a module of the sources; verify/threads has a bundle of one",
  ),
  ...each(
    { "worker_faults_test.ts": ["where there is no pool"] },
    ["worker"],
    "there it could be one of a pool",
  ),
  ...each(
    { "look_test.ts": ["inspected"] },
    ["browser"],
    "a browser has no function that inspects",
  ),
  ...each(
    { "signals_test.ts": ["case 78"] },
    ["node", "bun", "browser", "deno worker"],
    "is about as much the collector's work as ours; cases_test.ts measures the same with less",
  ),
  // They take a third of a run's time.
  ...each(
    MEASURING,
    ["worker"],
    "measures the engine, and a worker has the same one",
  ),
  ...each(
    {
      "channel_test.ts": ["allocates nothing for values to come"],
      "memory_test.ts": [
        "the heap is back",
        "costs no memory",
        "takes memory for what it holds only",
        "go without a trace",
        "a flat heap",
      ],
      "verify/cases_test.ts": ["case 8:", "case 144:", "case 146:"],
      "verify/go/select2_test.ts": ["leaves no memory behind"],
    },
    ["browser"],
    "a browser tells the size of its heap too late, or not at all",
  ),
  ...each(
    { "memory_test.ts": ["though receives wait on it"] },
    ["browser worker"],
    "a browser's worker lets go of a signal in its own time",
  ),
  // survivors_test.ts is run there instead.
  ...each(
    {
      "lone_test.ts": ["nothing of a lone wait is kept"],
      "memory_test.ts": [
        "retain",
        "the heap is back",
        "costs no memory",
        "go without a trace",
        "a flat heap",
      ],
      "streams_memory_test.ts": undefined,
      "verify/retention_test.ts": undefined,
      "verify/retention_ends_test.ts": undefined,
    },
    ["bun"],
    "JavaScriptCore takes stale words on the stack for references",
  ),
];
