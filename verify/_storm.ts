// _storm.ts: what the storms and the crowd keep their accounts with: a ledger of
// every value, and signals whose listeners are counted.
//
// It imports nothing that needs @std, since the soak runs without.

import type { Channel, ChannelWaitOptions } from "../mod.ts";

/** What can become of a value; each is a bit. */
const FATES = { accepted: 1, refused: 2, received: 4, dropped: 8, left: 16 };

/**
 * What can become of a value: what its sender was told, `accepted` or `refused`, and
 * where it went, `received`, `dropped` (given to `onDrop`), or `left` in a channel
 * when all was over.
 */
export type Fate = keyof typeof FATES;

/** All that a value may have met in the end. */
const BALANCED: ReadonlySet<number> = new Set([
  FATES.refused,
  FATES.accepted | FATES.received,
  FATES.accepted | FATES.dropped,
  FATES.accepted | FATES.left,
]);

/** More than these of one run tell nothing new. */
const MOST_PROBLEMS = 20;

/** The account of every value that was ever offered to a channel. */
export class Ledger {
  /** What went wrong, in words. */
  readonly problems: string[] = [];
  /** How often each fate was met, and whatever else is counted. */
  readonly tally: Record<string, number> = {};
  #fates: number[] = [];

  /** A new value. Call it in the very turn in which the value is offered: values grow in that order. */
  offer(): number {
    return this.#fates.push(0) - 1;
  }

  /** Writes down what became of a value. */
  mark(value: number, fate: Fate): void {
    this.count(fate);
    const fates = this.#fates[value];
    if (fates === undefined) return this.complain(`${value} was never sent`);
    if (fates & FATES[fate]) this.complain(`${value} was ${fate} twice`);
    this.#fates[value] = fates | FATES[fate];
  }

  /** Counts an event. */
  count(event: string): void {
    this.tally[event] = (this.tally[event] ?? 0) + 1;
  }

  /** Writes down what went wrong. */
  complain(problem: string): void {
    if (this.problems.length < MOST_PROBLEMS) this.problems.push(problem);
  }

  /** Complains of each value without a balanced account, and forgets them all. */
  balance(): void {
    this.#fates.forEach((fates, value) => {
      if (BALANCED.has(fates)) return;
      const met = Object.entries(FATES).filter(([, bit]) => fates & bit);
      this.complain(`${value} was: ${met.map(([name]) => name).join(", ")}`);
    });
    this.#fates = [];
  }
}

/** Sees that values of one channel arrive in the order in which they were offered. */
export class Order {
  readonly #name: string;
  readonly #last = new Map<Channel<number>, number>();

  constructor(name: string) {
    this.#name = name;
  }

  /** Looks at the next value from this channel. Returns what is wrong with it. */
  see(channel: Channel<number>, value: number): string | undefined {
    const last = this.#last.get(channel) ?? -1;
    this.#last.set(channel, value);
    return value > last
      ? undefined
      : `${value} came after ${last} (${this.#name})`;
  }
}

/** A signal, and how many listeners it has. */
interface Counted {
  readonly signal: AbortSignal;
  listeners: number;
}

/** Makes signals, hands them out and aborts them at random. */
export class Signals {
  readonly #random: () => number;
  /** All that are not known to be done with. */
  #counted: Counted[] = [];
  /** Those of one operation each that nobody has aborted yet. */
  #own: AbortController[] = [];
  #shared: AbortController;
  readonly #lasting: AbortController;
  /** Signals that somebody else aborts, or nobody. */
  #lent: AbortSignal[] = [];

  constructor(random: () => number) {
    this.#random = random;
    this.#lasting = this.make();
    this.#shared = this.make();
  }

  /** A controller whose signal is watched. */
  make(): AbortController {
    const controller = new AbortController();
    this.watch(controller.signal);
    return controller;
  }

