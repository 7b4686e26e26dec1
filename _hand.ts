// _hand.ts: what somebody has received at the end of a port, and is not done with.

import { ChannelIterator } from "./_iterate.ts";
import type { Ending, Waiter } from "./_waiter.ts";
import { withdraw } from "./_waiter.ts";
import type { ReceivePort } from "./ends.ts";
import { available, ended, lease, park, take } from "./ends.ts";

/** Where the values come from, and go back to. */
export interface Holder<T> {
  /** Takes the oldest value into a hand. Only while `available`. */
  takeInto(hand: Hand<T>): T;
  /** Parks somebody who receives into a hand. */
  parkFor(hand: Hand<T>, waiter: Waiter): void;
  /** These need not come again. */
  acknowledge(numbers: number[]): void;
  /** A loop has begun. */
  enter(): void;
  /** It is over, and these go back. */
  leave(numbers: number[]): void;
  [available](): boolean;
  [ended](): Ending | undefined;
  [withdraw](waiter: Waiter): Waiter;
}

/** What one loop, or all other calls together, have received and are not done with. */
export class Hand<T> implements ReceivePort<T> {
  readonly #receiver: Holder<T>;
  #numbers: number[] = [];

  constructor(receiver: Holder<T>) {
    this.#receiver = receiver;
  }

  hold(number: number): void {
    this.#numbers.push(number);
  }

  /** The last one is somebody else's from now on. */
  letGo(): number {
    return this.#numbers.pop()!;
  }

  settle(): void {
    if (this.#numbers.length === 0) return;
    this.#receiver.acknowledge(this.#numbers);
    this.#numbers = [];
  }

  enter(): void {
    this.#receiver.enter();
  }

  /** Gives back what it holds. */
  leave(): void {
    this.#receiver.leave(this.#numbers);
    this.#numbers = [];
  }

  [available](): boolean {
    return this.#receiver[available]();
  }

  [take](): T;
  [take](max: number | undefined): T | T[];
  [take](max?: number): T | T[] {
    if (max === undefined) return this.#receiver.takeInto(this);
    const values: T[] = [];
    while (values.length < max && this[available]()) {
      values.push(this.#receiver.takeInto(this));
    }
    return values;
  }

  [ended](): Ending | undefined {
    return this.#receiver[ended]();
  }

  [park](waiter: Waiter): void {
    this.#receiver.parkFor(this, waiter);
  }

  [withdraw](waiter: Waiter): Waiter {
    return this.#receiver[withdraw](waiter);
  }

  // deno-coverage-ignore -- whoever leases does so of the receiver
  [lease](): void {}
}

/** A loop: to ask is to be done with the last value, to leave is to give it back. */
export class HandLoop<T, R> extends ChannelIterator<T, R> {
  readonly #hand: Hand<T>;
  readonly #aborts: boolean;
  /** Whether it has begun, and is not over. */
  #on: boolean | undefined;

  constructor(
    hand: Hand<T>,
    max: number | undefined,
    signal: AbortSignal | null | undefined,
  ) {
    super(hand, max, signal);
    this.#hand = hand;
    this.#aborts = !!signal;
  }

  override next(): Promise<IteratorResult<R>> {
    this.#hand.settle();
    if (this.#on === undefined) {
      this.#on = true;
      this.#hand.enter();
    }
    const step = super.next();
    // A loop that its signal ends calls no `return`.
    if (this.#aborts) step.catch(() => this.#leave());
    return step;
  }

  override return(value?: unknown): Promise<IteratorResult<R>> {
    const result = super.return(value);
    this.#leave();
    return result;
  }

  #leave(): void {
    if (this.#on) this.#hand.leave();
    this.#on = false;
  }
}
