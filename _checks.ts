// _checks.ts: what an argument must be.

import type { ChannelOverflow } from "./_options.ts";
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
    throw new TypeError("Cannot wait: invalid signal");
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

/** Throws if a channel cannot be made so. */
export function checkOptions(
  capacity: number,
  overflow: ChannelOverflow,
  onDrop: unknown,
): void {
  if (!["wait", "drop-oldest", "drop-incoming"].includes(overflow)) {
    throw new TypeError("Cannot create channel: invalid overflow");
  }
  if (onDrop !== undefined && typeof onDrop !== "function") {
    throw new TypeError("Cannot create channel: invalid onDrop");
  }
  // To drop a value for another there must be one.
  checkWhole(
    "Cannot create channel: capacity",
    capacity,
    overflow === "wait" ? 0 : 1,
  );
}
