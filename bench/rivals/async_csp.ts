// async_csp.ts: async-csp, CSP for async functions, of 2016 (regenerator, core-js): `put` and `take`.

import { Channel } from "npm:async-csp@0.5.0";
import type { Chan, Kit } from "../_kit.ts";

export const version = "0.5.0";

export const kit: Kit = {
  can: ["hand-off", "rendezvous", "close"],
  make: (capacity) => new Rival(capacity),
};

/** What is used of it; it has no types. */
interface Instance {
  put(value: number): Promise<void>;
  take(): Promise<number>;
  close(): void;
}

const Base = Channel as unknown as new (capacity: number) => Instance;

class Rival extends Base implements Chan {
  send(value: number): Promise<void> {
    return this.put(value);
  }
  receive(): Promise<number> {
    return this.take();
  }
  trySend(): never {
    throw new Error("Cannot measure: no send that never waits");
  }
  tryReceive(): never {
    throw new Error("Cannot measure: no receive that never waits");
  }
  [Symbol.asyncIterator](): never {
    throw new Error("Cannot measure: no async iterator");
  }
}
