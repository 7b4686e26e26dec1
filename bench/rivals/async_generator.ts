// async_generator.ts: an async generator over an array: the lines that people write instead of a channel.
//
// A bare generator makes its values itself and has nobody to hand them over: as a
// channel it would measure nothing. So a producer fills the array, and two
// promises do the waiting. It is for one producer and one loop, and has no
// receive, no select, no cancellation; an error would have no way through.

import type { Chan, Kit } from "../_kit.ts";

export const version = "platform";

export const kit: Kit = {
  can: ["loop"],
  make: (capacity) => new Rival(capacity),
};

const DONE = Promise.resolve();

class Rival implements Chan {
  #values: number[] = [];
  #closed = false;
  /** Wakes the loop. */
  #given: (() => void) | undefined;
  /** Wakes the producer. */
  #taken: (() => void) | undefined;

  constructor(readonly capacity: number) {}

  send(value: number): Promise<void> {
    this.#values.push(value);
    this.#given?.();
    if (this.#values.length <= this.capacity) return DONE;
    return new Promise((resolve) => this.#taken = resolve);
  }
  close(): void {
    this.#closed = true;
    this.#given?.();
  }
  async *[Symbol.asyncIterator](): AsyncGenerator<number, void> {
    while (true) {
      if (this.#values.length > 0) {
        const value = this.#values.shift()!;
        this.#taken?.();
        yield value;
      } else if (this.#closed) {
        return;
      } else {
        await new Promise<void>((resolve) => this.#given = resolve);
      }
    }
  }
  receive(): never {
    throw new Error("Cannot measure: no receive");
  }
  trySend(): never {
    throw new Error("Cannot measure: no send that never waits");
  }
  tryReceive(): never {
    throw new Error("Cannot measure: no receive that never waits");
  }
}
