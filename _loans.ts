// _loans.ts: values that were taken from a receiving end, and are not done with.
//
// A loan counts for the source's `join` until it is done or given back. Who lends of a
// channel tells it how many are out; a source that is itself at the end of a port has a
// keeper for each value.

import { append, remove } from "./_circle.ts";
import { Receiving } from "./_receiving.ts";
import type { Ending, Owner } from "./_waiter.ts";
import { end, over, Waiter, wake, withdraw, woken } from "./_waiter.ts";
import type {
  ChannelWaitOptions,
  ClosableReceiver,
  LeasePort,
  Receiver,
} from "./ends.ts";
import { available, ended, giveBack, lease, park, take } from "./ends.ts";

/** Sees to one value that its source regards as not received yet. */
export interface Keeper {
  /** It need never come again. */
  done(): void;
  /** It goes back to the head of the queue. */
  back(): void;
}

/** @ignore */
export const keep: unique symbol = Symbol();

/** A receiving end that may have keepers. */
export interface KeepPort<in T> {
  /** The keeper of the value that was taken last, which is this one. */
  [keep]?(value: T): Keeper | undefined;
}

/** The keeper of the value that a source has just given. */
export function keeperOf<T>(
  source: Receiver<T>,
  value: T,
): Keeper | undefined {
  return (source as KeepPort<T>)[keep]?.(value);
}

/** A value that was taken. */
export class Loan<out T> {
  constructor(readonly value: T, readonly keeper: Keeper | undefined) {}
}

/** Takes the oldest value. Only while `available`. */
export function borrow<T>(source: Receiver<T>): Loan<T> {
  source[lease](1);
  const value = source[take]();
  return new Loan(value, keeperOf(source, value));
}

/** The value that a parked waiter gets, while it gets it. */
export function borrowed<T>(source: Receiver<T>, value: T): Loan<T> {
  source[lease](1);
  return new Loan(value, keeperOf(source, value));
}

/** Does with values for good. */
export function settleLoans<T>(
  source: Receiver<T>,
  loans: readonly Loan<T>[],
): void {
  for (const loan of loans) loan.keeper?.done();
  if (loans.length > 0) source[lease](-loans.length);
}

/**
 * Puts values back in front of all others, in the order given.
 *
 * @returns Those that the source cannot take back.
 */
export function returnLoans<T>(
  source: Receiver<T>,
  loans: readonly Loan<T>[],
): readonly Loan<T>[] {
  if (loans.length === 0) return loans;
  const port = source as Partial<LeasePort<T>>;
  if (port[giveBack]) {
    port[giveBack](loans.map(({ value }) => value));
    return [];
  }
  const lost: Loan<T>[] = [];
  for (const loan of [...loans].reverse()) {
    if (loan.keeper) loan.keeper.back();
    else lost.unshift(loan);
  }
  source[lease](-loans.length);
  return lost;
}

/** A receiver of loans. While somebody waits, one waiter is parked in the source. */
export class Loans<T> extends Receiving<Loan<T>> implements Owner {
  readonly #source: Receiver<T>;
  readonly #scout: Waiter = new Waiter(unused, unused);
  #receivers: Waiter | undefined;

  constructor(source: Receiver<T>) {
    super();
    this.#source = source;
    this.#scout.owner = this;
  }

  get closed(): boolean {
    return this.#source.closed;
  }

  get drained(): boolean {
    return this.#source.drained;
  }

  /** Closes the source, if it is one that can be closed. */
  close(...reason: [reason: unknown] | []): void {
    (this.#source as Partial<ClosableReceiver<T>>).close?.(...reason);
  }

  override join(options?: ChannelWaitOptions): Promise<void> {
    return this.#source.join(options);
  }

  [available](): boolean {
    return this.#source[available]();
  }

  protected takeOne(): Loan<T> {
    return borrow(this.#source);
  }

  [ended](): Ending | undefined {
    return this.#source[ended]();
  }

  // Of those who receive; who joins does that of the source.
  [park](waiter: Waiter): void {
    const first = !this.#receivers;
    this.#receivers = append(this.#receivers, waiter);
    if (first) this.#source[park](this.#scout, false);
  }

  [withdraw](waiter: Waiter): Waiter {
    this.#leave(waiter);
    if (!this.#receivers) this.#source[withdraw](this.#scout);
    return waiter;
  }

  #leave(waiter: Waiter): void {
    const next = remove(waiter);
    if (this.#receivers === waiter) this.#receivers = next;
  }

  [woken](_: Waiter, value: unknown): void {
    const loan = borrowed(this.#source, value as T);
    const waiter = this.#receivers!;
    this.#leave(waiter);
    if (this.#receivers) this.#source[park](this.#scout, false);
    wake(waiter, loan);
  }

  [over](_: Waiter, ending: Ending): void {
    let waiter;
    while ((waiter = this.#receivers)) {
      this.#leave(waiter);
      end(waiter, ending);
    }
  }

  [lease](n: number): void {
    this.#source[lease](n);
  }
}

// deno-coverage-ignore -- the scout is settled by its owner
function unused(): void {}
