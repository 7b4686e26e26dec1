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
//    before a `then` getter, `onDrop` or an abort listener runs. Values that a
//    transport gives back are handed over one by one; 1 to 8 hold in between.
//
// Who waits. Nobody, on an open channel: `#waiting` is undefined. One plain send
// alone: its `resolve` is `#waiting`, its value `#value`. Anybody else: `#waiting` is
// OTHERS, and one plain receive alone is `#receiver`, or one step of a loop, and
// `#value` is the loop; all further ones are in the circles, where `[line]` takes the
// lone one first. Once closed it stays OTHERS. So the quick ways ask one question, and
// two tasks that take turns make no waiter: a loop that waits costs a third less.

import { checkOptions, refusal } from "./_checks.ts";
import { append, count, remove } from "./_circle.ts";
import { Closing, unsent } from "./_closing.ts";
import { ChannelIterator } from "./_iterate.ts";
import type { ChannelOptions, ChannelOverflow } from "./_options.ts";
import { CLOSED, EMPTY, receiveFrom } from "./_receive.ts";
import { Ring } from "./_ring.ts";
import { sendEach } from "./_send_all.ts";
import { behind, DONE, due, left, refuse, rest, settle } from "./_turn.ts";
import type { Ending, Loop, Parking } from "./_waiter.ts";
import { end, fail, wait, Waiter, wake, withdraw } from "./_waiter.ts";
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
  available,
  ended,
  giveBack,
  later,
  lease,
  line,
  park,
  sendable,
  take,
} from "./ends.ts";
import { ChannelEmptyError, ChannelFullError } from "./errors.ts";

export type * from "./_options.ts";
export type * from "./ends.ts";
export * from "./errors.ts";

const inspected: unique symbol = Symbol.for("nodejs.util.inspect.custom");

/** Resolves the promise of a plain send or receive that waits alone. */
type Resolve = (value?: never) => void;

