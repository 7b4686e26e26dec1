// _floors.ts: the least that a workload needs from JavaScript: no check of any kind.

import type { Chan, Floor, Kit } from "./_kit.ts";

const DONE = Promise.resolve();
const OVER = { value: undefined, done: true } as const;

/** A ring and one shared promise, for tasks that take turns so that nobody ever waits. */
class Buffered implements Chan {
  slots: (number | undefined)[];
  head = 0;
  size = 0;

  constructor(length: number) {
    this.slots = new Array(length);
  }

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

  close(): void {}

  [Symbol.asyncIterator](): AsyncIterator<number> {
    return {
      next: () =>
        Promise.resolve(
          this.size === 0 ? OVER : { value: this.shift(), done: false },
        ),
    };
  }
}

/** One new promise for each hand-off, for two tasks of which the sender comes first. */
class Rendezvous implements Chan {
  value = 0;
  resolve: (() => void) | undefined;
  end: (() => void) | undefined;

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

  close(): void {
    this.end?.();
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

type Resolve = (value: never) => void;

/**
 * Values and functions in plain arrays, taken by an index that moves: whoever comes
 * first waits, in one new promise. Nothing is ever taken out of the middle. A signal
 * costs a listener.
 */
class Queue implements Chan {
  readonly capacity: number;
  values: number[] | undefined;
  senders: (() => void)[] | undefined;
  receivers: Resolve[] | undefined;
  taken = 0;
  sent = 0;
  received = 0;
  loop: Resolve | undefined;
  closed = false;

  constructor(capacity: number) {
    this.capacity = capacity;
  }

  send(value: number): Promise<void> {
    if (this.trySend(value)) return DONE;
    (this.values ??= []).push(value);
    return new Promise((resolve) => (this.senders ??= []).push(resolve));
  }

  receive(options?: { signal?: AbortSignal }): Promise<number> {
    const values = this.values;
    if (values && this.taken < values.length) {
      return Promise.resolve(this.take(values));
    }
    return new Promise((resolve, reject) => {
      (this.receivers ??= []).push(resolve);
      const signal = options?.signal;
      signal?.addEventListener("abort", () => reject(signal.reason), ONCE);
    });
  }

  trySend(value: number): boolean {
    const receivers = this.receivers;
    if (this.loop) {
      const resolve = this.loop as (result: IteratorResult<number>) => void;
      this.loop = undefined;
      resolve({ value, done: false });
    } else if (receivers && this.received < receivers.length) {
      const resolve = receivers[this.received++]!;
      if (this.received === receivers.length) {
        receivers.length = this.received = 0;
      }
      resolve(value as never);
    } else if ((this.values?.length ?? 0) - this.taken < this.capacity) {
      (this.values ??= []).push(value);
    } else {
      return false;
    }
    return true;
  }

  tryReceive(): { state: string; value: number } {
    return { state: "ok", value: this.take(this.values!) };
  }

  take(values: number[]): number {
    const value = values[this.taken++]!;
    const senders = this.senders;
    if (senders && this.sent < senders.length) {
      senders[this.sent++]!();
      if (this.sent === senders.length) senders.length = this.sent = 0;
    }
    if (this.taken === values.length) values.length = this.taken = 0;
    return value;
  }

  close(): void {
    this.closed = true;
    this.loop?.(OVER as never);
    this.receivers?.forEach((resolve) => resolve(NaN as never));
  }

  [Symbol.asyncIterator](): AsyncIterator<number> {
    return {
      next: () =>
        this.values && this.taken < this.values.length
          ? Promise.resolve({ value: this.take(this.values), done: false })
          : this.closed
          ? Promise.resolve(OVER)
          : this.loops(),
    };
  }

  loops(): Promise<IteratorResult<number>> {
    return new Promise((resolve) => this.loop = resolve as Resolve);
  }
}

const ONCE = { once: true };

const queue: Kit = {
  make: (capacity) => new Queue(capacity),
  /** One promise in as many places as there are channels. */
  first: (channels) =>
    new Promise((resolve) => {
      for (const channel of channels as Queue[]) {
        channel.receivers = [resolve as Resolve];
      }
    }),
  readable: (channel) =>
    new ReadableStream<number>({
      pull(controller) {
        const { values, taken } = channel as Queue;
        if (values && taken < values.length) {
          controller.enqueue((channel as Queue).take(values));
        } else {
          controller.close();
        }
      },
    }, { highWaterMark: 0 }),
  writable: (channel) =>
    new WritableStream<number>({
      write: (value) => (channel as Queue).send(value),
      close: () => channel.close(),
    }),
};

/** By name. */
export const floors: Readonly<Record<Exclude<Floor, "two tasks">, Kit>> = {
  buffered: {
    make: (capacity) => new Buffered(capacity === Infinity ? 1 << 20 : 1024),
  },
  rendezvous: { make: () => new Rendezvous() },
  queue,
};
