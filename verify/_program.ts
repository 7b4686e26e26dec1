// _program.ts: what programs of channel operations are made of, and how they read.

/** An operation without a choice of signal, cases or number. */
type Plain =
  | "trySend"
  | "sendNow"
  | "tryReceive"
  | "receiveNow"
  | "drain"
  | "peek"
  | "snapshot"
  | "close"
  | "close with a reason"
  | "cancel"
  | "cancel with a reason"
  | "next"
  | "return"
  | "stats";

/** An operation that can be given up. */
type Waiting = "send" | "receive" | "iterate" | "join";

/** A receive from a channel, or a send to it; `null` is never ready. */
export type SelectOperation =
  | { readonly on: number; readonly sends: boolean }
  | null;

/** One step of a program; `on` is the index of a channel. */
export type Operation =
  | { readonly do: Plain; readonly on: number }
  | { readonly do: Waiting; readonly on: number; readonly until?: Until }
  | {
    readonly do: "receiveMany";
    readonly on: number;
    readonly max: number;
    readonly until?: Until;
  }
  | { readonly do: "batches"; readonly on: number; readonly max: number }
  | {
    readonly do: "select";
    readonly cases: readonly SelectOperation[];
    readonly until?: Until;
    readonly priority?: boolean;
  }
  | { readonly do: "trySelect"; readonly cases: readonly SelectOperation[] }
  | { readonly do: "abort oldest" | "abort newest" }
  /** A few microtasks, and a turn of the event loop. */
  | { readonly do: "yield" | "tick" };

/** Whose abort gives a call up: a signal of its own, or the one made last. */
export type Until = "own signal" | "last signal";

/** The channels of a program. */
export interface ChannelSpec {
  readonly capacity: number;
  readonly overflow?: "wait" | "drop-oldest" | "drop-incoming";
}

/** What is run, on the library and on the model. */
export interface Program {
  readonly channels: readonly ChannelSpec[];
  readonly operations: readonly Operation[];
}

/** The value that a step sends, in one of its cases. */
export function valueOf(step: number, key = 0): number {
  return 10 * (step + 1) + key;
}

/** An operation in one line. */
export function describe(operation: Operation): string {
  const words: string[] = [operation.do];
  if ("max" in operation) words.push(`up to ${operation.max}`);
  if ("on" in operation) words.push(`on ${operation.on}`);
  if ("cases" in operation) {
    const cases = operation.cases.map((one) =>
      one ? `${one.sends ? "send to" : "receive from"} ${one.on}` : "null"
    );
    words.push(`[${cases.join(", ")}]`);
  }
  if ("priority" in operation && operation.priority) words.push("by priority");
  if ("until" in operation && operation.until) {
    words.push(`until its ${operation.until} aborts`);
  }
  return words.join(" ");
}

/** A program, a line for each channel and step. */
export function describeProgram(program: Program): string {
  return [
    ...program.channels.map(({ capacity, overflow = "wait" }, index) =>
      `channel ${index}: capacity ${capacity}, overflow ${overflow}`
    ),
    ...program.operations.map((operation, step) =>
      `${step}: ${describe(operation)}`
    ),
  ].join("\n");
}
