// _fill.ts: a channel that fills itself.

import { Abort } from "./_abort.ts";
import { DONE, left, rest } from "./_turn.ts";
import type { ChannelOptions } from "./channel.ts";
import { Channel } from "./channel.ts";
import { ended } from "./ends.ts";

/** A source that was started. */
interface Source<T> {
  readonly iterator: Iterator<T> | AsyncIterator<T>;
  /** Whether its steps are promises. */
  readonly later: boolean;
  /** Gives up, and says why. */
  stop(reason: unknown): unknown;
  /** Lets it go. */
  release?(): void;
}

/** `Channel.from`. */
export function fill<T>(
  source: Iterable<T> | AsyncIterable<T> | ReadableStream<T>,
  options?: number | ChannelOptions<T>,
): Channel<T> {
  const channel = new Channel<T>(options);
  const started = start(source);
  const { onDrop } = Object(options) as ChannelOptions<T>;
  // Not within the call of `close`: it is the source's code.
  const stop = new Abort(() => {
    const { plain, error } = channel[ended](true)!;
    DONE.then(() => started.stop(plain ? undefined : error)).catch(() => {});
  });
  stop.listen(channel.closeSignal);
  pour(started, channel).then((late) => {
    stop.leave();
    started.release?.();
    channel.close();
    // What it throws is a rejection that nobody handles, as in the channel.
    if (late) onDrop?.(late.value);
  }, (error) => {
    stop.leave();
    started.release?.();
    channel.close(error);
  });
  return channel;
}

/** Sends all; gives back a value that came too late. */
async function pour<T>(
  { iterator, later }: Source<T>,
  channel: Channel<T>,
): Promise<{ value: T } | undefined> {
  for (let burst = 1; !channel.closed; burst++) {
    const next = iterator.next();
    const step = later ? await next : next as IteratorResult<T>;
    if (Object(step) !== step) {
      throw new TypeError("Cannot fill channel: next() gave no object");
    }
    const { done, value } = step;
    if (done) return undefined;
    if (channel.trySend(value)) {
      // So that receivers get a turn, and timers when it is time.
      if (burst % 8 === 0 && --left[0]! <= 0) await rest(undefined);
    } else {
      try {
        await channel.send(value);
      } catch {
        return { value };
      }
    }
  }
  return undefined;
}

function start<T>(
  source: Iterable<T> | AsyncIterable<T> | ReadableStream<T>,
): Source<T> {
  const any = Object(source) as Partial<
    Iterable<T> & AsyncIterable<T> & ReadableStream<T>
  >;
  // A stream's own iterator is not in every browser.
  if (any.getReader) {
    const reader = any.getReader();
    return {
      iterator: { next: () => reader.read() as Promise<IteratorResult<T>> },
      later: true,
      stop: (reason) => reader.cancel(reason),
      release: () => reader.releaseLock(),
    };
  }
  const slowly = any[Symbol.asyncIterator] ?? undefined;
  const later = slowly !== undefined;
  const iterate = slowly ?? any[Symbol.iterator];
  if (typeof iterate !== "function") {
    throw new TypeError("Cannot fill channel: source is not iterable");
  }
  const iterator = (iterate as () => AsyncIterator<T>).call(source);
  return { iterator, later, stop: () => iterator.return?.() };
}
