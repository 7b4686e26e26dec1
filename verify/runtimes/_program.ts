// _program.ts: the random programs of settlement_log.ts.

import type { ChannelOptions } from "../../mod.ts";
import { Channel, select, selectEach, sending, trySelect } from "../../mod.ts";
import { random } from "../../_testing.ts";
import type { Journal } from "./_journal.ts";
import { show } from "./_journal.ts";

/** The channels that there are: two of them in each program. */
const KINDS: readonly ChannelOptions<unknown>[] = [
  { capacity: 0 },
  { capacity: 1 },
  { capacity: 2 },
  { capacity: Infinity },
  { capacity: 1, overflow: "drop-oldest" },
  { capacity: 2, overflow: "drop-incoming" },
];

/** What an operation works on. */
interface Scene {
  /** Its own channel, and the program's other one. */
  readonly channel: Channel<unknown>;
  readonly other: Channel<unknown>;
  /** The number of the operation, by which its value is known. */
  readonly id: number;
  /** A signal of its own. */
  signal(): AbortSignal;
  readonly controllers: AbortController[];
  /** Loops that were begun. */
  readonly loops: AsyncIterator<unknown>[];
  note(what: string): void;
}

/** Something that is done; a promise that it returns is watched, anything else is noted. */
type Operation = (scene: Scene) => unknown;

function thenable({ id, note }: Scene): object {
  return {
    then(resolve: (value: unknown) => void) {
      note("then");
      resolve(id);
    },
  };
}

function loop(
  { loops }: Scene,
  iterator: AsyncIterator<unknown>,
): Promise<unknown> {
  loops.push(iterator);
  return iterator.next();
}

async function* slowly(id: number): AsyncGenerator<string> {
  yield `${id}a`;
  await undefined;
  yield `${id}b`;
}

const OPERATIONS: Readonly<Record<string, Operation>> = {
  send: ({ channel, id }) => channel.send(id),
  "send with a signal": ({ channel, id, signal }) =>
    channel.send(id, { signal: signal() }),
  "send a thenable": (scene) => scene.channel.send(thenable(scene)),
  receive: ({ channel }) => channel.receive(),
  "receive again": ({ channel }) => channel.receive(),
  "receive with a signal": ({ channel, signal }) =>
    channel.receive({ signal: signal() }),
  trySend: ({ channel, id }) => channel.trySend(id),
  tryReceive: ({ channel }) => channel.tryReceive(),
  sendNow: ({ channel, id }) => channel.sendNow(id),
  receiveNow: ({ channel }) => channel.receiveNow(),
  sendAll: ({ channel, id }) => channel.sendAll([`${id}a`, `${id}b`]),
  "sendAll slowly": ({ channel, id }) => channel.sendAll(slowly(id)),
  "receiveMany(2)": ({ channel }) => channel.receiveMany(2),
  drain: ({ channel }) => channel.drain(),
  peek: ({ channel }) => channel.peek(),
  snapshot: ({ channel }) => channel.snapshot(),
  stats: ({ channel }) => channel.stats(),
  "join": ({ channel }) => channel.join(),
  "join with a signal": ({ channel, signal }) =>
    channel.join({ signal: signal() }),
  closeSignal: ({ channel, note }) => {
    channel.closeSignal.addEventListener("abort", () => note("abort event"));
  },
  close: ({ channel }) => channel.close(),
  "close with a reason": ({ channel, id }) => channel.close(`reason ${id}`),
  cancel: ({ channel }) => channel.cancel(),
  "abort oldest": ({ controllers }) => controllers.shift()?.abort("aborted"),
  "abort newest": ({ controllers }) => controllers.pop()?.abort("aborted"),
  "values()": (scene) => loop(scene, scene.channel.values()),
  "batches()": (scene) => loop(scene, scene.channel.batches(2)),
  "selectEach()": (scene) =>
    loop(scene, selectEach([scene.channel, scene.other])),
  next: ({ loops }) => loops[0]?.next(),
  "next of the newest": ({ loops }) => loops.at(-1)?.next(),
  return: ({ loops }) => loops.shift()?.return?.("returned"),
  "select of receives": ({ channel, other }) => select({ channel, other }),
  "select of receives, with a signal": ({ channel, other, signal }) =>
    select([channel, other], { signal: signal() }),
  "select of sends": ({ channel, other, id }) =>
    select([sending(channel, `${id}a`), sending(other, `${id}b`)]),
  "select both ways": ({ channel, id }) =>
    select({ out: sending(channel, id), in: channel }),
  "select with priority": ({ channel, other, id }) =>
    select([channel, sending(other, id), null], { priority: true }),
  trySelect: ({ channel, other, id }) =>
    trySelect([channel, sending(other, id)]),
};

const NAMES = Object.keys(OPERATIONS);
/** What ends a channel comes rarely, so that most of a program runs on open ones. */
const ENDINGS = ["close", "close with a reason", "cancel"];

/** One program: its channels, and what it does to them in which order. */
export class Program {
  /** Operations in each. */
  static readonly LENGTH = 10;

  readonly #journal: Journal;
  readonly #seed: number;
  readonly #kinds: readonly number[];
  readonly #channels: readonly Channel<unknown>[];
  readonly #operations: readonly { name: string; on: number }[];
  readonly #controllers: AbortController[] = [];
  readonly #loops: AsyncIterator<unknown>[] = [];

  constructor(journal: Journal, seed: number) {
    this.#journal = journal;
    this.#seed = seed;
    const next = random(seed);
    const below = (limit: number) => Math.floor(next() * limit);
    this.#kinds = [below(KINDS.length), below(KINDS.length)];
    this.#channels = this.#kinds.map((kind, i) =>
      new Channel({
        ...KINDS[kind],
        onDrop: (value) => this.#note(`drop ${show(value)} of ${i}`),
      })
    );
    this.#operations = Array.from({ length: Program.LENGTH }, () => {
      let name = NAMES[below(NAMES.length)]!;
      if (ENDINGS.includes(name) && next() < 0.5) name = "send";
      // Mostly the first, so that operations meet.
      return { name, on: next() < 0.75 ? 0 : 1 };
    });
  }

  #note(what: string): void {
    this.#journal.note(`${this.#seed} ${what}`);
  }

  /** Does the operation of this number. */
  step(id: number): void {
    const { name, on } = this.#operations[id]!;
    const told = `${this.#seed}.${id} ${name}`;
    try {
      const result = OPERATIONS[name]!({
        channel: this.#channels[on]!,
        other: this.#channels[1 - on]!,
        id,
        signal: () => {
          const controller = new AbortController();
          this.#controllers.push(controller);
          return controller.signal;
        },
        controllers: this.#controllers,
        loops: this.#loops,
        note: (what) => this.#journal.note(`${told}: ${what}`),
      });
      if (result instanceof Promise) this.#journal.watch(told, result);
      else if (result !== undefined) {
        this.#journal.note(`${told} = ${show(result)}`);
      }
    } catch (error) {
      this.#journal.note(`${told} threw ${show(error)}`);
    }
  }

  /** Closes the channels, so that nothing is left waiting. */
  end(): void {
    for (const channel of this.#channels) channel.close();
  }

  toString(): string {
    const kinds = this.#kinds.map((kind) =>
      Object.values(KINDS[kind]!).join(" ")
    );
    const operations = this.#operations.map(({ name, on }) =>
      on === 0 ? name : `${name} (on the other)`
    );
    return `${this.#seed} is [${kinds.join("] [")}]: ${operations.join("; ")}`;
  }
}
