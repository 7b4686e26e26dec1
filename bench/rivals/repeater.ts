// repeater.ts: @repeaterjs/repeater, an async iterator with a `FixedBuffer`, fed by its executor's `push`.
//
// It starts at the first `next`; what is sent before then waits. Without a buffer,
// `push` settles when the value after it is asked for: no rendezvous.

import { FixedBuffer, Repeater } from "npm:@repeaterjs/repeater@3.1.0";
import type { Push, Stop } from "npm:@repeaterjs/repeater@3.1.0";
import type { Chan, Kit } from "../_kit.ts";

export const version = "3.1.0";

export const kit: Kit = {
  can: ["hand-off", "loop", "close"],
  make: (capacity) => new Rival(capacity),
  got: (result) => (result as IteratorResult<number, number>).value,
};

class Rival implements Chan {
  readonly repeater: Repeater<number>;
  readonly started: Promise<void>;
  push: Push<number> | undefined;
  stop: Stop | undefined;

  constructor(capacity: number) {
    let start: () => void;
    this.started = new Promise((resolve) => start = resolve);
    this.repeater = new Repeater((push, stop) => {
      this.push = push;
      this.stop = stop;
      start();
    }, new FixedBuffer(capacity));
  }
  send(value: number): Promise<unknown> {
    if (this.push !== undefined) return this.push(value);
    return this.started.then(() => this.push!(value));
  }
  receive(): Promise<unknown> {
    return this.repeater.next();
  }
  close(): void {
    if (this.stop === undefined) {
      throw new Error("Cannot measure: not started");
    }
    this.stop();
  }
  [Symbol.asyncIterator](): AsyncIterator<number> {
    return this.repeater;
  }
  trySend(): never {
    throw new Error("Cannot measure: no send that never waits");
  }
  tryReceive(): never {
    throw new Error("Cannot measure: no receive that never waits");
  }
}
