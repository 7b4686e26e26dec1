// _std_kit.ts: `@std/async`, as the acceptance cases see it, and a select that its
// users may write.

import * as std from "@std/async/channel";
import type { Api, BaseChannel, Implementation } from "./_kit.ts";

/** `@std/async`. */
export const STD: Implementation = {
  name: "@std/async",
  features: new Set(["streams"]),
  Channel: std.Channel as unknown as Implementation["Channel"],
  ChannelClosedError: std.ChannelClosedError,
  api: {},
};

/** A send as a case of the race. */
class Sending {
  constructor(
    readonly channel: BaseChannel<unknown>,
    readonly value: unknown,
  ) {}
}

type RaceCase = BaseChannel<unknown> | Sending;

/** Starts every case, takes the first that is over, and aborts the others. */
function race(
  cases: Readonly<Record<string, RaceCase>>,
  options?: { signal?: AbortSignal },
): Promise<unknown> {
  const losers = new AbortController();
  const signals = [losers.signal, ...options?.signal ? [options.signal] : []];
  const signal = AbortSignal.any(signals);
  const attempts = Object.entries(cases).map(async ([name, one]) => {
    const value = one instanceof Sending
      ? await one.channel.send(one.value, { signal })
      : await one.receive({ signal });
    const key = Array.isArray(cases) ? Number(name) : name;
    return { key, state: "ok", value };
  });
  return Promise.race(attempts).finally(() => losers.abort());
}

/** `@std/async` with a select made of `Promise.race`. */
export const RACE: Implementation = {
  ...STD,
  name: "@std/async, Promise.race",
  features: new Set(["select"]),
  api: {
    select: race as unknown as Api["select"],
    sending:
      ((channel: BaseChannel<unknown>, value: unknown) =>
        new Sending(channel, value)) as unknown as Api["sending"],
  },
};
