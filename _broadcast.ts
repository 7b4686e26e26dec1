// _broadcast.ts: from one receiving end to many channels.
//
// 1. At any moment it holds at most one value, which somebody has not accepted yet,
//    or else is parked in the source; it is never both, and has no task of its own.
// 2. The next value is taken when everybody has accepted the last one, or has closed.

import { inTurn } from "./_stage.ts";
import { DONE } from "./_turn.ts";
import type { Ending, Owner } from "./_waiter.ts";
import { over, Waiter, withdraw, woken } from "./_waiter.ts";
import type { Channel } from "./channel.ts";
import type { Receiver } from "./ends.ts";
import { available, ended, park, take } from "./ends.ts";

const DEEPEST = 50;
let depth = 0;

/** Gives every value of a source to all channels that are open. */
export class Broadcast<T> implements Owner {
  readonly #source: Receiver<T>;
  readonly #outlets: readonly Outlet<T>[];
  readonly #whenEnded: (ending: Ending) => void;
  readonly #waiter: Waiter = new Waiter(unused, unused);
  readonly #goOn = (): void => {
    for (const outlet of this.#outlets) outlet.forget();
    this.#take();
  };
  /** Who has not accepted the value yet; one more while it is given out. */
  #left = 0;
  #stopped = false;

  constructor(
    source: Receiver<T>,
    channels: readonly Channel<T>[],
    whenEnded: (ending: Ending) => void,
  ) {
    this.#source = source;
    const accepted = () => {
      // Not at once: this may be half way through a receive of the channel.
      if (--this.#left === 0) DONE.then(this.#goOn);
    };
    const delivery: Owner = { [woken]: accepted, [over]: accepted };
    this.#outlets = channels.map((channel) => new Outlet(channel, delivery));
    this.#whenEnded = whenEnded;
    this.#waiter.owner = this;
    // Not within the call: what it does may run code of the user's.
    DONE.then(this.#goOn);
  }

  /** Takes no further value. */
  stop(): void {
    this.#stopped = true;
    if (this.#left === 0) this.#source[withdraw](this.#waiter);
  }

  // Values pass through several of these at once; not through so many that the stack
  // is too short.
  [woken](_: Waiter, value: unknown): void {
    if (depth < DEEPEST) this.#pass(value as T);
    else DONE.then(() => this.#pass(value as T));
  }

  #pass(value: T): void {
    depth++;
    if (this.#give(value)) this.#take();
    depth--;
  }

  [over](_: Waiter, ending: Ending): void {
    inTurn(() => this.#whenEnded(ending));
  }

  #take(): void {
    const source = this.#source;
    while (!this.#stopped && source[available]()) {
      if (!this.#give(source[take]())) return;
    }
    if (this.#stopped) return;
    const ending = source[ended]();
    if (ending) inTurn(() => this.#whenEnded(ending));
    else source[park](this.#waiter, false);
  }

  /** Whether all have accepted it. */
  #give(value: T): boolean {
    this.#left = 1;
    for (const outlet of this.#outlets) {
      if (!outlet.accepts(value)) this.#left++;
    }
    return --this.#left === 0;
  }
}

/** A channel, and the waiter that waits for room in it. */
class Outlet<T> {
  readonly #channel: Channel<T>;
  readonly #waiter: Waiter = new Waiter(unused, unused);

  constructor(channel: Channel<T>, owner: Owner) {
    this.#channel = channel;
    this.#waiter.owner = owner;
  }

  /** Whether there is nothing to wait for; otherwise it waits. */
  accepts(value: T): boolean {
    if (this.#channel.trySend(value) || this.#channel.closed) return true;
    this.#waiter.value = value;
    this.#channel[park](this.#waiter, true);
    return false;
  }

  /** Retains the value no longer. */
  forget(): void {
    this.#waiter.value = undefined;
  }
}

// deno-coverage-ignore -- its waiters have owners
function unused(): void {}