/** Stands for whoever waits elsewhere, and for nobody ever again. */
const OTHERS: Resolve = () => {};
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
  #waiting: Resolve | undefined;
  #value: unknown;
  #receiver: Resolve | undefined;
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
  constructor(options?: number | ChannelOptions<T>) {
    const { capacity = 0, overflow = "wait", onDrop } =
      typeof options === "object" && options && !Array.isArray(options)
        ? options
        : { capacity: options as number };
    checkOptions(capacity, overflow, onDrop);
    this.#capacity = capacity + 0; // -0 becomes 0
    this.#overflow = overflow;
    this.#onDrop = onDrop;
  }

  /** See {@linkcode Sender.send}. */
  send(value: T, options?: ChannelSendOptions): Promise<void> {
    if (!options) {
      if (this.#waiting === undefined) {
        const ring = this.#ring;
        if (ring.size < ring.limit) {
          if (((ring.head + ring.size) & left[1]!) !== 0 || !due()) {
            ring.push(value);
            return DONE;
          }
        } else if (ring.size >= this.#capacity && this.#overflow === "wait") {
          return new Promise((resolve) => {
            this.#waiting = resolve as Resolve;
            this.#value = value;
          });
        }
      } else if (left[1] && this.trySend(value)) {
        return DONE;
      }
    }
    return Promise.resolve(this.#sendSlowly(value, options));
  }

  /** See {@linkcode Receiver.receive}. */
  receive(options?: ChannelReceiveOptions): Promise<T> {
    const { size, head } = this.#ring;
    if (!options && left[1]) {
      if (size > 0 ? (head & 7) !== 0 || !due() : this[available]()) {
        return Promise.resolve(this.#take());
      }
      // Open, since `#waiting` is OTHERS once closed; and with an empty buffer.
      if (!size && !this.#waiting) return Promise.resolve(this[later]()!);
    }
    return Promise.resolve(receiveFrom<T>(this, options));
  }

  /** See {@linkcode Sender.trySend}. */
  trySend(value: T): boolean {
    // The ladder of a send: a lone receiver, the oldest of several, room, more
    // room, the overflow policy. Who receives finds an empty buffer (invariant 2).
    if (this.#closed) return false;
    const resolve = this.#receiver;
    if (resolve) {
      const loop = this.#value;
      this.#receiver = this.#waiting = this.#value = undefined;
      settle(resolve, (loop ? { value, done: false } : value) as never);
      return true;
    }
    if (this.#receivers) {
      wake(this[withdraw](this.#receivers), value);
      return true;
    }
    const ring = this.#ring;
    if (ring.size < ring.limit) {
      ring.push(value);
    } else if (ring.size < this.#capacity) {
      if (!ring.limit) this.#ring = new Ring(this.#capacity); // NO_RING
      this.#ring.add(value);
    } else if (this.#overflow === "wait") {
      return false;
    } else {
      this.#drop(this.#overflow === "drop-oldest" ? ring.swap(value) : value);
    }
    return true;
  }

  /** See {@linkcode Receiver.tryReceive}. */
  tryReceive(): ChannelReceiveResult<T> {
    return this[available]()
      ? { state: "ok", value: this.#take() }
      : this[ended]()
      ? CLOSED
      : EMPTY;
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
      : new ChannelFullError("Cannot send: channel is full");
  }

  /**
   * Receives a value now or throws.
   *
   * @returns The oldest value, as it was sent.
   * @throws {ChannelEmptyError} If the receive would have to wait.
   * @throws {ChannelClosedError} If the channel is closed and drained; after `close(reason)` the reason.
   */
  receiveNow(): T {
    if (this[available]()) return this.#take();
    const ending = this[ended]();
    throw ending
      ? ending.error
      : new ChannelEmptyError("Cannot receive: channel is empty");
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
    return receiveFrom<T[]>(this, options, max);
  }

  /**
   * Takes all that is there now, the values of waiting senders included. O(size).
   *
   * @returns The values, oldest first; none if there are none.
   */
  drain(): T[] {
    return this[take](Infinity) as T[];
  }

  /** See {@linkcode Receiver.batches}. */
  batches(max = Infinity): AsyncIterableIterator<T[]> {
    return new ChannelIterator<T, T[]>(this, max);
  }

  /** See {@linkcode Receiver.values}. */
  values(options?: ChannelReceiveOptions): AsyncIterableIterator<T> {
    return new ChannelIterator<T, T>(this, undefined, options?.signal);
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
    this[line]();
    return this[available]()
      ? {
        state: "ok",
        value: (size ? slots[head] : this.#senders!.value) as T,
      }
      : this[ended]()
      ? CLOSED
      : EMPTY;
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
    if (this.#closed) return;
    const closing = this.#ends();
    closing.plain = !reason.length;
    closing.reason = reason[0];
    this[line]();
    this.#waiting = OTHERS;
    this.#closed = true;
    this.#settle();
    closing.controller?.abort(closing.error);
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
    this.close(...reason);
    this.#settle();
    dropped.forEach(this.#drop, this);
  }

  /** See {@linkcode Receiver.join}. */
  join(options?: ChannelWaitOptions): Promise<void> {
    const signal = options?.signal;
    return refusal(signal) ||
      // One step more, behind those who waited for it.
      (this.drained ? behind().then() : wait(this, signal));
  }

  /** See {@linkcode Receiver.closed}. */
  get closed(): boolean {
    return this.#closed;
  }

  /** See {@linkcode Receiver.drained}. */
  get drained(): boolean {
    return this.#closed && !this.#ring.size && !this.#closing!.leased;
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
    return !this.#ring.size;
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
    this[line]();
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
    return Promise.resolve(this.close());
  }

  // The key and the arguments that Node, Deno and Bun share.
  /** @ignore */
  [inspected](
    _depth: number,
    options: object,
    inspect: (value: unknown, options: object) => string,
  ): string {
    return "Channel " + inspect(#ring in this && this.stats(), options);
  }

  // `send` and `receive` themselves are short, so that the engine inlines them: a
  // value that the buffer takes or gives (but for one in eight, which may have to
  // rest, and all while a pause is on: `left[1]` is 0 then), a lone wait, a hand-off
  // to one. What they return is always seen to be a
  // promise of the platform's own: the result of a call that is not inlined costs
  // its `await` 4 to 8 ns. This and `receiveFrom` do the rest.
  #sendSlowly(
    value: T,
    options: ChannelSendOptions | undefined,
  ): Promise<void> {
    const signal = options?.signal;
    return refusal(signal) ||
      (this.trySend(value)
        ? rest(undefined)
        : this.#closed
        ? refuse(unsent(value))
        : wait(this, signal, true, undefined, value));
  }

  // Only while available.
  #take(): T {
    return this.#waiting === undefined ? this.#ring.shift() : this.#takeAmong();
  }

  // The same, when somebody waits or the channel is closed.
  #takeAmong(): T {
    const ring = this.#ring;
    const resolve = this.#waiting!;
    if (resolve !== OTHERS && ring.size <= this.#capacity) {
      let value = this.#value as T;
      this.#value = this.#waiting = undefined;
      if (ring.size) value = ring.swap(value);
      settle(resolve);
      return value;
    }
    const value = ring.size ? ring.shift() : this.#takeOver();
    // The oldest sender's value follows, unless values that were given back still
    // exceed the capacity.
    if (this.#senders && ring.size < this.#capacity) {
      ring.push(this.#takeOver());
    }
    if (this.drained) this.#settle();
    return value;
  }

  #takeOver(): T {
    const sender = this[withdraw](this.#senders!);
    wake(sender);
    return sender.value as T;
  }

  #ends(): Closing {
    return this.#closing ??= new Closing();
  }

  // Tells all that a closed channel has nothing more to say to. Receivers first: of
  // a select that waits both ways, as in Go, the receive wins.
  #settle(): void {
    if (!this.#closed) return;
    const ending = this[ended]();
    for (let receiver; ending && (receiver = this.#receivers);) {
      this.#receivers = remove(receiver);
      end(receiver, ending);
    }
    for (let sender; (sender = this.#senders);) {
      fail(this[withdraw](sender), unsent(sender.value));
    }
    // It is decided, but joiners hear of it last, behind whoever took the last value.
    while (this.drained && this.#joiners) {
      wake(this[withdraw](this.#joiners), behind());
    }
  }

  #drop(value: T): void {
    // What it throws becomes a rejection: nobody waits for it, and nobody may miss it.
    const onDrop = this.#onDrop;
    if (onDrop) new Promise(() => onDrop(value));
  }

  /** @ignore */
  [available](): boolean {
    return this.#ring.size > 0 || this.#senders !== undefined ||
      (this.#waiting ?? OTHERS) !== OTHERS;
  }

  /** @ignore */
  [take](): T;
  /** @ignore */
  [take](max: number | undefined): T | T[];
  /** @ignore */
  [take](max?: number): T | T[] {
    if (max === undefined) return this.#take();
    const values: T[] = [];
    while (values.length < max && this[available]()) values.push(this.#take());
    return values;
  }

  /** @ignore */
  [ended](already?: boolean): Ending | undefined {
    return this.#closed &&
        (already || this.drained || this.#closing!.discards)
      ? this.#closing
      : undefined;
  }

  /** @ignore */
  [park](waiter: Waiter, sends?: boolean): void {
    if (sends === undefined) {
      this.#joiners = append(this.#joiners, waiter);
    } else {
      // Asked here too, since behind others, where many wait, there is nothing to do.
      if (this.#waiting !== OTHERS || this.#receiver) this[line]();
      this.#waiting = OTHERS;
      if (sends) this.#senders = append(this.#senders, waiter);
      else this.#receivers = append(this.#receivers, waiter);
    }
  }

  /** @ignore */
  [later](loop?: Loop): Promise<never> | undefined {
    return this.#waiting ? undefined : new Promise((resolve) => {
      this.#waiting = OTHERS;
      this.#receiver = resolve as unknown as Resolve;
      this.#value = loop;
    });
  }

  // Of a lone promise only `resolve` is kept (a second function would cost W2 5 %); what
  // throws when it is asked for its `then` rejects through that, at once, as `reject`
  // would (ECMA-262, 27.2.1.3.2).
  /** @ignore */
  [line](): void {
    const receiver = this.#receiver;
    const resolve = receiver ?? this.#waiting;
    if (!resolve || resolve === OTHERS) return;
    const waiter = new Waiter(
      resolve as (value: unknown) => void,
      (reason) =>
        resolve({
          get then() {
            throw reason;
          },
        } as never),
    );
    if (receiver) waiter.owner = this.#value as Loop | undefined;
    else waiter.value = this.#value;
    this.#receiver = this.#waiting = this.#value = undefined;
    ((waiter.owner ?? this) as Parking)[park](waiter, !receiver);
  }

  /** @ignore */
  [sendable](): boolean | undefined {
    return this.#closed ? undefined : !!(this.#receiver || this.#receivers) ||
      this.#ring.size < this.#capacity ||
      this.#overflow !== "wait";
  }

  /** @ignore */
  [withdraw](waiter: Waiter): Waiter {
    const next = remove(waiter);
    if (this.#receivers === waiter) this.#receivers = next;
    else if (this.#senders === waiter) this.#senders = next;
    else if (this.#joiners === waiter) this.#joiners = next;
    if (
      this.#waiting === OTHERS &&
      !(this.#receiver || this.#receivers || this.#senders || this.#closed)
    ) this.#waiting = undefined;
    return waiter;
  }

  /** @ignore */
  [lease](n: number): void {
    this.#ends().leased += n;
    this.#settle();
  }

  /** @ignore */
  [giveBack](values: readonly T[]): void {
    this[line]();
    // One by one, so that siblings of a select leave in time. User code in between
    // finds an empty buffer and leases out, as it was.
    let given = 0;
    while (this.#receivers && given < values.length) {
      wake(this[withdraw](this.#receivers), values[given++]);
    }
    const closing = this.#ends();
    closing.leased -= values.length;
    const ring = new Ring<T>(this.#capacity);
    for (const value of [...values.slice(given), ...this.snapshot()]) {
      ring.add(value);
    }
    this.#ring = ring;
    if (closing.discards) this.cancel();
    else this.#settle();
  }
}
