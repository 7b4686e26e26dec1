// _go.ts: what several of Go's programs have in common here.

import { fail } from "@std/assert";
import type { Receiver } from "../../mod.ts";

/** What both sieves are asked for: the primes below 100. */
export const PRIMES: readonly number[] = [
  ...[2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41],
  ...[43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97],
];

/** Receives `count` values one by one. */
export async function receiveSome<T>(
  from: Receiver<T>,
  count: number,
): Promise<T[]> {
  const values: T[] = [];
  while (values.length < count) values.push(await from.receive());
  return values;
}

/** Fails: a select came to a case that cannot be ready. */
export function mustNotWin(result: { key: string | number }): never {
  fail(`Case "${result.key}" won, though it cannot be ready`);
}
