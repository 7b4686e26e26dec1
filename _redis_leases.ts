// _redis_leases.ts: the receiving end of a channel on a server.
//
// 1. One call of the consumer is under way at a time: it settles leases and takes values, or
//    renews.
// 2. `#held` are the leases of ours that are not settled: those given out, and those in
//    `#ahead`, which nobody has seen. They are `window` at most.
// 3. As many values are asked for as there are who wait; while there is a loop, as many as
//    `window` allows, if somebody waits or has received since the last call. What is ahead
//    goes back with the last loop; and so does, without one, what comes when whoever waited
//    for it has left.
// 4. What has been ahead for longer than LATE of `visibility` goes back unseen; all else is
//    renewed until it is settled. A timer runs while anything is held.
// 5. While somebody waits for a value, and fewer than `window` are held, a call is planned
//    or under way, or a watcher waits for the next event and an alarm is set for when the
//    next lease of anybody may run out.

import { append, count, remove } from "./_circle.ts";
import { leaveable } from "./_leaveable.ts";
import { Receiving } from "./_receiving.ts";
import { Consumer } from "./_redis_consumer.ts";
import type { Events, Watcher } from "./_redis_events.ts";
import { Joining } from "./_redis_joining.ts";
import type { Holder } from "./_redis_lease.ts";
import { Held } from "./_redis_lease.ts";
import type { Settings } from "./_redis_options.ts";
import type { Server } from "./_redis_server.ts";
import { left } from "./_redis_server.ts";
import type { Ending, Waiter } from "./_waiter.ts";
import { end, fail, wake, withdraw } from "./_waiter.ts";
import type { ChannelReceiveOptions } from "./ends.ts";
import { available, ended, lease, park } from "./ends.ts";

/** Parts of `visibility`: leases are renewed so often, and what is ahead goes back so late. */
const RENEWED = 1 / 3;
const LATE = 2 / 3;

/** The receiving end: of leases. */
export class Leases<T> extends Receiving<Held<T>> implements Holder<T> {
  readonly decode: (text: string) => T;
  readonly #server: Server;
  readonly #events: Events;
  readonly #visibility: number;
  readonly #window: number;
  readonly #maxDeliveries: number;
  readonly #consumer: Consumer;
  /** Sends a value to the dead letters. */
  readonly #bury: (held: Held<T>) => Promise<void>;
  readonly #held = new Map<string, Held<T>>();
  #ahead: Held<T>[] = [];
  /** What the next call settles. */
  #settling: Held<T>[] = [];
  #receivers: Waiter | undefined;
  readonly #watcher: Watcher;
  readonly #joining: Joining;
  #planned = false;
  #busy = false;
  readonly #loops = new Set<unknown>();
  /** A loop may have received since the last call. */
  #hungry = false;
  /** Leases are due to be renewed. */
  #due = false;
  /** The next call looks for leases that have run out. */
  #sweeps = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #alarm: ReturnType<typeof setTimeout> | undefined;
  /** Counted by transports. */
  #leased = 0;
  #left: Ending | undefined;
  /** Called when nothing is to be settled any more. */
  #resting: (() => void)[] = [];

