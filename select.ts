/**
 * Waiting on several channels at once: {@linkcode select}, its form that never
 * waits, {@linkcode trySelect}, and its loop, {@linkcode selectEach}.
 *
 * @example The first of two
 * ```ts
 * import { Channel } from "@sluice/channel/channel";
 * import { select } from "@sluice/channel/select";
 * import { assertEquals } from "@std/assert";
 *
 * const jobs = new Channel<string>(1);
 * const quit = new Channel<void>();
 * await jobs.send("wash");
 *
 * const result = await select({ job: jobs, quit });
 * assertEquals(result, { key: "job", state: "ok", value: "wash" });
 * ```
 *
 * @module
 */
// A select looks at all its cases, and does one that is ready or parks in all of
// them, within one synchronous run: so it sees one moment of every channel. Its
// waiters are ordinary waiters that share an owner, the selection; the first one
// that is taken takes the others out in the same turn.

import type { Keys, Result } from "./_cases.ts";
import {
  casesOf,
  checkSome,
  closedResult,
  happen,
  isLive,
  isNever,
  keyOf,
  keysOf,
  pick,
  receives,
  settled,
} from "./_cases.ts";
import { checkWait, refusal } from "./_checks.ts";
import type { SelectCase, SelectCases, SendCase } from "./_select_cases.ts";
import { target } from "./_select_cases.ts";
import { unwatch, Watch, watch } from "./_signals.ts";
import { rest, settle } from "./_turn.ts";
import type { Ending, Owner, Parking } from "./_waiter.ts";
import { over, Waiter, withdraw, woken } from "./_waiter.ts";
import type { ChannelWaitOptions, Receiver, Sender } from "./ends.ts";
import { park, sendable } from "./ends.ts";

export type * from "./_select_cases.ts";

/**
 * What one case comes to: a receive or a send that happened, or a channel that has
 * ended.
 *
 * @typeParam K The key of the case.
 * @typeParam C The type of the case.
 */
export type CaseResult<K, C> = C extends Receiver<infer T>
  ? { key: K; state: "ok"; value: T } | {
    key: K;
    state: "closed";
    reason: unknown;
  }
  : C extends SendCase ? { key: K; state: "ok"; value: undefined }
  : never;

/**
 * A key as `result.key` has it: a number for an array, a string for a record.
 *
 * @typeParam K The key, as `keyof` has it.
 */
export type KeyOf<K> = K extends `${infer N extends number}` ? N : K;

/**
 * What a select of these cases comes to: `key` names the case and narrows the
 * rest; `state` is `"ok"`, with what was received as `value`, or `"closed"`, with
 * the `reason` that was given to `close`, for a receiver that is closed and drained.
 *
 * @typeParam C The type of the cases.
 */
export type SelectResult<C extends SelectCases> = C extends readonly unknown[]
  ? { [I in keyof C]-?: CaseResult<KeyOf<I>, C[I]> }[number]
  : {
    [K in keyof C]-?: CaseResult<K extends number ? `${K}` : K, C[K]>;
  }[keyof C];

/** Options of {@linkcode trySelect}. */
export interface TrySelectOptions {
  /**
   * Of several ready cases take the first, not a random one. A case that is
   * always ready then starves those behind it.
   *
   * @default {false}
   */
  priority?: boolean | undefined;
}

/** Options of {@linkcode select} and {@linkcode selectEach}. */
export interface SelectOptions extends ChannelWaitOptions, TrySelectOptions {}

/**
 * Makes a send a case of a select. The value is sent only if the case wins.
 *
 * @typeParam T The type of the value.
 * @param sender Where to send; `null`, `undefined` or `false` is never ready.
 * @param value What to send.
 * @returns The case.
 * @throws {TypeError} If `sender` is not the sending end of a channel.
 */
export function sending<T>(
  sender: Sender<T> | null | undefined | false,
  value: T,
): SendCase<T> {
  if (isNever(sender)) return { [target]: undefined, value };
  if (typeof sender?.[sendable] !== "function") {
    throw new TypeError("Cannot make a send case: not a sender");
  }
  return { [target]: sender as Sender<never>, value };
}

