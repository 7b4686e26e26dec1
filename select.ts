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

import { refusal, signalOf } from "./_checks.ts";
import { unwatch, Watch, watch } from "./_signals.ts";
import { rest } from "./_turn.ts";
import type { Ending, Owner } from "./_waiter.ts";
import { Waiter, withdraw } from "./_waiter.ts";
import type { ChannelWaitOptions, Receiver, Sender } from "./ends.ts";
import { available, ended, park, sendable, take } from "./ends.ts";
import { unsent } from "./errors.ts";

const target: unique symbol = Symbol();

/**
 * A send as a case of a select; made by {@linkcode sending}.
 *
 * @typeParam T The type of the value.
 */
export interface SendCase<out T = unknown> {
  /** Where the value goes if the case wins; `undefined` for nowhere. */
  readonly [target]: Sender<never> | undefined;
  /** What is sent if the case wins. */
  readonly value: T;
}

/**
 * What a select waits for: a receive from a {@linkcode Receiver}, a send made by
 * {@linkcode sending}, or something that is never ready, as Go's nil channel.
 */
export type SelectCase =
  | Receiver<unknown>
  | SendCase
  | null
  | undefined
  | false;

/** The cases of a select: a record, or an array whose indices are the keys. */
export type SelectCases =
  | readonly SelectCase[]
  | { readonly [key: string]: SelectCase };

/** A receive that happened, a send that happened, or a channel that has ended. */
type CaseResult<K, C> = C extends Receiver<infer T>
  ? { key: K; state: "ok"; value: T } | {
    key: K;
    state: "closed";
    reason: unknown;
  }
  : C extends SendCase ? { key: K; state: "ok"; value: undefined }
  : never;

