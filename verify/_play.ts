// _play.ts: a program run on the library, written down in the model's words.

import type { SelectCase } from "../mod.ts";
import {
  Channel,
  ChannelClosedError,
  ChannelEmptyError,
  ChannelFullError,
  select,
  sending,
  trySelect,
} from "../mod.ts";
import type {
  ChannelSpec,
  Operation,
  SelectOperation,
  Until,
} from "./_program.ts";
import { valueOf } from "./_program.ts";

const ABORTED = "aborted";
const REASON = "reason";

/** The least that a signal must be; counts its listeners. */
export class PlainSignal {
  aborted = false;
  readonly reason = ABORTED;
  readonly listeners = new Set<() => void>();

  addEventListener(_type: string, listener: () => void): void {
    this.listeners.add(listener);
  }

  removeEventListener(_type: string, listener: () => void): void {
    this.listeners.delete(listener);
  }

  abort(): void {
    this.aborted = true;
    for (const listener of this.listeners) listener();
  }
}

/** What can be asked of a channel without changing how it waits. */
function stateOf({ size, closed, drained, full, empty }: Channel<number>) {
  return size * 16 + +closed * 8 + +drained * 4 + +full * 2 + +empty;
}

/** The outcome of a call that failed. */
function failed(error: unknown): string {
  if (!(error instanceof ChannelClosedError)) {
    if (error instanceof ChannelFullError) return "full";
    if (error instanceof ChannelEmptyError) return "empty";
    return String(error);
  }
  return "value" in error ? `unsent ${error.value}` : "closed";
}

/** One run of a program on channels of the library. */
export class Play {
  readonly channels: Channel<number>[];
  readonly signals: PlainSignal[] = [];
  /** Who was told what, in that order: `step outcome`. */
  readonly settled: string[] = [];
  /** The outcome of each step's call, once it settled, or of its `trySelect`. */
  readonly outcomes: (string | undefined)[] = [];
  /** What was returned at once, and what was dropped. */
  readonly returned: string[] = [];
  /** The state of every channel after every step. */
  readonly states: number[] = [];
  readonly #iterators: AsyncIterableIterator<number | number[]>[];

  constructor(specs: readonly ChannelSpec[]) {
    const onDrop = (value: number) => this.returned.push(`dropped ${value}`);
    this.channels = specs.map((spec) => new Channel({ ...spec, onDrop }));
    this.#iterators = this.channels.map((channel) => channel.values());
  }

  /** Runs one step. */
  step(operation: Operation, step: number): void {
    this.#do(operation, step);
    for (const channel of this.channels) this.states.push(stateOf(channel));
  }

  #do(operation: Operation, step: number): void {
    switch (operation.do) {
      case "yield":
      case "tick":
        return;
      case "abort oldest":
        return this.signals.find((signal) => !signal.aborted)?.abort();
      case "abort newest":
        return this.signals.findLast((signal) => !signal.aborted)?.abort();
      case "select": {
        const { cases, until, priority } = operation;
        const options = until && { ...this.#options(until), priority };
        const made = this.#cases(cases, step);
        // Both ways to say it.
        const promise = priority && !until
          ? select(made, { priority })
          : select(made, options);
        return this.#watch(step, promise, showResult);
      }
      case "trySelect":
        this.#return(() => {
          const result = trySelect(this.#cases(operation.cases, step));
          return result ? showResult(result) : "none ready";
        });
        this.outcomes[step] = this.returned.at(-1);
        return;
      default:
        this.#onChannel(operation, this.channels[operation.on]!, step);
    }
  }

  #onChannel(
    operation: Extract<Operation, { on: number }>,
    channel: Channel<number>,
    step: number,
  ): void {
    const iterators = this.#iterators;
    const options = "until" in operation
      ? this.#options(operation.until)
      : undefined;
    switch (operation.do) {
      case "send":
        return this.#watch(
          step,
          channel.send(valueOf(step), options),
          () => "sent",
        );
      case "receive":
        return this.#watch(step, channel.receive(options), got);
      case "receiveMany":
        return this.#watch(
          step,
          channel.receiveMany(operation.max, options),
          got,
        );
      case "join":
        return this.#watch(step, channel.join(options), () => "joined");
      case "iterate":
        iterators[operation.on] = channel.values(options);
        return;
      case "batches":
        iterators[operation.on] = channel.batches(operation.max);
        return;
      case "next":
        return this.#watch(step, iterators[operation.on]!.next(), showStep);
      case "return":
        return this.#watch(
          step,
          iterators[operation.on]!.return!(),
          showStep,
        );
      case "trySend":
        return this.#return(() => channel.trySend(valueOf(step)));
      case "sendNow":
        return this.#return(() => channel.sendNow(valueOf(step)));
      case "tryReceive":
        return this.#return(() => showTaken(channel.tryReceive()));
      case "receiveNow":
        return this.#return(() => got(channel.receiveNow()));
      case "peek":
        return this.#return(() => showTaken(channel.peek()));
      case "drain":
        return this.#return(() => got(channel.drain()));
      case "snapshot":
        return this.#return(() => got(channel.snapshot()));
      case "stats":
        return this.#return(() => showStats(channel));
      case "close":
        return channel.close();
      case "close with a reason":
        return channel.close(REASON);
      case "cancel":
        return channel.cancel();
      case "cancel with a reason":
        return channel.cancel(REASON);
    }
  }

  #options(until: Until | undefined): { signal: AbortSignal } | undefined {
    if (!until) return undefined;
    let signal = until === "last signal" ? this.signals.at(-1) : undefined;
    if (!signal) this.signals.push(signal = new PlainSignal());
    return { signal: signal as unknown as AbortSignal };
  }

  #cases(cases: readonly SelectOperation[], step: number): SelectCase[] {
    return cases.map((one, key) => {
      if (!one) return null;
      const channel = this.channels[one.on]!;
      return one.sends ? sending(channel, valueOf(step, key)) : channel;
    });
  }

  #return(body: () => unknown): void {
    try {
      this.returned.push(String(body()));
    } catch (error) {
      this.returned.push(failed(error));
    }
  }

  #watch<T>(
    step: number,
    promise: Promise<T>,
    show: (value: T) => string,
  ): void {
    promise.then(
      (value) => this.#settle(step, show(value)),
      (error) => this.#settle(step, failed(error)),
    );
  }

  #settle(step: number, outcome: string): void {
    if (this.outcomes[step] !== undefined) this.settled.push("twice");
    this.outcomes[step] = outcome;
    this.settled.push(`${step} ${outcome}`);
  }
}

function got(value: number | number[]): string {
  return `got ${Array.isArray(value) ? `[${value}]` : value}`;
}

function showStep(
  { done, value }: IteratorResult<number | number[]>,
): string {
  return done ? "done" : got(value);
}

function showTaken(result: { state: string; value?: number }): string {
  return result.state === "ok" ? got(result.value!) : result.state;
}

function showResult(
  { key, state, ...rest }: {
    key: string | number;
    state: string;
    value?: unknown;
    reason?: unknown;
  },
): string {
  if (state !== "ok") return `${key} ${rest.reason ?? "closed"}`;
  return `${key} ${rest.value === undefined ? "sent" : `got ${rest.value}`}`;
}

/** How many wait on either side. */
export function showStats(channel: Channel<number>): string {
  const { waitingSenders, waitingReceivers } = channel.stats();
  return `${waitingSenders} senders, ${waitingReceivers} receivers`;
}
