// _closing.ts: how a channel ends, and what must come back before it has.

import type { Ending } from "./_waiter.ts";
import { ChannelClosedError } from "./errors.ts";

/** Made by whatever first needs it: a close, a lease, a `closeSignal`. */
export class Closing implements Ending {
  /** What was given to `close`, set by it: at most one reason. */
  reason!: [reason: unknown] | [];
  /** Values that come back are dropped: `cancel` was called. */
  discards = false;
  /** Values that a transport holds; they may come back. */
  leased = 0;
  /** Of the `closeSignal`. */
  controller: AbortController | undefined;
  #error: ChannelClosedError | undefined;

  get plain(): boolean {
    return this.reason.length === 0;
  }

  get error(): unknown {
    // One for all: making an error costs as much as sixty hand-offs.
    return this.plain
      ? this.#error ??= new ChannelClosedError(
        "Cannot receive: channel is closed",
      )
      : this.reason[0];
  }
}
