/**
 * The channel alone: {@linkcode Channel}, its two ends and its errors.
 *
 * @example A producer, a worker, an end that both see
 * ```ts
 * import { Channel } from "@sluice/channel/channel";
 * import { assertEquals } from "@std/assert";
 *
 * const jobs = new Channel<number>(2);
 * jobs.sendAll([1, 2, 3]).then(() => jobs.close());
 *
 * let sum = 0;
 * for await (const job of jobs) sum += job;
 * assertEquals(sum, 6);
 * ```
 *
 * @module
 */
// Invariants. They hold whenever code of the user's can run.
//
// 1. The buffer never holds more than `capacity` values; values given back by
//    a transport come on top, since they were accepted once.
// 2. A parked receiver implies an empty buffer, and a channel that is open or
//    has leases out that may still come back.
// 3. A parked sender implies that the channel is open and its buffer full.
// 4. Both queues are occupied only when every waiter belongs to one select.
// 5. Every parked waiter is live: taking, aborting or leaving takes it out, and
//    its select siblings with it, in the same turn.
// 6. Closed is final; drained is closed, buffer empty, no lease out; once drained,
//    receivers are ended at once, and joiners hear of it last, microtasks later.
// 7. Values leave in the order accepted; waiters are served oldest first.
// 8. Every accepted value is received, given to `onDrop`, leased, or in the buffer.
// 9. State first, user code after: a call has changed all that it will change
//    before a `then` getter, `onDrop` or an abort listener runs.

import { checkMax, refusal } from "./_checks.ts";
import { append, count, remove } from "./_circle.ts";
import { Closing } from "./_closing.ts";
import { ChannelIterator } from "./_iterate.ts";
import type { ChannelOptions, ChannelOverflow } from "./_options.ts";
import { checkOptions } from "./_options.ts";
import { Ring } from "./_ring.ts";
import { sendEach } from "./_send_all.ts";
import { DONE, rest } from "./_turn.ts";
import type { Ending, Owner, Waiter } from "./_waiter.ts";
import {
  abortable,
  end,
  fail,
  madeWaiter,
  makeWaiter,
  over,
  wake,
  withdraw,
  woken,
} from "./_waiter.ts";
import type {
  ChannelReceiveOptions,
  ChannelReceiveResult,
  ChannelSendOptions,
  ChannelStats,
  ChannelWaitOptions,
  LeasePort,
  Receiver,
  Sender,
} from "./ends.ts";
import {
  acknowledge,
  available,
  ended,
  giveBack,
  lease,
  park,
  retain,
  sendable,
  take,
  takeMany,
} from "./ends.ts";
import { ChannelEmptyError, ChannelFullError, unsent } from "./errors.ts";

export type { ChannelOptions, ChannelOverflow } from "./_options.ts";
export type * from "./ends.ts";
export {
  ChannelClosedError,
  ChannelEmptyError,
  ChannelError,
  ChannelFullError,
} from "./errors.ts";

/** Owner of the waiters of `receiveMany`: the one value handed over is a batch. */
const MANY: Owner = {
  [woken]: (waiter, value) => waiter.resolve([value]),
  [over]: (waiter, ending) => waiter.reject(ending.error),
};

const inspected: unique symbol = Symbol.for("nodejs.util.inspect.custom");

/** A mask of places in a ring: a buffered hand-off at one in eight counts as work. */
const SELDOM = 7;
// A local name, or else the engine does not inline the function behind the import.
const executor = makeWaiter;
const EMPTY: { readonly state: "empty" } = Object.freeze({ state: "empty" });
const CLOSED: { readonly state: "closed" } = Object.freeze({ state: "closed" });
/** Stands for every ring that was not needed yet: no room, no value. */
const NO_RING = new Ring<never>(0);

