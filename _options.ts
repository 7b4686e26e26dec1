// _options.ts: how a channel is made.

import { checkWhole } from "./_checks.ts";

/**
 * What a full channel does with one more value: make its sender wait, drop the
 * oldest value for it, or drop the new one.
 */
export type ChannelOverflow = "wait" | "drop-oldest" | "drop-incoming";

/**
 * How a channel is made.
 *
 * @typeParam T The type of the channel's values.
 */
export interface ChannelOptions<T = unknown> {
  /**
   * How many values the buffer may hold. `0` is a rendezvous: a send waits for
   * its receiver. `Infinity` is no bound. Memory follows the values held.
   *
   * @default {0}
   */
  capacity?: number | undefined;
  /**
   * What to do when full. All but `"wait"` need a capacity of at least 1; then
   * no send ever waits, and a dropped value counts as accepted.
   *
   * @default {"wait"}
   */
  overflow?: ChannelOverflow | undefined;
  /**
   * Gets every value that was accepted and will never be received, after the
   * call that dropped it has done its work. What it throws stops nothing and
   * becomes an unhandled rejection.
   */
  onDrop?: ((value: T) => void) | undefined;
}

/** Throws if an option is wrong. */
export function checkOptions(
  capacity: number,
  overflow: ChannelOverflow,
  onDrop: unknown,
): void {
  if (!["wait", "drop-oldest", "drop-incoming"].includes(overflow)) {
    throw new TypeError("Cannot create channel: unknown overflow");
  }
  if (onDrop !== undefined && typeof onDrop !== "function") {
    throw new TypeError("Cannot create channel: onDrop is no function");
  }
  // To drop a value for another there must be one.
  checkWhole(
    "Cannot create channel: capacity",
    capacity,
    overflow === "wait" ? 0 : 1,
  );
}
