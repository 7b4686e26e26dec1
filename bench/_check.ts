// _check.ts: what all workloads share; nothing here ever sees a channel.
//
// A family of workloads is loaded once for each contender, so that its functions
// are the contender's own: the types that the engine has seen on one channel do not
// slow the others down. So what touches a channel stands in the families, though
// some of it in more than one.

import type { Kit } from "./_kit.ts";

/** A workload that does the wrong thing fast is worth nothing. */
export function check(holds: boolean): void {
  if (!holds) throw new Error("Cannot measure: the result is wrong");
}

/** The value in what a `receive` resolved to. */
export function valueOf({ got }: Kit, result: unknown): number {
  return got ? got(result) : result as number;
}

/** The sum of 0 to n - 1. */
export function sumBelow(n: number): number {
  return n * (n - 1) / 2;
}

export function ignore(): void {}
