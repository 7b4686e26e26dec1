// _ways.ts: every way to receive and to send, for cases that hold for all of them.

import type { Channel } from "../../mod.ts";
import type { BaseChannel, Kit } from "./_kit.ts";

/** What a receive comes to when the channel was closed without a reason, and is drained. */
export const END: unique symbol = Symbol("closed");

type Signal = AbortSignal | null | undefined;

/** A value, or END. Rejects with the reason of `close(reason)` or of the signal. */
export type Receive = (
  channel: BaseChannel<unknown>,
  signal?: Signal,
) => Promise<unknown>;

/** Rejects with a ChannelClosedError or the reason of the signal. */
export type Send = (
  channel: BaseChannel<unknown>,
  value: unknown,
  signal?: Signal,
) => Promise<unknown>;

/** No options rather than empty ones: without a signal there may be a quicker way. */
function options(signal: Signal): { signal: Signal } | undefined {
  return signal === undefined ? undefined : { signal };
}

/** A channel of a kit that has more than the base. */
function whole(channel: BaseChannel<unknown>): Channel<unknown> {
  return channel as Channel<unknown>;
}

/** The ways to receive that wait, and take a signal. */
export function receives(kit: Kit): [name: string, receive: Receive][] {
  const ways: [string, Receive][] = [[
    "receive()",
    (channel, signal) => orEnd(kit, channel.receive(options(signal))),
  ]];
  if (!kit.has("batches", "values", "select", "selectEach")) return ways;
  const { select, selectEach } = kit.api;
  const idle = () => kit.channel<unknown>();
  return [
    ...ways,
    ["receiveMany()", (channel, signal) => {
      const batch = whole(channel).receiveMany(1, options(signal));
      return orEnd(kit, batch.then(([value]) => value));
    }],
    // Async where a bad argument is thrown at once, so that all of them reject.
    ["next()", async (channel, signal) => {
      const { value, done } = await whole(channel).values(options(signal))
        .next();
      return done ? END : value;
    }],
    ["select()", async (channel, signal) => {
      const cases = { channel: whole(channel) };
      return valueOf(await select(cases, options(signal)));
    }],
    ["select() beside others", async (channel, signal) => {
      const cases = [null, idle(), whole(channel)] as const;
      return valueOf(await select(cases, options(signal)));
    }],
    ["selectEach()", async (channel, signal) => {
      const cases = [whole(channel)] as const;
      const { value } = await selectEach(cases, options(signal)).next();
      return valueOf(value);
    }],
  ];
}

/** The same, and those that never wait: they find a value, or the end. */
export function takes(kit: Kit): [name: string, take: Receive][] {
  const ways: [string, Receive][] = [
    ...receives(kit),
    ["tryReceive()", (channel) => {
      const result = channel.tryReceive();
      if (result.state === "ok") return Promise.resolve(result.value);
      if (result.state === "closed") return Promise.resolve(END);
      throw new Error("tryReceive() finds nothing");
    }],
    ["for await", async (channel) => {
      for await (const value of channel) return value;
      return END;
    }],
  ];
  if (!kit.has("sendNow", "batches", "trySelect")) return ways;
  const { trySelect } = kit.api;
  return [
    ...ways,
    ["receiveNow()", (channel) =>
      // Not async: it throws, or else its value is not flattened here.
      orEnd(
        kit,
        new Promise((resolve) => resolve(whole(channel).receiveNow())),
      )],
    ["batches()", async (channel) => {
      for await (const [value] of whole(channel).batches(1)) return value;
      return END;
    }],
    ["trySelect()", (channel) => {
      const result = trySelect([kit.channel(), whole(channel)]);
      if (result === undefined) throw new Error("trySelect() finds nothing");
      return Promise.resolve(result).then(valueOf);
    }],
  ];
}

/** The ways to send that wait, and take a signal. */
export function sends(kit: Kit): [name: string, send: Send][] {
  const ways: [string, Send][] = [[
    "send()",
    (channel, value, signal) => channel.send(value, options(signal)),
  ]];
  if (!kit.has("sendAll", "select", "selectEach")) return ways;
  const { select, selectEach, sending } = kit.api;
  const idle = () => kit.channel<unknown>();
  return [
    ...ways,
    [
      "sendAll()",
      (channel, value, signal) =>
        whole(channel).sendAll([value], options(signal)),
    ],
    ["select()", (channel, value, signal) => {
      const cases = [sending(whole(channel), value)];
      return select(cases, options(signal));
    }],
    ["select() beside others", (channel, value, signal) => {
      const out = sending(whole(channel), value);
      return select({ never: null, idle: idle(), out }, options(signal));
    }],
    ["selectEach()", async (channel, value, signal) => {
      const cases = [sending(whole(channel), value)];
      return await selectEach(cases, options(signal)).next();
    }],
  ];
}

/** Tells the end of a closed channel from other failures. */
async function orEnd(kit: Kit, received: Promise<unknown>): Promise<unknown> {
  try {
    return await received;
  } catch (error) {
    if (error instanceof kit.ChannelClosedError) return END;
    throw error;
  }
}

function valueOf(
  result: { state: "ok"; value: unknown } | {
    state: "closed";
    reason: unknown;
  },
): unknown {
  if (result.state === "ok") return result.value;
  if (result.reason === undefined) return END;
  throw result.reason;
}
