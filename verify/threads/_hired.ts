// _hired.ts: a thread of a check, as its host sees it, and waiting with a limit.

import type { Thread, ThreadListener } from "../../_thread.ts";
import { startThread } from "../../_thread.ts";

/** What a thread tells its host. */
export type Word = readonly [word: string, data?: unknown];

/** A word, and who waits for it. */
interface Awaited {
  readonly promise: Promise<unknown>;
  readonly resolve: (data: unknown) => void;
}

/** A thread that runs a module of this folder, and what it says, each word once. */
export class Hired implements ThreadListener {
  readonly #thread: Thread;
  readonly #words: Map<string, Awaited> = new Map();
  readonly #heard: string[] = [];

  /** Starts it; the job is posted at once, before the module can have loaded. */
  constructor(module: string, job: unknown, transfer: Transferable[]) {
    const url = new URL(`./${module}.js`, import.meta.url);
    this.#thread = startThread(url, this);
    this.#thread.post(job, transfer);
  }

  called(data: unknown): void {
    const [word, more] = data as Word;
    this.#say(word, more);
  }

  died(error: unknown): void {
    this.#say("died", error);
  }

  #say(word: string, data: unknown): void {
    this.#heard.push(word);
    this.#awaited(word).resolve(data);
  }

  #awaited(word: string): Awaited {
    let awaited = this.#words.get(word);
    if (!awaited) {
      let resolve!: (data: unknown) => void;
      const promise = new Promise<unknown>((done) => resolve = done);
      this.#words.set(word, awaited = { promise, resolve });
    }
    return awaited;
  }

  /** Resolves once it has said so, to what it said with it. */
  said(word: string): Promise<unknown> {
    return this.#awaited(word).promise;
  }

  has(word: string): boolean {
    return this.#heard.includes(word);
  }

  post(data: unknown): void {
    this.#thread.post(data);
  }

  stop(): void {
    this.#thread.stop();
  }

  /** What it has said until now. */
  toString(): string {
    return `[${this.#heard.join(" ")}]`;
  }
}

/** Rejects with the state of things if a promise takes too long. */
export async function within<T>(
  promise: Promise<T>,
  what: string,
  state: () => string,
  limit = 60_000,
): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`${what}: not within ${limit / 1000} s: ${state()}`));
    }, limit);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Throws what went wrong, if it did. */
export function must(fact: boolean, otherwise: string): asserts fact {
  if (!fact) throw new Error(otherwise);
}

/** A whole number of at least `least`, and below `end`. */
export function random(least: number, end: number): number {
  return least + Math.floor(Math.random() * (end - least));
}

/** The numbers below `end`. */
export function* count(end: number): Generator<number> {
  for (let n = 0; n < end; n++) yield n;
}

export function pause(time: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, time));
}