  /** Counts the listeners of a signal from now on. */
  watch(signal: AbortSignal): void {
    const counted = { signal, listeners: 0 };
    this.#counted.push(counted);
    const { addEventListener, removeEventListener } = signal;
    signal.addEventListener = (...args: unknown[]) => {
      counted.listeners++;
      Reflect.apply(addEventListener, signal, args);
    };
    signal.removeEventListener = (...args: unknown[]) => {
      counted.listeners--;
      Reflect.apply(removeEventListener, signal, args);
    };
  }

  /** Hands out, among others, a signal that somebody else may abort. */
  lend(signal: AbortSignal): void {
    this.watch(signal);
    this.#lent.push(signal);
  }

  /** Whether `abortAll` ends what waits with these options. */
  ends(options: ChannelWaitOptions | undefined): boolean {
    const signal = options?.signal;
    return !!signal && signal !== this.#lasting.signal &&
      !this.#lent.includes(signal);
  }

  /** Options of one operation. Half of them have no signal; few have one that is aborted already. */
  options(): ChannelWaitOptions | undefined {
    const draw = this.#random();
    if (draw < 0.5) return undefined;
    if (draw < 0.56) return { signal: this.#lasting.signal };
    if (draw < 0.6) {
      return {
        signal: this.#lent[Math.floor(this.#random() * this.#lent.length)],
      };
    }
    if (draw < 0.7) {
      if (this.#shared.signal.aborted && this.#random() < 0.7) {
        this.#shared = this.make();
      }
      return { signal: this.#shared.signal };
    }
    const controller = this.make();
    this.#own.push(controller);
    return { signal: controller.signal };
  }

  /** Aborts the newest signal of one operation, or a random one. */
  abortOne(newest: boolean): void {
    const last = this.#own.length - 1;
    if (last < 0) return;
    const index = newest ? last : Math.floor(this.#random() * (last + 1));
    const controller = this.#own[index]!;
    this.#own[index] = this.#own[last]!;
    this.#own.pop();
    controller.abort({ why: "its own" });
  }

  /** Aborts the signal that many operations share. */
  abortShared(): void {
    this.#shared.abort({ why: "shared" });
  }

  /** Aborts all but the lasting one. */
  abortAll(): void {
    while (this.#own.length > 0) this.abortOne(true);
    this.abortShared();
  }

  /** How many signals have listeners. */
  get listening(): number {
    return this.#counted.filter((one) => one.listeners !== 0).length;
  }

  /** Forgets those that are aborted. */
  forget(): void {
    this.#counted = this.#counted.filter((one) => !one.signal.aborted);
    this.#lent = this.#lent.filter((signal) => !signal.aborted);
  }
}

/** Turns of the event loop. A message takes 7 us, a timer of 0 ms takes 1 to 2 ms. */
export class Turns {
  readonly #ports = new MessageChannel();
  readonly #waiting: (() => void)[] = [];

  constructor() {
    this.#ports.port1.onmessage = () => this.#waiting.shift()?.();
  }

  /** Lets all microtasks run, and one turn of the event loop. */
  next(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#ports.port2.postMessage(undefined);
    });
  }

  /** Ends it, so that it keeps no process alive. */
  close(): void {
    this.#ports.port1.close();
    this.#ports.port2.close();
  }
}

/** Lets the timers run that are due: the library's own, which ends a pause, is one. */
export function tick(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

/**
 * Runs `body` with `random` in the place of `Math.random`, so that a select's picks
 * repeat, and with a clock that stands still but for leaps of 3 ms: of so many looks
 * at it one leaps. Without leaps the library never pauses (rule 9), and what `body`
 * does is the same each time; the end of a pause is up to the event loop.
 */
export async function repeatably<R>(
  random: () => number,
  leapEvery: number,
  body: () => R | Promise<R>,
): Promise<R> {
  const { random: originalRandom } = Math;
  const { now: originalNow } = performance;
  let time = performance.now();
  Math.random = random;
  performance.now = () => random() * leapEvery < 1 ? time += 3 : time;
  try {
    return await body();
  } finally {
    Math.random = originalRandom;
    performance.now = originalNow;
  }
}
