// effect.ts: effect's Queue at the border to promises: `…Unsafe` where nothing waits, else `runPromise`.

import type { Done } from "npm:effect@4.1.0/Cause";
import * as Effect from "npm:effect@4.1.0/Effect";
import * as Queue from "npm:effect@4.1.0/Queue";
import * as Stream from "npm:effect@4.1.0/Stream";
import type { Chan, Kit } from "../_kit.ts";

export const version = "4.1.0";

export const kit: Kit = {
  can: [
    "hand-off",
    "rendezvous",
    "loop",
    "try",
    "signal",
    "select",
    "close",
  ],
  make: (capacity) => new Rival(capacity),
  // An effect is made once and runs many times.
  first(channels) {
    if (channels !== selected) {
      selected = channels;
      race = Effect.raceAllFirst((channels as Rival[]).map(take));
    }
    return Effect.runPromise(race);
  },
  batches: (channel, values) =>
    Effect.runPromise(batches((channel as Rival).queue, values)),
};

let selected: Chan[] = [];
let race: Effect.Effect<number, Done> = Effect.never;

const DONE = Promise.resolve(true);

class Rival implements Chan {
  readonly queue: Queue.Queue<number, Done>;

  constructor(capacity: number) {
    this.queue = Effect.runSync(Queue.bounded<number, Done>(capacity));
  }
  send(value: number): Promise<boolean> {
    if (Queue.offerUnsafe(this.queue, value)) return DONE;
    return Effect.runPromise(Queue.offer(this.queue, value));
  }
  receive(options?: { signal?: AbortSignal }): Promise<number> {
    const exit = Queue.takeUnsafe(this.queue);
    if (exit?._tag === "Success") return Promise.resolve(exit.value);
    return Effect.runPromise(Queue.take(this.queue), options);
  }
  trySend(value: number): boolean {
    return Queue.offerUnsafe(this.queue, value);
  }
  tryReceive(): { state: string; value?: number } {
    const exit = Queue.takeUnsafe(this.queue);
    if (exit === undefined) return { state: "empty" };
    if (exit._tag === "Failure") return { state: "closed" };
    return { state: "ok", value: exit.value };
  }
  close(): void {
    Queue.endUnsafe(this.queue);
  }
  [Symbol.asyncIterator](): AsyncIterator<number> {
    const stream = Stream.fromQueue(this.queue);
    return Stream.toAsyncIterable(stream)[Symbol.asyncIterator]();
  }
}

const batches = Effect.fnUntraced(function* (
  queue: Queue.Queue<number, Done>,
  values: number[],
) {
  yield* Effect.forkChild(Queue.offerAll(queue, values));
  let left = values.length;
  while (left > 0) left -= (yield* Queue.takeAll(queue)).length;
});

function take({ queue }: Rival): Effect.Effect<number, Done> {
  return Queue.take(queue);
}
