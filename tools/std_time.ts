// Stands in for jsr:@std/testing/time, on npm's fake timers.
import { type Clock, install } from "npm:@sinonjs/fake-timers@15.5.0";

const { setTimeout: realSetTimeout, Date: RealDate } = globalThis;
const realAbortTimeout = AbortSignal.timeout;

/** Time that moves only when told to: Date, the timers and AbortSignal.timeout, until restored. */
export class FakeTime implements Disposable {
  readonly start: number;
  readonly #clock: Clock;

  constructor(start?: number | string | Date | null) {
    this.start = new RealDate(start ?? RealDate.now()).valueOf();
    this.#clock = install({
      now: this.start,
      toFake: [
        "Date",
        "setTimeout",
        "clearTimeout",
        "setInterval",
        "clearInterval",
      ],
    });
    AbortSignal.timeout = (ms) => {
      const controller = new AbortController();
      setTimeout(() => {
        controller.abort(
          new DOMException("Signal timed out.", "TimeoutError"),
        );
      }, ms);
      return controller.signal;
    };
  }

  get now(): number {
    return this.#clock.now;
  }

  set now(value: number) {
    if (value < this.now) {
      throw new RangeError(
        `Cannot set current time in the past, time must be >= ${this.now}: received ${value}`,
      );
    }
    this.#clock.tick(value - this.now);
  }

  tick(ms = 0): void {
    this.now += ms;
  }

  async tickAsync(ms = 0): Promise<void> {
    await this.runMicrotasks();
    this.tick(ms);
  }

  next(): boolean {
    const waiting = this.#clock.countTimers() > 0;
    this.#clock.next();
    return waiting;
  }

  async nextAsync(): Promise<boolean> {
    await this.runMicrotasks();
    return this.next();
  }

  runAll(): void {
    while (this.next());
  }

  async runAllAsync(): Promise<void> {
    while (await this.nextAsync());
  }

  runMicrotasks(): Promise<void> {
    return new Promise((resolve) => realSetTimeout(resolve, 0));
  }

  restore(): void {
    this.#clock.uninstall();
    AbortSignal.timeout = realAbortTimeout;
  }

  [Symbol.dispose](): void {
    this.restore();
  }
}
