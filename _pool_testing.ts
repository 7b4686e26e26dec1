// _pool_testing.ts: orders for pools, and the thread that carries them out.

import { holding } from "./_testing.ts";
import type { Order } from "./_thread_testing.ts";
import type { Channel } from "./mod.ts";

export const WORKER = new URL("./_thread_testing.ts", import.meta.url);

/** The same, in a thread that dies soon after it was ready, if it has nothing to do. */
export const IDLE_DEATH = new URL(
  "./_idle_death_testing.ts",
  import.meta.url,
);

export function squares(...numbers: number[]): Order[] {
  return numbers.map((n) => ({ act: "square", n }));
}

/** A closed channel of orders. */
export function ordersOf(...orders: Order[]): Channel<Order> {
  const channel = holding(...orders);
  channel.close();
  return channel;
}

/** Has `start` called before each web worker is made. */
export function replacedWorker(start: () => void, Base = Worker): Disposable {
  const { Worker } = globalThis;
  globalThis.Worker = class extends Base {
    constructor(url: string | URL, options?: WorkerOptions) {
      start();
      super(url, options);
    }
  };
  return {
    [Symbol.dispose]() {
      globalThis.Worker = Worker;
    },
  };
}
