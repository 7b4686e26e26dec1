// _report.ts: what `deno task bench` writes, and what the charts and the gate read.

import type { Family } from "./_families.ts";
import type { Target } from "./_kit.ts";
import type { Where } from "./_where.ts";

/** What one contender took for one operation, in ns. */
export interface Figure {
  readonly median: number;
  /** The quartiles. */
  readonly low: number;
  readonly high: number;
  readonly samples: number;
}

/** What one operation costs in things that can be counted, the same in every run. */
export interface Counts {
  /** Promises made, those of `await` and async functions included. */
  readonly promises?: number;
  /** Rounds of the microtask queue. */
  readonly ticks: number;
  /** Abort listeners added. */
  readonly listeners: number;
  /** Bytes allocated on the heap. */
  readonly bytes?: number;
}

/** One workload. */
export interface Measured {
  readonly name: string;
  /** The file that has it: `handoff`, `cancel`, and so on. */
  readonly family: Family;
  readonly targets?: readonly Target[];
  readonly curve?: { readonly name: string; readonly x: number };
  /** By contender: `floor`, `ours`, `std`, or the name of a rival. */
  readonly figures: Readonly<Record<string, Figure>>;
  readonly counts: Readonly<Record<string, Counts>>;
}

/** One run. */
export interface Report extends Where {
  readonly full: boolean;
  readonly workloads: readonly Measured[];
  /** Bytes that a thing holds on to, by kind of thing and contender; none on Bun. */
  readonly memory: Readonly<Record<string, Readonly<Record<string, number>>>>;
}
