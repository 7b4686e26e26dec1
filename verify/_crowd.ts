// _crowd.ts: many tasks that send and receive on several channels in every way there
// is, while operations are aborted and channels closed and replaced; and the account.

import type { Act, World } from "./_acts.ts";
import { below, REASON, takeOne } from "./_acts.ts";
import { RECEIVES } from "./_receives.ts";
import { SENDS } from "./_sends.ts";
import { Ledger, Order, Signals, tick, Turns } from "./_storm.ts";
import type { ChannelOptions } from "../mod.ts";
import { Channel } from "../mod.ts";

/** What a crowd is made of. */
export interface CrowdOptions {
  /** Pseudo-random numbers in [0, 1). */
  readonly random: () => number;
  readonly senders: number;
  readonly receivers: number;
  /** One channel for each of these; `onDrop` is the crowd's. */
  readonly channels: readonly ChannelOptions<number>[];
  /** The last so many channels are never closed. */
  readonly lasting?: number;
}

/** What a round does besides its operations. */
export interface RoundOptions {
  /**
   * How many operations there are to one close, after which a new channel takes the
   * place. All but the lasting ones are new after the round, so that a heap can be
   * compared with an earlier one: a channel keeps room for some more than it holds.
   */
  readonly reopenEvery?: number;
  /** With how many operations to go all channels are closed for good. */
  readonly closeAt?: number;
  /** With how many operations to go the receivers stop. */
  readonly receiveUntil?: number;
}

/** More turns than anything takes that is not stuck; a pause of the library's takes some hundreds. */
const PATIENCE = 20_000;

/** A crowd and its channels, which stay from round to round. */
export class Crowd implements World {
  readonly random: () => number;
  readonly ledger: Ledger = new Ledger();
  readonly signals: Signals;
  readonly quit: Channel<number> = new Channel();
  atOnce: Order = new Order("taken at once");
  plainly: Order = new Order("received");
  /** Operations begun in all rounds. */
  operations = 0;
  readonly #options: CrowdOptions;
  #places: Channel<number>[];
  /** Channels that were replaced in this round, and whether `join` has resolved. */
  #retired: Channel<number>[] = [];
  #joined = new WeakSet<Channel<number>>();
  readonly #turns = new Turns();
  #left = 0;
  #running = 0;

  constructor(options: CrowdOptions) {
    this.#options = options;
    this.random = options.random;
    this.signals = new Signals(options.random);
    this.#places = options.channels.map((one) => this.#open(one));
  }

  /**
   * Runs this many operations, lets all come to an end, and balances the account.
   * What is wrong is in `ledger.problems` then.
   */
  async round(operations: number, options: RoundOptions = {}): Promise<void> {
    const { senders, receivers } = this.#options;
    this.#left = operations;
    this.#running = senders + receivers;
    for (let i = 0; i < Math.max(senders, receivers); i++) {
      if (i < senders) this.#task(SENDS, options);
      if (i < receivers) this.#task(RECEIVES, options);
    }
    let stuck = 0;
    for (let seen; this.#left > 0 && stuck < PATIENCE; seen = this.#left) {
      stuck = this.#left === seen ? stuck + 1 : 0;
      // All may wait for one another.
      if (stuck > 0) this.poke(this.channel());
      await this.#turns.next();
    }
    this.#left = 0;
    await this.#finish(options.reopenEvery !== undefined);
    // They know channels that are gone.
    this.atOnce = new Order("taken at once");
    this.plainly = new Order("received");
  }

  /** Ends the crowd, so that it keeps no process alive. */
  close(): void {
    this.#turns.close();
  }

  async #task(acts: readonly Act[], options: RoundOptions): Promise<void> {
    const { reopenEvery = Infinity, closeAt = 0, receiveUntil = 0 } = options;
    const until = acts === RECEIVES ? receiveUntil : 0;
    const order = new Order("by one task");
    try {
      while (this.#left > until) {
        this.operations++;
        if (this.random() * reopenEvery < 1) this.#reopen(this.#passing());
        if (this.#left-- === closeAt) this.#places.forEach(this.#close, this);
        await acts[below(this, acts.length)]!(this, order);
        await this.idle();
      }
    } catch (error) {
      this.ledger.complain(`a task failed with ${String(error)}`);
    }
    this.#running--;
  }

