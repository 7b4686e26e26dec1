/**
 * Stages between channels: {@linkcode merge}, {@linkcode broadcast},
 * {@linkcode map} and {@linkcode consume}.
 *
 * @module
 */
// A stage that works, as `map`, `broadcast` and `consume` do, owns what it receives
// from: it ends when that ends, and when it ends early, by an error, an abort or
// since nobody wants its values any more, it closes that, so that producers stop.

import { Abort } from "./_abort.ts";
import { Broadcast } from "./_broadcast.ts";
import { checkWait, checkWhole } from "./_checks.ts";
import { Merged } from "./_merge.ts";
import { isThenable, Pool } from "./_pool.ts";
import type { Failure } from "./_pool.ts";
import { checkReceiver, leaveSource, Stage } from "./_stage.ts";
import type { Reason } from "./_stage.ts";
import { Channel } from "./channel.ts";
import type { ChannelOptions } from "./channel.ts";
import type { ChannelWaitOptions, ClosableReceiver, Receiver } from "./ends.ts";
import { ended } from "./ends.ts";

/** The most members of an array. */
const MOST = 2 ** 32 - 1;

/**
 * The type of the values of a receiver.
 *
 * @typeParam R The type of the receiver.
 */
export type ReceivedBy<R> = R extends Receiver<infer T> ? T : never;

/**
 * A tuple of `N` times `T`; an array where `N` is not known, or is over 999.
 *
 * @typeParam T The type of the members.
 * @typeParam N How many there are.
 * @typeParam A What there is of it already.
 */
export type Tuple<T, N extends number, A extends readonly T[] = readonly []> =
  N extends number ? number extends N ? readonly T[]
    : `${N}` extends
      | `-${string}`
      | `${string}${"." | "e"}${string}`
      | `${infer _1}${infer _2}${infer _3}${infer _4}${string}` ? readonly T[]
    : A["length"] extends N ? A
    : Tuple<T, N, readonly [...A, T]>
    : never;

/**
 * Several receivers as one. Each value is received once, by whoever asks the merged
 * receiver or one of its sources first. Nothing is taken from a source before it is
 * asked for, so nothing is ever in between. Sources that have a value take turns.
 * However many wait on the merged receiver, at each source they wait as one.
 *
 * It ends when all have ended. A source that was closed with a reason ends it with
 * that reason when its turn comes, and what the others hold stays in them. `join`
 * waits for all. To receive costs O(sources).
 *
 * @example Fan-in
 * ```ts
 * import { Channel, merge } from "@sluice/channel";
 * import { assertEquals } from "@std/assert";
 *
 * const odd = Channel.from([1, 3]);
 * const even = Channel.from([2, 4]);
 * const all: number[] = [];
 * for await (const value of merge(odd, even)) all.push(value);
 * assertEquals(all.sort(), [1, 2, 3, 4]);
 * ```
 *
 * @typeParam R The types of the sources.
 * @param sources What to receive from; none gives a receiver that has ended.
 * @returns The merged receiver.
 * @throws {TypeError} If a source is not a receiver.
 */
export function merge<const R extends readonly Receiver<unknown>[]>(
  ...sources: R
): Receiver<ReceivedBy<R[number]>> {
  for (const source of sources) checkReceiver("merge", source);
  return new Merged(sources as readonly Receiver<ReceivedBy<R[number]>>[]);
}

/**
 * The subscribers of {@linkcode broadcast}: a tuple, where it is known how many.
 *
 * @typeParam T The type of the values.
 * @typeParam S How many, or the options of each.
 */
export type Subscribers<T, S> = S extends number ? Tuple<ClosableReceiver<T>, S>
  : { readonly [I in keyof S]: ClosableReceiver<T> };

/**
 * Options of {@linkcode broadcast}: of the subscribers' buffers, and of all of it.
 *
 * @typeParam T The type of the values.
 * @typeParam S How many subscribers, or the options of each.
 */
