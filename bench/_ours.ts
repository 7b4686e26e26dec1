// _ours.ts: this package as a contender.

import { broadcast, Channel, map, merge, select } from "../mod.ts";
import { check } from "./_check.ts";
import type { Kit, Values } from "./_kit.ts";

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
  map: (source, work, options) => map(channelOf(source), work, options),
  merge: (sources) => merge(...sources.map(channelOf)),
  broadcast: (source, loops) => broadcast(channelOf(source), loops),
  readable: (channel) => (channel as Channel<number>).toReadableStream(),
  writable: (channel) => (channel as Channel<number>).toWritableStream(),
  from: (stream) => Channel.from(stream),
};

function channelOf(source: Values): Channel<number> {
  return source instanceof Channel ? source : Channel.from(source);
}
