// _ahead.ts: sending many values, without waiting for those that are on their way.

import { DONE } from "./_turn.ts";
import type { ChannelSendOptions, Sender, SendPort } from "./ends.ts";
import { sendable } from "./ends.ts";

/** A sending end that tells when a value is on its way. */
export interface Starter<in T> extends SendPort {
  start(
    value: T,
    options: ChannelSendOptions | undefined,
    started: () => void,
  ): Promise<void>;
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
    this.#start(value, ignore, ignore);
    return true;
  }

  /** Resolves when the value is on its way. */
  send(value: T): Promise<void> {
    return new Promise((started, failed) =>
      this.#start(value, started, failed)
    );
  }

  #start(
    value: T,
    started: () => void,
    failed: (reason: unknown) => void,
  ): void {
    this.#flying++;
    this.#to.start(value, this.#options, started).then(
      () => this.#land(),
      (reason) => {
        this.failures.push({ value, reason });
        failed(reason);
        this.#land();
      },
    );
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

  #land(): void {
    if (--this.#flying === 0) this.#whenLanded();
  }
}

function ignore(): void {}