  #open(options: ChannelOptions<number>): Channel<number> {
    const { ledger } = this;
    const onDrop = (value: number) => ledger.mark(value, "dropped");
    const channel = new Channel({ ...options, onDrop });
    channel.join().then(() => this.#joined.add(channel));
    // Of every other one: what has no closeSignal is to be seen too.
    if (this.random() < 0.5) this.signals.lend(channel.closeSignal);
    return channel;
  }

  #close(channel: Channel<number>): void {
    const arguments_: [] | [object] = this.random() < 0.5 ? [] : [REASON];
    if (this.random() < 0.5) channel.close(...arguments_);
    else channel.cancel(...arguments_);
    this.ledger.count("closes");
  }

  #passing(): number {
    const { channels, lasting = 0 } = this.#options;
    return below(this, channels.length - lasting);
  }

  #reopen(place: number): void {
    const channel = this.#places[place]!;
    this.#retired.push(channel);
    this.#close(channel);
    this.#places[place] = this.#open(this.#options.channels[place]!);
  }

  get over(): boolean {
    return this.#left <= 0;
  }

  channel(): Channel<number> {
    return this.#places[below(this, this.#places.length)]!;
  }

  poke(channel: Channel<number>): void {
    for (let draw; (draw = this.random()) < 0.4;) {
      if (draw < 0.12) this.signals.abortOne(this.random() < 0.5);
      else if (draw < 0.13) this.signals.abortShared();
      else if (draw < 0.27) takeOne(this, channel, this.atOnce);
      else this.#trySend(channel);
    }
  }

  #trySend(channel: Channel<number>): void {
    const value = this.ledger.offer();
    const accepted = channel.trySend(value);
    this.ledger.mark(value, accepted ? "accepted" : "refused");
  }

  async idle(): Promise<void> {
    const draw = this.random();
    if (draw < 0.1) await this.#turns.next();
    else if (draw < 0.6) { for (let i = draw * 8; i > 0; i--) await undefined; }
    if (this.random() < 0.1) this.signals.abortOne(false);
  }

  /** Ends all that waits, and looks at what is left. */
  async #finish(renews: boolean): Promise<void> {
    for (let turn = 0; this.#running > 0 && turn < PATIENCE; turn++) {
      this.signals.abortAll();
      for (const channel of this.#all()) this.#serve(channel);
      await this.#turns.next();
    }
    for (const channel of this.#all()) this.#serve(channel);
    const { channels, lasting = 0 } = this.#options;
    for (let place = channels.length - lasting; renews && place-- > 0;) {
      this.#reopen(place);
    }
    let unrest = this.#unrest();
    // What a pause of the library's holds up comes with its end.
    for (let turn = 0; turn < 3 && unrest.length > 0; turn++) {
      await tick();
      unrest = this.#unrest();
    }
    unrest.forEach(this.ledger.complain, this.ledger);
    this.ledger.balance();
    this.signals.forget();
    this.#retired = [];
  }

  #all(): Channel<number>[] {
    return [...this.#places, ...this.#retired, this.quit];
  }

  /** Takes what is left, and gives those a value who wait for one. */
  #serve(channel: Channel<number>): void {
    for (const value of channel.drain()) this.ledger.mark(value, "left");
    if (channel === this.quit) return;
    while (channel.stats().waitingReceivers > 0) this.#trySend(channel);
  }

  /** What is not as it is at rest. */
  #unrest(): string[] {
    const unrest: string[] = [];
    if (this.#running > 0) unrest.push(`${this.#running} tasks are stuck`);
    for (const channel of this.#all()) {
      const { size, waitingSenders, waitingReceivers } = channel.stats();
      if (size + waitingSenders + waitingReceivers > 0) {
        unrest.push(
          `left on a channel: ${size} values, ${waitingSenders} senders, ${waitingReceivers} receivers`,
        );
      }
      if (channel.drained !== channel.closed) unrest.push("not drained");
      if (this.#joined.has(channel) !== channel.closed) {
        unrest.push(`join says otherwise than closed: ${channel.closed}`);
      }
    }
    const { listening } = this.signals;
    if (listening > 0) unrest.push(`${listening} signals have listeners`);
    return unrest;
  }
}
