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
 * - `map`, `merge`, `broadcast`: the function of that name, save in a floor.
 * - `stream`: `readable` and `writable`.
 */
export type Skill =
  | "hand-off"
  | "rendezvous"
  | "loop"
  | "try"
  | "signal"
  | "select"
  | "close"
  | "map"
  | "merge"
  | "broadcast"
  | "stream";

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
  /** What `work` makes of each value, of up to `concurrency` at once. */
  map?(source: Values, work: Work, options: MapOptions): Values;
  /** The values of all sources. */
  merge?(sources: readonly Values[]): Values;
  /** Every value, for each of so many loops. */
  broadcast?(source: Values, loops: number): readonly Values[];
  /** A stream that takes its values from a channel. */
  readable?(channel: Chan): ReadableStream<number>;
  /** A stream that gives its values to a channel. */
  writable?(channel: Chan): WritableStream<number>;
  /** A channel without a buffer that a stream fills. */
  from?(stream: ReadableStream<number>): Chan;
}

/** A channel, an async generator, or what is made of them. */
export type Values = AsyncIterable<number>;

/** What is done with each value of a `map`. */
export type Work = (value: number) => Promise<number>;

/** How a `map` works. */
export interface MapOptions {
  readonly concurrency: number;
  /** Whether results must come in the order of the values. */
  readonly ordered: boolean;
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
