// _intake.ts: the side of a shared channel that another thread sends to.
//
// 1. The other side sends what it was allowed to; `#queue` holds what the channel has
//    not accepted, oldest first. Whatever leaves the queue is told: `took`, `refused`
//    or `withdrew`.
// 2. While the queue is not empty, its head is parked in the channel, with one waiter.

import { Batch } from "./_batch.ts";
import type { Listener } from "./_link.ts";
import { Link } from "./_link.ts";
import type { Packed } from "./_reason.ts";
import { pack, unpack } from "./_reason.ts";
import { DONE } from "./_turn.ts";
import type { Owner } from "./_waiter.ts";
import { over, Waiter, withdraw, woken } from "./_waiter.ts";
import { Channel } from "./channel.ts";
import type { Sender } from "./ends.ts";
import { park, sendable } from "./ends.ts";

interface Sent<T> {
  readonly number: number;
  readonly value: T;
}

export class Intake<T> implements Owner, Listener {
  readonly #target: Sender<T>;
  readonly #link: Link;
  readonly #leaving = new AbortController();
  readonly #waiter: Waiter = new Waiter(unused, unused);
  #queue: Sent<T>[] = [];
  readonly #batch: Batch = new Batch(() => this.#tell());
  readonly #window: number;
  #came = 0;
  /** How many were taken and not told yet. */
  #took = 0;
  #parked = false;
  #over = false;

  constructor(target: Sender<T>, port: MessagePort, window: number) {
    this.#target = target;
    this.#window = window;
    this.#waiter.owner = this;
    this.#link = new Link(port, "intake", this);
    this.#link.post("window", window);
    const { closeSignal } = target;
    const closed = () => this.#link.post("closed", pack(closeSignal.reason));
    if (closeSignal.aborted) closed();
    else {
      closeSignal.addEventListener("abort", closed, {
        signal: this.#leaving.signal,
        once: true,
      });
    }
  }

  /** Takes nothing more; what has not been accepted is refused. */
  stop(): void {
    if (this.#over) return;
    if (this.#parked) {
      this.#target[withdraw](this.#waiter);
      this.#parked = false;
    }
    this.#refuse();
    this.#link.close();
    this.gone();
  }

  // What has come by then is accepted all the same, when its turn comes. After that a
  // producer, which nobody has any more, is done.
  gone(): void {
    this.#over = true;
    this.#leaving.abort();
    this.#mayLeave();
  }

  #mayLeave(): void {
    if (!this.#over || this.#queue.length > 0 || this.#parked) return;
    const target: Sender<T> & Partial<Disposable> = this.#target;
    if (!(target instanceof Channel)) target[Symbol.dispose]?.();
  }

  heard(kind: string, data: unknown): void {
    switch (kind) {
      case "values":
        for (const value of data as T[]) {
          this.#queue.push({ number: this.#came++, value });
        }
        this.#pass();
        break;
      case "withdraw":
        this.#withdraw(data as number);
        break;
      case "close":
        this.#close(data as Packed[]);
    }
  }

  #pass(): void {
    if (this.#parked) return;
    const target = this.#target;
    let passed = 0;
    for (const { value } of this.#queue) {
      if (!target.trySend(value)) break;
      passed++;
    }
    this.#accept(passed);
    this.#waiter.value = undefined;
    if (this.#queue.length === 0) this.#mayLeave();
    else if (target[sendable]() === undefined) this.#refuse();
    else this.#park();
  }

  #park(): void {
    this.#parked = true;
    this.#waiter.value = this.#queue[0]!.value;
    this.#target[park](this.#waiter, true);
  }

  [woken](): void {
    // Parked until then, and the value still the waiter's: this is half way through a
    // receive of the channel.
    DONE.then(() => {
      this.#parked = false;
      this.#pass();
    });
    this.#accept(1);
  }

  [over](): void {
    this.#parked = false;
    this.#refuse();
  }

  /** The first `count` of the queue are in the channel. One message a turn says so. */
  #accept(count: number): void {
    if (count === 0) return;
    this.#queue.splice(0, count);
    this.#took += count;
    if (this.#queue.length === 0 || this.#took >= this.#window / 2) {
      DONE.then(() => this.#tell());
    } else this.#batch.add();
  }

  #tell(): void {
    if (this.#took > 0) this.#link.post("took", this.#took);
    this.#took = 0;
  }

  #refuse(): void {
    this.#tell();
    this.#link.post("refused", this.#queue.length);
    this.#queue = [];
    this.#mayLeave();
  }

  // One that is not in the queue any more was accepted or refused: that is told already.
  #withdraw(number: number): void {
    const index = this.#queue.findIndex((sent) => sent.number === number);
    if (index < 0) return;
    this.#tell();
    this.#queue.splice(index, 1);
    this.#link.post("withdrew", number);
    if (index > 0 || !this.#parked) return;
    this.#target[withdraw](this.#waiter);
    this.#parked = false;
    this.#pass();
  }

  #close(reason: Packed[]): void {
    if (reason.length === 0) this.#target.close();
    else this.#target.close(unpack(reason[0]!));
  }
}

// deno-coverage-ignore -- its waiter has an owner
function unused(): void {}
