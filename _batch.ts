// _batch.ts: what is to be said in one message.

import { DONE } from "./_turn.ts";

/**
 * Microtasks to wait for more. A task that awaits each of its sends adds one value in
 * two of them; a message costs as much as a hundred.
 */
const PATIENCE = 3;

/** Calls `flush` soon, once no more is added. */
export class Batch {
  readonly #flush: () => void;
  #waits = 0;

  constructor(flush: () => void) {
    this.#flush = flush;
  }

  /** Something was added. */
  add(): void {
    if (this.#waits === 0) DONE.then(this.#look);
    this.#waits = PATIENCE;
  }

  /** There is nothing left to flush. */
  clear(): void {
    this.#waits = Math.min(this.#waits, 1);
  }

  readonly #look = (): void => {
    if (--this.#waits > 0) DONE.then(this.#look);
    else this.#flush();
  };
}
