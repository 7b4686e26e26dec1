// _thread_testing.ts: what the threads do that the tests start.

import { serve } from "./worker.ts";

/** What one of them is asked to do. */
export type Order =
  | { readonly act: "square"; readonly n: number }
  | { readonly act: "slow square"; readonly n: number }
  | { readonly act: "fail"; readonly error: unknown }
  | { readonly act: "die" }
  | { readonly act: "die once"; readonly counter: SharedArrayBuffer }
  | { readonly act: "wait"; readonly flag: SharedArrayBuffer }
  | { readonly act: "die at the end"; readonly flag: SharedArrayBuffer }
  | { readonly act: "serve again" }
  | { readonly act: "function" }
  | { readonly act: "length"; readonly buffer: ArrayBuffer }
  | { readonly act: "thread" };

const thread = Math.random();

/** Waits for the end of the pool, and marks that it heard of it. */
function waitForEnd(flag: SharedArrayBuffer, signal: AbortSignal) {
  Atomics.store(new Int32Array(flag), 0, 1);
  return new Promise((resolve) => {
    signal.addEventListener("abort", () => {
      Atomics.store(new Int32Array(flag), 0, 2);
      resolve(0);
    });
  });
}

function serveAgain(): string {
  try {
    serve(() => {});
    return "served";
  } catch (error) {
    return `${error}`;
  }
}

// What others say to this thread, and it to them, is theirs.
(globalThis as unknown as MessagePort).postMessage("foreign");

serve((order: Order, signal) => {
  switch (order.act) {
    case "square":
      return order.n * order.n;
    case "slow square":
      return new Promise((resolve) =>
        setTimeout(resolve, 500, order.n * order.n)
      );
    case "fail":
      throw order.error;
    case "die":
      return close();
    case "die once":
      if (Atomics.add(new Int32Array(order.counter), 0, 1) === 0) close();
      return "alive";
    case "wait":
      return waitForEnd(order.flag, signal);
    case "die at the end":
      signal.addEventListener("abort", () => close());
      return waitForEnd(order.flag, new AbortController().signal);
    case "serve again":
      return serveAgain();
    case "function":
      return () => {};
    case "length":
      return order.buffer.byteLength;
    case "thread":
      return new Promise((resolve) => setTimeout(resolve, 5, thread));
  }
});

dispatchEvent(new MessageEvent("message", { data: "foreign" }));
dispatchEvent(new MessageEvent("message", { data: ["foreign", "port"] }));
