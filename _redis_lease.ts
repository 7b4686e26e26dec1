// _redis_lease.ts: one value that is leased to us.

import type { Lease } from "./_redis_types.ts";
import { ChannelError } from "./errors.ts";

/** Whoever holds leases. */
export interface Holder<T> {
  readonly decode: (text: string) => T;
  /** Has a lease settled, and says so to it. */
  settle(held: Held<T>): void;
}

/** What becomes of a lease. */
export type Settlement = "acknowledged" | "given back" | "given back unseen";

/** A lease. */
export class Held<T> implements Lease<T> {
  readonly id: string;
  readonly deliveries: number;
  readonly text: string;
  /** When the server was last asked for it or to renew it: it lasts for `visibility` ms from then. */
  since: number;
  /** Whether it was given out. */
  seen = false;
  /** The server has said that it is another's. */
  lost = false;
  settlement: Settlement | undefined;
  /** Tells whoever has settled it; nobody does of a loop, which does not ask. */
  resolve: ((ours: boolean) => void) | undefined;
  reject: ((error: unknown) => void) | undefined;
  readonly #holder: Holder<T>;
  #settled: Promise<boolean> | undefined;
  #value: { readonly value: T } | undefined;

  constructor(
    holder: Holder<T>,
    id: string,
    deliveries: number,
    text: string,
    since: number,
  ) {
    this.#holder = holder;
    this.id = id;
    this.deliveries = deliveries;
    this.text = text;
    this.since = since;
  }

  get value(): T {
    try {
      this.#value ??= { value: this.#holder.decode(this.text) };
    } catch (cause) {
      throw new ChannelError(
        `Cannot decode value ${this.id}: the codec refuses its text`,
        { cause },
      );
    }
    return this.#value.value;
  }

  ack(): Promise<boolean> {
    return this.settle("acknowledged");
  }

  giveBack(): Promise<boolean> {
    return this.settle("given back");
  }

  /** Settles it, once: whoever wanted something else is told that it was not ours any more. */
  settle(how: Settlement): Promise<boolean> {
    if (this.#settled && this.settlement === how) return this.#settled;
    if (this.settlement) return Promise.resolve(false);
    return this.#settled = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
      this.settleQuietly(how);
    });
  }

  /**
   * Settles it, unless it is, and tells nobody: the promises of a loop over 100,000 values
   * took a fifth of its time. If that fails the lease runs out by itself.
   */
  settleQuietly(how: Settlement): void {
    if (this.settlement) return;
    this.settlement = how;
    if (this.lost) this.resolve?.(false);
    else this.#holder.settle(this);
  }
}