export interface BroadcastOptions<
  T,
  S = number | readonly ChannelOptions<T>[],
> extends ChannelOptions<T>, ChannelWaitOptions {
  /**
   * How many subscribers, or the options of each, which go before those that all
   * share.
   */
  subscribers: S;
}

/**
 * Gives each value of a receiver to every subscriber, in order. The slowest holds all
 * up, save where an overflow policy lets it miss values: one value is taken from the
 * source at a time, and the next when every subscriber has accepted it.
 *
 * Subscribers end as the source does. One that is closed, or whose last loop is left,
 * is out; with the last of them the source is closed too, if it can be. An abort of
 * `signal` closes all with its reason.
 *
 * @example One of two sees only the newest value
 * ```ts
 * import { broadcast, Channel } from "@sluice/channel";
 * import { assertEquals } from "@std/assert";
 *
 * const readings = Channel.from([1, 2, 3]);
 * const [all, newest] = broadcast(readings, {
 *   subscribers: [{ capacity: 8 }, { capacity: 1, overflow: "drop-oldest" }],
 * });
 * await readings.join();
 * assertEquals(await all.receiveMany(), [1, 2, 3]);
 * assertEquals(await newest.receiveMany(), [3]);
 * ```
 *
 * @typeParam T The type of the values.
 * @typeParam N How many subscribers.
 * @param source What to receive from.
 * @param options How many subscribers, each unbuffered; or all options.
 * @returns The subscribers.
 * @throws {TypeError} If `source` is not a receiver, or an option has the wrong type.
 * @throws {RangeError} If the number of subscribers is not a whole number >= 1, or
 * as the channel's constructor.
 */
export function broadcast<T, const N extends number>(
  source: Receiver<T>,
  options: N,
): Subscribers<T, N>;
/**
 * With options: see the other form.
 *
 * @typeParam T The type of the values.
 * @typeParam S How many subscribers, or the options of each.
 * @param source What to receive from.
 * @param options All options.
 * @returns The subscribers.
 */
export function broadcast<
  T,
  const S extends number | readonly ChannelOptions<T>[],
>(
  source: Receiver<T>,
  options: BroadcastOptions<T, S>,
): Subscribers<T, S>;
export function broadcast<T>(
  source: Receiver<T>,
  options: number | BroadcastOptions<T>,
): readonly ClosableReceiver<T>[] {
  checkReceiver("broadcast", source);
  const { subscribers, signal, ...shared }: BroadcastOptions<T> =
    typeof options === "object" && options ? options : { subscribers: options };
  const own = Array.isArray(subscribers)
    ? subscribers as readonly ChannelOptions<T>[]
    : undefined;
  own?.forEach((options) => checkObject("broadcast", options));
  const count = own ? own.length : subscribers as number;
  checkWhole("Cannot broadcast: subscribers", count, 1);
  if (count > MOST) {
    throw new RangeError(
      `Cannot broadcast: subscribers must be at most ${MOST}, received ${count}`,
    );
  }
  checkWait(signal);
  let open = count;
  let work: Broadcast<T> | undefined;
  const subscribed = Array.from(
    { length: count },
    (_, index) =>
      new Stage<T>(optionsOf(shared, own?.[index]), (reason) => {
        if (--open > 0) return;
        abort.leave();
        leaveSource(source, reason, () => work?.stop());
      }),
  );
  const closeAll = (reason: Reason) =>
    subscribed.forEach((stage) => stage.close(...reason));
  const abort = new Abort((reason) => closeAll([reason]));
  abort.listen(signal);
  if (open > 0) {
    work = new Broadcast(
      source,
      subscribed,
      ({ plain, error }) => closeAll(plain ? [] : [error]),
    );
  }
  return subscribed;
}

/** Options of {@linkcode consume}. */
export interface ConsumeOptions extends ChannelWaitOptions {
  /**
   * How many values may be worked on at once.
   *
   * @default {1}
   */
  concurrency?: number | undefined;
}

