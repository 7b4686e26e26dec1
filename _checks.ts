// _checks.ts: what an argument must be.

import { refuse } from "./_turn.ts";

/** Throws unless `number` is a whole number of at least `least`, or Infinity. */
export function checkWhole(
  subject: string,
  number: number,
  least: number,
): void {
  const numeric = typeof number === "number";
  if (
    number === Infinity || (Number.isSafeInteger(number) && number >= least)
  ) return;
  throw new (numeric ? RangeError : TypeError)(
    `${subject} must be a whole number >= ${least} or Infinity, received ${
      numeric ? number : typeof number
    }`,
  );
}

/**
 * Throws unless `max` says how many values a batch may have, and the signal, if
 * there is one, can be waited on.
 */
export function checkWait(
  signal: AbortSignal | null | undefined,
  max = 1,
): void {
  checkWhole("Cannot receive: max", max, 1);
  if (
    signal !== undefined && signal !== null && !(
      typeof signal.aborted === "boolean" &&
      typeof signal.addEventListener === "function" &&
      typeof signal.removeEventListener === "function"
    )
  ) {
    throw new TypeError("Cannot wait: signal is not an AbortSignal");
  }
}

/** The rejection that the arguments call for before anything is looked at, if any. */
export function refusal(
  signal: AbortSignal | null | undefined,
  max?: number,
): Promise<never> | undefined {
  try {
    checkWait(signal, max);
    if (signal?.aborted) throw signal.reason;
    return undefined;
  } catch (error) {
    return refuse(error);
  }
}
