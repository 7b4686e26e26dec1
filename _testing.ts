// _testing.ts: what the tests share.

import { assert, assertEquals } from "@std/assert";
import { Channel } from "./mod.ts";

/**
 * Lets all microtasks run, and one turn of the event loop: a timer and, where there
 * is `setImmediate`, what waits for that, as a channel that makes way does.
 */
export function tick(): Promise<void> {
  const { setImmediate } = globalThis as {
    setImmediate?: (wake: () => void) => unknown;
  };
  return new Promise((resolve) => {
    setTimeout(() => setImmediate ? setImmediate(resolve) : resolve());
  });
}

/** Whether a promise is still unsettled after a tick. */
export async function isPending(promise: Promise<unknown>): Promise<boolean> {
  const pending = Symbol();
  const first = await Promise.race([
    promise.catch(() => undefined),
    tick().then(() => pending),
  ]);
  return first === pending;
}

/** Writes down, in order, how promises settle. */
export class SettleLog {
  /** One entry for each settled promise: `name`, `name=value` or `name!reason`. */
  readonly entries: string[] = [];

  /** Watches a promise under a name, and returns it. */
  add<T>(name: string, promise: Promise<T>): Promise<T> {
    promise.then(
      (value) =>
        this.entries.push(value === undefined ? name : `${name}=${value}`),
      (reason) => this.entries.push(`${name}!${reason?.name ?? reason}`),
    );
    return promise;
  }
}

/** An abort controller whose signal counts the listeners that it has. */
export class CountedController extends AbortController {
  /** Listeners on the signal now. */
  listeners = 0;
  /** Listeners that were ever added. */
  added = 0;

  constructor() {
    super();
    const signal = this.signal;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...args: Parameters<typeof add>) => {
      this.listeners++;
      this.added++;
      add(...args);
    };
    signal.removeEventListener = (...args: Parameters<typeof remove>) => {
      this.listeners--;
      remove(...args);
    };
  }
}

/** Runs `body` and returns the reasons of the rejections that nobody handled. */
export async function unhandledIn(
  body: () => void | Promise<void>,
): Promise<unknown[]> {
  const reasons: unknown[] = [];
  const listener = (event: PromiseRejectionEvent) => {
    event.preventDefault();
    reasons.push(event.reason);
  };
  globalThis.addEventListener("unhandledrejection", listener);
  try {
    await body();
    await tick();
    await tick();
  } finally {
    globalThis.removeEventListener("unhandledrejection", listener);
  }
  return reasons;
}

/** A small generator of pseudo-random numbers in [0, 1), the same for the same seed. */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let x = Math.imul(state ^ (state >>> 15), state | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return ((x ^ (x >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Collects garbage where the runtime lets us (`--expose-gc`). */
export function collect(): void {
  const gc = (globalThis as { gc?: () => void }).gc;
  if (gc === undefined) throw new Error("Cannot collect: run with --expose-gc");
  gc();
}

/** A channel that already holds `values`. */
export function filled<T>(capacity: number, ...values: T[]): Channel<T> {
  const channel = new Channel<T>(capacity);
  for (const value of values) assert(channel.trySend(value));
  return channel;
}

/** A channel whose buffer is full of these values. */
export function holding<T>(...values: T[]): Channel<T> {
  const channel = new Channel<T>(values.length);
  for (const value of values) channel.sendNow(value);
  return channel;
}

/** A closed channel that holds nothing. */
export function closed<T>(...reason: [unknown] | []): Channel<T> {
  const channel = new Channel<T>();
  channel.close(...reason);
  return channel;
}

/** How many wait on each side: senders, receivers. */
export function waiting<T>(channel: Channel<T>): [number, number] {
  const { waitingSenders, waitingReceivers } = channel.stats();
  return [waitingSenders, waitingReceivers];
}

/** Fails if anything waits on a channel. */
export function assertAtRest(
  ...channels: { stats: Channel<unknown>["stats"] }[]
): void {
  for (const channel of channels) {
    const { waitingSenders, waitingReceivers } = channel.stats();
    assertEquals([waitingSenders, waitingReceivers], [0, 0]);
  }
}

/** Runs a test whose outcome may be random often enough to see every outcome. */
export async function often(body: () => void | Promise<void>): Promise<void> {
  for (let i = 0; i < 50; i++) await body();
}

/** What a promise rejects with. */
export function reasonOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => Promise.reject(new Error("Did not reject")),
    (reason) => reason,
  );
}

/** What can go wrong. */
export const ERRORS: readonly unknown[] = [
  new Error("reason"),
  "reason",
  0,
  null,
  undefined,
];

/** How a function that a stage calls can fail. */
export const FAILURES: Record<string, (error: unknown) => PromiseLike<never>> =
  {
    "that is thrown": (error) => {
      throw error;
    },
    "that it rejects with": (error) => Promise.reject(error),
    "that it rejects with later": async (error) => {
      await tick();
      throw error;
    },
    "that a thenable rejects with": (error) => ({
      then: (_, reject) => Promise.reject(error).then(undefined, reject),
    }),
    "that a thenable throws": (error) => ({
      then() {
        throw error;
      },
    }),
  };

/** The supertype, */
export interface Animal {
  name: string;
}

/** and the subtype, for tests of variance. */
export interface Dog extends Animal {
  barks: true;
}

/** A value of both. */
export const REX: Dog = { name: "Rex", barks: true };

/** Whether a value of the one type can stand where the other is asked for. */
export type IsAssignable<From, To> = [From] extends [To] ? true : false;
