// event_target.ts: an EventTarget: `dispatchEvent` for each value; the receiver awaits the next event.
//
// It lacks what makes a channel: no backpressure (capacity means nothing, `send`
// never waits), no end, no cancellation. An event goes to all who listen, or is
// lost; so here one listener keeps the values and gives each to one receiver.

import type { Chan, Kit } from "../_kit.ts";

export const version = "platform";

export const kit: Kit = {
  can: ["hand-off"],
  make: () => new Rival(),
};

const DONE = Promise.resolve();

class Sent extends Event {
  constructor(readonly value: number) {
    super("sent");
  }
}

class Rival extends EventTarget implements Chan {
  #kept: number[] = [];
  #waiting: ((value: number) => void)[] = [];

  constructor() {
    super();
    this.addEventListener("sent", this);
  }
  handleEvent(event: Event): void {
    const { value } = event as Sent;
    if (this.#waiting.length > 0) this.#waiting.shift()!(value);
    else this.#kept.push(value);
  }
  send(value: number): Promise<void> {
    this.dispatchEvent(new Sent(value));
    return DONE;
  }
  receive(): Promise<number> {
    if (this.#kept.length > 0) return Promise.resolve(this.#kept.shift()!);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
  /** Nobody hears more; who waits, waits on. */
  close(): void {
    this.removeEventListener("sent", this);
  }
  trySend(): never {
    throw new Error("Cannot measure: no send that can fail");
  }
  tryReceive(): never {
    throw new Error("Cannot measure: no receive that never waits");
  }
  [Symbol.asyncIterator](): never {
    throw new Error("Cannot measure: no async iterator");
  }
}
