// _cases.ts: what a select was given: which case is ready, and doing it.

import type { Ending } from "./_waiter.ts";
import type { Receiver, SelectCase, SelectCases, SendCase } from "./ends.ts";
import { available, ended, sendable, take, target } from "./ends.ts";
import { unsent } from "./errors.ts";

/** The cases of a select, checked. */
export interface Given {
  /** The keys of a record; an array's are its indices. */
  readonly keys: readonly string[] | undefined;
  readonly cases: readonly SelectCase[];
}

/** What a select comes to. */
export interface Result {
  key: string | number;
  state: "ok" | "closed";
  value?: unknown;
  reason?: unknown;
}

/** Reads and checks the cases. Throws a TypeError if one is none. */
export function read(cases: SelectCases): Given {
  if (typeof cases !== "object" || cases === null) {
    throw new TypeError("Cannot select: cases must be a record or an array");
  }
  if (Array.isArray(cases)) {
    for (let i = 0; i < cases.length; i++) check(cases[i], i);
    return { keys: undefined, cases };
  }
  const keys = Object.keys(cases);
  const record = cases as Record<string, SelectCase>;
  const read = keys.map((key) => check(record[key], key));
  return { keys, cases: read };
}

/** Throws a TypeError if there is no case. */
export function some(given: Given): Given {
  if (given.cases.length > 0) return given;
  throw new TypeError("Cannot select: no case given");
}

function check(one: SelectCase, key: string | number): SelectCase {
  if (
    isNever(one) || typeof one === "object" && (receives(one) || target in one)
  ) return one;
  throw new TypeError(
    `Cannot select: case "${key}" is neither a receiver nor made by sending()`,
  );
}

/** Whether it is a receive case. (`in` would be a fifth slower.) */
export function receives(one: SelectCase): one is Receiver<unknown> {
  return typeof (one as Receiver<unknown>)[available] === "function";
}

/** Whether it stands for a case that is never ready. */
export function isNever(one: unknown): one is null | undefined | false {
  return one === undefined || one === null || one === false;
}

/** Whether it can ever be ready: it is a receive, or a send to somewhere. */
export function isLive(one: SelectCase): one is Receiver<unknown> | SendCase {
  return !isNever(one) && (receives(one) || one[target] !== undefined);
}

/** The index of a ready case, the first or a uniformly random one; -1 if there is none. */
export function pick({ cases }: Given, priority: boolean | undefined): number {
  let picked = -1;
  let ready = 0;
  for (let i = 0; i < cases.length; i++) {
    const one = cases[i];
    if (!isReady(one)) continue;
    // The nth ready case replaces the pick with probability 1/n.
    if (++ready === 1 || Math.random() * ready < 1) picked = i;
    if (priority) break;
  }
  return picked;
}

function isReady(one: SelectCase): boolean {
  if (isNever(one)) return false;
  if (receives(one)) return one[available]() || one[ended]() !== undefined;
  const to = one[target];
  return to !== undefined && to[sendable]() !== false;
}

/** Does a case that is ready. Throws if it is a send to a closed channel. */
export function happen(given: Given, index: number): Result {
  const key = keyOf(given, index);
  const one = given.cases[index] as Receiver<unknown> | SendCase;
  if (receives(one)) {
    return one[available]()
      ? { key, state: "ok", value: one[take]() }
      : closedResult(key, one[ended]()!);
  }
  if (!one[target]!.trySend(one.value as never)) throw unsent(one.value);
  return { key, state: "ok", value: undefined };
}

/** The key of a case: a number in an array, a string in a record. */
export function keyOf({ keys }: Given, index: number): string | number {
  return keys === undefined ? index : keys[index]!;
}

/** The result of a receive from a channel that has ended. */
export function closedResult(key: string | number, ending: Ending): Result {
  const reason = ending.plain ? undefined : ending.error;
  return { key, state: "closed", reason };
}
