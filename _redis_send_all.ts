// _redis_send_all.ts: sending every value of a source, several at a time.

import { Abort } from "./_abort.ts";
import { refusal } from "./_checks.ts";
import type { Failure } from "./_pool.ts";
import { DONE } from "./_turn.ts";

/** Values that were taken from a source and are not accepted, at most; nor more than the capacity. */
const AHEAD = 4096;

interface Steps<T> {
  next(): IteratorResult<T> | PromiseLike<IteratorResult<T>>;
  return?(): unknown;
}

/** Sends one value, and calls back once. */
type SendOne<T> = (
  value: T,
  sent: () => void,
  failed: (error: unknown) => void,
) => void;

/** `sendAll` of a channel on a server. */
export async function sendAhead<T>(
  capacity: number,
  source: Iterable<T> | AsyncIterable<T>,
  signal: AbortSignal | null | undefined,
  send: SendOne<T>,
): Promise<void> {
  const { [Symbol.asyncIterator]: slow, [Symbol.iterator]: fast } =
    (source ?? {}) as Partial<AsyncIterable<T> & Iterable<T>>;
  const start = (slow ?? fast) as (() => unknown) | undefined;
  if (typeof start !== "function") {
    throw new TypeError("Cannot send: not iterable");
  }
  const refused = refusal(signal);
  if (refused) return refused;
  const iterator = start.call(source) as Steps<T>;

  let failure: Failure | undefined;
  const most = Math.min(AHEAD, capacity);
  let ahead = 0;
  let look: (() => void) | undefined;
  const until = (fact: () => boolean) =>
    new Promise<void>((resolve) => {
      look = () => fact() && resolve();
      look();
    });
  const fail = (reason: unknown) => {
    failure ??= { reason };
    look?.();
  };
  const sent = () => {
    ahead--;
    look?.();
  };
  const failed = (reason: unknown) => {
    ahead--;
    fail(reason);
  };
  // A source that is thinking is left at once.
  const stepOf = async (next: unknown) => {
    let came: { readonly step: unknown } | undefined;
    Promise.resolve(next).then((step) => {
      came = { step };
      look?.();
    }, failedSource);
    await until(() => !!came || !!failure);
    return came?.step;
  };
  let ended = false;
  const failedSource = (reason: unknown) => {
    ended = true;
    fail(reason);
  };

  const abort = new Abort(fail);
  abort.listen(signal);
  while (!failure) {
    let step: IteratorResult<T> | undefined;
    try {
      const next = iterator.next();
      step = (slow ? await stepOf(next) : next) as IteratorResult<T>;
      if (!failure && Object(step) !== step) {
        throw new TypeError("Cannot send: next() gave no object");
      }
      ended ||= !!step?.done;
    } catch (reason) {
      failedSource(reason);
    }
    if (failure || ended) break;
    ahead++;
    send(step!.value, sent, failed);
    if (ahead >= most) await until(() => ahead * 2 <= most || !!failure);
  }
  if (!ended) {
    // What `return` throws does not count, as in a loop that is left by an error.
    const stopped = DONE.then(() => iterator.return?.()).catch(() => {});
    if (!slow) await stopped;
  }
  await until(() => ahead === 0);
  abort.leave();
  if (failure) throw failure.reason;
}
