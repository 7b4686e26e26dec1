// _acts.ts: what the tasks of the crowd do, each act with its account in the ledger:
// here is what the others are made of, and select. _sends.ts and _receives.ts have
// the rest.

import type {
  ChannelReceiveResult,
  ChannelWaitOptions,
  SelectCase,
} from "../mod.ts";
import {
  type Channel,
  ChannelClosedError,
  select,
  sending,
  trySelect,
} from "../mod.ts";
import type { Ledger, Order, Signals } from "./_storm.ts";

/** What the acts play on. */
export interface World {
  readonly random: () => number;
  readonly ledger: Ledger;
  readonly signals: Signals;
  /** Nobody ever sends to it or closes it: a case that always loses. */
  readonly quit: Channel<number>;
  /** Sees what was taken without waiting, whoever took it. */
  readonly atOnce: Order;
  /** Sees what any plain `receive` resolved with. */
  readonly plainly: Order;
  /** Whether no further work is wanted. */
  readonly over: boolean;
  /** A random channel. */
  channel(): Channel<number>;
  /** Does something to a channel, to signals, or nothing, in the same turn. */
  poke(channel: Channel<number>): void;
  /** Lets a random while go by: nothing, some microtasks, a turn of the event loop. */
  idle(): Promise<void>;
}

/** One act of a task. `order` sees what this task receives. */
export type Act = (world: World, order: Order) => Promise<void> | void;

/** Options of an operation, or none. */
export type Options = ChannelWaitOptions | undefined;

/** What `close(reason)` is given. */
export const REASON: object = { why: "closed for a reason" };

/** A whole number below `n`. */
export function below(world: World, n: number): number {
  return Math.floor(world.random() * n);
}

/** Complains unless an operation on these channels may fail like this. `unsent` are its values, if it sends. */
export function explain(
  world: World,
  error: unknown,
  channels: readonly Channel<number>[],
  options: Options,
  unsent?: readonly (number | undefined)[],
): void {
  const signal = options?.signal;
  if (signal?.aborted && error === signal.reason) {
    return world.ledger.count("aborted");
  }
  const closed = channels.some((channel) => channel.closed);
  if (closed && error instanceof ChannelClosedError) {
    world.ledger.count("closed");
    if (unsent ? unsent.includes(error.value as number) : !("value" in error)) {
      return;
    }
  } else if (closed && !unsent && error === REASON) {
    return world.ledger.count("reason");
  }
  world.ledger.complain(`an operation failed with ${String(error)}`);
}

/** Writes down a value that was received. */
export function take(
  world: World,
  channel: Channel<number>,
  value: number,
  ...orders: Order[]
): void {
  world.ledger.mark(value, "received");
  for (const order of orders) {
    const problem = order.see(channel, value);
    if (problem) world.ledger.complain(problem);
  }
}

/** Takes one value if there is one, and sees that `peek` and `snapshot` agree. */
export function takeOne(
  world: World,
  channel: Channel<number>,
  ...orders: Order[]
): ChannelReceiveResult<number> {
  const [first = undefined] = channel.snapshot();
  const seen = channel.peek();
  const taken = channel.tryReceive();
  const value = taken.state === "ok" ? taken.value : undefined;
  if (
    seen.state !== taken.state || "value" in seen && seen.value !== value ||
    first !== undefined && first !== value
  ) world.ledger.complain(`peek and snapshot do not foretell ${value}`);
  if (taken.state === "ok") take(world, channel, taken.value, ...orders);
  return taken;
}

/** One case of a select: where, and what it would send. */
interface Site {
  readonly channel: Channel<number>;
  readonly value?: number;
  readonly one: SelectCase;
}

/** Cases at random: receives and sends, often on one channel twice, and some that are never ready. */
function sitesOf(world: World): Site[] {
  const again = world.channel();
  return Array.from({ length: 1 + below(world, 4) }, (_, index) => {
    const draw = world.random();
    if (index > 0 && draw < 0.1) return { channel: world.quit, one: null };
    if (index > 0 && draw < 0.3) {
      return { channel: world.quit, one: world.quit };
    }
    const channel = world.random() < 0.3 ? again : world.channel();
    if (draw < 0.65) return { channel, one: channel };
    const value = world.ledger.offer();
    return { channel, value, one: sending(channel, value) };
  });
}

/** Writes down what a select came to; without a key, that no case happened. */
function happened(
  world: World,
  sites: readonly Site[],
  result: { key: string | number; state: string; value?: unknown } | undefined,
  ...orders: Order[]
): void {
  const won = result === undefined ? -1 : Number(result.key);
  sites.forEach(({ value }, index) => {
    if (value === undefined) return;
    world.ledger.mark(value, index === won ? "accepted" : "refused");
  });
  const site = sites[won];
  if (site === undefined || site.value !== undefined) return;
  if (result!.state === "ok") {
    take(world, site.channel, result!.value as number, ...orders);
  } else if (!site.channel.drained) {
    world.ledger.complain("select says closed too early");
  }
}

/** A select over cases at random, which may wait. */
export const selectOnce: Act = async (world, order) => {
  const sites = sitesOf(world);
  const cases = sites.map(({ one }) => one);
  const options = {
    ...world.signals.options(),
    priority: world.random() < 0.3,
  };
  const selected = select<readonly SelectCase[] | Record<string, SelectCase>>(
    world.random() < 0.5 ? cases : { ...cases },
    options,
  );
  world.poke(sites[0]!.channel);
  try {
    happened(world, sites, await selected, order);
  } catch (error) {
    happened(world, sites, undefined);
    const sends = sites.filter(({ value }) => value !== undefined);
    explain(
      world,
      error,
      sends.map(({ channel }) => channel),
      options,
      sends.map(({ value }) => value),
    );
  }
};

/** The same without waiting. */
export const selectAtOnce: Act = (world, order) => {
  const sites = sitesOf(world);
  try {
    const result = trySelect(sites.map(({ one }) => one));
    happened(world, sites, result, order, world.atOnce);
  } catch (error) {
    happened(world, sites, undefined);
    explain(
      world,
      error,
      sites.map(({ channel }) => channel),
      undefined,
      sites.map(({ value }) => value),
    );
  }
};
