// _flight.ts: a value on its way to another thread.

import { unwatch, Watch, watch } from "./_signals.ts";
import type { Waiter } from "./_waiter.ts";
import { settle } from "./_turn.ts";

/** A value, and who waits until the other side has accepted it, if anybody does. */
export class Flight<T> extends Watch {
  /** Of the value, once it is posted. */
  number = -1;
  readonly value: T;
  readonly #waiter: Waiter | undefined;
  #recall: (() => void) | undefined;
  #reason: unknown;

  constructor(value: T, waiter: Waiter | undefined) {
    super();
    this.value = value;
    this.#waiter = waiter;
  }

  /** The abort of the signal calls it back: `recall` asks whether that is in time. */
  listen(signal: AbortSignal | null | undefined, recall: () => void): void {
    if (!signal) return;
    this.#recall = recall;
    watch(signal, this);
  }

  abort(reason: unknown): void {
    unwatch(this);
    this.#reason = reason;
    this.#recall!();
  }

  /** It was accepted. */
  arrive(): void {
    unwatch(this);
    if (this.#waiter) settle(this.#waiter.resolve);
  }

  /** It was called back in time. */
  giveUp(): void {
    this.fail(this.#reason);
  }

  /** It was not accepted. Returns whether anybody waits for it. */
  fail(error: unknown): boolean {
    unwatch(this);
    if (!this.#waiter) return false;
    settle(this.#waiter.reject, error);
    return true;
  }
}
