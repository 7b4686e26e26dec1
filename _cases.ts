// _cases.ts: what a select was given: which case is ready, and doing it.

import { unsent } from "./_closing.ts";
import { due, hold, refuse } from "./_turn.ts";
import type { Ending } from "./_waiter.ts";
import type { SelectCase, SelectCases, SendCase } from "./_select_cases.ts";
import { target } from "./_select_cases.ts";
import type { Receiver } from "./ends.ts";
import { available, ended, sendable, take } from "./ends.ts";
import { ChannelError } from "./errors.ts";

/** What a select comes to. */
export interface Result {
  key: string | number;
  state: "ok" | "closed";
  value?: unknown;
  reason?: unknown;
}

/** The keys of a record; `undefined` for an array, whose keys are its indices. */
export type Keys = readonly string[] | undefined;

/** The keys of what a select was given. Throws a TypeError if it holds no cases. */
export function keysOf(cases: SelectCases): Keys {
  if (Array.isArray(cases)) return undefined;
  if (typeof cases === "object" && cases !== null) return Object.keys(cases);
  throw new TypeError("Cannot select: cases must be a record or an array");
}

/** The cases under these keys, each read once. */
export function casesOf(cases: SelectCases, keys: Keys): readonly SelectCase[] {
  if (keys === undefined) return cases as readonly SelectCase[];
  const record = cases as Record<string, SelectCase>;
  return keys.map((key) => record[key]);
}

/** Throws a TypeError if there is no case. */
export function checkSome(cases: readonly SelectCase[]): void {
  if (cases.length === 0) throw new TypeError("Cannot select: no case given");
}

/**
 * The index of a ready case, the first or a uniformly random one; -1 if there is
 * none. Changes nothing. Throws a TypeError if a case is none.
 */
export function pick(
  keys: Keys,
  cases: readonly SelectCase[],
  priority: boolean | undefined,
): number {
  let [first, last, ready] = [-1, -1, 0];
  for (let i = 0; i < cases.length; i++) {
    if (!isReady(cases[i], keys, i)) continue;
    if (ready++ === 0) first = i;
    last = i;
  }
  if (priority || ready < 2) return first;
  // One number for all: to draw one for each took a third of a wide select.
  let nth = Math.floor(Math.random() * ready);
  if (nth === ready - 1) return last;
  if (ready === cases.length) return nth;
  for (let i = first; true; i++) {
    if (isReady(cases[i], keys, i) && nth-- === 0) return i;
  }
}

function isReady(one: SelectCase, keys: Keys, index: number): boolean {
  return receives(one)
    ? one[available]() || one[ended]() !== undefined
    : canSend(one, keys, index);
}

// What is not a receive, apart: so the engine inlines a receive into `select`.
function canSend(
  one: Exclude<SelectCase, Receiver<unknown>>,
  keys: Keys,
  index: number,
): boolean {
  if (isNever(one)) return false;
  if (typeof one === "object" && target in one) {
    return one[target] !== undefined && one[target][sendable]() !== false;
  }
  const key = keyOf(keys, index);
  throw new TypeError(
    `Cannot select: case "${key}" is neither a receiver nor made by sending()`,
  );
}

/** Whether it is a receive case. (`in` would be a fifth slower.) */
export function receives(one: SelectCase): one is Receiver<unknown> {
  return typeof (one as Receiver<unknown> | null)?.[available] === "function";
}

/** Whether it stands for a case that is never ready. */
export function isNever(one: unknown): one is null | undefined | false {
  return one === undefined || one === null || one === false;
}

/** Whether it can ever be ready: it is a receive, or a send to somewhere. */
export function isLive(one: SelectCase): one is Receiver<unknown> | SendCase {
  return !isNever(one) && (receives(one) || one[target] !== undefined);
}

/** Does a case that is ready. Throws if it is a send to a closed channel. */
export function happen(
  keys: Keys,
  cases: readonly SelectCase[],
  index: number,
): Result {
  const key = keyOf(keys, index);
  const one = cases[index] as Receiver<unknown> | SendCase;
  return receives(one) && one[available]()
    ? { key, state: "ok", value: one[take]() }
    : happenOtherwise(key, one);
}

/** The same as a promise, counted as an operation. A send to a closed channel rejects. */
export function settled(
  keys: Keys,
  cases: readonly SelectCase[],
  index: number,
): Promise<Result> {
  try {
    if (due()) return hold(happen(keys, cases, index));
  } catch (error) {
    return refuse(error);
  }
  const key = keyOf(keys, index);
  const one = cases[index] as Receiver<unknown> | SendCase;
  // Where the engine sees what the promise is resolved with, it need not ask
  // that for its `then`.
  if (receives(one) && one[available]()) {
    return Promise.resolve({ key, state: "ok", value: one[take]() });
  }
  try {
    return Promise.resolve(happenOtherwise(key, one));
  } catch (error) {
    return Promise.reject(error);
  }
}

function happenOtherwise(
  key: string | number,
  one: Receiver<unknown> | SendCase,
): Result {
  if (receives(one)) return closedResult(key, one[ended]()!);
  const to = one[target]!;
  if (!to.trySend(one.value as never)) {
    // What goes to another thread must be something that can be cloned.
    throw to.closed
      ? unsent(one.value)
      : new ChannelError("Cannot send: the value was refused");
  }
  return { key, state: "ok", value: undefined };
}

/** The key of a case: a number in an array, a string in a record. */
export function keyOf(keys: Keys, index: number): string | number {
  return keys === undefined ? index : keys[index]!;
}

/** The result of a receive from a channel that has ended. */
export function closedResult(key: string | number, ending: Ending): Result {
  const reason = ending.plain ? undefined : ending.error;
  return { key, state: "closed", reason };
}
