// _send_all.ts: sending every value of a source.

import { refusal } from "./_checks.ts";
import { DONE, left, rest } from "./_turn.ts";
import { fail, wait, wake, withdraw } from "./_waiter.ts";
import type { ChannelSendOptions, Sender } from "./ends.ts";
import { park } from "./ends.ts";

/** Anything that gives out values one by one, now or later. */
interface Source<T> {
  [Symbol.iterator]?(): Steps<T>;
  [Symbol.asyncIterator]?(): Steps<T>;
}

interface Steps<T> {
  next(): IteratorResult<T> | Promise<IteratorResult<T>>;
  return?(): unknown;
}

/** `sendAll` of any sender. */
export async function sendEach<T>(
  to: Pick<Sender<T>, "send" | "trySend">,
  source: Source<T> | null | undefined,
  options: ChannelSendOptions | undefined,
): Promise<void> {
  const slow = source?.[Symbol.asyncIterator];
  const start = slow ?? source?.[Symbol.iterator];
  if (typeof start !== "function") {
    throw new TypeError("Cannot send: not iterable");
  }
  const signal = options?.signal;
  const refused = refusal(signal);
  if (refused) return refused;
  const iterator = start.call(source);
  let burst = 0;
  let sending = false;
  try {
    while (true) {
      const next = iterator.next();
      const { done, value } = slow
        ? await unlessAborted(next as Promise<IteratorResult<T>>, signal)
        : next as IteratorResult<T>;
      if (done) return;
      sending = true;
      if (signal?.aborted || !to.trySend(value)) {
        await to.send(value, { signal });
      } else if (!(++burst & 7) && --left[0]! <= 0) {
        await rest(undefined); // so that receivers get a turn, and timers when it is time
      }
      sending = false;
    }
  } catch (error) {
    // A source that failed has ended; one that is thinking does so in its own time.
    // As in a loop that is left by an error, what `return` throws does not count.
    if (sending || signal?.aborted) {
      const stopped = DONE.then(() => iterator.return?.()).catch(() => {});
      if (sending) await stopped;
    }
    throw error;
  }
}

function unlessAborted<T>(
  promise: Promise<T>,
  signal: AbortSignal | null | undefined,
): Promise<T> {
  const next = Promise.resolve(promise);
  if (!signal) return next;
  // Whoever gives up answers for it no more.
  next.catch(() => {});
  // The source may have aborted the signal.
  return refusal(signal) ?? wait(
    {
      [park](waiter) {
        next.then(
          (value) => wake(waiter, value),
          (error) => fail(waiter, error),
        );
      },
      [withdraw]() {},
    },
    signal,
  );
}
