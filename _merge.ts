// _merge.ts: several receiving ends as one.
//
// 1. Nothing stands between: a value is in its source until somebody receives it.
// 2. While somebody waits, one waiter, a scout, is parked in each source that has not
//    ended; otherwise in none. A value that comes to a scout goes to who waits longest.
// 3. `#sources` holds those that have not ended, as far as was seen. Once one has
//    ended with a reason, that is how this ends.

import { append, remove } from "./_circle.ts";
import { refusal } from "./_checks.ts";
import { Closing } from "./_closing.ts";
import type { Keeper, KeepPort } from "./_loans.ts";
import { keep, keeperOf } from "./_loans.ts";
import { Receiving } from "./_receiving.ts";
import type { Ending, Owner } from "./_waiter.ts";
import { end, over, Waiter, wake, withdraw, woken } from "./_waiter.ts";
import type { ChannelWaitOptions, LeasePort, Receiver } from "./ends.ts";
import { available, ended, giveBack, lease, park, take } from "./ends.ts";

class Scout<T> extends Waiter {
  constructor(readonly source: Receiver<T>, owner: Owner) {
    super(unused, unused);
    this.owner = owner;
  }
}

/** What `merge` returns. */
export class Merged<T> extends Receiving<T> implements Owner, KeepPort<T> {
  readonly #all: readonly Receiver<T>[];
  readonly #sources: Receiver<T>[];
  /** Whose turn it is. */
  #at = 0;
  /** Where the last value came from. */
  #last: Receiver<T> | undefined;
  #ending: Ending | undefined;
  #receivers: Waiter | undefined;
  /** One for each of `#sources`, made when first somebody waits. */
  #scouts: Scout<T>[] | undefined;

  constructor(sources: readonly Receiver<T>[]) {
    super();
    // What was merged before is taken apart, so that depth costs nothing.
    this.#all = sources.flatMap((source) =>
      source instanceof Merged ? source.#all : source
    );
    this.#sources = sources.flatMap((source) =>
      source instanceof Merged && !source.#ending ? source.#sources : source
    );
  }

  get closed(): boolean {
    return !!this.#ending || this.#all.every((source) => source.closed);
  }

  get drained(): boolean {
    return this.#all.every((source) => source.drained);
  }

  override join(options?: ChannelWaitOptions): Promise<void> {
    return refusal(options?.signal) ??
      Promise.all(this.#all.map((source) => source.join(options)))
        .then(() => {});
  }

  // The turn goes to the next source that has a value; what has ended is left behind.
  [available](): boolean {
    for (let n = this.#sources.length; n > 0 && this.#sources.length > 0; n--) {
      this.#at %= this.#sources.length;
      const source = this.#sources[this.#at]!;
      if (source[available]()) return true;
      const ending = source[ended]();
      if (ending) this.#retire(this.#at, ending);
      else this.#at++;
    }
    return false;
  }

  protected takeOne(): T {
    const source = this.#last = this.#sources[this.#at++]!;
    return source[take]();
  }

  // Each source counts every lease; so it counts one more while it takes a value back.
  [keep](value: T): Keeper | undefined {
    const source = this.#last! as Receiver<T> & Partial<LeasePort<T>>;
    const taker = source[giveBack] && {
      done() {},
      back() {
        source[lease](1);
        source[giveBack]!([value]);
      },
    };
    return keeperOf(source, value) ?? taker;
  }

  [ended](): Ending | undefined {
    if (!this.#ending && this.#sources.length > 0) this[available]();
    return this.#sources.length > 0 ? undefined : this.#end();
  }

  #end(): Ending {
    return this.#ending ??= new Closing();
  }

  #retire(index: number, ending: Ending): void {
    this.#sources.splice(index, 1);
    this.#scouts?.splice(index, 1);
    if (ending.plain) return;
    this.#ending = ending;
    this.#sources.length = 0;
  }

  [park](waiter: Waiter, sends?: boolean): void {
    if (sends === undefined) {
      this.join().then(() => wake(waiter));
      return;
    }
    const first = !this.#receivers;
    this.#receivers = append(this.#receivers, waiter);
    if (!first) return;
    const scouts = this.#scouts ??= this.#sources.map((source) =>
      new Scout(source, this)
    );
    for (const scout of scouts) scout.source[park](scout, false);
  }

  [withdraw](waiter: Waiter): Waiter {
    this.#leave(waiter);
    return waiter;
  }

  // With the last who waits the scouts leave, but for one that is out already.
  #leave(waiter: Waiter, out?: Scout<T>): void {
    const next = remove(waiter);
    if (this.#receivers !== waiter) return;
    this.#receivers = next;
    if (next) return;
    for (const scout of this.#scouts!) {
      if (scout !== out) scout.source[withdraw](scout);
    }
  }

  [woken](scout: Scout<T>, value: unknown): void {
    const waiter = this.#receivers!;
    this.#last = scout.source;
    this.#leave(waiter, scout);
    if (this.#receivers) scout.source[park](scout, false);
    wake(waiter, value);
  }

  [over](scout: Scout<T>, ending: Ending): void {
    this.#retire(this.#scouts!.indexOf(scout), ending);
    if (this.#sources.length > 0) return;
    const ended = this.#end();
    let waiter;
    while ((waiter = this.#receivers)) {
      this.#leave(waiter);
      end(waiter, ended);
    }
  }

  [lease](n: number): void {
    for (const source of this.#all) source[lease](n);
  }
}

// deno-coverage-ignore -- a scout is settled by its owner
function unused(): void {}
