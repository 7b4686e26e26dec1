// _waiter.ts: a parked operation.
//
// A queue is a circle of waiters. Whoever takes one out of it settles it by `wake`
// or `end`, when all else is done.

import { unwatch, Watch, watch } from "./_signals.ts";
import { left, settle } from "./_turn.ts";
import { park } from "./ends.ts";

/** Why an operation will not happen. */
export interface Ending {
  /** Closed without a reason: iteration ends quietly. */
  readonly plain?: boolean;
  /** What a promise rejects with: the reason, or else a `ChannelClosedError`. */
  readonly error: unknown;
}

/** @ignore */
export const woken: unique symbol = Symbol();
/** @ignore */
export const over: unique symbol = Symbol();

/** Decides what waking means for waiters that are more than one plain promise. */
export interface Owner {
  /** The operation happened. `value` is what was received, if it was a receive. */
  [woken](waiter: Waiter, value: unknown): void;
  /** It will not happen. Unless it says otherwise, the promise rejects. */
  [over]?(waiter: Waiter, ending: Ending): void;
}

/** One operation, parked in one queue. */
export class Waiter {
  // Declared alone: what writes them first, and only, is the constructor.
  declare readonly resolve: (value: unknown) => void;
  declare readonly reject: (reason: unknown) => void;
  /** The next younger waiter; the oldest, for the youngest. */
  next: Waiter = this;
  /** The next older waiter; the youngest, for the oldest. */
  prev: Waiter = this;
  /** What a sender brings; of a receiver what its owner likes. */
  value: unknown;
  /** `undefined` for a plain `send`, `receive` or `join`. */
  owner: Owner | undefined;
  /** Set if a signal can withdraw it. */
  watch: Watch | undefined;

  constructor(
    resolve: (value: unknown) => void,
    reject: (reason: unknown) => void,
  ) {
    this.resolve = resolve;
    this.reject = reject;
  }
}

/** What can take a parked waiter back out of its queue. */
export interface Parking {
  /**
   * Queues a waiter. O(1). One that sends, only while the channel is open and
   * `trySend` would not accept; one that receives (`false`), only while it is
   * neither `available` nor `ended`; one that joins (nothing), while not drained.
   */
  [park](waiter: Waiter, sends?: boolean): void;
  /** Takes a parked waiter out, and returns it. O(1). */
  [withdraw](waiter: Waiter): Waiter | void;
}

/** @ignore */
export const withdraw: unique symbol = Symbol();

/** A loop, which waits for its next value. */
export type Loop = Owner & Parking;

/** Settles a waiter that was taken out of its queue. May run a `then` getter. */
export function wake(waiter: Waiter, value?: unknown): void {
  unwatch(waiter.watch);
  if (waiter.owner) waiter.owner[woken](waiter, value);
  else settle(waiter.resolve, value);
}

/** Settles a waiter that was taken out because there is nothing more to wait for. */
export function end(waiter: Waiter, ending: Ending): void {
  unwatch(waiter.watch);
  if (waiter.owner?.[over]) waiter.owner[over](waiter, ending);
  // Counted only in a pause: a close on which 1,000 wait would take a third more.
  else if (left[1]) waiter.reject(ending.error);
  else settle(waiter.reject, ending.error);
}

/** `end` for a reason of its own. */
export function fail(waiter: Waiter, error?: unknown): void {
  end(waiter, { error });
}

class Withdrawal extends Watch {
  declare readonly at: Parking;
  declare readonly waiter: Waiter;

  constructor(at: Parking, waiter: Waiter) {
    super();
    this.at = at;
    this.waiter = waiter;
  }

  abort(reason: unknown): void {
    this.at[withdraw](this.waiter);
    fail(this.waiter, reason);
  }
}

let made: Waiter | undefined;

// Shared by all: closures for each promise would cost 120 bytes more.
function make(
  resolve: (value: never) => void,
  reject: (reason: unknown) => void,
): void {
  made = new Waiter(resolve as (value: unknown) => void, reject);
}

/**
 * Parks a new waiter. The abort of `signal`, if there is one, withdraws it.
 *
 * @returns The promise that it settles.
 */
export function wait<R>(
  at: Parking,
  signal: AbortSignal | null | undefined,
  sends?: boolean,
  owner?: Owner,
  value?: unknown,
): Promise<R> {
  const promise = new Promise<R>(make);
  const waiter = made!;
  made = undefined;
  waiter.value = value;
  waiter.owner = owner;
  at[park](waiter, sends);
  if (signal) watch(signal, waiter.watch = new Withdrawal(at, waiter));
  return promise;
}
