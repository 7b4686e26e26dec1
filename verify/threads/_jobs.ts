// _jobs.ts: what the threads of the checks are told to do.

import type { Way } from "./_ending.ts";

/** How a thread receives. */
export type Style = "values" | "batches" | "receive";

export const STYLES: readonly Style[] = ["values", "batches", "receive"];

/** Values of a batch. */
export const BATCH = 8;

/** For `receiving_worker.ts`. */
export interface ReceivingJob {
  readonly jobs: MessagePort;
  readonly reports: MessagePort;
  readonly who: number;
  readonly window: number;
  readonly style: Style;
  /** How long it waits before it takes the ports up, in ms. */
  readonly late?: number;
  /** How many values it works on before it ends itself, and how. */
  readonly dies?: readonly [after: number, way: Way] | undefined;
  /** Whether it ends itself when there is nothing more to do. */
  readonly leaves?: boolean;
}

/** Who has worked on what. */
export type Work = readonly [who: number, value: number];

/** A value for `serving_worker.ts`. */
export interface Deadly {
  readonly number: number;
  /** How the thread that gets it is to end, if it is. */
  readonly dies: Way | undefined;
}

/** For `slow_worker.ts`: the channel's receiving end. */
export interface SlowJob {
  readonly values: MessagePort;
  readonly window: number;
  /** After so many values it waits until it is told to go on. */
  readonly stallEvery: number;
  /** How many it has received, for all to see, where memory can be shared. */
  readonly received: Int32Array | undefined;
}

/** For `fast_worker.ts`: the channel's sending end. */
export interface FastJob {
  readonly values: MessagePort;
  readonly count: number;
  /** Whether it waits until each is accepted, or only for room on the way. */
  readonly by: "send" | "select";
  /** How many it has sent, for all to see, where memory can be shared. */
  readonly sent: Int32Array | undefined;
}

/** A value of 1 kB. */
export interface Kilobyte {
  readonly number: number;
  readonly text: string;
}

/** Makes a value of 1 kB. */
export function kilobyte(number: number): Kilobyte {
  return { number, text: `${number} `.padEnd(1000, ".") };
}

/** For `producing_worker.ts`: a producer's end. */
export interface ProducingJob {
  readonly values: MessagePort;
  readonly count: number;
  /** How it ends after them; it closes its end if it is not told. */
  readonly dies: Way | undefined;
}
