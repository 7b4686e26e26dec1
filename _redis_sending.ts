// _redis_sending.ts: the sending end of a channel on a server.
//
// 1. `#sends` holds every send that is not settled, oldest first; `#flying` of them are
//    under way, the oldest, unless one before them was refused.
// 2. Those under way have the numbers from `#next` on, the number of the next one that the
//    server accepts under our name. It accepts in that order, and answers a call that is
//    made twice as it did the first time.
// 3. While the channel is full, as far as we know, no call is made; once none is under way
//    a watcher waits for room.
// 4. A send that was accepted resolves. One that rejects was not stored, unless its error
//    says that nobody knows. So the abort of one that is under way waits for the answer.
// 5. Whoever waits until all is settled hears of it if the leaving of the handle has rejected
//    a send: what was to come behind all sends must not happen then.

import { unsent } from "./_closing.ts";
import type { Events, Watcher } from "./_redis_events.ts";
import { SEND } from "./_redis_scripts.ts";
import type { Reply, Server } from "./_redis_server.ts";
import { left, SilenceError } from "./_redis_server.ts";
import { unwatch, Watch, watch } from "./_signals.ts";

/** Values and characters in a call, and calls under way, at most. */
const MOST_VALUES = 512;
const MOST_TEXT = 1 << 20;
const MOST_CALLS = 4;

/** A send that is not settled. */
class Send extends Watch {
  /** Whether it is under way, where an abort has to wait for the answer. */
  flying = false;
  declare signal: AbortSignal | null | undefined;
  declare resolve: (accepted: boolean) => void;
  declare reject: (reason: unknown) => void;

  constructor(
    readonly text: string,
    readonly value: unknown,
    /** Whether it may wait. */
    readonly patient: boolean,
    readonly withdraw: (send: Send) => void,
  ) {
    super();
  }

  abort(reason: unknown): void {
    unwatch(this);
    if (this.flying) return;
    this.withdraw(this);
    this.reject(reason);
  }
}

/** Somebody who waits for a state of this end. */
interface Asker {
  readonly ready: () => boolean;
  readonly resolve: () => void;
}

