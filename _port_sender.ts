// _port_sender.ts: the sending end of a channel that is in another thread.
//
// 1. `#next` holds what is to be posted, `#posting` what is being posted (code of the
//    user's runs then: getters, `transfer`), `#sent` what was posted and not answered,
//    oldest first; `#room` is how many more there may be of them.
// 2. A parked sender implies that there is no room, and that the channel is not known to
//    be closed.
// 3. The nth value that is posted has the number n, on both sides.
// 4. What was posted is settled by the answer of the other side alone: so a send that
//    rejects has delivered nothing.
// 5. `close` waits its turn behind everything that was sent.

import type { Failure, Starter } from "./_ahead.ts";
import { Ahead } from "./_ahead.ts";
import { Batch } from "./_batch.ts";
import { refusal } from "./_checks.ts";
import { append, remove } from "./_circle.ts";
import { unsent } from "./_closing.ts";
import type { Crossing } from "./_crossing.ts";
import { lose, transferred } from "./_crossing.ts";
import { Flight } from "./_flight.ts";
import type { Listener } from "./_link.ts";
import { Link } from "./_link.ts";
import type { Packed } from "./_reason.ts";
import { pack, unpack } from "./_reason.ts";
import { sendEach } from "./_send_all.ts";
import { refuse } from "./_turn.ts";
import type { Owner, Waiter } from "./_waiter.ts";
import { fail, wait, wake, withdraw, woken } from "./_waiter.ts";
import type { ChannelSendOptions, Sender } from "./ends.ts";
import { park, sendable } from "./ends.ts";
import { ChannelClosedError, ChannelError } from "./errors.ts";

