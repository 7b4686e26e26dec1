// errors.ts: what goes wrong on a channel, one class for each way.

/**
 * The base of every error that a channel makes, so that one `instanceof` tells
 * them from all others. `name` holds the class's name and is the check that
 * still works when two copies of this package meet.
 */
export class ChannelError extends Error {
  /** The class's name. */
  override readonly name: string = "ChannelError";
}

/**
 * The channel is closed. From a send, {@linkcode ChannelClosedError.value}
 * holds the value that was not sent; from a receive there is no such property.
 *
 * @example A refused value is not lost
 * ```ts
 * import { Channel, ChannelClosedError } from "@sluice/channel";
 * import { assert, assertEquals } from "@std/assert";
 *
 * const channel = new Channel<string>();
 * channel.close();
 * const error = await channel.send("late").catch((error) => error);
 * assert(error instanceof ChannelClosedError);
 * assertEquals(error.value, "late");
 * ```
 */
export class ChannelClosedError extends ChannelError {
  /** The class's name. */
  override readonly name: string = "ChannelClosedError";
  /** The unsent value; present only when the error comes from a send. */
  declare readonly value?: unknown;

  /**
   * Makes the error.
   *
   * @param message The failed act, a colon, the fact.
   * @param unsent At most one value; becomes `value`, `undefined` included.
   */
  constructor(message: string, ...unsent: [value: unknown] | []) {
    super(message);
    if (unsent.length) {
      Object.defineProperty(this, "value", {
        value: unsent[0],
        enumerable: true,
      });
    }
  }
}

/** `sendNow` found neither room nor a waiting receiver. */
export class ChannelFullError extends ChannelError {
  /** The class's name. */
  override readonly name: string = "ChannelFullError";
}

/** `receiveNow` found neither a value nor a waiting sender. */
export class ChannelEmptyError extends ChannelError {
  /** The class's name. */
  override readonly name: string = "ChannelEmptyError";
}
