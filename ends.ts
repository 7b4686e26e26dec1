// ends.ts: the two ends of a channel, and the protocol behind them.

import type { Ending, Loop, Parking } from "./_waiter.ts";

/** Options of everything that can wait. */
export interface ChannelWaitOptions {
  /**
   * Gives the wait up: the call rejects with the signal's `reason`, has taken
   * and stored nothing, and leaves no listener behind. A signal that is already
   * aborted wins over everything else, a value that is ready included (as in
   * .NET and trio). `null` means none. What waits keeps no process alive: in Node
   * neither does `AbortSignal.timeout`, so the process may end before it fires.
   */
  signal?: AbortSignal | null | undefined;
}

/** Options of a send. */
export type ChannelSendOptions = ChannelWaitOptions;

/** Options of a receive. */
export type ChannelReceiveOptions = ChannelWaitOptions;

/**
 * What a receive that never waits has found: a value, nothing yet, or nothing
 * ever again.
 *
 * @typeParam T The type of the channel's values.
 */
export type ChannelReceiveResult<T> =
  | { state: "ok"; value: T }
  | { state: "empty" }
  | { state: "closed" };

/** How busy a channel is, at one moment. */
export interface ChannelStats {
  /** Values in the buffer. */
  size: number;
  /** Values that the buffer may hold; `Infinity` for no bound. */
  capacity: number;
  /** Whether `close` or `cancel` was called. */
  closed: boolean;
  /** Sends that wait, cases of `select` included. */
  waitingSenders: number;
  /** Receives that wait, cases of `select` included. */
  waitingReceivers: number;
}

/**
 * The sending end. Contravariant: a sender of animals is a sender of dogs.
 *
 * @typeParam T The type of the values that can be sent.
 */
export interface Sender<in T> extends SendPort {
  /**
   * Sends a value, and waits while there is no room for it.
   *
   * Settles when the value is accepted: given to a waiting receiver or put in
   * the buffer. On an unbuffered channel that means that a receiver has it.
   *
   * @param value The value; anything, `undefined` included.
   * @param options `signal` gives the wait up; nothing was sent then.
   * @returns Resolves once accepted.
   * @throws {TypeError} If `signal` is not an AbortSignal. This and all below come as rejections.
   * @throws {ChannelClosedError} If the channel is closed, or closes meanwhile; holds the value.
   */
  readonly send: (value: T, options?: ChannelSendOptions) => Promise<void>;
  /**
   * Sends a value only if that needs no waiting. Never throws.
   *
   * @param value The value.
   * @returns Whether it was accepted; `false` when full or closed.
   */
  readonly trySend: (value: T) => boolean;
  /**
   * Sends every value of a source, in order: the loop `for await (const value
   * of source) await send(value)`, at the price of a promise for each wait
   * and not for each value. As in that loop, leaving early calls the source's
   * `return`, and a close is noticed at the next value, which the error holds.
   *
   * @param source An iterable (its values are sent as they are) or async iterable.
   * @param options `signal` gives up, even while the source is thinking; a
   * value that found no room by then, or comes too late, is gone.
   * @returns Resolves once the last value is accepted; rejects with the source's own error.
   * @throws {TypeError} If `source` is not iterable, or as `send`.
   * @throws {ChannelClosedError} As `send`.
   */
  readonly sendAll: (
    source: Iterable<T> | AsyncIterable<T>,
    options?: ChannelSendOptions,
  ) => Promise<void>;
  /**
   * Closes the channel for good. Values in the buffer stay receivable; waiting
   * senders reject with `ChannelClosedError`; iteration ends after the last
   * value, and throws the reason if there is one. Only the first call counts.
   *
   * @param reason What receivers are told; `undefined`, when given, is one too.
   */
  readonly close: (...reason: [reason: unknown] | []) => void;
  /** Whether the channel was closed. */
  readonly closed: boolean;
  /** A signal that aborts when the channel closes: give it to what makes the values. */
  readonly closeSignal: AbortSignal;
}

/**
 * The receiving end. Covariant: a receiver of dogs is a receiver of animals.
 * Each value goes to exactly one receive, the oldest that waits.
 *
 * @typeParam T The type of the values that are received.
 */
