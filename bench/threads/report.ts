// report.ts: what `deno task bench:threads` measures, and writes.

import type { Where } from "../_where.ts";

/** Nanoseconds for one value, or one job; of a whole run in `scaling`. */
export interface Figure {
  readonly median: number;
  /** The quartiles. */
  readonly low: number;
  readonly high: number;
  readonly samples: number;
}

/** By contender. */
export type Figures = Readonly<Record<string, Figure>>;

/** One workload, measured in a process of its own. */
export interface Measured {
  readonly name: string;
  readonly figures: Figures;
}

/** A flood: a producer that never waits by itself, and a slow consumer in another thread. */
export interface Flood {
  readonly contender: string;
  readonly seconds: number;
  /** Values that were sent, and that the consumer had worked on by the end. */
  readonly sent: number;
  readonly received: number;
  /** Megabytes of the process, at the start, after each second, and at most. */
  readonly rss: readonly number[];
  readonly peak: number;
}

/** One run in one runtime. */
export interface Report extends Where {
  readonly workloads: readonly Measured[];
  readonly floods: readonly Flood[];
}

/** A workload, as a process is asked for it. */
export interface Task {
  readonly kind: "toWorker" | "toHost" | "jobs" | "scaling" | "flood";
  /** The payload, the handler or the contender. */
  readonly what: string;
  /** Jobs in flight, or seconds of a flood. */
  readonly many?: number;
  readonly samples: number;
  /** What all samples take together, at most, in ms. */
  readonly limit: number;
}
