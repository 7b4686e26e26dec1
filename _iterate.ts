// _iterate.ts: iterating over a receiving end, by value or by batch.
//
// Written by hand: an async generator costs 3.5 times as much, looks ahead, and
// cannot settle a `next` that waits when `return` is called.

import { checkWait, refusal } from "./_checks.ts";
import { due, left, refuse, rest, settle } from "./_turn.ts";
import type { Ending, Loop, Waiter } from "./_waiter.ts";
import { fail, over, wait, withdraw, woken } from "./_waiter.ts";
import type { ReceivePort } from "./ends.ts";
import { available, ended, later, line, park, take } from "./ends.ts";

/** Iterates over batches of up to `max` values; over single values without `max`. */
export class ChannelIterator<T, R> implements AsyncIterableIterator<R>, Loop {
  readonly #port: ReceivePort<T>;
  readonly #max: number | undefined;
  /** `true` once the loop is over, so that `next` asks one question. */
  #signal: AbortSignal | null | undefined | true;
  // One call of `next` in four counts as work; the first does, for the sake of
  // short loops.
  #turn = 6;
  // The calls of `next` that wait, oldest first, but for one that waits alone. They are
  // parked in one queue and abort together, so only the oldest ever leaves.
  // Each has the one after it as its `value`. (An array costs a loop that waits for each
  // value a seventh more.)
  #oldest: Waiter | undefined;
  #youngest: Waiter | undefined;

  constructor(
    port: ReceivePort<T>,
    max?: number,
    signal?: AbortSignal | null,
  ) {
    this.#port = port;
    this.#max = max;
    checkWait(signal, max);
    this.#signal = signal;
  }

  next(): Promise<IteratorResult<R>> {
    return !this.#signal && this.#port[available]() &&
        ((this.#turn = (this.#turn + 2) & left[1]!) !== 0 || !due())
      ? Promise.resolve({
        value: this.#port[take](this.#max) as R,
        done: false,
      })
      : Promise.resolve(this.#nextSlowly());
  }

  return(value?: unknown): Promise<IteratorResult<R>> {
    this.#signal = true;
    this.#port[line]?.();
    for (let waiter; (waiter = this.#oldest);) {
      this.#port[withdraw](waiter);
      fail(waiter);
    }
    return rest({ value, done: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  // All but what is there to be taken. `next` writes its result out, since a promise
  // of an object whose shape the engine sees is made without asking for its `then`.
  #nextSlowly(): Promise<IteratorResult<R>> {
    const signal = this.#signal;
    if (signal === true) {
      return rest({ value: undefined, done: true });
    }
    const refused = signal && refusal(signal);
    const ending = this.#port[ended]();
    if (!refused && !ending) {
      return this.#port[available]()
        ? rest({ value: this.#port[take](this.#max) as R, done: false })
        : !signal && !this.#max && this.#port[later]?.(this) ||
          wait(this, signal, false, this);
    }
    this.#signal = true;
    return refused ||
      (ending!.plain ? this.next() : refuse(ending!.error));
  }

  #leave(oldest: Waiter): void {
    this.#oldest = oldest.value as Waiter | undefined;
    if (!this.#oldest) this.#youngest = undefined;
  }

  [park](waiter: Waiter): void {
    this.#port[park](waiter, false);
    if (this.#youngest) this.#youngest.value = waiter;
    else this.#oldest = waiter;
    this.#youngest = waiter;
  }

  [withdraw](waiter: Waiter): void {
    this.#port[withdraw](waiter);
  }

  [woken](waiter: Waiter, value: unknown): void {
    this.#leave(waiter);
    settle(waiter.resolve, { value: this.#max ? [value] : value, done: false });
  }

  // As with the platform's own iterators, one call is told of the error; the
  // iteration is over for those behind it.
  [over](waiter: Waiter, ending: Ending): void {
    this.#leave(waiter);
    if (this.#signal === true || ending.plain) {
      settle(waiter.resolve, { value: undefined, done: true });
    } else settle(waiter.reject, ending.error);
    this.#signal = true;
  }
}
