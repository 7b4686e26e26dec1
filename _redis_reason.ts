// _redis_reason.ts: why a channel was closed, as text that crosses between machines.
//
// It is what crosses between threads (_reason.ts), but for what JSON cannot keep: that
// becomes its text.

import type { Packed } from "./_reason.ts";
import { pack, textOf, unpack } from "./_reason.ts";

/** Makes text of a reason. */
export function encodeReason(reason: unknown): string {
  return JSON.stringify(
    pack(reason),
    (key, value) => key === "value" ? kept(value) : value,
  );
}

function kept(value: unknown): unknown {
  try {
    JSON.stringify(value);
    return value;
  } catch {
    return textOf(value);
  }
}

/** Makes a reason of text. Never throws: what it cannot read is the reason itself. */
export function decodeReason(text: string): unknown {
  try {
    return unpack(JSON.parse(text) as Packed);
  } catch {
    return text;
  }
}
