// _flight.ts: a value on its way to another thread.

import { unwatch, Watch, watch } from "./_signals.ts";
import { settle } from "./_turn.ts";

/** A value, and who is told what becomes of it, if anybody is. */
export class Flight<T> extends Watch {
  /** Of the value, once it is posted. */
  number = -1;
  /** It was called back while it was being posted. */
  recalled = false;
  readonly value: T;
  readonly #accepted: (() => void) | undefined;
  readonly #failed: ((reason: unknown, value: T) => void) | undefined;
  #recall: (() => void) | undefined;
  #reason: unknown;

  constructor(
    value: T,
    accepted?: () => void,
    failed?: (reason: unknown, value: T) => void,
  ) {
    super();
    this.value = value;
    this.#accepted = accepted;
    this.#failed = failed;
  }

  /** The abort of the signal calls it back: `recall` asks whether that is in time. */
  listen(signal: AbortSignal, recall: () => void): void {
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
    if (this.#accepted) settle(this.#accepted);
  }

  /** It was called back in time. */
  giveUp(): void {
    this.fail(this.#reason);
  }

  /** It was not accepted. Returns whether anybody is told. */
  fail(error: unknown): boolean {
    unwatch(this);
    const failed = this.#failed;
    if (!failed) return false;
    settle((reason: unknown) => failed(reason, this.value), error);
    return true;
  }
}
