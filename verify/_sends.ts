// _sends.ts: the ways to send that the tasks of the crowd pick from.

import type { Channel } from "../mod.ts";
import { ChannelFullError } from "../mod.ts";
import type { Act, World } from "./_acts.ts";
import { below, explain, selectAtOnce, selectOnce } from "./_acts.ts";

/** Sends one value and writes down what became of it. */
async function sendOne(world: World, channel: Channel<number>): Promise<void> {
  const options = world.signals.options();
  const value = world.ledger.offer();
  const sent = channel.send(value, options);
  world.poke(channel);
  try {
    await sent;
    world.ledger.mark(value, "accepted");
  } catch (error) {
    world.ledger.mark(value, "refused");
    explain(world, error, [channel], options, [value]);
  }
}

/**
 * A source of new values for `sendAll`. Each comes into being when it is read, in the
 * turn in which it is offered; asking for the next one says that it was accepted.
 */
class Source {
  pending: number | undefined;
  left: boolean = false;
  readonly #world: World;
  #more: number;

  constructor(world: World) {
    this.#world = world;
    this.#more = 1 + below(world, 4);
  }

  /** The one before was accepted. */
  asked(): void {
    if (this.pending !== undefined) {
      this.#world.ledger.mark(this.pending, "accepted");
    }
    this.pending = undefined;
  }

  next(): IteratorResult<number> {
    this.asked();
    if (this.#more-- === 0) return { value: undefined, done: true };
    const read = () => this.pending = this.#world.ledger.offer();
    return {
      done: false,
      get value(): number {
        return read();
      },
    };
  }

  return(): IteratorResult<number> {
    this.left = true;
    return { value: undefined, done: true };
  }
}

async function sendAll(world: World): Promise<void> {
  const channel = world.channel();
  const options = world.signals.options();
  const source = new Source(world);
  const slow = world.random() < 0.5;
  const sent = channel.sendAll(
    slow
      ? {
        [Symbol.asyncIterator]: () => ({
          next: () => {
            source.asked();
            return world.idle().then(() => source.next());
          },
          return: () => Promise.resolve(source.return()),
        }),
      } as AsyncIterable<number>
      : { [Symbol.iterator]: () => source } as Iterable<number>,
    options,
  );
  world.poke(channel);
  try {
    await sent;
    if (source.pending !== undefined) {
      world.ledger.complain("sendAll left its source too early");
    }
  } catch (error) {
    const { pending } = source;
    if (pending !== undefined) {
      world.ledger.mark(pending, "refused");
      if (!source.left) world.ledger.complain("sendAll kept its source");
    }
    explain(world, error, [channel], options, [pending]);
  }
}

/** Ways to send. */
export const SENDS: readonly Act[] = [
  (world) => sendOne(world, world.channel()),
  async (world) => {
    const channel = world.channel();
    await Promise.all([1, 2, 3].map(() => sendOne(world, channel)));
  },
  (world) => {
    const value = world.ledger.offer();
    const accepted = world.channel().trySend(value);
    world.ledger.mark(value, accepted ? "accepted" : "refused");
  },
  (world) => {
    const channel = world.channel();
    const value = world.ledger.offer();
    try {
      channel.sendNow(value);
      world.ledger.mark(value, "accepted");
    } catch (error) {
      world.ledger.mark(value, "refused");
      if (error instanceof ChannelFullError && !channel.closed) return;
      explain(world, error, [channel], undefined, [value]);
    }
  },
  sendAll,
  selectOnce,
  selectAtOnce,
];