/** Options of {@linkcode map}. */
export interface MapOptions extends ConsumeOptions {
  /**
   * Whether results leave in the order in which the values came. Values that are worked
   * on or wait for their turn then count as one for `concurrency`.
   *
   * @default {false}
   */
  ordered?: boolean | undefined;
  /**
   * Results that may wait to be received; see the channel's constructor.
   *
   * @default {0}
   */
  capacity?: number | undefined;
}

/**
 * A pool of workers between two channels: receives values, and gives out what `fn` makes
 * of each. Ends when the source has ended and all results are out.
 *
 * The first error, of `fn` or of the source, is what receivers get once they have
 * taken the results before it. An error of `fn` and an abort of `signal` close both
 * ends with it at once; so does closing the result, or leaving the last loop over it,
 * without a reason. What is in the result's buffer then can still be received. What the
 * workers have received by then they still work on, with a signal that is aborted;
 * results that come of it, or wait for room or for their turn, are dropped.
 *
 * @example Three requests at a time, answers in order
 * ```ts
 * import { Channel, map } from "@sluice/channel";
 * import { assertEquals } from "@std/assert";
 *
 * const lengths = map(
 *   Channel.from(["a", "bb", "ccc"]),
 *   (word) => Promise.resolve(word.length),
 *   { concurrency: 3, ordered: true },
 * );
 * const all: number[] = [];
 * for await (const length of lengths) all.push(length);
 * assertEquals(all, [1, 2, 3]);
 * ```
 *
 * @typeParam T The type of the values.
 * @typeParam R The type of the results.
 * @param source What to receive from.
 * @param fn What to do with a value. Its `signal` aborts when the stage ends early.
 * @param options How many at once, in which order, and how many results may wait.
 * @returns The results.
 * @throws {TypeError} If `source` is not a receiver, `fn` not a function, or an option
 * has the wrong type.
 * @throws {RangeError} If `concurrency` is not a whole number >= 1 or Infinity, or as
 * the channel's constructor.
 */
export function map<T, R>(
  source: Receiver<T>,
  fn: (value: T, signal: AbortSignal) => R | PromiseLike<R>,
  options?: MapOptions,
): ClosableReceiver<R> {
  checkObject("map", options);
  const { concurrency = 1, ordered, capacity, signal } = options ?? {};
  checkWork("map", source, fn, concurrency, signal);
  let working: { stop(): void; failure?: Failure | undefined } | undefined =
    undefined;
  let over = false;
  const controller = new AbortController();
  const abort = new Abort((reason) => results.close(reason));
  const results = new Stage<R>({ capacity }, (reason) => {
    abort.leave();
    leaveSource(source, reason, () => {
      working?.stop();
      inOrder?.cancel();
      if (!over) controller.abort(results[ended](true)!.error);
    });
  });
  // Of those under way one is in the hands of whoever sends here, one in those of
  // whoever has received it and waits for it: the rest may be in the buffer.
  const inOrder = ordered && concurrency > 1
    ? new Channel<R | PromiseLike<R>>(concurrency - 2)
    : undefined;
  const fail = (error: unknown) =>
    results.close(working?.failure ? working.failure.reason : error);
  const emit = (result: R) =>
    results.trySend(result) || results.send(result).catch(() => {});
  abort.listen(signal);
  if (results.closed) return results;
  const make = (value: T) => fn(value, controller.signal);
  const emitted = inOrder &&
    new Pool<R | PromiseLike<R>, R>(inOrder, 1, {
      make: (result) => result,
      emit,
      fail,
    }).over;
  const pool = working = inOrder
    ? new Pool<T, void>(source, 1, {
      make: (value) => queue(inOrder, make(value), fail),
      fail,
    })
    : new Pool<T, R>(source, concurrency, { make, emit, fail });
  pool.over.then(async (failure) => {
    inOrder?.close();
    await emitted;
    over = true;
    results.close(...reasonOf(failure));
  });
  return results;
}

