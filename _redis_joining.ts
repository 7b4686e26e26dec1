// _redis_joining.ts: who waits for the end of a channel on a server.
//
// While somebody joins, or wants to hear of the close, a look at the server is under way, or
// a watcher waits for the next event.

import type { Events, Watcher } from "./_redis_events.ts";
import { LOOK } from "./_redis_scripts.ts";
import type { Server } from "./_redis_server.ts";
import { SilenceError } from "./_redis_server.ts";
import { behind } from "./_turn.ts";
import type { Waiter } from "./_waiter.ts";
import { fail, wake } from "./_waiter.ts";

/** After a server was silent it is asked again so late, in ms. */
const PAUSE = 1_000;

/** Those who join. */
export class Joining {
  readonly #server: Server;
  readonly #events: Events;
  readonly #watcher: Watcher;
  readonly #joiners = new Set<Waiter>();
  /** Somebody wants to hear of the close, whether or not anybody joins. */
  #listens = false;
  #left: { readonly error: unknown } | undefined;

  constructor(server: Server, events: Events) {
    this.#server = server;
    this.#events = events;
    this.#watcher = {
      kinds: ["closed", "drained"],
      look: () => this.#look(),
      fail: (error) => this.#fail(error),
    };
  }

  /** Goes on listening until the channel is closed. */
  listen(): void {
    if (!this.#listens) this.#look();
    this.#listens = true;
  }

  add(waiter: Waiter): void {
    this.#joiners.add(waiter);
    if (this.#left) this.#fail(this.#left.error);
    else if (this.#joiners.size === 1) this.#look();
  }

  /** Takes a waiter out; returns whether it was here. */
  remove(waiter: Waiter): boolean {
    const here = this.#joiners.delete(waiter);
    if (here && this.#joiners.size === 0 && !this.#listens) {
      this.#events.leave(this.#watcher);
    }
    return here;
  }

  /** The channel is drained. */
  end(): void {
    for (const waiter of this.#joiners) {
      this.remove(waiter);
      wake(waiter, behind());
    }
  }

  /** Rejects whoever joins, now and later. */
  leave(error: unknown): void {
    this.#left = { error };
    this.#listens = false;
    this.#fail(error);
  }

  async #look(): Promise<void> {
    try {
      const { event } = await this.#server.run("Cannot join", LOOK, []);
      const wanted = this.#joiners.size > 0 ||
        this.#listens && !this.#server.closed;
      if (wanted && !this.#server.drained) {
        this.#events.wait(this.#watcher, event);
      }
    } catch (error) {
      this.#fail(error);
      // Whoever listens is not told, and goes on.
      if (this.#listens && error instanceof SilenceError) {
        await this.#server.within(undefined, PAUSE).catch(() => {});
        if (this.#listens) this.#look();
      }
    }
  }

  #fail(error: unknown): void {
    for (const waiter of this.#joiners) {
      this.remove(waiter);
      fail(waiter, error);
    }
  }
}
