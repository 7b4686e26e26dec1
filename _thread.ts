// _thread.ts: starting a thread, and calling the one that started this, in every runtime.

import { ChannelError } from "./errors.ts";

/** A thread, as its owner sees it. */
export interface Thread {
  post(data: unknown, transfer?: Transferable[]): void;
  /** Ends it at once, or as soon as the runtime can. Nothing is heard of it any more. */
  stop(): void;
  /** Whether it keeps the process alive, where that can be chosen. */
  keepAlive(keep: boolean): void;
}

/** What a thread tells its owner. */
export interface ThreadListener {
  called(data: unknown): void;
  /** It has ended, or thrown an error that nobody caught. */
  died(error: unknown): void;
}

/** The thread that started this one. */
export interface Parent {
  post(data: unknown): void;
  listen(called: (data: unknown) => void): void;
}

/** What Node has instead of web workers. */
interface NodeThreads {
  readonly Worker: new (url: URL) => NodeWorker;
  readonly parentPort: MessagePort | null;
}

interface NodeWorker {
  on(name: string, listener: (data: unknown) => void): void;
  postMessage(data: unknown, transfer?: Transferable[]): void;
  terminate(): unknown;
  ref(): void;
  unref(): void;
}

/** In Bun a web worker can be let go of too. */
type WebWorker = Worker & Partial<Pick<NodeWorker, "ref" | "unref">>;

interface NodeGlobals {
  readonly process?: { getBuiltinModule?(name: string): unknown };
  /** Of Bun, whose main thread has a `postMessage` too. */
  readonly Bun?: { readonly isMainThread: boolean };
}

function builtin<M>(name: string): M | undefined {
  const { process } = globalThis as NodeGlobals;
  return process?.getBuiltinModule?.(name) as M | undefined;
}

function nodeThreads(): NodeThreads | undefined {
  return typeof Worker === "undefined"
    ? builtin<NodeThreads>("node:worker_threads")
    : undefined;
}

/** How many threads can run at once. */
export function countCores(): number {
  const { navigator } = globalThis as {
    navigator?: { hardwareConcurrency?: number };
  };
  const os = builtin<{ availableParallelism?(): number }>("node:os");
  return navigator?.hardwareConcurrency ?? os?.availableParallelism?.() ?? 4;
}

/** Starts a thread that runs a module. */
export function startThread(url: URL, listener: ThreadListener): Thread {
  const threads = nodeThreads();
  if (threads) return startInNode(threads, url, listener);
  if (typeof Worker === "undefined") {
    throw new ChannelError("Cannot start a thread: this runtime has none");
  }
  const worker: WebWorker = new Worker(url, { type: "module" });
  let over = false;
  const died = (error: unknown) => {
    if (!over) listener.died(error);
  };
  worker.addEventListener("message", ({ data }) => {
    if (!over) listener.called(data);
  });
  worker.addEventListener("error", (event) => {
    // Or else it ends the process in Deno.
    event.preventDefault();
    died(event.error ?? new Error(event.message || "it could not be loaded"));
  });
  // Bun tells of the end of a worker so, as Node does by `exit`.
  worker.addEventListener("close", () => died(undefined));
  return {
    post: (data, transfer = []) => worker.postMessage(data, transfer),
    stop() {
      over = true;
      worker.terminate();
    },
    keepAlive: (keep) => keep ? worker.ref?.() : worker.unref?.(),
  };
}

function startInNode(
  { Worker }: NodeThreads,
  url: URL,
  listener: ThreadListener,
): Thread {
  const worker = new Worker(url);
  let over = false;
  const died = (error: unknown) => {
    if (!over) listener.died(error);
  };
  worker.on("message", (data) => {
    if (!over) listener.called(data);
  });
  worker.on("error", died);
  worker.on("exit", () => died(undefined));
  return {
    post: (data, transfer) => worker.postMessage(data, transfer),
    stop() {
      over = true;
      worker.terminate();
    },
    keepAlive: (keep) => keep ? worker.ref() : worker.unref(),
  };
}

/** Undefined in a thread that no other one started. */
export function parentOf(): Parent | undefined {
  const { Bun } = globalThis as NodeGlobals;
  if (Bun?.isMainThread) return undefined;
  const threads = nodeThreads();
  const port = threads
    ? threads.parentPort
    : typeof (globalThis as { document?: unknown }).document === "undefined" &&
        typeof (globalThis as { postMessage?: unknown }).postMessage ===
          "function"
    ? globalThis as unknown as MessagePort
    : null;
  return port
    ? {
      post: (data) => port.postMessage(data),
      listen(called) {
        port.addEventListener(
          "message",
          (event) => called((event as MessageEvent).data),
        );
        // A port that is not the global scope waits until it is told to start.
        port.start?.();
      },
    }
    : undefined;
}
