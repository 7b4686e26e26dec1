// _ports_testing.ts: both sides of a shared channel in one thread.

import { tick } from "./_testing.ts";
import type { Receiver, Sender } from "./mod.ts";
import type {
  PortReceiverOptions,
  PortSenderOptions,
  ShareReceiverOptions,
} from "./worker.ts";
import { receiver, sender, share } from "./worker.ts";

/** Waits until something is so; messages and threads take as long as they take. */
export async function until(fact: () => boolean): Promise<void> {
  const end = performance.now() + 20_000;
  while (!fact()) {
    if (performance.now() > end) throw new Error(`Never true: ${fact}`);
    await tick();
  }
}

/** Receives until the end. */
export async function all<T>(source: AsyncIterable<T>): Promise<T[]> {
  const values: T[] = [];
  for await (const value of source) values.push(value);
  return values;
}

/** Long enough for messages to go there and back again. */
export async function settled(): Promise<void> {
  for (let ticks = 0; ticks < 10; ticks++) await tick();
}

/** A value that runs `act` when it is cloned. */
export function trap(act: () => void): { readonly trap: true } {
  return Object.defineProperty({ trap: true }, "trap", {
    get: () => (act(), true),
    enumerable: true,
  }) as { readonly trap: true };
}

/** A receiving end of a channel, behind a port. */
export function lend<T>(
  channel: Receiver<T>,
  options?: PortReceiverOptions,
  shareOptions?: Omit<ShareReceiverOptions<T>, "as">,
): { shared: Disposable; end: Receiver<T> & AsyncDisposable } {
  const shared = share(channel, { as: "receiver", ...shareOptions });
  return { shared, end: receiver<T>(shared.port, options) };
}

/** The same, with the port that the platform tells of the end of a thread. */
export function lendOpenly<T>(
  channel: Receiver<T>,
  options?: PortReceiverOptions,
): ReturnType<typeof lend<T>> & { host: MessagePort } {
  const [lent, host] = withHost(() => lend(channel, options));
  return { ...lent, host };
}

/** Calls a function that makes one channel of messages; adds that one's first port. */
export function withHost<R>(make: () => R): [result: R, host: MessagePort] {
  const { MessageChannel } = globalThis;
  let host: MessagePort | undefined;
  globalThis.MessageChannel = class extends MessageChannel {
    constructor() {
      super();
      host ??= this.port1;
    }
  };
  try {
    return [make(), host!];
  } finally {
    globalThis.MessageChannel = MessageChannel;
  }
}

/** A sending end of a channel, behind a port, once it knows its window. */
export async function reach<T>(
  channel: Sender<T>,
  window?: number,
  options?: PortSenderOptions<T>,
): Promise<{ shared: Disposable; end: Sender<T> & AsyncDisposable }> {
  const shared = share(channel, { as: "sender", window });
  const end = sender<T>(shared.port, options);
  await settled();
  return { shared, end };
}

/** The same, with the port that the platform tells of the end of a thread. */
export async function reachOpenly<T>(
  channel: Sender<T>,
  window?: number,
): Promise<{ end: Sender<T> & AsyncDisposable; host: MessagePort }> {
  const [reached, host] = withHost(() => reach(channel, window));
  return { end: (await reached).end, host };
}

/** Counts the messages that go through all ports while `body` runs. */
export async function messagesIn(body: () => Promise<void>): Promise<number> {
  const { prototype } = MessagePort;
  const { postMessage } = prototype;
  let count = 0;
  prototype.postMessage = function (...args: unknown[]) {
    count++;
    return postMessage.apply(this, args as [unknown]);
  };
  try {
    await body();
  } finally {
    prototype.postMessage = postMessage;
  }
  return count;
}
