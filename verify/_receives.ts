// _receives.ts: the ways to receive that the tasks of the crowd pick from.

import type { Channel } from "../mod.ts";
import { ChannelEmptyError, selectEach } from "../mod.ts";
import type { Act, Options, World } from "./_acts.ts";
import { below, explain, selectOnce, take, takeOne } from "./_acts.ts";
import type { Order } from "./_storm.ts";

async function receiveOne(
  world: World,
  channel: Channel<number>,
  order: Order,
): Promise<void> {
  const options = world.signals.options();
  const received = channel.receive(options);
  world.poke(channel);
  try {
    take(world, channel, await received, order, world.plainly);
  } catch (error) {
    explain(world, error, [channel], options);
  }
}

/** Three calls of `next` at once, and `return` in the same turn or later. */
async function nextAndReturn<R>(
  world: World,
  iterator: AsyncIterableIterator<R>,
  options: Options,
  channels: readonly Channel<number>[],
  body: (value: R) => void,
): Promise<void> {
  const asked = [iterator.next(), iterator.next(), iterator.next()];
  const told = asked.map((promise) =>
    promise.then(({ done, value }) => {
      if (!done) body(value);
      else if (value !== undefined) world.ledger.complain("a value at the end");
    }, (error) => explain(world, error, channels, options))
  );
  world.poke(channels[0]!);
  await world.idle();
  await iterator.return!();
  await Promise.all(told);
}

/** Runs a loop over a channel, leaves it by `break` after a while. */
async function loop<R>(
  world: World,
  values: AsyncIterable<R>,
  options: Options,
  channels: readonly Channel<number>[],
  body: (value: R) => void,
): Promise<void> {
  try {
    for await (const value of values) {
      body(value);
      if (world.over || world.random() < 0.3) break;
      if (world.random() < 0.3) await world.idle();
    }
  } catch (error) {
    explain(world, error, channels, options);
  }
}

/** Ways to receive, and to wait for the end. */
export const RECEIVES: readonly Act[] = [
  (world, order) => receiveOne(world, world.channel(), order),
  async (world, order) => {
    const channel = world.channel();
    await Promise.all([1, 2, 3].map(() => receiveOne(world, channel, order)));
  },
  (world, order) => {
    takeOne(world, world.channel(), order, world.atOnce);
  },
  (world, order) => {
    const channel = world.channel();
    try {
      take(world, channel, channel.receiveNow(), order, world.atOnce);
    } catch (error) {
      if (error instanceof ChannelEmptyError && !channel.drained) return;
      explain(world, error, [channel], undefined);
    }
  },
  async (world, order) => {
    const channel = world.channel();
    const options = world.signals.options();
    const received = channel.receiveMany(1 + below(world, 4), options);
    world.poke(channel);
    try {
      for (const value of await received) take(world, channel, value, order);
    } catch (error) {
      explain(world, error, [channel], options);
    }
  },
  (world, order) => {
    const channel = world.channel();
    for (const value of channel.drain()) {
      take(world, channel, value, order, world.atOnce);
    }
  },
  (world, order) => {
    const channel = world.channel();
    const options = world.signals.options();
    const walk = world.random() < 0.5 ? nextAndReturn : loop;
    const body = (value: number) => take(world, channel, value, order);
    return walk(world, channel.values(options), options, [channel], body);
  },
  (world, order) => {
    const channel = world.channel();
    const walk = world.random() < 0.5 ? nextAndReturn : loop;
    return walk(world, channel.batches(2), undefined, [channel], (batch) => {
      for (const value of batch) take(world, channel, value, order);
    });
  },
  (world, order) => {
    const options = world.signals.options();
    const channels = [world.channel(), world.channel()];
    const walk = world.random() < 0.5 ? nextAndReturn : loop;
    // A loop would never end if its channels are closed and nobody aborts it.
    if (walk === nextAndReturn || world.signals.ends(options)) {
      channels.push(world.quit);
    }
    const each = selectEach(channels, options);
    return walk(world, each, options, channels.slice(0, 1), (result) => {
      const channel = channels[result.key]!;
      if (result.state === "ok") take(world, channel, result.value, order);
      else if (!channel.drained) world.ledger.complain("not at its end");
    });
  },
  selectOnce,
  async (world) => {
    const channel = world.channel();
    const options = world.signals.options();
    // The channel may be one that is never closed.
    if (!world.signals.ends(options)) return;
    try {
      await channel.join(options);
      if (!channel.drained) world.ledger.complain("joined before the end");
    } catch (error) {
      explain(world, error, [], options);
    }
  },
];
