// _contenders.ts: ours, @std/async's, and the floors: the least that a workload needs.

import { Channel as StdChannel } from "@std/async/channel";
import { Channel, select } from "../mod.ts";
import type { Chan, Kit } from "./_workloads.ts";

/** This package. */
export const ours: Kit = {
  make: (capacity) => new Channel<number>({ capacity }),
  first: (channels) => select(channels as Channel<number>[]),
  async batches(channel, values) {
    const both = channel as Channel<number>;
    const sent = both.sendAll(values).then(() => both.close());
    let left = values.length;
    for await (const batch of both.batches()) left -= batch.length;
    await sent;
    if (left !== 0) throw new Error("Cannot measure: values are missing");
  },
};

/** `@std/async`. Its select is a race whose losers are aborted. */
export const std: Kit = {
  // A finite bound that is never met stands in for the missing Infinity.
  make: (capacity) =>
    new StdChannel<number>({
      capacity: capacity === Infinity ? Number.MAX_SAFE_INTEGER : capacity,
    }),
  async first(channels) {
    const controller = new AbortController();
    const { signal } = controller;
    const all = channels.map((channel) => channel.receive({ signal }));
    const value = await Promise.race(all);
    for (const one of all) one.catch(ignore);
    controller.abort(LOST);
    return value;
  },
};

/** A ring, one shared promise, `Promise.resolve`: no check of any kind. */
export const floorBuffered: Kit = { make: () => new Bare() };
/** One new promise for each hand-off. */
export const floorRendezvous: Kit = { make: () => new BareRendezvous() };

const LOST = new Error("lost");
const DONE = Promise.resolve();
const OVER = { value: undefined, done: true } as const;

class Bare implements Chan {
  slots: (number | undefined)[] = new Array(1024);
  head = 0;
  size = 0;

  send(value: number): Promise<void> {
    this.trySend(value);
    return DONE;
  }
  receive(): Promise<number> {
    return Promise.resolve(this.shift());
  }
  trySend(value: number): boolean {
    if (this.size === this.slots.length) return false;
    this.slots[(this.head + this.size++) & (this.slots.length - 1)] = value;
    return true;
  }
  tryReceive(): { state: string; value: number } {
    return { state: "ok", value: this.shift() };
  }
  shift(): number {
    const value = this.slots[this.head]!;
    this.slots[this.head] = undefined;
    this.head = (this.head + 1) & (this.slots.length - 1);
    this.size--;
    return value;
  }
  closed = false;
  close(): void {
    this.closed = true;
  }
  [Symbol.asyncIterator](): AsyncIterator<number> {
    return {
      next: () =>
        Promise.resolve(
          this.size === 0
            ? { value: undefined, done: true }
            : { value: this.shift(), done: false },
        ),
    };
  }
}

class BareRendezvous implements Chan {
  value = 0;
  resolve: (() => void) | undefined;

  send(value: number): Promise<void> {
    this.value = value;
    return new Promise((resolve) => this.resolve = resolve);
  }
  receive(): Promise<number> {
    this.resolve!();
    return Promise.resolve(this.value);
  }
  trySend(): boolean {
    return false;
  }
  tryReceive(): { state: string } {
    return { state: "empty" };
  }
  end: () => void = ignore;
  close(): void {
    this.end();
  }
  [Symbol.asyncIterator](): AsyncIterator<number> {
    return {
      next: () => {
        const resolve = this.resolve;
        if (resolve === undefined) {
          return new Promise((end) => this.end = () => end(OVER));
        }
        this.resolve = undefined;
        resolve();
        return Promise.resolve({ value: this.value, done: false });
      },
    };
  }
}

function ignore(): void {}
