// it_pushable.ts: it-pushable, an async iterable to push into, without backpressure: capacity means nothing.
//
// Its `onEmpty` would be some, but settles at once unless it is given a signal.

import { pushable } from "npm:it-pushable@3.2.4";
import type { Chan, Kit } from "../_kit.ts";

export const version = "3.2.4";

export const kit: Kit = {
  can: ["loop"],
  make: () => new Rival(),
};

const DONE = Promise.resolve();

class Rival implements Chan {
  readonly source = pushable<number>({ objectMode: true });

  send(value: number): Promise<void> {
    this.source.push(value);
    return DONE;
  }
  close(): void {
    this.source.end();
  }
  [Symbol.asyncIterator](): AsyncIterator<number> {
    return this.source;
  }
  receive(): never {
    throw new Error("Cannot measure: no receive");
  }
  trySend(): never {
    throw new Error("Cannot measure: no send that can fail");
  }
  tryReceive(): never {
    throw new Error("Cannot measure: no receive that never waits");
  }
}
