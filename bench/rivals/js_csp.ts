// js_csp.ts: js-csp, core.async on generators; by `putAsync` and `takeAsync`, `alts` in a `go` of its own.

import * as module from "npm:js-csp@1.0.1/lib/js-csp.js";
import type { Chan, Kit } from "../_kit.ts";

export const version = "1.0.1";

export const kit: Kit = {
  can: ["hand-off", "rendezvous", "try", "select", "close"],
  // A bound that is never met stands in for the missing Infinity.
  make: (capacity) => new Rival(Math.min(capacity, 1 << 20)),
  first: (channels) =>
    new Promise((resolve) => {
      csp.go(first, [(channels as Rival[]).map(channelOf), resolve]);
    }),
  won: (result) => (result as { value: number }).value,
};

/** What is used of it; it has no types. */
interface Csp {
  readonly NO_VALUE: string;
  chan(capacity: number): Instance;
  putAsync(
    channel: Instance,
    value: number,
    callback: (open: boolean) => void,
  ): void;
  takeAsync(channel: Instance, callback: (value: number) => void): void;
  offer(channel: Instance, value: number): boolean;
  poll(channel: Instance): number | string;
  alts(channels: Instance[]): unknown;
  go(routine: typeof first, args: Parameters<typeof first>): Instance;
}

interface Instance {
  close(): void;
}

// What Node takes it for is its default export; what a bundler does, itself.
const csp = (module.default ?? module) as unknown as Csp;

class Rival implements Chan {
  readonly channel: Instance;

  constructor(capacity: number) {
    this.channel = csp.chan(capacity);
  }
  send(value: number): Promise<boolean> {
    return new Promise((resolve) => {
      csp.putAsync(this.channel, value, resolve);
    });
  }
  receive(): Promise<number> {
    return new Promise((resolve) => csp.takeAsync(this.channel, resolve));
  }
  trySend(value: number): boolean {
    return csp.offer(this.channel, value);
  }
  tryReceive(): { state: string; value?: number } {
    const value = csp.poll(this.channel);
    if (value === csp.NO_VALUE) return { state: "empty" };
    return { state: "ok", value: value as number };
  }
  close(): void {
    this.channel.close();
  }
  [Symbol.asyncIterator](): never {
    throw new Error("Cannot measure: no async iterator");
  }
}

function* first(
  channels: Instance[],
  resolve: (result: unknown) => void,
): Generator<unknown, void> {
  resolve(yield csp.alts(channels));
}

function channelOf({ channel }: Rival): Instance {
  return channel;
}
