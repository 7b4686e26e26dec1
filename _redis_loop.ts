// _redis_loop.ts: loops over the values of leases.

import type { Held, Settlement } from "./_redis_lease.ts";
import type { Leases } from "./_redis_leases.ts";
import { refuse, rest } from "./_turn.ts";
import type { ChannelReceiveOptions } from "./ends.ts";
import { available, take } from "./ends.ts";

/** Asking for the next value acknowledges the one before; leaving gives it back. */
export class LeaseLoop<T> implements AsyncIterableIterator<T> {
  readonly #port: Leases<T>;
  readonly #leases: AsyncIterableIterator<Held<T>>;
  /** What was given out and is not settled: more than one only if `next` does not wait. */
  readonly #out: Held<T>[] = [];
  /** Whether there is nothing but values to look for. */
  #quick: boolean;

  constructor(port: Leases<T>, options: ChannelReceiveOptions | undefined) {
    this.#port = port;
    this.#leases = port.values(options);
    this.#quick = !options?.signal;
  }

  next(): Promise<IteratorResult<T>> {
    this.#settle("acknowledged");
    // As it is for the local channel, what is there needs no iterator in between.
    return this.#quick && this.#port[available]()
      ? this.#give(this.#port[take]())
      : this.#nextSlowly();
  }

  async #nextSlowly(): Promise<IteratorResult<T>> {
    let result;
    try {
      result = await this.#leases.next();
    } catch (error) {
      await this.return();
      throw error;
    }
    return result.done
      ? { value: undefined, done: true }
      : await this.#give(result.value);
  }

  #give(held: Held<T>): Promise<IteratorResult<T>> {
    this.#out.push(held);
    try {
      return rest({ value: held.value, done: false });
    } catch (error) {
      // It cannot be decoded, so the loop is over.
      return this.return().then(() => refuse(error));
    }
  }

  async return(value?: unknown): Promise<IteratorResult<T>> {
    this.#quick = false;
    const left = this.#leases.return!();
    this.#settle("given back");
    await this.#port.rested();
    await left;
    return { value, done: true };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #settle(how: Settlement): void {
    for (const held of this.#out) held.settleQuietly(how);
    this.#out.length = 0;
  }
}
