// _receiving.ts: a receiving end, made of the port that a subclass is.
//
// A channel writes these out itself, for speed; what is not the core's shares them.

import { refusal } from "./_checks.ts";
import { ChannelIterator } from "./_iterate.ts";
import { CLOSED, EMPTY, receiveFrom } from "./_receive.ts";
import { behind } from "./_turn.ts";
import type { Ending, Waiter } from "./_waiter.ts";
import { wait, withdraw } from "./_waiter.ts";
import type {
  ChannelReceiveOptions,
  ChannelReceiveResult,
  ChannelWaitOptions,
  Receiver,
} from "./ends.ts";
import { available, ended, lease, park, take } from "./ends.ts";

/** A {@linkcode Receiver}, but for where its values come from. */
export abstract class Receiving<out T> implements Receiver<T> {
  abstract readonly closed: boolean;
  abstract readonly drained: boolean;
  abstract [available](): boolean;
  abstract [ended](): Ending | undefined;
  abstract [park](waiter: Waiter, sends?: boolean): void;
  abstract [withdraw](waiter: Waiter): Waiter;
  abstract [lease](n: number): void;
  /** Takes the oldest value. Only while `available`. */
  protected abstract takeOne(): T;

  receive(options?: ChannelReceiveOptions): Promise<T> {
    return receiveFrom<T>(this, options);
  }

  tryReceive(): ChannelReceiveResult<T> {
    if (this[available]()) return { state: "ok", value: this.takeOne() };
    return this[ended]() ? CLOSED : EMPTY;
  }

  receiveMany(max = Infinity, options?: ChannelReceiveOptions): Promise<T[]> {
    return receiveFrom<T[]>(this, options, max);
  }

  batches(max = Infinity): AsyncIterableIterator<T[]> {
    return new ChannelIterator<T, T[]>(this, max);
  }

  values(options?: ChannelReceiveOptions): AsyncIterableIterator<T> {
    return new ChannelIterator<T, T>(this, undefined, options?.signal);
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<T> {
    return this.values();
  }

  join(options?: ChannelWaitOptions): Promise<void> {
    const signal = options?.signal;
    return refusal(signal) ||
      (this.drained ? behind().then() : wait(this, signal));
  }

  [take](): T;
  [take](max: number | undefined): T | T[];
  [take](max?: number): T | T[] {
    if (max === undefined) return this.takeOne();
    const values: T[] = [];
    while (values.length < max && this[available]()) {
      values.push(this.takeOne());
    }
    return values;
  }
}
