// readable_stream.ts: a ReadableStream, fed from outside: while `desiredSize` allows it, else from `pull`.

import type { Chan, Kit } from "../_kit.ts";

export const version = "platform";

export const kit: Kit = {
  can: ["hand-off", "rendezvous", "loop", "close"],
  make: (capacity) => new Rival(capacity),
  got: (result) => (result as IteratorResult<number, number>).value,
};

const DONE = Promise.resolve();

class Rival implements Chan, UnderlyingDefaultSource<number> {
  readonly stream: ReadableStream<number>;
  #controller!: ReadableStreamDefaultController<number>;
  #reader: ReadableStreamDefaultReader<number> | undefined;
  /** Whether a reader waits: without a buffer, `desiredSize` does not tell. */
  #pulled = false;
  /** Values and what wakes their senders. */
  #parked: [value: number, wake: () => void][] = [];

  constructor(highWaterMark: number) {
    this.stream = new ReadableStream(this, { highWaterMark });
  }
  start(controller: ReadableStreamDefaultController<number>): void {
    this.#controller = controller;
  }
  pull(): void {
    const parked = this.#parked.shift();
    if (parked === undefined) {
      this.#pulled = true;
    } else {
      this.#controller.enqueue(parked[0]);
      parked[1]();
    }
  }
  send(value: number): Promise<void> {
    if (this.trySend(value)) return DONE;
    return new Promise((resolve) => this.#parked.push([value, resolve]));
  }
  trySend(value: number): boolean {
    if (!this.#pulled && this.#controller.desiredSize! <= 0) return false;
    this.#pulled = false;
    this.#controller.enqueue(value);
    return true;
  }
  receive(): Promise<unknown> {
    return (this.#reader ??= this.stream.getReader()).read();
  }
  close(): void {
    this.#controller.close();
  }
  [Symbol.asyncIterator](): AsyncIterator<number> {
    return this.stream[Symbol.asyncIterator]();
  }
  tryReceive(): never {
    throw new Error("Cannot measure: no receive that never waits");
  }
}
