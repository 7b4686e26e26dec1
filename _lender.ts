// _lender.ts: the side of a shared channel that lends its values to another thread.
//
// 1. It takes from the channel only what the other side has asked for: `#asked`.
// 2. Every value that was taken, and was not acknowledged or given back, is in `#held`
//    or, until it is told, in `#next`; it is leased as long.
// 3. While there is something asked for, one waiter is parked in the channel, unless
//    that has ended.
// 4. The nth value that is posted has the number n, on both sides.
// 5. Code of the user's runs while values are posted (getters, `transfer`), and may do
//    anything to the channel and to this: till a value is posted it is in `#next`.

import { Batch } from "./_batch.ts";
import type { Crossing } from "./_crossing.ts";
import { lose, MOST, transferred } from "./_crossing.ts";
import type { Listener } from "./_link.ts";
import { Link } from "./_link.ts";
import type { Loan } from "./_loans.ts";
import { borrow, borrowed, returnLoans, settleLoans } from "./_loans.ts";
import { pack } from "./_reason.ts";
import { DONE } from "./_turn.ts";
import type { Ending, Owner } from "./_waiter.ts";
import { over, Waiter, withdraw, woken } from "./_waiter.ts";
import type { Receiver, Sender } from "./ends.ts";
import { available, ended, park } from "./ends.ts";
import { ChannelError } from "./errors.ts";

/** A value that the other side has. */
interface Held<T> {
  readonly loan: Loan<T>;
  /** Whether there is nothing left of it here. */
  readonly gone: boolean;
}

