// _abort.ts: something that the abort of a signal ends.

import { unwatch, Watch, watch } from "./_signals.ts";

/** Calls `stop` when a signal aborts. */
export class Abort extends Watch {
  readonly #stop: (reason: unknown) => void;

  constructor(stop: (reason: unknown) => void) {
    super();
    this.#stop = stop;
  }

  /** Calls `stop` at once if it is aborted already. */
  listen(signal: AbortSignal | null | undefined): void {
    if (signal?.aborted) this.#stop(signal.reason);
    else if (signal) watch(signal, this);
  }

  /** Listens no more. */
  leave(): void {
    unwatch(this);
  }

  abort(reason: unknown): void {
    this.leave();
    this.#stop(reason);
  }
}
