// _web_streams.ts: web streams at the two ends of a channel.

import { Abort } from "./_abort.ts";
import { due, hold, rest, settle } from "./_turn.ts";
import type { Ending, Owner, Parking, Waiter } from "./_waiter.ts";
import { over, wait, withdraw, woken } from "./_waiter.ts";
import type { Channel } from "./channel.ts";
import { available, ended, park, take } from "./ends.ts";
import { ChannelClosedError } from "./errors.ts";

/** What a readable stream asks for values. */
export class Pulling<T> implements UnderlyingDefaultSource<T>, Owner, Parking {
  readonly #channel: Channel<T>;
  #controller!: ReadableStreamDefaultController<T>;
  #waiter: Waiter | undefined;
  #cancelled = false;

  constructor(channel: Channel<T>) {
    this.#channel = channel;
  }

  start(controller: ReadableStreamDefaultController<T>): void {
    this.#controller = controller;
  }

  pull(): Promise<void> | void {
    return due() ? hold(undefined).then(() => this.#step()) : this.#step();
  }

  #step(): Promise<void> | void {
    if (this.#cancelled) return;
    const channel = this.#channel;
    if (channel[available]()) return this.#controller.enqueue(channel[take]());
    const ending = channel[ended]();
    return ending ? this.#end(ending) : wait(this, undefined, false, this);
  }

  cancel(reason: unknown): void {
    this.#cancelled = true;
    const waiter = this.#waiter;
    if (waiter) {
      this[withdraw](waiter);
      waiter.resolve(undefined);
    }
    if (reason === undefined) this.#channel.close();
    else this.#channel.close(reason);
  }

  #end(ending: Ending): void {
    if (ending.plain) this.#controller.close();
    else this.#controller.error(ending.error);
  }

  [park](waiter: Waiter): void {
    this.#waiter = waiter;
    this.#channel[park](waiter, false);
  }

  [withdraw](waiter: Waiter): void {
    this.#waiter = undefined;
    this.#channel[withdraw](waiter);
  }

  // The stream's reader has it when the send is done: there is no moment at which a
  // cancel could lose it. (A stream whose reader was released keeps it for the next.)
  [woken](waiter: Waiter, value: unknown): void {
    this.#waiter = undefined;
    this.#controller.enqueue(value as T);
    settle(waiter.resolve);
  }

  [over](waiter: Waiter, ending: Ending): void {
    this.#waiter = undefined;
    this.#end(ending);
    settle(waiter.resolve);
  }
}

const FORGOTTEN = new FinalizationRegistry<Abort>((abort) => abort.leave());

/** What a writable stream gives its values to. */
export class Sinking<T> implements UnderlyingSink<T> {
  readonly #channel: Channel<T>;
  #abort!: Abort;

  constructor(channel: Channel<T>) {
    this.#channel = channel;
  }

  start(controller: WritableStreamDefaultController): void {
    const channel = this.#channel;
    // A stream that is forgotten without an end goes, though its channel stays.
    const stream = new WeakRef(controller);
    this.#abort = new Abort(() => {
      const { plain, error } = channel[ended](true)!;
      stream.deref()?.error(
        plain
          ? new ChannelClosedError("Cannot send: channel is closed")
          : error,
      );
    });
    FORGOTTEN.register(controller, this.#abort);
    this.#abort.listen(channel.closeSignal);
  }

  write(value: T, controller: WritableStreamDefaultController): Promise<void> {
    const { signal } = controller;
    return this.#channel.trySend(value)
      ? rest(undefined)
      : this.#channel.send(value, { signal });
  }

  close(): void {
    this.#abort.leave();
    this.#channel.close();
  }

  abort(reason: unknown): void {
    this.#channel.close(reason);
  }
}
