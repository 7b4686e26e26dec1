// _kit.ts: what a workload asks of a contender, and what a contender can do.

/** What a contender's channel must do, as far as its kit says that it can. */
export interface Chan {
  send(value: number): Promise<unknown>;
  receive(options?: { signal?: AbortSignal }): Promise<unknown>;
  trySend(value: number): boolean;
  tryReceive(): { state: string; value?: number };
  close(): void;
  [Symbol.asyncIterator](): AsyncIterator<number>;
}

/**
 * What a contender may be able to do.
 *
 * - `hand-off`: `send` and `receive` through a buffer, with backpressure.
 * - `rendezvous`: the same with no buffer.
 * - `loop`: `send`, `close` and `for await`.
 * - `try`: `trySend` and `tryReceive`.
 * - `signal`: `receive` with a signal.
 * - `select`: `first`.
 * - `close`: `close` ends receivers that wait.
 */
export type Skill =
  | "hand-off"
  | "rendezvous"
  | "loop"
  | "try"
  | "signal"
  | "select"
  | "close";

/** A contender. */
export interface Kit {
  /** What it can do; everything if not given. */
  readonly can?: readonly Skill[];
  /** Makes a channel. */
  make(capacity: number): Chan;
  /** Waits for one value from any of the channels; leaves nobody waiting. */
  first?(channels: Chan[]): Promise<unknown>;
  /** The value in what `receive` resolved to; that itself if not given. */
  got?(result: unknown): number;
  /** The value in what `first` resolved to; that itself if not given. */
  won?(result: unknown): number;
  /** Sends all of the values and receives them, in batches if it has them. */
  batches?(channel: Chan, values: number[]): Promise<void>;
}

/** A workload: prepares once, then runs `n` operations as often as it is asked. */
export interface Workload {
  /** Operations in a sample; the unit of every figure. */
  readonly n: number;
  /** What comes before each sample and is not measured. */
  prepare?(): void | Promise<void>;
  run(): void | Promise<void>;
}

/** What ours may cost as a share of another's in the same run, on Deno. */
export interface Target {
  readonly against: "std" | "floor";
  /** What it must not exceed, and what it should not. */
  readonly must: number;
  readonly goal: number;
}

/** Which of the floors. */
export type Floor = "buffered" | "rendezvous" | "queue" | "two tasks";

/** A workload that all contenders can be put to. */
export interface Group {
  readonly name: string;
  /** The least that it takes, if that can be said: see _floors.ts. */
  readonly floor?: Floor;
  readonly targets?: readonly Target[];
  /** What a contender needs for it. */
  readonly asks: readonly Skill[];
  /** Whether only `--full` has it. */
  readonly full?: boolean;
  /** Contenders that are too slow for it: they would take seconds for a sample. */
  readonly without?: readonly string[];
  /** Where it stands on a curve of growth. */
  readonly curve?: { readonly name: string; readonly x: number };
  make(kit: Kit): Workload;
}
