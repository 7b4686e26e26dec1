// _std.ts: `Channel` of @std/async, and what of that package works on its values, as a contender.

import { Channel } from "@std/async/channel";
import { MuxAsyncIterator } from "@std/async/mux-async-iterator";
import { pooledMap } from "@std/async/pool";
import { tee } from "@std/async/tee";
import { ignore } from "./_check.ts";
import type { Kit } from "./_kit.ts";

/** Of the package, the lowest that has it. */
export const version = "1.5";

const LOST = new Error("lost");

/** All but `merge`: MuxAsyncIterator asks for what Node 20 does not have. */
const WITHOUT_MERGE = [
  "hand-off",
  "rendezvous",
  "loop",
  "try",
  "signal",
  "select",
  "close",
  "map",
  "broadcast",
  "stream",
] as const;

export const kit: Kit = {
  ...!("withResolvers" in Promise) && { can: WITHOUT_MERGE },
  // A finite bound that is never met stands in for the missing Infinity.
  make: (capacity) =>
    new Channel<number>({
      capacity: capacity === Infinity ? Number.MAX_SAFE_INTEGER : capacity,
    }),
  // It has no select: this is a race whose losers are aborted.
  async first(channels) {
    const controller = new AbortController();
    const { signal } = controller;
    const all = channels.map((channel) => channel.receive({ signal }));
    const value = await Promise.race(all);
    for (const one of all) one.catch(ignore);
    controller.abort(LOST);
    return value;
  },
  // Its results come in order, whether they need to or not.
  map: (source, work, { concurrency }) => pooledMap(concurrency, source, work),
  merge(sources) {
    const all = new MuxAsyncIterator<number>();
    for (const source of sources) all.add(source);
    return all;
  },
  broadcast: (source, loops) => tee(source, loops),
  readable: (channel) => (channel as Channel<number>).toReadableStream(),
  // By hand: it has none.
  writable: (channel) =>
    new WritableStream({
      write: (value) => (channel as Channel<number>).send(value),
      close: () => channel.close(),
    }),
};