  constructor(
    server: Server,
    events: Events,
    settings: Settings<T>,
    bury: (held: Held<T>) => Promise<void>,
  ) {
    super();
    this.#server = server;
    this.#events = events;
    this.#visibility = settings.visibility;
    this.#window = settings.window;
    this.#maxDeliveries = settings.maxDeliveries;
    this.decode = (text) => settings.codec.decode(text);
    this.#bury = bury;
    this.#watcher = {
      kinds: ["values", "closed", "drained"],
      // It may be called while a call is under way, which then sees that nobody waits.
      look: () => {
        this.#stopWaiting();
        this.#plan();
      },
      fail: (error) => this.#failReceivers(error),
    };
    this.#consumer = new Consumer(server);
    this.#joining = new Joining(server, events);
  }

  get closed(): boolean {
    return this.#server.closed;
  }

  get drained(): boolean {
    return this.#server.drained && this.#leased === 0;
  }

  [available](): boolean {
    // The clock is looked at for one value in eight, or it takes a tenth of a busy loop.
    if ((this.#ahead.length & 7) === 1) this.#returnLate();
    return this.#ahead.length > 0;
  }

  protected takeOne(): Held<T> {
    const held = this.#ahead.shift()!;
    held.seen = true;
    if (this.#loops.size > 0) {
      this.#hungry = true;
      if (this.#ahead.length * 2 <= this.#window) this.#plan();
    }
    return held;
  }

  override values(
    options?: ChannelReceiveOptions,
  ): AsyncIterableIterator<Held<T>> {
    return this.#loop(undefined, options?.signal);
  }

  override batches(max = Infinity): AsyncIterableIterator<Held<T>[]> {
    return this.#loop(max, undefined);
  }

  #loop<R>(
    max: number | undefined,
    signal: AbortSignal | null | undefined,
  ): AsyncIterableIterator<R> {
    const loop = leaveable<Held<T>, R>(this, max, signal, () => {
      this.#leaveLoop(loop);
    });
    this.#loops.add(loop);
    return loop;
  }

  #leaveLoop(loop: unknown): void {
    if (this.#loops.delete(loop) && this.#loops.size === 0) this.returnAhead();
  }

  [ended](): Ending | undefined {
    return this.#left ??
      (this.#server.drained ? this.#server.closing : undefined);
  }

  [park](waiter: Waiter, sends?: boolean): void {
    if (sends === undefined) {
      this.#joining.add(waiter);
    } else {
      this.#receivers = append(this.#receivers, waiter);
      this.#plan();
    }
  }

  [withdraw](waiter: Waiter): Waiter {
    if (this.#joining.remove(waiter)) return waiter;
    const next = remove(waiter);
    if (this.#receivers === waiter) {
      this.#receivers = next;
      if (!next) this.#stopWaiting();
    }
    return waiter;
  }

  [lease](n: number): void {
    this.#leased += n;
    this.end();
  }

  /** Goes on listening until the channel is closed. */
  listen(): void {
    this.#joining.listen();
  }

  /** Tells who waits for something that will not come, if the channel is drained. */
  end(): void {
    if (!this.#server.drained) return;
    this.#ahead.length = 0; // another has acknowledged them
    this.#stopWaiting();
    while (this.#receivers) {
      end(this[withdraw](this.#receivers), this.#server.closing);
    }
    if (this.drained) this.#joining.end();
  }

  /** Gives everything back, and ends. */
  async leave(): Promise<void> {
    const error = left("Cannot receive");
    this.#left = { error };
    this.#ahead.length = 0;
    this.#failReceivers(error);
    this.#joining.leave(left("Cannot join"));
    for (const held of this.#held.values()) this.#return(held);
    clearTimeout(this.#timer);
    await this.rested();
    await this.#consumer.leave();
  }

  /** Resolves once the server knows, or cannot be told, of all that was settled until now. */
  rested(): Promise<void> {
    return new Promise((resolve) => {
      this.#resting.push(resolve);
      this.#plan();
    });
  }

  /**
   * Gives back what nobody has seen: it comes behind what was given back before, or nobody
   * goes on receiving.
   */
  returnAhead(): void {
    this.#hungry = false;
    for (const held of this.#ahead.splice(0)) this.#return(held);
  }

  settle(held: Held<T>): void {
    this.#settling.push(held);
    if (held.settlement === "given back") this.returnAhead();
    this.#plan();
  }

  #return(held: Held<T>): void {
    held.settleQuietly(held.seen ? "given back" : "given back unseen");
  }

  #returnLate(): void {
    const late = performance.now() - this.#visibility * LATE;
    while (this.#ahead.length > 0 && this.#ahead[0]!.since < late) {
      this.#return(this.#ahead.shift()!);
    }
  }

  // The calls of one turn go together.
  #plan(): void {
    if (this.#planned || this.#busy) return;
    this.#planned = true;
    queueMicrotask(async () => {
      this.#planned = false;
      this.#busy = true;
      const again = await this.#call();
      this.#busy = false;
      if (again || this.#settling.length > 0 || this.#due) this.#plan();
      else for (const rest of this.#resting.splice(0)) rest();
    });
  }

  /** Makes the call that is needed; resolves to whether another one is, for more values. */
  async #call(): Promise<boolean> {
    if (this.#due) await this.#keep();
    const wanted = this.#wanted();
    if (wanted === 0 && this.#settling.length === 0) return false;
    const settling = this.#settling;
    this.#settling = [];
    this.#hungry = false;
    try {
      await this.#work(wanted, settling);
    } catch (error) {
      // The server may have leased values to us of which we have not heard.
      this.#due = !this.#left;
      for (const held of settling) {
        this.#forget(held);
        held.reject?.(error);
      }
      if (wanted > 0) this.#failReceivers(error);
    }
    return this.#wanted() > 0 && !this.#alarm &&
      (this.#receivers !== undefined || this.#ahead.length === 0);
  }

  #wanted(): number {
    if (this.#left || this.#server.drained) return 0;
    const free = this.#window - this.#held.size + this.#settling.length;
    const waiting = count(this.#receivers);
    return this.#loops.size === 0
      ? Math.min(free, waiting)
      : waiting > 0 || this.#hungry
      ? free
      : 0;
  }

  async #work(wanted: number, settling: readonly Held<T>[]): Promise<void> {
    const sweeps = this.#sweeps;
    this.#sweeps = false;
    const acks: Held<T>[] = [];
    const gives: Held<T>[] = [];
    for (const held of settling) {
      (held.settlement === "acknowledged" ? acks : gives).push(held);
    }
    const start = performance.now();
    const { event, settled, taken, wait } = await this.#consumer.work(
      wanted,
      this.#held.size,
      sweeps,
      acks,
      gives,
    );
    this.#settled([...acks, ...gives], settled);
    if (wanted === 0) return;
    this.#stopWaiting();
    for (const value of taken) this.#hold(new Held(this, ...value, start));
    this.#serve();
    if (this.#loops.size === 0) this.returnAhead();
    if (this.#receivers && taken.length === 0 && !this.#server.drained) {
      this.#wait(event, wait);
    }
  }

  // A value that is gone was acknowledged, and by us if the lease cannot have run out: then
  // this call was made twice.
  #settled(settling: readonly Held<T>[], settled: readonly number[]): void {
    const now = performance.now();
    for (const [index, held] of settling.entries()) {
      const code = settled[index]!;
      this.#forget(held);
      held.resolve?.(
        code > 0 || code < 0 && now - held.since < this.#visibility &&
            held.settlement === "acknowledged",
      );
    }
    if (this.#held.size === 0) this.#stopRenewing();
  }

  #hold(held: Held<T>): void {
    const before = this.#held.get(held.id);
    if (before?.deliveries === held.deliveries) return; // told twice
    if (before) this.#lose(before); // it has run out, and come back
    this.#held.set(held.id, held);
    if (this.#left) this.#return(held);
    else if (held.deliveries > this.#maxDeliveries) {
      held.seen = true; // and to be renewed, since the dead letters may be full
      this.#bury(held).then(() => held.settleQuietly("acknowledged")).catch(
        (error) => {
          this.#return(held);
          this.#failReceivers(error);
        },
      );
    } else this.#ahead.push(held);
    this.#startRenewing();
  }

  #serve(): void {
    while (this.#receivers && this[available]()) {
      wake(this[withdraw](this.#receivers), this.takeOne());
    }
  }

  #wait(event: number, ms: number): void {
    this.#alarm = setTimeout(() => {
      this.#alarm = undefined;
      this.#sweeps = true;
      this.#plan();
    }, ms + 1);
    this.#events.wait(this.#watcher, event);
  }

  #stopWaiting(): void {
    clearTimeout(this.#alarm);
    this.#alarm = undefined;
    this.#events.leave(this.#watcher);
  }

  #startRenewing(): void {
    if (this.#held.size === 0 || this.#left) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#due = true;
      this.#plan();
    }, this.#visibility * RENEWED);
  }

  #stopRenewing(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Renews the leases, and learns which are lost. */
  async #keep(): Promise<void> {
    this.#due = false;
    this.#returnLate();
    const start = performance.now();
    const held = [...this.#held.values()];
    try {
      const lasting = await this.#consumer.keep(held);
      for (const one of held) {
        if (!lasting.has(one.id)) this.#lose(one);
        else if (one.seen) one.since = start;
      }
    } catch {
      // Whoever settles a lease that has run out is told so; and it is tried again.
    }
    this.#startRenewing();
  }

  #lose(held: Held<T>): void {
    held.lost = true;
    // What is to be settled is told so by the call that does it.
    if (!held.settlement) this.#forget(held);
    this.#ahead = this.#ahead.filter((one) => one !== held);
  }

  // The value may have come back, as another lease.
  #forget(held: Held<T>): void {
    if (this.#held.get(held.id) === held) this.#held.delete(held.id);
  }

  #failReceivers(error: unknown): void {
    this.#stopWaiting();
    while (this.#receivers) {
      const waiter = this[withdraw](this.#receivers);
      fail(waiter, error);
      this.#leaveLoop(waiter.owner); // which is over, though nobody calls its `return`
    }
  }
}
