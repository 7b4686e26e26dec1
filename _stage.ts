// _stage.ts: a channel that a stage of a pipeline fills, and that its receivers may leave.

import { leaveable } from "./_leaveable.ts";
import type { Failure } from "./_pool.ts";
import type { ChannelOptions } from "./channel.ts";
import { Channel } from "./channel.ts";
import type {
  ChannelReceiveOptions,
  ClosableReceiver,
  Receiver,
} from "./ends.ts";
import { available } from "./ends.ts";

/** Throws unless something is a receiver. */
export function checkReceiver(act: string, source: Receiver<unknown>): void {
  if (typeof source?.[available] === "function") return;
  throw new TypeError(`Cannot ${act}: source is not a receiver`);
}

/** What was given to `close`. */
export type Reason = [reason: unknown] | [];

/**
 * Closes what a stage receives from, if it is one that can be closed, and then has the
 * stage stop, whatever the close throws.
 */
export function leaveSource(
  source: Receiver<unknown>,
  reason: Reason,
  stop: () => void,
): void {
  try {
    (source as Partial<ClosableReceiver<unknown>>).close?.(...reason);
  } finally {
    stop();
  }
}

let waiting: (() => void)[] | undefined;

/**
 * Ends a part of a pipeline, which ends the next, and so on: as one leads to the other,
 * the first call does all, so that a long pipeline takes no more of the stack.
 */
export function inTurn(act: () => void): void {
  if (waiting) {
    waiting.push(act);
    return;
  }
  waiting = [act];
  let failure: Failure | undefined;
  for (const next of waiting) {
    try {
      next();
    } catch (reason) {
      failure ??= { reason };
    }
  }
  waiting = undefined;
  if (failure) throw failure.reason;
}

/**
 * What `map` and `broadcast` give out. It closes when the last loop over it is left,
 * and tells the stage that it was closed, however that came.
 */
export class Stage<in out T> extends Channel<T> implements ClosableReceiver<T> {
  readonly #whenClosed: (reason: Reason) => void;
  #loops = 0;

  constructor(
    options: number | ChannelOptions<T> | undefined,
    whenClosed: (reason: Reason) => void,
  ) {
    super(options);
    this.#whenClosed = whenClosed;
  }

  override close(...reason: Reason): void {
    if (this.closed) return;
    super.close(...reason);
    inTurn(() => this.#whenClosed(reason));
  }

  override values(options?: ChannelReceiveOptions): AsyncIterableIterator<T> {
    return this.#loop(undefined, options?.signal);
  }

  override batches(max = Infinity): AsyncIterableIterator<T[]> {
    return this.#loop(max, undefined);
  }

  #loop<R>(
    max: number | undefined,
    signal: AbortSignal | null | undefined,
  ): AsyncIterableIterator<R> {
    const loop = leaveable<T, R>(this, max, signal, () => {
      if (--this.#loops === 0) this.close();
    });
    this.#loops++;
    return loop;
  }
}