// A failure counts when it happens, not when its turn comes.
function queue<R>(
  inOrder: Channel<R | PromiseLike<R>>,
  result: R | PromiseLike<R>,
  fail: (error: unknown) => void,
): Promise<void> | void {
  const pending = isThenable(result) ? Promise.resolve(result) : result;
  if (pending instanceof Promise) pending.catch(fail);
  if (!inOrder.trySend(pending)) return inOrder.send(pending).catch(() => {});
}

/**
 * A pool of workers at the end of a pipeline: calls `handler` with each value.
 *
 * The first error, of `handler` or of the source, is what it rejects with, once all
 * calls under way have settled. An error of `handler` and an abort of `signal` also
 * close the source at once, if it can be closed, so that producers stop; what is in its
 * buffer can still be received. To leave without closing it, write the loop and break.
 *
 * @example Two workers
 * ```ts
 * import { Channel, consume } from "@sluice/channel";
 * import { assertEquals } from "@std/assert";
 *
 * let sum = 0;
 * await consume(Channel.from([1, 2, 3]), (n) => void (sum += n), {
 *   concurrency: 2,
 * });
 * assertEquals(sum, 6);
 * ```
 *
 * @typeParam T The type of the values.
 * @param source What to receive from.
 * @param handler What to do with a value. Its `signal` aborts when the work must stop.
 * @param options How many at once.
 * @returns Resolves once the source has ended and every call has settled.
 * @throws {TypeError} If `source` is not a receiver, `handler` not a function, or an
 * option has the wrong type. This and all below come as rejections.
 * @throws {RangeError} If `concurrency` is not a whole number >= 1 or Infinity.
 */
export async function consume<T>(
  source: Receiver<T>,
  handler: (value: T, signal: AbortSignal) => unknown,
  options?: ConsumeOptions,
): Promise<void> {
  checkObject("consume", options);
  const { concurrency = 1, signal } = options ?? {};
  checkWork("consume", source, handler, concurrency, signal);
  const controller = new AbortController();
  let failure: Failure | undefined;
  let pool: Pool<T, unknown> | undefined;
  const fail = (reason: unknown) => {
    if (failure) return;
    const first = failure = pool?.failure ?? { reason };
    leaveSource(source, [reason], () => {
      pool?.stop();
      controller.abort(first.reason);
    });
  };
  const abort = new Abort(fail);
  abort.listen(signal);
  if (!failure) {
    pool = new Pool<T, unknown>(source, concurrency, {
      make: (value) => handler(value, controller.signal),
      fail,
    });
    const ended = await pool.over;
    failure ??= ended;
    abort.leave();
  }
  if (failure) throw failure.reason;
}

/** What is not given, or `undefined`, is as all share it. */
function optionsOf<T>(
  shared: ChannelOptions<T>,
  own: ChannelOptions<T> | undefined,
): ChannelOptions<T> {
  return {
    capacity: own?.capacity ?? shared.capacity,
    overflow: own?.overflow ?? shared.overflow,
    onDrop: own?.onDrop ?? shared.onDrop,
  };
}

/** What to close with. */
function reasonOf(failure: Failure | undefined): Reason {
  return failure ? [failure.reason] : [];
}

function checkObject(act: string, options: object | null | undefined): void {
  if (options === undefined || typeof options === "object") return;
  throw new TypeError(
    `Cannot ${act}: options must be an object, received ${typeof options}`,
  );
}

function checkWork(
  act: string,
  source: Receiver<unknown>,
  work: unknown,
  concurrency: number,
  signal: AbortSignal | null | undefined,
): void {
  checkReceiver(act, source);
  if (typeof work !== "function") {
    throw new TypeError(
      `Cannot ${act}: expected a function, received ${typeof work}`,
    );
  }
  checkWhole(`Cannot ${act}: concurrency`, concurrency, 1);
  checkWait(signal);
}
