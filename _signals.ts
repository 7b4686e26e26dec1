// _signals.ts: one abort listener per signal, however many operations wait on it.
//
// Each signal that something waits on has a hub: a circle of watches, and one
// listener. A watch leaves in O(1). The listener of a hub that became empty goes
// a few microtasks later, so that a loop that waits on the same signal again and
// again does not pay for adding it each time; at rest, none is left.

import { append, remove } from "./_circle.ts";
import { behind } from "./_turn.ts";

/** Something parked that the abort of a signal withdraws. */
export abstract class Watch {
  /** The next younger watch of the signal; the oldest, for the youngest. */
  next: Watch = this;
  /** The next older watch of the signal; the youngest, for the oldest. */
  prev: Watch = this;
  /** Set while the signal is watched. */
  hub: Hub | undefined;

  /** Unwatches, takes all that is parked out of its queues, tells the one who waits. */
  abstract abort(reason: unknown): void;
}

class Hub {
  // Declared alone, as in a waiter: the constructor writes it.
  declare readonly signal: AbortSignal;
  oldest: Watch | undefined;
  /** Empty for the moment, and still listening. */
  cooling = false;

  constructor(signal: AbortSignal) {
    this.signal = signal;
  }

  // Every waiter is out before anything of the user's can run: rejections tell later.
  readonly listener = (): void => {
    const { reason } = this.signal;
    while (this.oldest) this.oldest.abort(reason);
  };
}

const hubs = new WeakMap<AbortSignal, Hub>();

/** Has the abort of `signal` withdraw and reject `watch`. Call it when all else is done. */
export function watch(signal: AbortSignal, watch: Watch): void {
  let hub = hubs.get(signal);
  if (!hub) hubs.set(signal, hub = new Hub(signal));
  watch.hub = hub;
  hub.oldest = append(hub.oldest, watch);
  if (hub.oldest !== watch || hub.cooling) return;
  try {
    signal.addEventListener("abort", hub.listener);
  } catch (error) {
    hubs.delete(signal);
    watch.abort(error);
  }
}

/** Undoes `watch`. O(1), and harmless when there is nothing to undo. */
export function unwatch(watch: Watch | undefined): void {
  const hub = watch?.hub;
  if (!hub) return;
  watch!.hub = undefined;
  const next = remove(watch!);
  if (hub.oldest === watch) hub.oldest = next;
  if (next || hub.cooling) return;
  hub.cooling = true;
  behind().then(() => {
    hub.cooling = false;
    if (!hub.oldest) hub.signal.removeEventListener("abort", hub.listener);
  });
}
