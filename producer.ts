// producer.ts: counted senders, the last of which closes the channel.

import { refusal } from "./_checks.ts";
import { sendEach } from "./_send_all.ts";
import { refuse } from "./_turn.ts";
import type { Waiter } from "./_waiter.ts";
import { withdraw } from "./_waiter.ts";
import type { ChannelSendOptions, Sender } from "./ends.ts";
import { park, sendable } from "./ends.ts";
import { ChannelClosedError } from "./errors.ts";

/**
 * One of several senders on a channel, which closes when the last of them is closed or
 * disposed (the count that Go keeps in a `sync.WaitGroup`, tokio by its `Sender`s).
 * Further ones come from the channel's `producer()`.
 *
 * @typeParam T The type of the values that can be sent.
 */
export interface Producer<in T> extends Sender<T>, Disposable, AsyncDisposable {
  /**
   * Closes this producer: nothing is sent by it any more, though sends that wait go on
   * while the channel is open. With the last producer the channel closes, and with a
   * reason at once. Only the first call counts.
   *
   * @param reason What receivers are told; `undefined`, when given, is one too.
   */
  readonly close: (...reason: [reason: unknown] | []) => void;
  /** Whether this producer or the channel was closed. */
  readonly closed: boolean;
}

/** How many producers of a channel are open. */
interface Count {
  open: number;
}

// Apart from the channel, since few have producers.
const counts = new WeakMap<object, Count>();

/** Makes another producer of a channel. */
export function producerOf<T>(channel: Sender<T>): Producer<T> {
  let count = counts.get(channel);
  if (!count) counts.set(channel, count = { open: 0 });
  count.open++;
  return new CountedSender(channel, count);
}

class CountedSender<in T> implements Producer<T> {
  readonly #channel: Sender<T>;
  readonly #count: Count;
  #closed = false;

  constructor(channel: Sender<T>, count: Count) {
    this.#channel = channel;
    this.#count = count;
  }

  send(value: T, options?: ChannelSendOptions): Promise<void> {
    return this.#closed
      ? refusal(options?.signal) ??
        refuse(
          new ChannelClosedError("Cannot send: producer is closed", value),
        )
      : this.#channel.send(value, options);
  }

  trySend(value: T): boolean {
    return !this.#closed && this.#channel.trySend(value);
  }

  sendAll(
    source: Iterable<T> | AsyncIterable<T>,
    options?: ChannelSendOptions,
  ): Promise<void> {
    return sendEach(this, source, options);
  }

  close(...reason: [reason: unknown] | []): void {
    if (this.#closed) return;
    this.#closed = true;
    if (--this.#count.open === 0 || reason.length) {
      this.#channel.close(...reason);
    }
  }

  get closed(): boolean {
    return this.#closed || this.#channel.closed;
  }

  get closeSignal(): AbortSignal {
    return this.#channel.closeSignal;
  }

  [Symbol.dispose](): void {
    this.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve(this.close());
  }

  [sendable](): boolean | undefined {
    return this.#closed ? undefined : this.#channel[sendable]();
  }

  [park](waiter: Waiter, sends?: boolean): void {
    this.#channel[park](waiter, sends);
  }

  [withdraw](waiter: Waiter): void {
    this.#channel[withdraw](waiter);
  }
}
