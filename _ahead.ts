// _ahead.ts: sending many values, without waiting for those that are on their way.

import { Flight } from "./_flight.ts";
import { DONE, refuse } from "./_turn.ts";
import type { ChannelSendOptions, Sender, SendPort } from "./ends.ts";
import { sendable } from "./ends.ts";

/** A sending end that tells when a value is on its way. */
export interface Starter<T> extends SendPort {
  /** Sends; `started` is called when the value is on its way. */
  start(
    value: T,
    options: ChannelSendOptions | undefined,
    started: () => void,
  ): Promise<void>;
  /** Has a value on its way. Only while `sendable`. */
  launch(flight: Flight<T>, signal: AbortSignal | null | undefined): void;
}

/** A value that was not sent, and why. */
export interface Failure<T> {
  readonly value: T;
  readonly reason: unknown;
}

/** Sends values without waiting for those before, while there is room. */
export class Ahead<T> implements Pick<Sender<T>, "send" | "trySend"> {
  /** All there are, once everything has landed. */
  readonly failures: Failure<T>[] = [];
  readonly #to: Starter<T>;
  readonly #options: ChannelSendOptions | undefined;
  #flying = 0;
  #whenLanded: () => void = ignore;

  constructor(to: Starter<T>, options: ChannelSendOptions | undefined) {
    this.#to = to;
    this.#options = options;
  }

  trySend(value: T): boolean {
    if (this.failures.length > 0 || !this.#to[sendable]()) return false;
    this.#flying++;
    const flight = new Flight(value, this.#landed, this.#failed);
    this.#to.launch(flight, this.#options?.signal);
    return true;
  }

  /** Resolves when the value is on its way. Nothing is sent after a failure. */
  send(value: T): Promise<void> {
    const [first] = this.failures;
    if (first) {
      this.failures.push({ value, reason: first.reason });
      return refuse(first.reason);
    }
    this.#flying++;
    return new Promise((started, failed) => {
      this.#to.start(value, this.#options, started).then(
        this.#landed,
        (reason) => {
          this.#failed(reason, value);
          failed(reason);
        },
      );
    });
  }

  /** Whether it is what one of the sends failed with. */
  failed(reason: unknown): boolean {
    return this.failures.some((failure) => failure.reason === reason);
  }

  /** Resolves when everything that was sent is settled. */
  landed(): Promise<void> {
    return this.#flying > 0
      ? new Promise((landed) => this.#whenLanded = landed)
      : DONE;
  }

  readonly #landed = (): void => {
    if (--this.#flying === 0) this.#whenLanded();
  };

  readonly #failed = (reason: unknown, value: T): void => {
    this.failures.push({ value, reason });
    this.#landed();
  };
}

function ignore(): void {}
