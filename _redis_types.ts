// _redis_types.ts: a channel on a server, as its users see it.

import type {
  ChannelReceiveOptions,
  ChannelSendOptions,
  ChannelWaitOptions,
  Receiver,
} from "./ends.ts";

/**
 * A value that was received and is still the server's: it goes to another consumer unless
 * it is acknowledged. The lease is renewed until it is settled or the handle is left.
 *
 * @typeParam T The type of the value.
 */
export interface Lease<out T> {
  /**
   * The value, decoded when it is first asked for. Throws a `ChannelError` if it cannot be
   * decoded, whose `cause` is what the codec threw.
   */
  readonly value: T;
  /** How often the value was delivered, this time included. */
  readonly deliveries: number;
  /** What the server calls the value: the same at each delivery, in the order accepted. */
  readonly id: string;
  /**
   * Acknowledges the value: it is done with, and makes room. A lease is settled once: a
   * second `ack()` returns what the first one did.
   *
   * @returns Whether that was ours to do; `false` if the lease had run out, and another
   * consumer has the value or had it, or if it was given back before, or settled by the
   * loop or the `consume` that it is from. Rejects with a `ChannelError` if the server
   * cannot be asked.
   */
  ack(): Promise<boolean>;
  /**
   * Gives the value back: it is delivered again, before those behind it. A second
   * `giveBack()` returns what the first one did.
   *
   * @returns As {@linkcode Lease.ack}, `false` if it was acknowledged before.
   */
  giveBack(): Promise<boolean>;
}

/** How busy a channel on a server is, at one moment. */
export interface RemoteChannelStats {
  /** Values on the server, queued or leased. */
  size: number;
  /** How many of them are leased. */
  leased: number;
  /** Values that it may hold. */
  capacity: number;
  /** Whether it is closed. */
  closed: boolean;
  /** Whether it is closed and no value is left. */
  drained: boolean;
  /** How many producers are not done yet; `undefined` if nobody counts. */
  producers: number | undefined;
}

/** Options of {@linkcode RemoteChannel.consume}. */
export interface RemoteConsumeOptions extends ChannelWaitOptions {
  /** How many values are worked on at once, at most; 1 by default. No more than `window`. */
  readonly concurrency?: number | undefined;
  /**
   * Told of each error of the handler, after which the work goes on. Without it the first
   * one stops the work; and so does what this throws, or rejects with: a promise that it
   * returns is waited for.
   */
  readonly onError?:
    | ((error: unknown, lease: Lease<unknown>) => unknown)
    | undefined;
}

/**
 * One handle on a channel that lives on a server, where any number of processes may have
 * others. It speaks the language of the local `Channel`, and it is not one:
 *
 * - **At least once.** A value whose consumer dies, stands still for longer than
 *   `visibility`, or gives it back is delivered again.
 * - Values are dispatched in the order accepted; what is delivered again comes later than
 *   it would have.
 * - `send` resolves when the server has accepted, whatever becomes of the consumers.
 * - What the local channel knows at once is a question to the server here, so more of it
 *   is a promise.
 *
 * Calls of one turn travel together. A call goes on for `patience` ms while the server cannot
 * be reached; then, and with whatever else the server refuses, it rejects with a
 * `ChannelError`.
 *
 * @typeParam T The type of the values.
 */
