// _ours.ts: this package as a contender.

import { Channel, select } from "../mod.ts";
import { check } from "./_check.ts";
import type { Kit } from "./_kit.ts";

export const kit: Kit = {
  make: (capacity) => new Channel<number>(capacity),
  first: (channels) => select(channels as Channel<number>[]),
  won: (result) => (result as { value: number }).value,
  async batches(channel, values) {
    const both = channel as Channel<number>;
    const sent = both.sendAll(values).then(() => both.close());
    let left = values.length;
    for await (const batch of both.batches()) left -= batch.length;
    await sent;
    check(left === 0);
  },
};