/**
 * Does exactly one of its cases: one that is ready, picked uniformly at random
 * (Go's `select`), else the first that becomes ready; if that is a channel of
 * several cases, one of these by chance. The others do not
 * happen: nothing is taken, nothing is sent, and nobody waits any longer.
 *
 * A receiver that is closed and drained is ready and gives `state: "closed"`.
 * O(cases).
 *
 * @example A result or a time limit
 * ```ts
 * import { Channel, select } from "@sluice/channel";
 * import { assertEquals } from "@std/assert";
 *
 * const answers = new Channel<string>();
 * const quit = new Channel<void>();
 * quit.close();
 *
 * const result = await select({ answer: answers, quit });
 * switch (result.key) {
 *   case "answer":
 *     if (result.state === "ok") console.log(result.value.length);
 *     break;
 *   case "quit":
 *     assertEquals(result.state, "closed");
 * }
 * ```
 *
 * @typeParam C The type of the cases.
 * @param cases What to wait for, by name or by index.
 * @param options `signal` gives the wait up; `priority` takes the first ready case.
 * @returns Which case happened, and what it gave.
 * @throws {TypeError} If there is no case, or one is neither a receiver, a send
 * case nor `null`, `undefined` or `false`, or if `signal` is not an AbortSignal;
 * nothing was registered then.
 * @throws {ChannelClosedError} If the case picked is a send and its channel is
 * closed, or one it waits for closes; holds the value.
 */
export function select<const C extends SelectCases>(
  cases: C,
  options?: SelectOptions,
): Promise<SelectResult<C>> {
  try {
    const keys = keysOf(cases);
    const given = casesOf(cases, keys);
    checkSome(given);
    const priority = options?.priority;
    const signal = options?.signal;
    // A signal written by hand may change a channel when it is looked at.
    if (signal !== undefined) {
      pick(keys, given, true); // checks them
      const refused = refusal(signal);
      if (refused) return refused;
    }
    const ready = pick(keys, given, priority);
    const promise = ready < 0
      ? new Selection(keys, given, priority, signal).promise
      : settled(keys, given, ready);
    return promise as Promise<SelectResult<C>>;
  } catch (error) {
    return Promise.reject(error);
  }
}

/**
 * {@linkcode select} without waiting (Go's `default`). O(cases).
 *
 * @typeParam C The type of the cases.
 * @param cases What to look at, by name or by index.
 * @param options `priority` takes the first ready case.
 * @returns Which case happened; `undefined` if none was ready.
 * @throws {TypeError} If a case is none; nothing has happened then.
 * @throws {ChannelClosedError} If the case picked is a send and its channel is closed.
 */
export function trySelect<const C extends SelectCases>(
  cases: C,
  options?: TrySelectOptions,
): SelectResult<C> | undefined {
  const keys = keysOf(cases);
  const given = casesOf(cases, keys);
  const ready = pick(keys, given, options?.priority);
  return ready < 0 ? undefined : happen(keys, given, ready) as SelectResult<C>;
}

/**
 * {@linkcode select} as a loop over its results. A receiver that is closed and
 * drained is reported once and retired; the loop ends when no case is left
 * that could ever be ready. A send case sends its value each time it wins.
 *
 * @typeParam C The type of the cases.
 * @param cases What to wait for, by name or by index.
 * @param options As for `select`, for every turn of the loop.
 * @returns An iterator of results. Leaving the loop withdraws every case.
 * @throws {TypeError} As `select`, from this call itself.
 */
export function selectEach<const C extends SelectCases>(
  cases: C,
  options?: SelectOptions,
): AsyncIterableIterator<SelectResult<C>> {
  const keys = keysOf(cases);
  const given = [...casesOf(cases, keys)];
  checkSome(given);
  const priority = options?.priority;
  pick(keys, given, priority); // checks them
  const signal = options?.signal;
  checkWait(signal);
  return new SelectIterator(
    keys,
    given,
    priority,
    signal,
  ) as AsyncIterableIterator<
    SelectResult<C>
  >;
}

/** A parked case. `at` is where; its owner is the selection. */
class Case extends Waiter {
  // Declared alone, since few have them: of several cases in one queue all but the
  // oldest know that one, and their place behind it.
  declare oldest: Case | undefined;
  declare nth: number | undefined;

  constructor(
    public key: string | number,
    readonly at: Parking,
    readonly sends: boolean,
    readonly before: Case | undefined,
  ) {
    super(unused, unused);
  }
}

/** A parked select: the owner of its cases. */
class Selection extends Watch implements Owner {
  /** The one parked last; each has the one before it. None once it is decided. */
  last: Case | undefined;
  resolve!: (result: Result | undefined) => void;
  reject!: (reason: unknown) => void;
  readonly promise: Promise<Result | undefined> = new Promise(
    (resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    },
  );

