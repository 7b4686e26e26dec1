// _signals.ts: one abort listener per signal, however many operations wait on it.
//
// Each signal that something waits on has a hub: a circle of watches, and one
// listener. A watch leaves in O(1). The listener of a hub that became empty goes
// a few microtasks later, so that a loop that waits on the same signal again and
// again adds it once; at rest, none is left.

import { append, remove } from "./_circle.ts";
import { behind } from "./_turn.ts";

/** Something parked that the abort of a signal withdraws. */
export abstract class Watch {
  /** The next younger watch of the signal; the oldest, for the youngest. */
  next: Watch = this;
  /** The next older watch of the signal; the youngest, for the oldest. */
  prev: Watch = this;
  /** Set once a signal is watched. */
  declare hub: Hub | undefined;

  /** Unwatches, takes all that is parked out of its queues, tells the one who waits. */
  abstract abort(reason: unknown): void;
}

// A property of the signal, since with a WeakMap 100,000 signals cost the collector
// as much as the waits themselves.
const HUB = Symbol();

class Hub {
  // Declared alone, as in a waiter: the constructor writes it.
  declare readonly signal: AbortSignal;
  oldest: Watch | undefined;
  /**
   * 0 without a listener; 3 while watched. Once it is empty somebody will look whether
   * the listener may go: 1, or 2 if there was a watch again since the last look.
   */
  heat = 0;

  constructor(signal: AbortSignal) {
    this.signal = signal;
    // Fails quietly on a frozen signal, where each wait has a hub.
    Reflect.set(signal, HUB, this);
  }

  // A waiter is out before anything of the user's can run, since rejections tell later;
  // what closes channels (_abort.ts) may run abort listeners before the next one is out.
  readonly listener = (): void => {
    this.stop();
    while (this.oldest) this.oldest.abort(this.signal.reason);
  };

  cool(): void {
    this.heat = 1;
    behind().then(() => {
      if (this.oldest) this.heat = 3;
      else if (this.heat > 1) this.cool();
      else this.stop();
    });
  }

  stop(): void {
    if (this.heat) this.signal.removeEventListener("abort", this.listener);
    this.heat = 0;
  }
}

/** Has the abort of `signal` withdraw and reject `watch`. Call it when all else is done. */
export function watch(signal: AbortSignal, watch: Watch): void {
  const hub = (signal as { [HUB]?: Hub })[HUB] ?? new Hub(signal);
  watch.hub = hub;
  hub.oldest = append(hub.oldest, watch);
  const { heat } = hub;
  hub.heat = heat % 3 ? 2 : 3;
  try {
    if (!heat) signal.addEventListener("abort", hub.listener);
  } catch (error) {
    hub.heat = 0;
    watch.abort(error);
  }
}

/** Undoes `watch`. O(1), and harmless when there is nothing to undo, or no more. */
export function unwatch(watch: Watch | undefined): void {
  const hub = watch?.hub;
  if (!hub) return;
  const next = remove(watch!);
  if (hub.oldest === watch) hub.oldest = next;
  if (!next && hub.heat > 2) hub.cool();
}
