// _enumerate_worker.ts: runs the tasks that enumerate_main.ts sends, one at a time.

import { withClock } from "./_clock.ts";
import type { Tally, Task } from "./enumerate.ts";
import { enumerate } from "./enumerate.ts";

/** What comes of a task. */
export interface Report {
  readonly tally: Tally;
  /** The first program that differs from the model. */
  readonly difference?: string;
}

const scope = globalThis as unknown as {
  onmessage: (event: MessageEvent<Task>) => void;
  postMessage(report: Report): void;
};

scope.onmessage = async ({ data: task }) => {
  const tally: Tally = { programs: 0, steps: 0, choices: 0 };
  try {
    await withClock("frozen", () => enumerate(task, tally));
    scope.postMessage({ tally });
  } catch (error) {
    scope.postMessage({ tally, difference: String(error) });
  }
};
