// survivors_test.ts: hardly any value outlives its use, in engines whose collector may keep a few by mistake.
//
// JavaScriptCore takes any word on the stack that looks like an address for one, so
// that now and then a value that nobody can reach is still there: two in 60 runs of a
// queue that is a plain array. So here many are counted. A channel that retained the
// last value that it gave would show a third of them.

import { assertLess } from "@std/assert";
import { collect, tick } from "../../_testing.ts";
import { Channel, select } from "../../mod.ts";

const CHANNELS = 200;
const VALUES = 3;
/** How many of all the values may be there by mistake. */
const FEW = CHANNELS * VALUES * 0.1;
const REASON = { why: "enough" };

/** Uses up what three sends bring; `send` does them. */
type Path = (
  channel: Channel<object>,
  send: (signal?: AbortSignal) => Promise<void>[],
) => Promise<unknown>;

/** Sends first, then takes one by one. */
function taking(take: (channel: Channel<object>) => unknown): Path {
  return async (channel, send) => {
    const sent = send();
    for (let i = 0; i < VALUES; i++) await take(channel);
    await Promise.all(sent);
  };
}

const PATHS: Readonly<Record<string, Path>> = {
  "receive()": taking((channel) => channel.receive()),
  "tryReceive()": taking((channel) => channel.tryReceive()),
  "receiveNow()": taking((channel) => channel.receiveNow()),
  "receiveMany()": taking((channel) => channel.receiveMany(1)),
  "next()": taking((channel) => channel.values().next()),
  "drain()": taking((channel) => channel.drain()),
  "select()": taking((channel) => select([channel, new Channel()])),
  "receive() that waited": async (channel, send) => {
    const received = Array.from({ length: VALUES }, () => channel.receive());
    await Promise.all([...received, ...send()]);
  },
  "an abort": async (channel, send) => {
    const controller = new AbortController();
    const sent = send(controller.signal);
    controller.abort(REASON);
    channel.drain();
    await Promise.allSettled(sent);
  },
  "cancel()": async (channel, send) => {
    const sent = send();
    channel.cancel();
    await Promise.allSettled(sent);
  },
};

for (const capacity of [0, 1, Infinity]) {
  for (const [name, path] of Object.entries(PATHS)) {
    Deno.test(`hardly any value outlives ${name} (case 143, capacity ${capacity})`, async () => {
      const channels: Channel<object>[] = [];
      const references: WeakRef<object>[] = [];
      for (let i = 0; i < CHANNELS; i++) {
        const channel = new Channel<object>(capacity);
        channels.push(channel);
        await path(channel, (signal) =>
          Array.from({ length: VALUES }, () => {
            const value = {};
            references.push(new WeakRef(value));
            return channel.send(value, { signal });
          }));
      }
      await tick();
      await tick();
      collect();
      const alive = references.filter((one) => one.deref() !== undefined);
      assertLess(alive.length, FEW);
      // So the channels are still in use.
      for (const channel of channels) channel.close();
    });
  }
}
