// thi_ng_csp.ts: @thi.ng/csp, CSP on promises: `offer` while the buffer has room, else `write`; `read`, `select`.
//
// Its `write` settles when the value is read, even if the buffer took it, so `write`
// alone is a rendezvous: that it is here for capacity 0, which the buffers lack.

import { Channel, select } from "npm:@thi.ng/csp@3.2.44";
import type { Chan, Kit } from "../_kit.ts";

export const version = "3.2.44";

export const kit: Kit = {
  can: ["hand-off", "rendezvous", "loop", "try", "select", "close"],
  // A bound that is never met stands in for the missing Infinity.
  make: (capacity) => new Rival(Math.min(capacity, 1 << 20)),
  first: (channels) => select(...channels as [Rival, ...Rival[]]),
  won: (result) => (result as [value: number])[0],
};

const DONE = Promise.resolve(true);

class Rival extends Channel<number> implements Chan {
  readonly buffered: boolean;

  constructor(capacity: number) {
    super(capacity || 1);
    this.buffered = capacity > 0;
  }
  send(value: number): Promise<boolean> {
    return this.buffered && this.offer(value) ? DONE : this.write(value);
  }
  receive(): Promise<number> {
    return this.read() as Promise<number>;
  }
  trySend(value: number): boolean {
    return this.offer(value);
  }
  tryReceive(): { state: string; value?: number } {
    const value = this.poll();
    return { state: value === undefined ? "empty" : "ok", value };
  }
}
