// _closing.ts: how a channel ends, and what must come back before it has.

import type { Ending } from "./_waiter.ts";
import { ChannelClosedError } from "./errors.ts";

/** Made by whatever first needs it: a close, a lease, a `closeSignal`. */
export class Closing implements Ending {
  plain = true;
  /** Values that a transport holds; they may come back. */
  leased = 0;
  // Declared alone: `undefined` until something needs them.
  /** What was given to `close`. */
  declare reason: unknown;
  /** Values that come back are dropped: `cancel` was called. */
  declare discards: true | undefined;
  /** Of the `closeSignal`. */
  declare controller: AbortController | undefined;

  get error(): unknown {
    // One for all: making an error costs as much as sixty hand-offs.
    return this.plain
      ? this.reason ??= new ChannelClosedError(
        "Cannot receive: channel is closed",
      )
      : this.reason;
  }
}

/** The error of a send that met a closed channel, with what it would have sent. */
export function unsent(value: unknown): ChannelClosedError {
  return new ChannelClosedError("Cannot send: channel is closed", value);
}
