// _port_receiver.ts: the receiving end of a channel that is in another thread.
//
// 1. The nth value that came has the number n, on both sides. A value is in `#ready`,
//    in the hand of whoever received it, acknowledged, or given back.
// 2. A parked receiver implies that nothing is ready.
// 3. What is ready or asked for is `window - 1` values more than are waited for, at
//    most; so a loop alone has `window` values out, the one it works on included.
// 4. To ask for a value is to be done with those that the same hand holds. Each loop is
//    a hand; all other calls are one together, which who begins a loop is done with too.
// 5. When the last who waits leaves, and there is no loop, what was asked for is revoked;
//    what comes all the same goes back. Nobody loses a value to who wants it no more.

import { Batch } from "./_batch.ts";
import { append, remove } from "./_circle.ts";
import { refusal } from "./_checks.ts";
import { Closing } from "./_closing.ts";
import type { Holder } from "./_hand.ts";
import { Hand, HandLoop } from "./_hand.ts";
import type { Listener } from "./_link.ts";
import { Link } from "./_link.ts";
import type { Keeper, KeepPort } from "./_loans.ts";
import { keep } from "./_loans.ts";
import type { Packed } from "./_reason.ts";
import { unpack } from "./_reason.ts";
import { Receiving } from "./_receiving.ts";
import { Ring } from "./_ring.ts";
import { behind, DONE, refuse } from "./_turn.ts";
import type { Ending, Waiter } from "./_waiter.ts";
import { end, fail, wake, withdraw } from "./_waiter.ts";
import type {
  ChannelReceiveOptions,
  ChannelReceiveResult,
  ChannelWaitOptions,
} from "./ends.ts";
import { available, ended, lease, park, take } from "./ends.ts";
import { ChannelError } from "./errors.ts";

