// _pool.ts: workers on one receiving end.

import type { Receiver } from "./ends.ts";

/** What went wrong; an object, since any value can be a reason. */
export interface Failure {
  readonly reason: unknown;
}

/** What is done with each value. */
export interface Work<T, R> {
  /** Makes a result of it. */
  readonly make: (value: T) => R | PromiseLike<R>;
  /** Sees to the result; what it returns is waited for. */
  readonly emit?: (result: R) => Promise<unknown> | boolean;
  /** Told of what `make` or `emit` throws or rejects with. */
  readonly fail: (error: unknown) => void;
}

/** Takes values of a source, and works on up to `limit` of them at once. */
export class Pool<T, R> {
  /** How the source failed, if it did. */
  failure: Failure | undefined;
  /** Resolves when no worker runs any more; to that failure. */
  readonly over: Promise<Failure | undefined>;
  readonly #source: Receiver<T>;
  readonly #limit: number;
  readonly #work: Work<T, R>;
  readonly #loops: AsyncIterator<T>[] = [];
  #stopped = false;
  /** Workers that wait for a value. */
  #idle = 0;
  #running = 0;
  #end!: (failure: Failure | undefined) => void;

  constructor(source: Receiver<T>, limit: number, work: Work<T, R>) {
    this.#source = source;
    this.#limit = limit;
    this.#work = work;
    this.over = new Promise((resolve) => this.#end = resolve);
    this.#start();
  }

  /**
   * Takes no further value. What was received is worked on, and `over` waits for it.
   */
  stop(): void {
    this.#stopped = true;
    for (const loop of this.#loops) loop.return!();
  }

  #start(): void {
    const values = this.#source.values();
    this.#loops.push(values);
    this.#running++;
    this.#loop(values).catch((reason) => {
      this.failure ??= { reason };
    }).then(() => {
      if (--this.#running === 0) this.#end(this.failure);
    });
  }

  async #loop(values: AsyncIterator<T>): Promise<void> {
    const { make, emit, fail } = this.#work;
    while (!this.#stopped) {
      this.#idle++;
      const { done, value } = await values.next();
      this.#idle--;
      if (done) return;
      // One more than are busy: it is there if there is more to do.
      if (
        this.#idle === 0 && this.#loops.length < this.#limit && !this.#stopped
      ) this.#start();
      try {
        let result = make(value);
        if (isThenable(result)) result = await result;
        const emitting = emit?.(result);
        if (typeof emitting === "object") await emitting;
      } catch (error) {
        fail(error);
      }
    }
  }
}

/** Whether a promise that resolves to it would wait for it. */
export function isThenable<R>(
  value: R | PromiseLike<R>,
): value is PromiseLike<R> {
  return typeof (value as PromiseLike<R> | null | undefined)?.then ===
    "function";
}
