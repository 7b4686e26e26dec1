// _std.ts: `Channel` of @std/async as a contender.

import { Channel } from "@std/async/channel";
import { ignore } from "./_check.ts";
import type { Kit } from "./_kit.ts";

/** Of the package, the lowest that has it. */
export const version = "1.5";

const LOST = new Error("lost");

export const kit: Kit = {
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
};
