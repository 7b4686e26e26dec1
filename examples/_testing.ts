// _testing.ts: what the tests of the examples share.

import { assert } from "@std/assert";
import type { FakeTime } from "@std/testing/time";

/** Lets time pass, from timer to timer, until a promise settles; fails if it never would. */
export async function finish<T>(
  time: FakeTime,
  promise: Promise<T>,
): Promise<T> {
  let settled = false;
  const settle = () => void (settled = true);
  promise.then(settle, settle);
  while (true) {
    await rest(time);
    if (settled) return promise;
    assert(time.next(), "waits, but for no timer");
  }
}

/** Fails if a timer is left. */
export async function assertNoTimers(time: FakeTime): Promise<void> {
  await rest(time);
  assert(!time.next(), "a timer is left");
}

// Some turns of the event loop, since a busy channel may make way for one.
async function rest(time: FakeTime): Promise<void> {
  for (let i = 0; i < 3; i++) await time.runMicrotasks();
}

/** Values that tell how many were asked for, and whether their source was stopped. */
export class Watched<T> implements Iterable<T> {
  asked = 0;
  stopped = false;
  readonly #values: Iterable<T>;

  constructor(values: Iterable<T>) {
    this.#values = values;
  }

  *[Symbol.iterator](): Generator<T> {
    try {
      for (const value of this.#values) {
        this.asked++;
        yield value;
      }
    } finally {
      this.stopped = true;
    }
  }
}

/** Takes lines, which can be seen. */
export function printer(): { lines: string[]; print: (line: string) => void } {
  const lines: string[] = [];
  return { lines, print: (line) => void lines.push(line) };
}

/** The numbers from `n` on, without end. */
export function* countFrom(n: number): Generator<number> {
  while (true) yield n++;
}

/** A function that fails when a line is printed by it, the `nth` time. */
export function failing(nth: number, error: unknown): () => void {
  return () => {
    if (--nth === 0) throw error;
  };
}
