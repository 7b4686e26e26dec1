// ts_chan.ts: ts-chan, Go's channels; without its turns of the event loop (`setUnsafe`), which cost most.

import { Chan as GoChan, recv, Select } from "npm:ts-chan@0.6.0";
import type { SelectCaseReceiver } from "npm:ts-chan@0.6.0";
import type { Chan, Kit } from "../_kit.ts";

export const version = "0.6.0";

export const kit: Kit = {
  can: [
    "hand-off",
    "rendezvous",
    "loop",
    "try",
    "signal",
    "select",
    "close",
  ],
  // A bound that is never met stands in for the missing Infinity.
  make: (capacity) => new Rival(Math.min(capacity, 1 << 20)).setUnsafe(true),
  // A Select is made once and waits many times.
  first(channels) {
    if (channels !== selected) {
      selected = channels;
      const cases = (channels as Rival[]).map((channel) => recv(channel));
      select = new Select(cases).setUnsafe(true);
    }
    return select.wait();
  },
  won: (place) => valueOf(select.recv(select.cases[place as number]!)),
};

let selected: Chan[] = [];
let select = new Select<SelectCaseReceiver<number>[]>([]);

class Rival extends GoChan<number> implements Chan {
  /** What waits has one promise more than its users pay, what need not, one less. */
  receive(options?: { signal?: AbortSignal }): Promise<number> {
    const result = this.tryRecv();
    if (result !== undefined) return Promise.resolve(valueOf(result));
    return this.recv(options?.signal).then(valueOf);
  }
  tryReceive(): { state: string; value?: number } {
    const result = this.tryRecv();
    if (result === undefined) return { state: "empty" };
    return { state: result.done ? "closed" : "ok", value: result.value };
  }
}

function valueOf(result: IteratorResult<number, unknown>): number {
  return result.value as number;
}
