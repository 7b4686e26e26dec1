// _worker_checks.ts: what the options of shared ends and of pools must be.

import { checkWhole } from "./_checks.ts";
import { MOST } from "./_crossing.ts";

/** What `window` comes to. */
export function windowOf(
  act: string,
  window: number | undefined,
  otherwise: number,
): number {
  if (window === undefined) return otherwise;
  checkWhole(`Cannot ${act}: window`, window, 1);
  return Math.min(window, MOST);
}

/** Throws unless options are an object, or left out. */
export function checkObject(
  act: string,
  options: object | null | undefined,
  needed = false,
): void {
  if (options === undefined && !needed) return;
  if (typeof options === "object" && options) return;
  throw new TypeError(
    `Cannot ${act}: options must be an object, received ${
      options === null ? "null" : typeof options
    }`,
  );
}

/** Throws unless those of the options are functions, or left out. */
export function checkFunctions<K extends string>(
  act: string,
  options: { readonly [N in K]?: unknown } | undefined,
  names: readonly K[],
): void {
  for (const name of names) {
    const option = options?.[name];
    if (option !== undefined && typeof option !== "function") {
      throw new TypeError(`Cannot ${act}: ${name} must be a function`);
    }
  }
}
