// _waiter.ts: a parked operation.
//
// A queue is a circle of waiters. Whoever takes one out of it settles it by `wake`
// or `end`, when all else is done.

import { unwatch, Watch, watch } from "./_signals.ts";

/** Why an operation will not happen. */
export interface Ending {
  /** Closed without a reason: iteration ends quietly. */
  readonly plain: boolean;
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
  /** It will not happen. */
  [over](waiter: Waiter, ending: Ending): void;
}

/** One operation, parked in one queue. */
export class Waiter {
  /** The next younger waiter; the oldest, for the youngest. */
  next: Waiter = this;
  /** The next older waiter; the youngest, for the oldest. */
  prev: Waiter = this;
  /** What a sender brings. */
  value: unknown;
  /** `undefined` for a plain `send`, `receive` or `join`. */
  owner: Owner | undefined;
  /** Set if a signal can withdraw it. */
  watch: Watch | undefined;

  constructor(
    readonly resolve: (value: unknown) => void,
    readonly reject: (reason: unknown) => void,
  ) {}
}

/** What can take a parked waiter back out of its queue. */
export interface Parking {
  /** Takes a parked waiter out. O(1). */
  [withdraw](waiter: Waiter): void;
}

/** The symbol of {@linkcode Parking}. */
export const withdraw: unique symbol = Symbol();

/** Settles a waiter that was taken out of its queue. May run a `then` getter. */
export function wake(waiter: Waiter, value: unknown): void {
  if (waiter.watch) unwatch(waiter.watch);
  if (waiter.owner) waiter.owner[woken](waiter, value);
  else waiter.resolve(value);
}

/** Settles a waiter that was taken out because there is nothing more to wait for. */
export function end(waiter: Waiter, ending: Ending): void {
  if (waiter.watch) unwatch(waiter.watch);
  if (waiter.owner) waiter.owner[over](waiter, ending);
  else waiter.reject(ending.error);
}

/** `end` for a reason of its own. */
export function fail(waiter: Waiter, error: unknown): void {
  end(waiter, { plain: false, error });
}

let made: Waiter | undefined;

/**
 * The executor that every waiting promise shares: `new Promise(makeWaiter)`,
 * then `madeWaiter()`. A closure for each promise would cost 120 bytes more.
 */
export function makeWaiter(
  resolve: (value: never) => void,
  reject: (reason: unknown) => void,
): void {
  made = new Waiter(resolve as (value: unknown) => void, reject);
}

/** The waiter of the promise made last. Asked once, so that nothing is retained. */
export function madeWaiter(): Waiter {
  const waiter = made as Waiter;
  made = undefined;
  return waiter;
}

class Withdrawal extends Watch {
  constructor(readonly at: Parking, readonly waiter: Waiter) {
    super();
  }

  abort(reason: unknown): void {
    this.at[withdraw](this.waiter);
    fail(this.waiter, reason);
  }
}

/**
 * Has the abort of `signal`, if there is one, withdraw a parked waiter. Call it
 * when all else is done.
 */
export function abortable(
  at: Parking,
  waiter: Waiter,
  signal: AbortSignal | null | undefined,
): void {
  if (signal) watch(signal, waiter.watch = new Withdrawal(at, waiter));
}