  constructor(
    keys: Keys,
    cases: readonly SelectCase[],
    priority: boolean | undefined,
    signal: AbortSignal | null | undefined,
  ) {
    super();
    for (let i = 0; i < cases.length; i++) {
      const one = cases[i];
      if (receives(one)) {
        one[park](this.#case(keyOf(keys, i), one, false), false);
      } else if (isLive(one)) {
        const to = one[target]!;
        const waiter = this.#case(keyOf(keys, i), to, true);
        waiter.value = one.value;
        to[park](waiter, true);
      } else continue;
      if (!priority) this.#mix(this.last!);
    }
    if (signal) watch(signal, this);
  }

  // Of several cases in one queue the oldest wins. They stand one behind the other: the
  // nth changes places with the oldest once in n times, so that it is as random as the
  // pick among ready cases (and as in Go).
  #mix(youngest: Case): void {
    const before = youngest.prev as Case;
    if (before === youngest || before.owner !== this) return;
    const oldest = youngest.oldest = before.oldest ?? before;
    const nth = youngest.nth = (before.nth ?? 1) + 1;
    if (Math.random() * nth >= 1) return;
    const { key, value } = oldest;
    oldest.key = youngest.key;
    oldest.value = youngest.value;
    youngest.key = key;
    youngest.value = value;
  }

  #case(key: string | number, at: Parking, sends: boolean): Case {
    const waiter = new Case(key, at, sends, this.last);
    waiter.owner = this;
    return this.last = waiter;
  }

  [woken](winner: Case, value: unknown): void {
    this.withdraw(winner);
    settle(this.resolve, { key: winner.key, state: "ok", value });
  }

  [over](winner: Case, ending: Ending): void {
    this.withdraw(winner);
    if (winner.sends) settle(this.reject, ending.error);
    else settle(this.resolve, closedResult(winner.key, ending));
  }

  abort(reason: unknown): void {
    this.withdraw();
    settle(this.reject, reason);
  }

  /** Takes all cases out, but for a winner, which is out already. */
  withdraw(winner?: Case): void {
    unwatch(this);
    for (let one = this.last; one; one = one.before) {
      if (one !== winner) one.at[withdraw](one);
    }
    this.last = undefined;
  }
}

/** The iterator of `selectEach`. */
class SelectIterator implements AsyncIterableIterator<Result, undefined> {
  readonly #keys: Keys;
  /** What is retired becomes `undefined`. */
  readonly #cases: SelectCase[];
  readonly #priority: boolean | undefined;
  readonly #signal: AbortSignal | null | undefined;
  #selection: Selection | undefined;
  /** Calls of `next` that have not come to a result, and the last one's promise. */
  #asked = 0;
  #last: Promise<unknown> | undefined;

  constructor(
    keys: Keys,
    cases: SelectCase[],
    priority: boolean | undefined,
    signal: AbortSignal | null | undefined,
  ) {
    this.#keys = keys;
    this.#cases = cases;
    this.#priority = priority;
    this.#signal = signal;
  }

  next(): Promise<IteratorResult<Result, undefined>> {
    // One step at a time, so that the end of a channel is reported once.
    const step = () => this.#step();
    const promise = this.#asked++ === 0
      ? this.#step()
      : this.#last!.then(step, step);
    this.#last = promise;
    return promise;
  }

  return(value?: unknown): Promise<IteratorResult<Result, undefined>> {
    this.#over();
    const selection = this.#selection;
    // One that was decided may have its result still to come.
    if (selection?.last) {
      selection.withdraw();
      settle(selection.resolve);
    }
    return rest({ value: value as undefined, done: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #step(): Promise<IteratorResult<Result, undefined>> {
    if (!this.#cases.some(isLive)) {
      this.#answered();
      return Promise.resolve({ value: undefined, done: true });
    }
    const refused = refusal(this.#signal);
    if (refused) {
      this.#answered();
      this.#over();
      return refused;
    }
    const ready = pick(this.#keys, this.#cases, this.#priority);
    let won: Promise<Result | undefined>;
    if (ready < 0) {
      this.#selection = new Selection(
        this.#keys,
        this.#cases,
        this.#priority,
        this.#signal,
      );
      won = this.#selection.promise;
    } else {
      won = settled(this.#keys, this.#cases, ready);
    }
    return won.then(
      (result) => this.#report(result),
      (reason) => this.#fail(reason),
    );
  }

  #report(result: Result | undefined): IteratorResult<Result, undefined> {
    this.#answered();
    this.#selection = undefined;
    if (result === undefined) return { value: undefined, done: true };
    if (result.state === "closed") {
      const index = this.#keys?.indexOf(result.key as string) ??
        result.key as number;
      this.#cases[index] = undefined;
    }
    return { value: result, done: false };
  }

  #fail(reason: unknown): never {
    this.#answered();
    this.#selection = undefined;
    this.#over();
    throw reason;
  }

  #answered(): void {
    // What was last received is not retained.
    if (--this.#asked === 0) this.#last = undefined;
  }

  #over(): void {
    this.#cases.fill(undefined);
  }
}

// deno-coverage-ignore -- a case is settled by its selection
function unused(): void {}