export interface Receiver<out T> extends AsyncIterable<T>, ReceivePort<T> {
  /**
   * Receives the oldest value, and waits while there is none.
   *
   * The value comes through a promise, and promises flatten thenables: a value
   * that is a promise arrives settled. Iterate, or use `tryReceive`, to get it
   * as it was sent.
   *
   * @param options `signal` gives the wait up; nothing was taken then.
   * @returns The value.
   * @throws {TypeError} If `signal` is not an AbortSignal. This and all below come as rejections.
   * @throws {ChannelClosedError} Once closed and drained; after `close(reason)` the reason itself.
   */
  receive(options?: ChannelReceiveOptions): Promise<T>;
  /**
   * Receives only if that needs no waiting. Never throws.
   *
   * @returns A value, or which of the two kinds of nothing there is: one shared,
   * frozen object for each.
   */
  tryReceive(): ChannelReceiveResult<T>;
  /**
   * Waits for one value, then takes it and those behind it. O(values taken).
   *
   * @param max The most values to take, 1 or more; all there are by default.
   * @param options `signal` gives the wait up; nothing was taken then.
   * @returns At least one value, oldest first.
   * @throws {RangeError} If `max` is a number, but not a whole one >= 1 or Infinity.
   * @throws {TypeError} If `max` is not a number, or as `receive`.
   * @throws {ChannelClosedError} As `receive`.
   */
  receiveMany(max?: number, options?: ChannelReceiveOptions): Promise<T[]>;
  /**
   * `receiveMany` as a loop; ends as `values` does.
   *
   * @param max The most values in a batch; all there are by default.
   * @returns An iterator of batches of at least one value.
   * @throws {RangeError} As `receiveMany`, but at once.
   * @throws {TypeError} As `receiveMany`, but at once.
   */
  batches(max?: number): AsyncIterableIterator<T[]>;
  /**
   * Iterates until the channel is closed and drained, then ends, or throws the
   * reason of `close(reason)`. Takes no value before it is asked for. Leaving
   * the loop loses none and leaves the channel open (but for what `map` and
   * `broadcast` give out: see {@linkcode ClosableReceiver}).
   *
   * @param options `signal` makes the iteration throw its reason.
   * @returns An iterator; `next` may be called again before it has settled.
   * @throws {TypeError} At once, if `signal` is not an AbortSignal.
   */
  values(options?: ChannelReceiveOptions): AsyncIterableIterator<T>;
  /**
   * Waits until the channel is closed **and** drained, whatever the reason
   * (aiochannel's `join`).
   *
   * @param options `signal` gives this wait up; nothing else rejects it.
   * @returns Resolves at once if that is so already.
   * @throws {TypeError} If `signal` is not an AbortSignal, as a rejection.
   */
  join(options?: ChannelWaitOptions): Promise<void>;
  /** Whether the channel was closed. */
  readonly closed: boolean;
  /** Whether it is closed and nothing is left: what `join` waits for. */
  readonly drained: boolean;
}

/**
 * A receiving end that whoever receives may close: what `map` and `broadcast` give
 * out, and a `ticker`. To close it is to leave: what feeds it stops. That of `map` and
 * `broadcast` closes as well when the last of the loops that were made over it is left.
 *
 * @typeParam T The type of the values that are received.
 */
export interface ClosableReceiver<out T>
  extends Receiver<T>, Disposable, AsyncDisposable {
  /**
   * Ends it for good, as {@linkcode Sender.close} does: what was put in its buffer
   * stays receivable. Only the first call counts.
   *
   * @param reason What those who receive are told; `undefined`, when given, is one too.
   */
  close(...reason: [reason: unknown] | []): void;
}

/** @ignore */
export const available: unique symbol = Symbol();
/** @ignore */
export const take: unique symbol = Symbol();
/** @ignore */
export const ended: unique symbol = Symbol();
/** @ignore */
export const park: unique symbol = Symbol();
/** @ignore */
export const lease: unique symbol = Symbol();
/** @ignore */
export const giveBack: unique symbol = Symbol();
/** @ignore */
export const later: unique symbol = Symbol();
/** @ignore */
export const line: unique symbol = Symbol();
/** @ignore */
export const sendable: unique symbol = Symbol();

/**
 * What `select` and transports ask of a receiving end. Every call is atomic, and
 * is over before anything of the user's runs.
 *
 * @ignore
 */
export interface ReceivePort<out T> extends Parking {
  /** Whether there is a value to take. */
  [available](): boolean;
  /** Takes the oldest value. Only while `available`. */
  [take](): T;
  /** Takes what there is, up to `max` values; without it the oldest, as above. */
  [take](max: number | undefined): T | T[];
  /**
   * Set once no value will ever come again; of a channel, with `already`, once it is
   * closed.
   */
  [ended](already?: boolean): Ending | undefined;
  /**
   * Counts `n` values as leased, before they are taken or as a parked waiter gets
   * them: the channel is not drained until they are given back or, as `-n`,
   * acknowledged or not taken after all.
   */
  [lease](n: number): void;
  /**
   * The promise of a value, or of a step of `loop`. Only while neither `available` nor
   * `ended`. For ports that let one wait alone without a waiter.
   */
  [later]?(loop?: Loop): Promise<never> | undefined;
  /** Gives a waiter to whoever waits alone, so that it can be withdrawn. */
  [line]?(): void;
}

/**
 * Puts leased values back in front of all others, in the order given. Apart from
 * {@linkcode ReceivePort}, which only gives values out, since it takes them in.
 *
 * @ignore
 */
export interface LeasePort<T> extends ReceivePort<T> {
  [giveBack](values: readonly T[]): void;
}

/**
 * What `select` and transports ask of a sending end.
 *
 * @ignore
 */
export interface SendPort extends Parking {
  /** Whether `trySend` would accept; `undefined` if the channel is closed. */
  [sendable](): boolean | undefined;
}