export interface RemoteChannel<in out T>
  extends AsyncIterable<T>, AsyncDisposable {
  /** The channel's name on the server. */
  readonly name: string;
  /** Values that the channel may hold, queued or leased. */
  readonly capacity: number;
  /**
   * Sends a value, and waits while there is no room for it. It is encoded at once.
   *
   * @param value The value.
   * @param options `signal` gives the wait up: then the value was not stored. What is under
   * way to the server cannot be called back, so it may still turn out to be accepted.
   * @returns Resolves once the server has accepted it: as safe as the server keeps it.
   * @throws {TypeError} If `signal` is not an AbortSignal, or the codec makes no text of
   * the value. This and all below come as rejections.
   * @throws {ChannelClosedError} If the channel is closed, or closes meanwhile; holds the value.
   * @throws {ChannelError} If the server refuses, or does not answer: only then is it
   * unknown whether the value was stored, and the error says so.
   */
  send(value: T, options?: ChannelSendOptions): Promise<void>;
  /**
   * Sends a value only if there is room for it.
   *
   * @param value The value.
   * @returns Whether it was accepted; `false` when full or closed, or behind sends of this
   * handle that wait. Rejects as `send` does for the rest.
   */
  trySend(value: T): Promise<boolean>;
  /**
   * Sends every value of a source, in order, up to `capacity` of them at a time, and no more
   * than 4,096. Leaving early calls the source's `return`; what was taken from it and not
   * accepted then is gone.
   *
   * @param source An iterable or async iterable.
   * @param options As in `send`.
   * @returns Resolves once the last value is accepted; rejects with the source's own error.
   * @throws {TypeError} If `source` is not iterable, or as `send`.
   * @throws {ChannelClosedError} As `send`; holds the oldest value that was not accepted.
   */
  sendAll(
    source: Iterable<T> | AsyncIterable<T>,
    options?: ChannelSendOptions,
  ): Promise<void>;
  /**
   * Receives the oldest value that nobody has leased, and waits while there is none, or
   * while this handle has leased `window` values. Only loops lease values ahead.
   *
   * @param options `signal` gives the wait up: what is on its way then goes back unseen.
   * @returns The value, leased.
   * @throws {TypeError} If `signal` is not an AbortSignal. This and all below come as rejections.
   * @throws {ChannelClosedError} Once closed and drained; after `close(reason)` the reason itself.
   */
  receive(options?: ChannelReceiveOptions): Promise<Lease<T>>;
  /**
   * The receiving end of the leases, for `select`, `merge`, `map` and loops over leases.
   * Nobody knows at once what the server has: `tryReceive` and `trySelect` see only what a
   * loop of this handle has leased ahead.
   */
  readonly leases: Receiver<Lease<T>>;
  /**
   * Iterates over the values until the channel is closed and drained, then ends, or throws
   * the reason of `close(reason)`. To ask for the next value is to acknowledge the one
   * before; to leave the loop in the middle gives that one back.
   *
   * @param options `signal` makes the iteration throw its reason, and gives back.
   * @returns An iterator.
   */
  values(options?: ChannelReceiveOptions): AsyncIterableIterator<T>;
  /**
   * Works on the values until the channel is closed and drained. A value is acknowledged
   * when the handler has resolved, and given back when it has thrown.
   *
   * @param handler What to do with a value.
   * @param options How many at once, and what becomes of errors.
   * @returns Resolves once the channel is drained. Rejects with the first error, without
   * `onError`, or the signal's reason, once no handler runs any more.
   * @throws {TypeError} If the handler is no function, or an option has the wrong type.
   * This and all below come as rejections.
   * @throws {RangeError} If `concurrency` is not a whole number >= 1 or Infinity.
   */
  consume(
    handler: (value: T, lease: Lease<T>) => unknown,
    options?: RemoteConsumeOptions,
  ): Promise<void>;
  /**
   * Closes the channel for good, for every process, behind what this handle has sent.
   * Values on the server stay receivable. Only the first call counts, whoever makes it.
   *
   * @param reason What receivers are told: of an error its name, message, stack and cause,
   * of anything else what JSON keeps.
   * @returns Resolves once the server knows.
   */
  close(...reason: [reason: unknown] | []): Promise<void>;
  /**
   * Says that this handle sends no more; the last of the channel's `producers` closes it.
   * Only the first call of a handle counts. Waits for what was sent before.
   *
   * @returns Resolves once the server knows.
   * @throws {ChannelError} As a rejection, if nobody has said how many producers there are;
   * or if the handle is left before all that was sent is accepted. Sends go on unless the
   * server may have heard.
   */
  done(): Promise<void>;
  /**
   * Waits until the channel is closed and every value acknowledged, in whatever process.
   *
   * @param options `signal` gives this wait up.
   * @returns Resolves at once if that is so already.
   */
  join(options?: ChannelWaitOptions): Promise<void>;
  /** Whether the channel is closed, as far as this handle has been told. */
  readonly closed: boolean;
  /** Whether it is closed and no value is left, as far as this handle has been told. */
  readonly drained: boolean;
  /** A signal that aborts when the channel closes. To ask for it is to go on listening. */
  readonly closeSignal: AbortSignal;
  /**
   * Asks the server how busy the channel is.
   *
   * @returns A new object.
   */
  stats(): Promise<RemoteChannelStats>;
  /**
   * Leaves this handle, and not the channel, which stays as it is: gives back what is leased,
   * ends the connection that listens, and rejects what still waits. The client that was
   * given to `openChannel` stays open.
   */
  [Symbol.asyncDispose](): Promise<void>;
}