/** The sending end. */
export class Sending {
  readonly #server: Server;
  readonly #events: Events;
  /** How long the server remembers what it has accepted of us, in ms. */
  readonly #memory: string;
  readonly #sends = new Set<Send>();
  readonly #withdraw = (send: Send): void => {
    this.#sends.delete(send);
    this.#tell();
  };
  readonly #watcher: Watcher;
  readonly #askers = new Set<Asker>();
  /** What the server calls us: another name for each row of numbers. */
  #name = crypto.randomUUID();
  #next = 0;
  #flying = 0;
  /** Calls under way, and calls ever made. */
  #calls = 0;
  #made = 0;
  #planned = false;
  /** The number of the last event when the channel was full, as far as we know it is. */
  #full: number | undefined;
  /** A call was refused, so that those behind it are too: all have to come back first. */
  #gap = false;
  /** What sends are refused with from now on. */
  #refusal: ((value: unknown) => Error) | undefined;
  #left = false;
  /** The leaving of the handle has rejected a send. */
  #cut = false;

  constructor(server: Server, events: Events) {
    this.#server = server;
    this.#events = events;
    this.#memory = String(4 * server.patience + 60_000);
    this.#watcher = {
      kinds: ["room", "closed"],
      look: () => {
        this.#full = undefined;
        this.#plan();
      },
      fail: (error) => {
        this.#full = undefined;
        this.#rejectAll(error);
      },
    };
  }

  /**
   * Sends text, and calls back, perhaps at once: with whether it was accepted, which what is
   * patient always is, or with an error.
   */
  send(
    text: string,
    value: unknown,
    patient: boolean,
    signal: AbortSignal | null | undefined,
    resolve: (accepted: boolean) => void,
    reject: (error: unknown) => void,
  ): void {
    const { closed } = this.#server;
    if (closed && !patient && !this.#left) return resolve(false);
    if (this.#refusal) return reject(this.#refusal(value));
    if (closed) return reject(unsent(value));
    if (!patient && this.#full !== undefined && this.#sends.size > 0) {
      return resolve(false);
    }
    const send = new Send(text, value, patient, this.#withdraw);
    send.resolve = resolve;
    send.reject = reject;
    send.signal = signal;
    this.#sends.add(send);
    if (signal) watch(signal, send);
    this.#plan();
  }

  /** Resolves once what was sent until now is settled, or waits because the channel is full. */
  answered(): Promise<void> {
    const sends = [...this.#sends];
    return this.#until(() =>
      this.#calls === 0 && this.#full !== undefined ||
      sends.every((send) => !this.#sends.has(send))
    );
  }

  /** Resolves once no send is left; rejects, with an error for `act`, by invariant 5. */
  async settled(act: string): Promise<void> {
    await this.#until(() => this.#sends.size === 0);
    if (this.#cut) throw left(act);
  }

  /** Refuses what comes from now on. */
  refuse(error: (value: unknown) => Error): void {
    this.#refusal ??= error;
  }

  /** Takes that back, unless the handle was left. */
  allow(): void {
    if (!this.#left) this.#refusal = undefined;
  }

  /** Rejects what is not under way, since the handle is left; resolves once nothing is. */
  leave(): Promise<void> {
    this.#left = true;
    this.#cut = this.#sends.size > this.#flying;
    this.#refusal = () => left("Cannot send");
    this.#events.leave(this.#watcher);
    this.#rejectAll(left("Cannot send"));
    return this.#until(() => this.#calls === 0);
  }

  // The calls of one turn go together.
  #plan(): void {
    if (this.#planned) return;
    this.#planned = true;
    queueMicrotask(() => {
      this.#planned = false;
      this.#launch();
    });
  }

  #launch(): void {
    while (
      this.#full === undefined && !this.#gap && this.#calls < MOST_CALLS &&
      this.#sends.size > this.#flying
    ) {
      const batch: Send[] = [];
      let length = 0;
      for (const send of this.#sends) {
        if (send.flying) continue;
        length += send.text.length;
        if (batch.length === MOST_VALUES) break;
        if (batch.length > 0 && length > MOST_TEXT) break;
        batch.push(send);
      }
      for (const send of batch) send.flying = true;
      const first = this.#next + this.#flying;
      this.#flying += batch.length;
      this.#calls++;
      this.#call(batch, first);
    }
  }

  async #call(batch: readonly Send[], first: number): Promise<void> {
    const name = this.#name;
    try {
      const reply = await this.#server.run(
        "Cannot send",
        SEND,
        [
          String(first),
          String(this.#next),
          String(++this.#made),
          this.#memory,
          ...batch.map(({ text }) => text),
        ],
        this.#server.key(`sender:${name}`),
      );
      this.#land(batch);
      this.#take(reply, batch, first, name);
    } catch (error) {
      this.#land(batch);
      this.#lose(error, batch, name);
    }
    if (this.#calls === 0) this.#gap = false;
    if (this.#full === undefined) this.#plan();
    else if (this.#calls === 0) this.#events.wait(this.#watcher, this.#full);
    this.#tell();
  }

  #land(batch: readonly Send[]): void {
    this.#calls--;
    this.#flying -= batch.length;
    for (const send of batch) send.flying = false;
  }

  #take(
    reply: Reply,
    batch: readonly Send[],
    first: number,
    name: string,
  ): void {
    const next = Number(reply.rest[0]);
    const behind = next < first || Number(reply.rest[1]) > 0;
    const accepted = Math.min(Math.max(0, next - first), batch.length);
    if (name === this.#name) this.#next += accepted;
    for (const [index, send] of batch.entries()) {
      if (index < accepted) this.#settle(send, () => send.resolve(true));
      else this.#keep(send, behind);
    }
    if (behind) this.#gap = true;
    else if (accepted < batch.length) this.#full = reply.event;
  }

  // What was not accepted, and under way when it was given up, or else waits.
  #keep(send: Send, behind: boolean): void {
    const { signal, value } = send;
    if (this.#server.closed) {
      this.#settle(
        send,
        () => send.patient ? send.reject(unsent(value)) : send.resolve(false),
      );
    } else if (signal?.aborted) {
      this.#settle(send, () => send.reject(signal.reason));
    } else if (this.#left) {
      this.#cut = true;
      this.#settle(send, () => send.reject(left("Cannot send")));
    } else if (!send.patient && !behind) {
      this.#settle(send, () => send.resolve(false));
    }
  }

  #lose(error: unknown, batch: readonly Send[], name: string): void {
    for (const send of batch) this.#settle(send, () => send.reject(error));
    this.#gap = true;
    // What has become of its numbers is unknown.
    if (error instanceof SilenceError && name === this.#name) {
      this.#name = crypto.randomUUID();
      this.#next = 0;
    }
  }

  #settle(send: Send, settle: () => void): void {
    unwatch(send);
    this.#sends.delete(send);
    settle();
  }

  #rejectAll(error: unknown): void {
    for (const send of [...this.#sends]) {
      if (!send.flying) this.#settle(send, () => send.reject(error));
    }
    this.#tell();
  }

  #until(ready: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      this.#askers.add({ ready, resolve });
      this.#tell();
    });
  }

  #tell(): void {
    for (const asker of this.#askers) {
      if (!asker.ready()) continue;
      this.#askers.delete(asker);
      asker.resolve();
    }
  }
}
