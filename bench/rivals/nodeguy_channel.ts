// nodeguy_channel.ts: @nodeguy/channel, a channel in an array's clothes: `push`, `shift`, its `select`.

import Channel from "npm:@nodeguy/channel@1.0.2";
import type { Chan, Kit } from "../_kit.ts";

export const version = "1.0.2";

export const kit: Kit = {
  can: ["hand-off", "rendezvous", "select", "close"],
  make: (capacity) => new Rival(capacity),
  first: (channels) => make.select((channels as Rival[]).map(shift)),
  won: (channel) => (channel as Instance).value(),
};

/** What is used of it; its own types are not those of its only export. */
interface Make {
  (capacity: number): Instance;
  select(promises: Promise<number>[]): Promise<Instance>;
}

interface Instance {
  push(value: number): Promise<number>;
  shift(): Promise<number>;
  value(): number;
  close(): Promise<void>;
}

const make = Channel as unknown as Make;

class Rival implements Chan {
  readonly channel: Instance;

  constructor(capacity: number) {
    this.channel = make(capacity);
  }
  send(value: number): Promise<number> {
    return this.channel.push(value);
  }
  receive(): Promise<number> {
    return this.channel.shift();
  }
  close(): void {
    this.channel.close();
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

function shift({ channel }: Rival): Promise<number> {
  return channel.shift();
}
