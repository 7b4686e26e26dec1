// run.ts: one run: all parts of the suite, in one thread of one runtime.

import type { Outcome, Plan, Report } from "./driver.ts";
import { LOG } from "./driver.ts";
import type { Found } from "../../tools/hosts.ts";
import type { Place } from "./places.ts";
import { browserPlace, processPlace } from "./places.ts";

/** Where in a runtime. */
export type Thread = "main" | "worker";

/** What came of a run. */
export interface Run {
  readonly outcomes: (Outcome & { file: string })[];
  /** Seconds for each file. */
  readonly seconds: Map<string, number>;
  /** The settlement log, if it was made. */
  log: string | undefined;
  /** What did not come to its end, and why. */
  readonly crashes: string[];
  /** From start to end, in seconds. */
  total: number;
}

/** No part may take longer, in ms: ten times what the longest does, since a machine may do much else. */
const PART_LIMIT = 300_000;
/** No run may begin a part later, in ms: eight times what a whole one takes. */
const LIMIT = 900_000;

/**
 * Runs the suite once, each part in a realm of its own.
 *
 * @param found The runtime.
 * @param folder The folder of the bundle.
 * @param plan What is in it; only the settlement log is made without it.
 * @param thread Where in the runtime.
 * @param stop Ends the run early.
 */
export async function run(
  found: Found,
  folder: string,
  plan: Plan | undefined,
  thread: Thread,
  stop: AbortSignal,
): Promise<Run> {
  const result: Run = {
    outcomes: [],
    seconds: new Map(),
    log: undefined,
    crashes: [],
    total: 0,
  };
  const parts = [LOG, ...plan?.files.keys() ?? []].map(String);
  const start = performance.now();
  const since = (then: number) => (performance.now() - then) / 1000;
  const place = found.browser
    ? browserPlace(found, folder)
    : processPlace(found, folder);
  try {
    for (const part of parts) {
      const file = plan?.files[Number(part)]?.file ?? "settlement log";
      if (since(start) * 1000 > LIMIT) {
        result.crashes.push(`${file} and what follows: no time left`);
        break;
      }
      const began = performance.now();
      const report = await limited(place, thread, part, stop);
      result.seconds.set(file, since(began));
      if (report.kind === "crash") {
        result.crashes.push(`${file}: ${report.message}`);
      } else if (report.kind === "log") result.log = report.text;
      else {
        for (const outcome of report.outcomes) {
          result.outcomes.push({ ...outcome, file });
        }
      }
      if (stop.aborted) break;
    }
  } finally {
    await place.leave();
  }
  result.total = since(start);
  return result;
}

/** Does a part, unless it takes too long or all is to stop; the place is left then. */
async function limited(
  place: Place,
  thread: Thread,
  part: string,
  stop: AbortSignal,
): Promise<Report> {
  const { promise: late, resolve } = Promise.withResolvers<Report>();
  const end = (message: string) => resolve({ kind: "crash", message });
  const timer = setTimeout(() => {
    end(`no end within ${PART_LIMIT / 1000} s`);
  }, PART_LIMIT);
  const stopped = () => end("stopped");
  stop.addEventListener("abort", stopped);
  if (stop.aborted) stopped();
  const report = await Promise.race([place.do(thread, part), late]);
  clearTimeout(timer);
  stop.removeEventListener("abort", stopped);
  if (report.kind === "crash") await place.leave();
  return report;
}