export class PortReceiver<T> extends Receiving<T>
  implements AsyncDisposable, Holder<T>, Listener, KeepPort<T> {
  readonly #link: Link;
  readonly #window: number;
  readonly #ready: Ring<T> = new Ring(Infinity);
  /** Of all calls but those of loops. */
  readonly #hand: Hand<T> = new Hand<T>(this);
  /** Who asked for what a parked receiver will get. */
  readonly #hands = new Map<Waiter, Hand<T>>();
  #lastHand: Hand<T> = this.#hand;
  #receivers: Waiter | undefined;
  #joiners: Waiter | undefined;
  /** Values that have come. */
  #came = 0;
  /** Values that were asked for and have not come. */
  #asked = 0;
  /** What was acknowledged and not told yet: pairs of a number and a count. */
  #done: number[] = [];
  #doneCount = 0;
  #telling = false;
  #loops = 0;
  /** Who goes on waiting at once, as a loop over a `merge` does, need not ask anew. */
  readonly #mayQuit: Batch = new Batch(() => this.#resign([]));
  /** Whether values are asked for ahead: from the first call to the end of the last loop. */
  #keen = false;
  /** How often nobody has wanted any more what was asked for, and that was not answered. */
  #quitting = 0;
  /** What is to go back then. */
  #back: number[] = [];
  #closed = false;
  #drained = false;
  #ending: Closing | undefined;
  #lost: Error | undefined;

  constructor(port: MessagePort, window: number) {
    super();
    this.#window = window;
    this.#link = new Link(port, "receiver", this);
  }

  get closed(): boolean {
    return this.#closed;
  }

  get drained(): boolean {
    return this.#drained;
  }

  override values(options?: ChannelReceiveOptions): AsyncIterableIterator<T> {
    return this.#loop<T>(undefined, options?.signal);
  }

  override batches(max = Infinity): AsyncIterableIterator<T[]> {
    return this.#loop<T[]>(max, undefined);
  }

  #loop<R>(
    max: number | undefined,
    signal: AbortSignal | null | undefined,
  ): AsyncIterableIterator<R> {
    return new HandLoop<T, R>(new Hand<T>(this), max, signal);
  }

  // Once the other side is gone nothing comes that could be waited for.
  override join(options?: ChannelWaitOptions): Promise<void> {
    return this.#lost && !this.#drained
      ? refusal(options?.signal) ?? refuse(this.#lost)
      : super.join(options);
  }

  override tryReceive(): ChannelReceiveResult<T> {
    this.#hand.settle();
    return super.tryReceive();
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#keen = false;
    this.#tell();
    this.#link.close();
    this.#clear();
    this.gone("the receiver is disposed");
    return Promise.resolve();
  }

  heard(kind: string, data: unknown): void {
    switch (kind) {
      case "values":
        this.#arrive(data as T[]);
        break;
      case "revoked":
        this.#asked -= data as number;
        if (--this.#quitting === 0) this.#giveBackAll();
        else this.#mayTell();
        break;
      case "closed":
        this.#closed = true;
        break;
      case "end":
        this.#end(data as Packed | undefined);
        break;
      case "drained":
        this.#drain();
    }
  }

  gone(fact: string): void {
    this.#closed = true;
    const error = this.#lost ??= new ChannelError(`Cannot receive: ${fact}`);
    if (!this.#ending) {
      this.#ending = new Closing();
      this.#ending.plain = false;
      this.#ending.reason = error;
    }
    this.#endReceivers();
    for (let joiner; (joiner = this.#joiners);) {
      fail(this.#remove(joiner), error);
    }
  }

  #arrive(values: T[]): void {
    this.#asked -= values.length;
    for (const value of values) {
      const waiter = this.#receivers;
      if (waiter) {
        const hand = this.#lastHand = this.#hands.get(waiter)!;
        this.#remove(waiter);
        hand.hold(this.#came++);
        wake(waiter, value);
      } else {
        this.#came++;
        this.#ready.add(value);
      }
    }
    this.#mayTell();
  }

  get #idle(): boolean {
    return this.#loops === 0 && !this.#receivers;
  }

  /** Takes what is ready out. Returns the numbers. */
  #clear(): number[] {
    const numbers: number[] = [];
    while (this.#ready.size > 0) {
      numbers.push(this.#came - this.#ready.size);
      this.#ready.shift();
    }
    return numbers;
  }

  #end(reason: Packed | undefined): void {
    this.#closed = true;
    const ending = this.#ending = new Closing();
    ending.plain = reason === undefined;
    if (reason) ending.reason = unpack(reason);
    this.#endReceivers();
  }

  #endReceivers(): void {
    if (this.#ready.size > 0) return;
    for (let receiver; (receiver = this.#receivers);) {
      end(this.#remove(receiver), this.#ending!);
    }
  }

  #drain(): void {
    this.#closed = this.#drained = true;
    this.#link.close();
    for (let joiner; (joiner = this.#joiners);) {
      wake(this.#remove(joiner), behind());
    }
  }

  // What a loop, or any other call, takes and asks for.

  /** Takes the oldest value into a hand. */
  takeInto(hand: Hand<T>): T {
    this.#lastHand = hand;
    this.#keen = true;
    hand.hold(this.#came - this.#ready.size);
    const value = this.#ready.shift();
    this.#mayTell();
    return value;
  }

  /** Parks somebody who receives into a hand. */
  parkFor(hand: Hand<T>, waiter: Waiter): void {
    this.#keen = true;
    this.#hands.set(waiter, hand);
    this.#receivers = append(this.#receivers, waiter);
    this.#mayTell();
  }

  /** Need not come again. */
  acknowledge(numbers: number[]): void {
    for (const number of numbers) {
      const { length } = this.#done;
      if (
        length > 0 &&
        this.#done[length - 2]! + this.#done[length - 1]! === number
      ) this.#done[length - 1]!++;
      else this.#done.push(number, 1);
    }
    this.#doneCount += numbers.length;
    this.#mayTell();
  }

  /** Go back to the head of the queue. */
  giveBack(numbers: number[]): void {
    if (numbers.length > 0) this.#link.post("back", numbers);
  }

  /** A loop over the values has begun. */
  enter(): void {
    this.#hand.settle();
    this.#loops++;
  }

  /**
   * A loop gives back what it has. The last one wants no more of what was asked for
   * ahead; and what comes all the same goes back together with the rest, so that it is
   * in order.
   */
  leave(numbers: number[]): void {
    this.#loops--;
    this.#resign(numbers);
  }

  /** These go back; and so does all that was asked for ahead, if nobody is left who wants it. */
  #resign(numbers: number[]): void {
    if (!this.#idle || this.#lost) {
      this.giveBack(numbers);
      return;
    }
    const revoked = !this.#keen && this.#quitting > 0;
    this.#keen = false;
    this.#back.push(...numbers);
    if (revoked) return;
    if (this.#asked === 0 && this.#quitting === 0) {
      this.#giveBackAll();
      return;
    }
    this.#quitting++;
    this.#link.post("quit");
  }

  #giveBackAll(): void {
    const numbers = this.#back.splice(0);
    if (this.#idle) numbers.push(...this.#clear());
    this.giveBack(numbers.sort((a, b) => a - b));
    this.#mayTell();
  }

  #want(): number {
    if (this.#ending || !this.#keen) return 0;
    return this.#hands.size + this.#window - 1 - this.#ready.size - this.#asked;
  }

  // Half a window at a time, so that a message stands for many values; or at once, if
  // somebody waits or has nothing more to take.
  #mayTell(): void {
    if (this.#telling) return;
    const half = this.#window / 2;
    const hungry = this.#ready.size === 0;
    const want = this.#want();
    if (
      want >= half || this.#doneCount >= half ||
      hungry && (this.#doneCount > 0 || this.#hands.size > this.#asked)
    ) {
      this.#telling = true;
      DONE.then(() => this.#tell());
    }
  }

  #tell(): void {
    this.#telling = false;
    let want = Math.max(0, this.#want());
    // A few more would come alone, be told of alone, and so on for ever.
    const enough = this.#asked >= Math.max(1, this.#hands.size);
    if (want < this.#window / 2 && enough) want = 0;
    if (want + this.#doneCount === 0) return;
    this.#asked += want;
    this.#link.post("ask", [want, ...this.#done]);
    this.#done = [];
    this.#doneCount = 0;
  }

  [available](): boolean {
    return this.#ready.size > 0;
  }

  protected takeOne(): T {
    this.#hand.settle();
    return this.takeInto(this.#hand);
  }

  override [take](): T;
  override [take](max: number | undefined): T | T[];
  override [take](max?: number): T | T[] {
    this.#hand.settle();
    return this.#hand[take](max);
  }

  [ended](): Ending | undefined {
    return this.#ready.size > 0 ? undefined : this.#ending;
  }

  [park](waiter: Waiter, sends?: boolean): void {
    this.#hand.settle(); // or who joins would wait for itself
    if (sends !== undefined) this.parkFor(this.#hand, waiter);
    else this.#joiners = append(this.#joiners, waiter);
  }

  [withdraw](waiter: Waiter): Waiter {
    const received = this.#hands.has(waiter);
    this.#remove(waiter);
    if (received && this.#idle) this.#mayQuit.add();
    return waiter;
  }

  #remove(waiter: Waiter): Waiter {
    const next = remove(waiter);
    this.#hands.delete(waiter);
    if (this.#receivers === waiter) this.#receivers = next;
    else if (this.#joiners === waiter) this.#joiners = next;
    return waiter;
  }

  // Each value is leased by the other side until it is acknowledged.
  [lease](): void {}

  [keep](): Keeper {
    const number = this.#lastHand.letGo();
    return {
      done: () => this.acknowledge([number]),
      back: () => this.#resign([number]),
    };
  }
}
