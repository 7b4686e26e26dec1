/**
 * Receiving ends that time feeds: {@linkcode after}, {@linkcode ticker}, and
 * {@linkcode never}, which nothing feeds.
 *
 * @module
 */
// 1. A timer runs exactly while somebody waits to receive: one for each object.
// 2. Whether a tick is due is a question to the clock, so that time passes without
//    a timer; but while somebody waits only the timer's tick counts, so that nobody
//    overtakes.
// 3. A tick that is due and not taken is one: the ticks before it are skipped.

import { append, remove } from "./_circle.ts";
import { Closing } from "./_closing.ts";
import { Receiving } from "./_receiving.ts";
import { behind } from "./_turn.ts";
import type { Ending, Waiter } from "./_waiter.ts";
import { end, wake, withdraw } from "./_waiter.ts";
import type { ClosableReceiver, Receiver } from "./ends.ts";
import { available, ended, lease, park, take } from "./ends.ts";

/** The longest delay that every platform's timers can take, in ms: 24.8 days. */
const LONGEST = 2 ** 31 - 1;

const RealDate = Date;

/**
 * A receiver that gets one value, `undefined`, `ms` milliseconds after this call, and
 * is closed and drained once that is received (as Go's `time.After`, save that it has
 * an end, which loops over it see). As a case of a select it is a time limit.
 *
 * Time passes whether or not anybody waits. A timer runs only while somebody does,
 * and keeps the process alive only then; so a time limit that loses leaves nothing
 * behind.
 *
 * @example A time limit
 * ```ts
 * import { after, Channel, select } from "@sluice/channel";
 * import { assertEquals } from "@std/assert";
 *
 * const answers = new Channel<string>();
 * const result = await select({ answer: answers, late: after(10) });
 * assertEquals(result.key, "late");
 * ```
 *
 * @param ms How long, in milliseconds; `Infinity` is never.
 * @returns The receiver.
 * @throws {TypeError} If `ms` is not a number.
 * @throws {RangeError} If `ms` is negative or NaN.
 */
export function after(ms: number): Receiver<void> {
  checkMs(ms, ms >= 0, ">= 0");
  return new Once(ms);
}

/**
 * A receiver that gets a value every `ms` milliseconds: the number of the tick, from 1
 * on. Whoever is slow skips ticks, and sees it by the number; a single tick waits for
 * it (Go's `time.NewTicker`). Without drift: the nth tick comes `n * ms` after the call.
 *
 * Closing or disposing it ends it, and a tick that nobody has received yet is gone. A
 * timer runs only while somebody waits.
 *
 * @example A heartbeat
 * ```ts
 * import { ticker } from "@sluice/channel";
 * import { assertEquals } from "@std/assert";
 *
 * using beats = ticker(5);
 * let last = 0;
 * for await (const beat of beats) {
 *   last = beat;
 *   if (beat >= 3) break;
 * }
 * assertEquals(last >= 3, true);
 * ```
 *
 * @param ms How often, in milliseconds; `Infinity` is never.
 * @returns The receiver.
 * @throws {TypeError} If `ms` is not a number.
 * @throws {RangeError} If `ms` is not greater than 0.
 */
export function ticker(ms: number): ClosableReceiver<number> {
  checkMs(ms, ms > 0, "> 0");
  return new Ticks(ms);
}

/**
 * A receiver that gets no value and has no end (crossbeam's `never`): a case that is
 * switched off where a receiver is asked for. Nothing holds on to what waits for it.
 *
 * @returns The receiver; the same one each time.
 */
export function never(): Receiver<never> {
  return NEVER;
}

function checkMs(ms: number, right: boolean, range: string): void {
  if (typeof ms !== "number") {
    throw new TypeError(
      `Cannot set timer: ms must be a number, received ${typeof ms}`,
    );
  }
  if (!right) {
    throw new RangeError(
      `Cannot set timer: ms must be ${range}, received ${ms}`,
    );
  }
}