export class Lender<T> implements Owner, Listener {
  readonly #source: Receiver<T>;
  readonly #crossing: Crossing<T>;
  readonly #link: Link;
  readonly #waiter: Waiter = new Waiter(unused, unused);
  readonly #batch: Batch = new Batch(() => {
    this.#flush();
    this.#lend(); // in the place of what was lost
  });
  readonly #held = new Map<number, Held<T>>();
  readonly #leaving = new AbortController();
  #next: Loan<T>[] = [];
  /** How many of `#next` are posted, or lost, already. */
  #at = 0;
  #posting = false;
  #asked = 0;
  #posted = 0;
  #parked = false;
  #ended = false;
  #over = false;

  constructor(source: Receiver<T>, port: MessagePort, crossing: Crossing<T>) {
    this.#source = source;
    this.#crossing = crossing;
    this.#waiter.owner = this;
    this.#link = new Link(port, "lender", this);
    const { signal } = this.#leaving;
    // A source that is itself at the end of a port can be lost.
    source.join({ signal }).then(() => this.#drained(), () => this.stop());
    const { closeSignal } = source as Partial<Sender<T>>;
    if (source.closed) this.#link.post("closed");
    else {
      closeSignal?.addEventListener(
        "abort",
        () => this.#link.post("closed"),
        { signal, once: true },
      );
    }
  }

  /** Takes everything back. What the other side says from then on does nothing. */
  stop(): void {
    this.#link.close();
    this.gone();
  }

  gone(): void {
    if (this.#over) return;
    this.#over = true;
    this.#asked = 0;
    this.#leaving.abort();
    if (this.#parked) this.#source[withdraw](this.#waiter);
    this.#parked = false;
    const held = [...this.#held.values()];
    this.#held.clear();
    this.#giveBack([
      ...held,
      ...this.#next.splice(0).slice(this.#at)
        .map((loan) => ({ loan, gone: false })),
    ]);
  }

  heard(kind: string, data: unknown): void {
    const numbers = data as number[];
    switch (kind) {
      case "ask":
        this.#acknowledge(numbers.slice(1));
        this.#asked = Math.min(this.#asked + numbers[0]!, MOST);
        this.#lend();
        break;
      case "back":
        this.#giveBack(this.#taken(numbers));
        break;
      case "quit":
        this.#quit();
    }
  }

  /** Nobody there waits any more for what was asked for. */
  #quit(): void {
    if (this.#parked) this.#source[withdraw](this.#waiter);
    this.#parked = false;
    this.#flush();
    this.#link.post("revoked", this.#asked);
    this.#asked = 0;
  }

  /** The values of these numbers, which are held no longer. */
  #taken(numbers: readonly number[]): Held<T>[] {
    return numbers.flatMap((number) => {
      const held = this.#held.get(number);
      return this.#held.delete(number) ? held! : [];
    });
  }

  /** Pairs of a number and a count. */
  #acknowledge(ranges: readonly number[]): void {
    const loans: Loan<T>[] = [];
    for (let i = 0; i < ranges.length; i += 2) {
      const first = ranges[i]!;
      for (let n = first; n < first + ranges[i + 1]!; n++) {
        const held = this.#held.get(n);
        if (this.#held.delete(n)) loans.push(held!.loan);
      }
    }
    settleLoans(this.#source, loans);
  }

  #giveBack(held: readonly Held<T>[]): void {
    const loansOf = (held: readonly Held<T>[]) => held.map(({ loan }) => loan);
    const gone = loansOf(held.filter(({ gone }) => gone));
    const kept = returnLoans(
      this.#source,
      loansOf(held.filter(({ gone }) => !gone)),
    );
    settleLoans(this.#source, gone);
    this.#lose(gone, "the value was transferred");
    this.#lose(kept, "the source takes nothing back");
  }

  #lose(loans: readonly Loan<T>[], fact: string): void {
    for (const { value } of loans) {
      const error = new ChannelError(`Cannot take back: ${fact}`);
      lose(this.#crossing, value, error);
    }
  }

  #lend(): void {
    const source = this.#source;
    while (this.#asked > 0 && source[available]()) this.#add(borrow(source));
    this.#wait();
  }

  #add(loan: Loan<T>): void {
    this.#asked--;
    this.#next.push(loan);
    this.#batch.add();
  }

  #wait(): void {
    if (this.#asked <= 0 || this.#parked) return;
    const ending = this.#source[ended]();
    if (ending) this.#end(ending);
    else {
      this.#parked = true;
      this.#source[park](this.#waiter, false);
    }
  }

  [woken](_: Waiter, value: unknown): void {
    this.#parked = false;
    this.#add(borrowed(this.#source, value as T));
    this.#wait();
  }

  [over](_: Waiter, ending: Ending): void {
    this.#parked = false;
    this.#end(ending);
  }

  #end(ending: Ending): void {
    if (this.#ended) return;
    if (this.#posting) {
      DONE.then(() => this.#end(ending)); // behind what is being posted
      return;
    }
    this.#ended = true;
    this.#flush();
    const { plain, error } = ending;
    this.#link.post("end", plain ? undefined : pack(error));
  }

  #drained(): void {
    this.#end(this.#source[ended]()!);
    this.#link.post("drained");
  }

  #flush(): void {
    this.#batch.clear();
    if (this.#posting || this.#next.length === 0) return;
    this.#posting = true;
    if (this.#crossing.transfer || !this.#post()) {
      while (this.#at < this.#next.length) this.#postAlone();
    }
    this.#next = this.#next.slice(this.#at);
    this.#at = 0;
    this.#posting = false;
  }

  /** Whether all could be cloned. */
  #post(): boolean {
    const { length } = this.#next;
    try {
      this.#link.post("values", this.#next.map(({ value }) => value));
    } catch {
      return false;
    }
    if (!this.#over) {
      for (let n = 0; n < length; n++) this.#hold(this.#next[n]!, false);
    }
    return true;
  }

  // One that cannot be cloned, or whose `transfer` throws, is lost alone.
  #postAlone(): void {
    const loan = this.#next[this.#at]!;
    const { value } = loan;
    try {
      const list = transferred(this.#crossing, value);
      this.#link.post("values", [value], list);
      if (!this.#over) this.#hold(loan, list.length > 0);
    } catch (error) {
      if (this.#over) return; // it went back with all others
      this.#at++;
      this.#asked++;
      settleLoans(this.#source, [loan]);
      if (this.#crossing.onLost) lose(this.#crossing, value, error);
      else Promise.reject(error);
    }
  }

  /** It was posted. */
  #hold(loan: Loan<T>, gone: boolean): void {
    this.#at++;
    this.#held.set(this.#posted++, { loan, gone });
  }
}

// deno-coverage-ignore -- its waiter has an owner
function unused(): void {}
