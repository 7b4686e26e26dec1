// _options.ts: how a channel is made.

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