/** What the clock feeds. */
abstract class Timed<T> extends Receiving<T> {
  protected readonly ms: number;
  // What belongs together, from when this was made on, whatever tests do to the global
  // ones: time that only goes forward, or the time that they have put in its place.
  protected readonly clock: { now(): number } = Date === RealDate
    ? performance
    : Date;
  readonly #setTimeout = setTimeout;
  readonly #clearTimeout = clearTimeout;
  protected readonly made: number = this.clock.now();
  /** When the next tick is due. */
  protected due: number;
  protected closing: Closing | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #receivers: Waiter | undefined;
  #joiners: Waiter | undefined;
  #leased = 0;

  constructor(ms: number) {
    super();
    this.ms = ms;
    this.due = this.made + ms;
  }

  get closed(): boolean {
    return this.closing !== undefined;
  }

  get drained(): boolean {
    return this.closed && !this.#leased;
  }

  [available](): boolean {
    return !this.closing && !this.#receivers && this.clock.now() >= this.due;
  }

  [ended](): Ending | undefined {
    return this.closing;
  }

  [park](waiter: Waiter, sends?: boolean): void {
    if (sends === undefined) {
      this.#joiners = append(this.#joiners, waiter);
    } else {
      this.#receivers = append(this.#receivers, waiter);
      this.#arm();
    }
  }

  [withdraw](waiter: Waiter): Waiter {
    const next = remove(waiter);
    if (this.#joiners === waiter) this.#joiners = next;
    if (this.#receivers === waiter) {
      this.#receivers = next;
      if (!next) this.#disarm();
    }
    return waiter;
  }

  [lease](n: number): void {
    this.#leased += n;
    this.settle();
  }

  #arm(): void {
    if (this.#timer !== undefined || this.due === Infinity) return;
    const delay = this.due - this.clock.now();
    const set = this.#setTimeout;
    this.#timer = set(() => {
      this.#timer = undefined;
      if (delay > LONGEST) this.#arm();
      else this.#tick();
    }, Math.max(0, Math.min(delay, LONGEST)));
  }

  #disarm(): void {
    const clear = this.#clearTimeout;
    clear(this.#timer);
    this.#timer = undefined;
  }

  // A timer may be a fraction of a millisecond early; it counts all the same.
  #tick(): void {
    const waiter = this.#receivers!;
    this.#receivers = remove(waiter);
    const value = this.step();
    if (this.#receivers && !this.closing) this.#arm();
    wake(waiter, value);
    this.settle();
  }

  // There is one tick at a time, however short they are.
  override [take](): T;
  override [take](max: number | undefined): T | T[];
  override [take](max?: number): T | T[] {
    return max === undefined ? this.takeOne() : [this.takeOne()];
  }

  /** Takes the tick that is due. */
  protected abstract step(): T;

  protected takeOne(): T {
    const value = this.step();
    this.settle();
    return value;
  }

  /** Tells all who wait for something that will not come, if it is closed. */
  protected settle(): void {
    const { closing } = this;
    if (!closing) return;
    while (this.#receivers) end(this[withdraw](this.#receivers), closing);
    while (this.drained && this.#joiners) {
      wake(this[withdraw](this.#joiners), behind());
    }
  }
}

class Once extends Timed<void> {
  protected step(): void {
    this.closing = new Closing();
  }
}

class Ticks extends Timed<number> implements ClosableReceiver<number> {
  #taken = 0;

  protected step(): number {
    const passed = Math.floor((this.clock.now() - this.made) / this.ms);
    this.#taken = Math.max(passed, this.#taken + 1);
    this.due = this.made + (this.#taken + 1) * this.ms;
    return this.#taken;
  }

  close(...reason: [reason: unknown] | []): void {
    if (this.closing) return;
    this.closing = new Closing();
    this.closing.plain = !reason.length;
    this.closing.reason = reason[0];
    this.settle();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve(this.close());
  }
}

class Never extends Receiving<never> {
  readonly closed = false;
  readonly drained = false;

  [available](): boolean {
    return false;
  }

  [ended](): undefined {}

  [park](): void {}

  [withdraw](waiter: Waiter): Waiter {
    return waiter;
  }

  [lease](): void {}

  protected takeOne(): never {
    throw new Error("Cannot take: nothing is ever available");
  }
}

const NEVER = new Never();