export class PortSender<T>
  implements Sender<T>, Starter<T>, AsyncDisposable, Listener {
  readonly #link: Link;
  readonly #crossing: Crossing<T>;
  readonly #batch: Batch = new Batch(() => this.#flush());
  readonly #sent: Map<number, Flight<T>> = new Map();
  #next: Flight<T>[] = [];
  #posting: Flight<T>[] = [];
  #count = 0;
  #room = 0;
  /** Values in a message, so that the other side has some while others are made. */
  #most = 1;
  #senders: Waiter | undefined;
  /** What `close` is to tell. */
  #closing: Packed[] | undefined;
  /** Whether the channel was closed, as far as is known here. */
  #over = false;
  #controller: AbortController | undefined;
  #reason: unknown;
  #left!: () => void;
  readonly #leaving: Promise<void> = new Promise((left) => this.#left = left);

  constructor(port: MessagePort, crossing: Crossing<T>) {
    this.#crossing = crossing;
    this.#link = new Link(port, "sender", this);
  }

  get closed(): boolean {
    return this.#over || !!this.#closing;
  }

  get closeSignal(): AbortSignal {
    const controller = this.#controller ??= new AbortController();
    if (this.closed) controller.abort(this.#reason);
    return controller.signal;
  }

  send(value: T, options?: ChannelSendOptions): Promise<void> {
    return this.start(value, options, ignore);
  }

  /** Sends; `started` is called when the value is on its way. */
  start(
    value: T,
    options: ChannelSendOptions | undefined,
    started: () => void,
  ): Promise<void> {
    const signal = options?.signal;
    const refused = refusal(signal);
    if (refused) return refused;
    if (this.closed) return refuse(unsent(value));
    if (!this.#room) {
      return wait(this, signal, true, new Start(this, signal, started), value);
    }
    return new Promise((resolve, reject) => {
      this.launch(new Flight(value, resolve, reject), signal);
      started();
    });
  }

  /** Has a value on its way. Only while there is room. */
  launch(flight: Flight<T>, signal: AbortSignal | null | undefined): void {
    this.#room--;
    this.#next.push(flight);
    this.#batch.add();
    if (signal) flight.listen(signal, () => this.#recall(flight));
    if (this.#next.length >= this.#most) this.#flush();
  }

  trySend(value: T): boolean {
    if (!this[sendable]()) return false;
    try {
      this.#launchNow(value);
      return true;
    } catch {
      return false;
    }
  }

  async sendAll(
    source: Iterable<T> | AsyncIterable<T>,
    options?: ChannelSendOptions,
  ): Promise<void> {
    const ahead = new Ahead(this, options);
    try {
      await sendEach<T>(ahead, source, options);
      await ahead.landed();
    } catch (error) {
      if (!ahead.failed(error)) {
        ahead.landed().then(() => this.#loseAll(ahead.failures));
        throw error;
      }
      await ahead.landed();
    }
    const [first, ...others] = ahead.failures;
    this.#loseAll(others);
    if (first) throw first.reason;
  }

  #loseAll(failures: readonly Failure<T>[]): void {
    for (const { value, reason } of failures) {
      lose(this.#crossing, value, reason);
    }
  }

  close(...reason: [reason: unknown] | []): void {
    if (this.closed) return;
    this.#reason = reason.length
      ? reason[0]
      : new ChannelClosedError("Cannot receive: channel is closed");
    this.#closing = reason.map((one) => pack(one));
    this.#mayLeave();
    this.#controller?.abort(this.#reason);
  }

  /** Resolves once everything that was sent is settled. */
  [Symbol.asyncDispose](): Promise<void> {
    this.close();
    return this.#leaving;
  }

  heard(kind: string, data: unknown): void {
    const count = data as number;
    switch (kind) {
      case "window":
        this.#most = this.#crossing.transfer ? 1 : Math.max(16, count >> 2);
        this.#admit(count);
        break;
      case "took":
        for (const flight of this.#land(count)) flight.arrive();
        this.#admit(count);
        break;
      case "refused": // for good: there is no room for others
        for (const flight of this.#land(count)) {
          this.#refuse(flight, unsent(flight.value));
        }
        this.#mayLeave();
        break;
      case "withdrew": {
        const flight = this.#sent.get(count)!;
        this.#sent.delete(count);
        flight.giveUp();
        this.#admit(1);
        break;
      }
      case "closed":
        this.#shut(unpack(data as Packed));
    }
  }

  gone(fact: string): void {
    const message = `Cannot send: ${fact}`;
    const flights = [...this.#sent.values(), ...this.#next];
    this.#sent.clear();
    this.#next = [];
    for (const flight of flights) {
      this.#refuse(flight, new ChannelClosedError(message, flight.value));
    }
    this.#shut(new ChannelError(message), message);
  }

  /** The channel is closed: nothing that waits here can be sent. */
  #shut(reason: unknown, message?: string): void {
    if (this.#over) return;
    this.#over = true;
    if (!this.#closing) this.#reason = reason;
    for (let sender; (sender = this.#senders);) {
      const { value } = this.#remove(sender);
      const error = message
        ? new ChannelClosedError(message, value)
        : unsent(value);
      fail(sender, error);
    }
    this.#controller?.abort(this.#reason);
    this.#mayLeave();
  }

  /** Takes the oldest that were posted out. */
  #land(count: number): Flight<T>[] {
    const landed: Flight<T>[] = [];
    for (const [number, flight] of this.#sent) {
      if (landed.length === count) break;
      this.#sent.delete(number);
      landed.push(flight);
    }
    return landed;
  }

  #refuse(flight: Flight<T>, error: ChannelClosedError): void {
    if (!flight.fail(error)) lose(this.#crossing, flight.value, error);
  }

  /** There is room for more: those who wait longest have it. */
  #admit(count: number): void {
    this.#room += count;
    while (this.#room > 0 && this.#senders) {
      const waiter = this.#remove(this.#senders);
      if (waiter.owner instanceof Start) {
        wake(waiter);
        continue;
      }
      try {
        this.#launchNow(waiter.value as T);
        wake(waiter);
      } catch (error) {
        fail(waiter, error);
      }
    }
    this.#mayLeave();
  }

  // Nobody waits for the answer; so whether it can be cloned must be known at once.
  #launchNow(value: T): void {
    this.#flush();
    this.#postOne(new Flight<T>(value));
    this.#room--;
  }

  #flush(): void {
    if (this.#posting.length > 0) return; // what comes meanwhile is flushed later
    this.#posting = this.#next.splice(0);
    if (!this.#crossing.transfer && this.#postAll()) return;
    for (let flight; (flight = this.#posting[0]);) {
      try {
        this.#postOne(flight);
        this.#posting.shift();
      } catch (error) {
        this.#posting.shift();
        flight.fail(error);
        this.#admit(1);
      }
    }
  }

  /** Whether they could be cloned. */
  #postAll(): boolean {
    const flights = this.#posting;
    if (flights.length === 0) return true;
    try {
      this.#link.post("values", flights.map(({ value }) => value));
    } catch {
      return false;
    }
    this.#posting = [];
    for (const flight of flights) this.#posted(flight);
    return true;
  }

  #postOne(flight: Flight<T>): void {
    const { value } = flight;
    this.#link.post("values", [value], transferred(this.#crossing, value));
    this.#posted(flight);
  }

  #posted(flight: Flight<T>): void {
    flight.number = this.#count;
    this.#sent.set(this.#count++, flight);
    if (flight.recalled) this.#recall(flight);
  }

  /** Its signal has aborted: the other side says whether that is in time. */
  #recall(flight: Flight<T>): void {
    const index = this.#next.indexOf(flight);
    if (index >= 0) {
      this.#next.splice(index, 1);
      flight.giveUp();
      this.#admit(1);
    } else if (flight.number >= 0) this.#link.post("withdraw", flight.number);
    else flight.recalled = true;
  }

  #mayLeave(): void {
    if (!this.closed || this.#senders || this.#sent.size) return;
    if (this.#next.length + this.#posting.length > 0) return;
    if (this.#closing && !this.#over) this.#link.post("close", this.#closing);
    this.#over = true;
    this.#link.close();
    this.#left();
  }

  [sendable](): boolean | undefined {
    return this.closed ? undefined : this.#room > 0;
  }

  [park](waiter: Waiter): void {
    this.#senders = append(this.#senders, waiter);
  }

  [withdraw](waiter: Waiter): Waiter {
    this.#remove(waiter);
    this.#mayLeave();
    return waiter;
  }

  #remove(waiter: Waiter): Waiter {
    const next = remove(waiter);
    if (this.#senders === waiter) this.#senders = next;
    return waiter;
  }
}

/** A send that has room, or waits for it. */
class Start<T> implements Owner {
  readonly #sender: PortSender<T>;
  readonly #signal: AbortSignal | null | undefined;
  readonly #started: () => void;

  constructor(
    sender: PortSender<T>,
    signal: AbortSignal | null | undefined,
    started: () => void,
  ) {
    this.#sender = sender;
    this.#signal = signal;
    this.#started = started;
  }

  [woken](waiter: Waiter): void {
    const { value, resolve, reject } = waiter;
    const flight = new Flight(value as T, resolve as () => void, reject);
    this.#sender.launch(flight, this.#signal);
    this.#started();
  }
}

function ignore(): void {}