/** The key as `result.key` has it: a number for an array, a string for a record. */
type KeyOf<K> = K extends `${infer N extends number}` ? N : K;

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
 * (Go's `select`), else the first that becomes ready. The others do not
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
 * case nor `null`, `undefined` or `false`; nothing was registered then.
 * @throws {ChannelClosedError} If the case picked is a send and its channel is
 * closed, or one it waits for closes; holds the value.
 */
export function select<const C extends SelectCases>(
  cases: C,
  options?: SelectOptions,
): Promise<SelectResult<C>> {
  let live: Case[];
  try {
    live = someCases(cases);
  } catch (error) {
    return Promise.reject(error);
  }
  if (options !== undefined) {
    const refused = refusal(options);
    if (refused !== undefined) return refused;
  }
  const ready = pick(live, options?.priority === true);
  const promise = ready === undefined
    ? new Selection(live).park(options).promise
    : settled(ready);
  return rest(promise) as Promise<SelectResult<C>>;
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
  const ready = pick(casesOf(cases).live, options?.priority === true);
  return ready && happen(ready) as SelectResult<C>;
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
  const live = someCases(cases);
  signalOf(options);
  return new SelectIterator(live, options) as AsyncIterableIterator<
    SelectResult<C>
  >;
}

/** A case that can become ready; parked as it is. `from` or `to` is set. */
class Case extends Waiter {
  override owner: Selection | undefined = undefined;

  constructor(
    readonly key: string | number,
    readonly from: Receiver<unknown> | undefined,
    readonly to: Sender<never> | undefined,
    override value: unknown,
  ) {
    super(unused, unused);
  }

  get ready(): boolean {
    return this.from === undefined
      ? this.to![sendable]() !== false
      : this.from[available]() || this.from[ended]() !== undefined;
  }

  park(selection: Selection): void {
    this.owner = selection;
    if (this.from === undefined) this.to![park](this, true);
    else this.from[park](this, false);
  }

  withdraw(): void {
    (this.from ?? this.to!)[withdraw](this);
  }
}

interface Result {
  key: string | number;
  state: "ok" | "closed";
  value?: unknown;
  reason?: unknown;
}

/** A parked select: the owner of its cases. */
class Selection extends Watch implements Owner {
  resolve!: (result: Result | undefined) => void;
  reject!: (reason: unknown) => void;
  readonly promise: Promise<Result | undefined> = new Promise(
    (resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    },
  );

  constructor(readonly cases: readonly Case[]) {
    super();
  }

  park(options: SelectOptions | undefined): this {
    for (const one of this.cases) one.park(this);
    const signal = options?.signal;
    if (signal) watch(signal, this);
    return this;
  }

  wake(winner: Case, value: unknown): void {
    this.withdraw(winner);
    this.resolve({ key: winner.key, state: "ok", value });
  }

  end(winner: Case, ending: Ending): void {
    this.withdraw(winner);
    if (winner.from === undefined) this.reject(ending.error);
    else this.resolve(closedResult(winner.key, ending));
  }

  abort(reason: unknown): void {
    this.withdraw();
    this.reject(reason);
  }

  /** Takes all cases out, but for a winner, which is out already. */
  withdraw(winner?: Case): void {
    unwatch(this);
    for (const one of this.cases) if (one !== winner) one.withdraw();
  }
}

/** The iterator of `selectEach`. Its cases are parked again and again. */
class SelectIterator implements AsyncIterableIterator<Result, undefined> {
  #live: Case[];
  readonly #options: SelectOptions | undefined;
  #selection: Selection | undefined;
  /** Calls of `next` that have not come to a result, and the last one's promise. */
  #asked = 0;
  #last: Promise<unknown> | undefined;

  constructor(live: Case[], options: SelectOptions | undefined) {
    this.#live = live;
    this.#options = options;
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
    this.#live = [];
    this.#selection?.withdraw();
    this.#selection?.resolve(undefined);
    return Promise.resolve({ value: value as undefined, done: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #step(): Promise<IteratorResult<Result, undefined>> {
    if (this.#live.length === 0) {
      this.#asked--;
      return Promise.resolve({ value: undefined, done: true });
    }
    const refused = refusal(this.#options);
    if (refused !== undefined) {
      this.#asked--;
      this.#live = [];
      return refused;
    }
    const ready = pick(this.#live, this.#options?.priority === true);
    let won: Promise<Result | undefined>;
    if (ready === undefined) {
      this.#selection = new Selection(this.#live).park(this.#options);
      won = this.#selection.promise;
    } else {
      won = settled(ready);
    }
    const promise = won.then(
      (result) => this.#report(result),
      (reason) => this.#fail(reason),
    );
    return rest(promise);
  }

  #report(result: Result | undefined): IteratorResult<Result, undefined> {
    this.#asked--;
    this.#selection = undefined;
    if (result === undefined) return { value: undefined, done: true };
    if (result.state === "closed") {
      this.#live = this.#live.filter((one) => one.key !== result.key);
    }
    return { value: result, done: false };
  }

  #fail(reason: unknown): never {
    this.#asked--;
    this.#selection = undefined;
    this.#live = [];
    throw reason;
  }
}

/** The cases that can become ready; throws unless some case was given. */
function someCases(cases: SelectCases): Case[] {
  const { given, live } = casesOf(cases);
  if (given === 0) throw new TypeError("Cannot select: no case given");
  return live;
}

/** Reads the cases, each once, and drops those that are never ready. */
function casesOf(cases: SelectCases): { given: number; live: Case[] } {
  if (typeof cases !== "object" || cases === null) {
    throw new TypeError("Cannot select: cases must be a record or an array");
  }
  const live: Case[] = [];
  if (Array.isArray(cases)) {
    for (let i = 0; i < cases.length; i++) addCase(live, i, cases[i]);
    return { given: cases.length, live };
  }
  const keys = Object.keys(cases);
  for (const key of keys) {
    addCase(live, key, (cases as Record<string, SelectCase>)[key]);
  }
  return { given: keys.length, live };
}

function addCase(live: Case[], key: string | number, one: SelectCase): void {
  if (isNever(one)) return;
  if (typeof one === "object") {
    if (target in one) {
      const to = one[target];
      if (to !== undefined) live.push(new Case(key, undefined, to, one.value));
      return;
    }
    if (typeof one[available] === "function") {
      live.push(new Case(key, one, undefined, undefined));
      return;
    }
  }
  throw new TypeError(
    `Cannot select: case "${key}" is neither a receiver nor made by sending()`,
  );
}

function isNever(one: unknown): one is null | undefined | false {
  return one === undefined || one === null || one === false;
}

/** A ready case, the first or a uniformly random one, if there is any. */
function pick(cases: readonly Case[], priority: boolean): Case | undefined {
  let picked: Case | undefined;
  let ready = 0;
  for (const one of cases) {
    if (!one.ready) continue;
    // The nth ready case replaces the pick with probability 1/n.
    if (++ready === 1 || Math.random() * ready < 1) picked = one;
    if (priority) break;
  }
  return picked;
}

/** Does a case that is ready. */
function happen({ key, from, to, value }: Case): Result {
  if (from === undefined) {
    if (!to!.trySend(value as never)) throw unsent(value);
    return { key, state: "ok", value: undefined };
  }
  if (from[available]()) return { key, state: "ok", value: from[take]() };
  return closedResult(key, from[ended]()!);
}

function closedResult(key: string | number, ending: Ending): Result {
  const reason = ending.plain ? undefined : ending.error;
  return { key, state: "closed", reason };
}

function settled(ready: Case): Promise<Result> {
  try {
    return Promise.resolve(happen(ready));
  } catch (error) {
    return Promise.reject(error);
  }
}

function unused(): void {}
