// _receive.ts: the receive that may have to wait, from any port.

import { refusal } from "./_checks.ts";
import { refuse, rest, settle } from "./_turn.ts";
import type { Owner } from "./_waiter.ts";
import { wait, woken } from "./_waiter.ts";
import type { ChannelReceiveOptions, ReceivePort } from "./ends.ts";
import { available, ended, take } from "./ends.ts";

// Shared by all and frozen, as in @std/async.
export const EMPTY: { state: "empty" } = Object.freeze({ state: "empty" });
export const CLOSED: { state: "closed" } = Object.freeze({ state: "closed" });

/** Owner of the waiters of `receiveMany`: the one value handed over is a batch. */
const MANY: Owner = {
  [woken]: (waiter, value) => settle(waiter.resolve, [value]),
};

/** `receive`, or with `max` `receiveMany`, of a port. */
export function receiveFrom<R>(
  port: ReceivePort<unknown>,
  options: ChannelReceiveOptions | undefined,
  max?: number,
): Promise<R> {
  const signal = options?.signal;
  const refused = refusal(signal, max);
  const ending = port[ended]();
  return refused ||
    (port[available]()
      ? rest(port[take](max) as R)
      : ending
      ? refuse(ending.error)
      : wait(port, signal, false, max ? MANY : undefined));
}