/**
 * A channel: values go in at one end and come out, in order and each once, at
 * the other, and it can be closed for good. The contract of its operations stands
 * with its two ends, {@linkcode Sender} and {@linkcode Receiver}; functions
 * should take the end that they need. Every operation is O(1) unless it says more.
 * A channel lives in one thread: a structured clone of it is an empty object.
 *
 * @example A bounded buffer and two workers
 * ```ts
 * import { Channel } from "@sluice/channel";
 * import { assertEquals } from "@std/assert";
 *
 * const jobs = new Channel<number>(16);
 * let sum = 0;
 * const worker = async () => {
 *   for await (const job of jobs) sum += job;
 * };
 * const workers = [worker(), worker()];
 * for (let job = 1; job <= 100; job++) await jobs.send(job);
 * jobs.close();
 * await Promise.all([jobs.join(), ...workers]);
 * assertEquals(sum, 5050);
 * ```
 *
 * @typeParam T The type of the values. A channel is invariant in it; its ends vary.
 */
export class Channel<in out T>
  implements Sender<T>, Receiver<T>, LeasePort<T>, Disposable, AsyncDisposable {
  readonly #capacity: number;
  readonly #overflow: ChannelOverflow;
  readonly #onDrop: ((value: T) => void) | undefined;
  #ring: Ring<T> = NO_RING as unknown as Ring<T>;
  #senders: Waiter | undefined;
  #receivers: Waiter | undefined;
  #joiners: Waiter | undefined;
  #closed = false;
  #closing: Closing | undefined;

  /**
   * Makes an open channel.
   *
   * @param options The capacity, in values, or all options; unbuffered by default.
   * @throws {TypeError} If the capacity is no number, or another option is unknown.
   * @throws {RangeError} If the capacity is neither a whole number >= 0 nor
   * Infinity, or is 0 with an overflow policy that drops.
   */
  constructor(options: number | ChannelOptions<T> = 0) {
    const { capacity = 0, overflow = "wait", onDrop } =
      typeof options === "object" && options !== null && !Array.isArray(options)
        ? options
        : { capacity: options as number };
    checkOptions(capacity, overflow, onDrop);
    this.#capacity = capacity + 0; // -0 becomes 0
    this.#overflow = overflow;
    this.#onDrop = onDrop;
  }

  /** See {@linkcode Sender.send}. */
  send(value: T, options?: ChannelSendOptions): Promise<void> {
    const ring = this.#ring;
    if (
      options || this.#closed || this.#receivers || ring.size >= ring.limit ||
      ((ring.head + ring.size) & SELDOM) === 0
    ) return this.#sendSlowly(value, options);
    ring.push(value);
    return DONE;
  }

  /** See {@linkcode Receiver.receive}. */
  receive(options?: ChannelReceiveOptions): Promise<T> {
    const ring = this.#ring;
    return options || ring.size === 0 || (ring.head & SELDOM) === 0
      ? this.#receiveSlowly(options)
      : Promise.resolve(this.#shift());
  }

  /** See {@linkcode Sender.trySend}. */
  trySend(value: T): boolean {
    return !this.#closed && this.#accept(value);
  }

  /** See {@linkcode Receiver.tryReceive}. */
  tryReceive(): ChannelReceiveResult<T> {
    return this.#available()
      ? { state: "ok", value: this.#take() }
      : this.#nothing();
  }

  /**
   * Sends a value now or throws.
   *
   * @param value The value.
   * @throws {ChannelClosedError} If the channel is closed; holds the value.
   * @throws {ChannelFullError} If it is open but the send would have to wait.
   */
  sendNow(value: T): void {
    if (this.trySend(value)) return;
    throw this.#closed
      ? unsent(value)
      : new ChannelFullError("Cannot send now: channel is full");
  }

  /**
   * Receives a value now or throws.
   *
   * @returns The oldest value, as it was sent.
   * @throws {ChannelEmptyError} If the receive would have to wait.
   * @throws {ChannelClosedError} If the channel is closed and drained; after `close(reason)` the reason.
   */
  receiveNow(): T {
    if (this.#available()) return this.#take();
    const ending = this[ended]();
    throw ending
      ? ending.error
      : new ChannelEmptyError("Cannot receive now: channel is empty");
  }

  /** See {@linkcode Sender.sendAll}. */
  sendAll(
    source: Iterable<T> | AsyncIterable<T>,
    options?: ChannelSendOptions,
  ): Promise<void> {
    return sendEach(this, source, options);
  }

  /** See {@linkcode Receiver.receiveMany}. */
  receiveMany(max = Infinity, options?: ChannelReceiveOptions): Promise<T[]> {
    const signal = options?.signal;
    const refused = refusal(signal, max);
    if (refused) return refused;
    const values = this[takeMany](max);
    if (values.length === 0) return this.#receiveLater<T[]>(MANY, signal);
    return rest(Promise.resolve(values));
  }

  /**
   * Takes all that is there now, the values of waiting senders included. O(size).
   *
   * @returns The values, oldest first; none if there are none.
   */
  drain(): T[] {
    return this[takeMany](Infinity);
  }

  /** See {@linkcode Receiver.batches}. */
  batches(max = Infinity): AsyncIterableIterator<T[]> {
    checkMax(max);
    return new ChannelIterator<T, T[]>(this, max, undefined);
  }

  /** See {@linkcode Receiver.values}. */
  values(options?: ChannelReceiveOptions): AsyncIterableIterator<T> {
    return new ChannelIterator<T, T>(this, 0, options?.signal);
  }

  /** {@linkcode Channel.values} without options, for `for await`. */
  [Symbol.asyncIterator](): AsyncIterableIterator<T> {
    return this.values();
  }

  /**
   * What `tryReceive` would return. Takes nothing.
   *
   * @returns The oldest value, or which of the two kinds of nothing there is.
   */
  peek(): ChannelReceiveResult<T> {
    const { size, slots, head } = this.#ring;
    return this.#available()
      ? {
        state: "ok",
        value: (size > 0 ? slots[head] : this.#senders!.value) as T,
      }
      : this.#nothing();
  }

  /**
   * Copies the buffer. Takes nothing. O(size).
   *
   * @returns The buffered values, oldest first.
   */
  snapshot(): T[] {
    return this.#ring.copy(this.#ring.size) as T[];
  }

  /** See {@linkcode Sender.close}. */
  close(...reason: [reason: unknown] | []): void {
    if (!this.#closed) this.#end(reason);
  }

  /**
   * Closes the channel and discards what it holds: each buffered value goes to
   * `onDrop`, and receivers end now. On a closed channel it discards only. O(size).
   *
   * @param reason As in {@linkcode Channel.close}.
   */
  cancel(...reason: [reason: unknown] | []): void {
    const dropped = this.snapshot();
    this.#ring = NO_RING as unknown as Ring<T>;
    this.#ends().discards = true;
    if (this.#closed) this.#settle();
    else this.#end(reason);
    dropped.forEach(this.#drop, this);
  }

  /** See {@linkcode Receiver.join}. */
  join(options?: ChannelWaitOptions): Promise<void> {
    const signal = options?.signal;
    const refused = refusal(signal);
    if (refused) return refused;
    // Behind those who wait, if they are about to be told.
    if (this.drained && !this.#joiners) return DONE;
    const promise = new Promise<void>(executor);
    const waiter = madeWaiter();
    this.#joiners = append(this.#joiners, waiter);
    abortable(this, waiter, signal);
    return promise;
  }

  /** See {@linkcode Receiver.closed}. */
  get closed(): boolean {
    return this.#closed;
  }

  /** See {@linkcode Receiver.drained}. */
  get drained(): boolean {
    return this.#closed && this.#ring.size === 0 && this.#closing!.leased === 0;
  }

  /** Values in the buffer; those of waiting senders do not count. */
  get size(): number {
    return this.#ring.size;
  }

  /** Values that the buffer may hold; 0 for a rendezvous, `Infinity` for no bound. */
  get capacity(): number {
    return this.#capacity;
  }

  /** Whether `size >= capacity`; always so on an unbuffered channel. */
  get full(): boolean {
    return this.#ring.size >= this.#capacity;
  }

  /** Whether `size === 0`. */
  get empty(): boolean {
    return this.#ring.size === 0;
  }

  /**
   * See {@linkcode Sender.closeSignal}. Its `reason` is what a receive rejects with;
   * an `AbortError` if that is `undefined`.
   */
  get closeSignal(): AbortSignal {
    const closing = this.#ends();
    const controller = closing.controller ??= new AbortController();
    if (this.#closed) controller.abort(closing.error);
    return controller.signal;
  }

  /**
   * How busy the channel is. O(waiting operations).
   *
   * @returns A new object.
   */
  stats(): ChannelStats {
    return {
      size: this.#ring.size,
      capacity: this.#capacity,
      closed: this.#closed,
      waitingSenders: count(this.#senders),
      waitingReceivers: count(this.#receivers),
    };
  }

  /** {@linkcode Channel.close} at the end of a `using` scope. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** {@linkcode Channel.close} at the end of an `await using` scope. */
  [Symbol.asyncDispose](): Promise<void> {
    this.close();
    return DONE;
  }

  // The key that Node, Deno and Bun share.
  /** @ignore */
  [inspected](): string {
    const facts = #ring in this ? Object.entries(this.stats()) : [];
    return `Channel {${facts.map((fact) => " " + fact.join(": "))} }`;
  }

  // What `send` and `receive` leave out, so that the engine inlines them: all but
  // a buffered hand-off, and of those one in eight, so that they count as work.
  #sendSlowly(
    value: T,
    options: ChannelSendOptions | undefined,
  ): Promise<void> {
    const signal = options?.signal;
    const refused = options && refusal(signal);
    if (refused) return refused;
    if (this.#closed) return Promise.reject(unsent(value));
    if (this.#accept(value)) return rest(DONE);
    const promise = new Promise<void>(executor);
    const waiter = madeWaiter();
    waiter.value = value;
    this.#senders = append(this.#senders, waiter);
    abortable(this, waiter, signal);
    return rest(promise);
  }

  #receiveSlowly(options: ChannelReceiveOptions | undefined): Promise<T> {
    const signal = options?.signal;
    const refused = options && refusal(signal);
    if (refused) return refused;
    if (this.#ring.size > 0) {
      return rest(Promise.resolve(this.#shift()));
    }
    return this.#senders
      ? Promise.resolve(this.#takeOver())
      : this.#receiveLater(undefined, signal);
  }

  #nothing(): { state: "empty" } | { state: "closed" } {
    return this[ended]() ? CLOSED : EMPTY;
  }

  // The ladder of a send: parked receiver, room, more room, overflow policy.
  // Only while open. False: the sender has to wait.
  #accept(value: T): boolean {
    if (this.#receivers) {
      // Invariant 2: the buffer is empty, so nobody is overtaken.
      wake(this.#takeReceiver(), value);
      return true;
    }
    const ring = this.#ring;
    if (ring.size >= ring.limit) return this.#makeRoom(value);
    ring.push(value);
    return true;
  }

  #makeRoom(value: T): boolean {
    const ring = this.#ring;
    if (ring.size < this.#capacity) {
      this.#spacious().push(value);
      return true;
    }
    if (this.#overflow === "wait") return false;
    if (this.#overflow === "drop-oldest") {
      const oldest = ring.shift();
      ring.push(value);
      value = oldest;
    }
    this.#drop(value);
    return true;
  }

  // The ring, with a free slot.
  #spacious(): Ring<T> {
    if (this.#ring as unknown === NO_RING) {
      this.#ring = new Ring(this.#capacity);
    }
    this.#ring.grow();
    return this.#ring;
  }

  #available(): boolean {
    return this.#ring.size > 0 || this.#senders !== undefined;
  }

  // The ladder of a receive: buffer, parked sender. Only while available.
  #take(): T {
    return this.#ring.size > 0 ? this.#shift() : this.#takeOver();
  }

  #takeOver(): T {
    const sender = this.#takeSender();
    wake(sender, undefined);
    return sender.value as T;
  }

  #shift(): T {
    const ring = this.#ring;
    const value = ring.shift();
    if (this.#senders || this.#closed || ring.size <= ring.mark) this.#attend();
    return value;
  }

  // What a receive from the buffer leads to, now and then.
  #attend(): void {
    const ring = this.#ring;
    if (ring.size <= ring.mark) ring.resize(ring.slots.length >> 2);
    // The oldest sender's value follows, unless values that were given back still
    // exceed the capacity.
    if (this.#senders && ring.size < this.#capacity) {
      ring.push(this.#takeOver());
    }
    if (this.drained) this.#settle();
  }

  #takeReceiver(): Waiter {
    const receiver = this.#receivers as Waiter;
    this.#receivers = remove(receiver);
    return receiver;
  }

  #takeSender(): Waiter {
    const sender = this.#senders as Waiter;
    this.#senders = remove(sender);
    return sender;
  }

  // Parks a receive, or says that there is nothing to wait for.
  #receiveLater<R>(
    owner: Owner | undefined,
    signal: AbortSignal | null | undefined,
  ): Promise<R> {
    const ending = this.#closed && this[ended]();
    if (ending) return Promise.reject(ending.error);
    const promise = new Promise<R>(executor);
    const waiter = madeWaiter();
    waiter.owner = owner;
    this.#receivers = append(this.#receivers, waiter);
    abortable(this, waiter, signal);
    return rest(promise);
  }

  #ends(): Closing {
    return this.#closing ??= new Closing();
  }

  #end(reason: [reason: unknown] | []): void {
    const closing = this.#ends();
    closing.reason = reason;
    this.#closed = true;
    this.#settle();
    closing.controller?.abort(closing.error);
  }

  // Tells all that a closed channel has nothing more to say to. Receivers first: of
  // a select that waits both ways, as in Go, the receive wins.
  #settle(): void {
    const ending = this[ended]();
    while (ending && this.#receivers) end(this.#takeReceiver(), ending);
    while (this.#senders) {
      const sender = this.#takeSender();
      fail(sender, unsent(sender.value));
    }
    if (!this.#joiners) return;
    // Joiners hear of it last, behind whoever took the last value.
    DONE.then(() => rest(DONE)).then(() => {
      while (this.#joiners && this.drained) {
        const joiner = this.#joiners;
        this.#joiners = remove(joiner);
        wake(joiner, undefined);
      }
    });
  }

  #drop(value: T): void {
    try {
      this.#onDrop?.(value);
    } catch (error) {
      // Nobody waits for it, and nobody may miss it.
      Promise.reject(error);
    }
  }

  /** @ignore */
  [available](): boolean {
    return this.#available();
  }

  /** @ignore */
  [take](): T {
    return this.#take();
  }

  /** @ignore */
  [takeMany](max: number): T[] {
    const values: T[] = [];
    while (values.length < max && this.#available()) values.push(this.#take());
    return values;
  }

  /** @ignore */
  [ended](): Ending | undefined {
    if (!this.#closed || this.#ring.size > 0) return undefined;
    const closing = this.#closing!;
    return closing.discards || closing.leased === 0 ? closing : undefined;
  }

  /** @ignore */
  [park](waiter: Waiter, sends: boolean): void {
    if (sends) this.#senders = append(this.#senders, waiter);
    else this.#receivers = append(this.#receivers, waiter);
  }

  /** @ignore */
  [sendable](): boolean | undefined {
    if (this.#closed) return undefined;
    return this.#receivers !== undefined || this.#ring.size < this.#capacity ||
      this.#overflow !== "wait";
  }

  /** @ignore */
  [withdraw](waiter: Waiter): void {
    const next = remove(waiter);
    if (this.#receivers === waiter) this.#receivers = next;
    else if (this.#senders === waiter) this.#senders = next;
    else if (this.#joiners === waiter) this.#joiners = next;
  }

  /** @ignore */
  [lease](max: number): T[] {
    const values = this[takeMany](max);
    this[retain](values.length);
    return values;
  }

  /** @ignore */
  [retain](n: number): void {
    this.#ends().leased += n;
  }

  /** @ignore */
  [acknowledge](n: number): void {
    this.#ends().release(n);
    if (this.#closed) this.#settle();
  }

  /** @ignore */
  [giveBack](values: readonly T[]): void {
    const closing = this.#ends();
    closing.release(values.length);
    const { discards } = closing;
    if (!discards) {
      for (const value of values.toReversed()) this.#spacious().unshift(value);
    }
    const plain: [Waiter, T][] = [];
    while (this.#receivers && this.#ring.size > 0) {
      const receiver = this.#takeReceiver();
      const value = this.#ring.shift();
      // Those with an owner run nothing of the user's, and may have siblings here.
      if (receiver.owner) wake(receiver, value);
      else plain.push([receiver, value]);
    }
    if (this.#closed) this.#settle();
    for (const [receiver, value] of plain) wake(receiver, value);
    if (discards) values.forEach(this.#drop, this);
  }
}
