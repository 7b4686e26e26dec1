// select_enumerated_test.ts: every select of a kind, one after the other, each
// with its outcome foretold.

import { assert, assertEquals } from "@std/assert";
import type { SelectCase } from "./mod.ts";
import {
  Channel,
  ChannelClosedError,
  select,
  sending,
  trySelect,
} from "./mod.ts";
import { tick } from "./_testing.ts";

/** How full a channel is and who waits at it. */
interface State {
  size: number;
  senders: number;
  receivers: number;
}

const IDLE: State = { size: 0, senders: 0, receivers: 0 };

function stateOf(channel: Channel<number>): State {
  const { size, waitingSenders, waitingReceivers } = channel.stats();
  return { size, senders: waitingSenders, receivers: waitingReceivers };
}

/** A case of a select, its channel and what is known of it beforehand. */
interface Site {
  readonly name: string;
  readonly one: SelectCase;
  readonly channel?: Channel<number>;
  /** The channel's state if the case does not win, and if it does. */
  readonly before: State;
  readonly after: State;
  /** What winning means: what was received, or how it fails. */
  readonly gives?: number | undefined | "closed" | "rejects";
  readonly ready: boolean;
  /** Makes a waiting case win. */
  readonly help?: () => void;
}

type Make = (id: number) => Site;

/** A case that waits until it is helped, if it ever is. */
function waitingSite(name: string, help: boolean, id: number): Site {
  const channel = new Channel<number>();
  const send = name === "waiting send";
  return {
    name,
    channel,
    one: send ? sending(channel, id) : channel,
    before: IDLE,
    after: IDLE,
    ready: false,
    gives: send ? undefined : id,
    ...(help && {
      help: send
        ? () => assertEquals(channel.tryReceive(), { state: "ok", value: id })
        : () => assert(channel.trySend(id)),
    }),
  };
}

function readySend(id: number, rendezvous: boolean): Site {
  const channel = new Channel<number>(rendezvous ? 0 : 1);
  if (rendezvous) channel.receive();
  return {
    name: "ready send",
    channel,
    one: sending(channel, id),
    before: rendezvous ? { ...IDLE, receivers: 1 } : IDLE,
    after: rendezvous ? IDLE : { ...IDLE, size: 1 },
    ready: true,
  };
}

function readyReceive(id: number, rendezvous: boolean): Site {
  const channel = new Channel<number>(rendezvous ? 0 : 1);
  channel.send(id);
  return {
    name: "ready receive",
    channel,
    one: channel,
    before: rendezvous ? { ...IDLE, senders: 1 } : { ...IDLE, size: 1 },
    after: IDLE,
    ready: true,
    gives: id,
  };
}

function closedSite(send: boolean, id: number): Site {
  const channel = new Channel<number>();
  channel.close();
  return {
    name: send ? "closed send" : "closed receive",
    channel,
    one: send ? sending(channel, id) : channel,
    before: IDLE,
    after: IDLE,
    ready: true,
    gives: send ? "rejects" : "closed",
  };
}

function nullSite(send: boolean, id: number): Site {
  const name = send ? "null send" : "null receive";
  const one = send ? sending<number>(null, id) : null;
  return { name, one, before: IDLE, after: IDLE, ready: false };
}

const NULL_SEND: Make = (id) => nullSite(true, id);
const NULL_RECEIVE: Make = (id) => nullSite(false, id);
const waiting = (name: string, help: boolean): Make => (id) =>
  waitingSite(name, help, id);

/** What came of a select: the site that won, if one did. */
type Outcome = Site | "nothing" | "pending";

const DEFAULT = "default";

/**
 * Runs one select over the sites and checks that it does what was foretold.
 * `help` is the site whose partner comes once the select waits.
 */
async function check(
  sites: readonly Site[],
  withDefault: boolean,
  help: Site | undefined,
): Promise<void> {
  const describe = () =>
    sites.map((site) => site.name).join(", ") +
    (withDefault ? `, ${DEFAULT}` : "") +
    (help ? `, helped: ${help.name}` : "");
  const winner = withDefault
    ? atOnce(sites, describe)
    : await eventually(sites, help, describe);
  const ready = sites.filter((site) => site.ready);
  const predicted: readonly Outcome[] = ready.length > 0
    ? ready
    : withDefault
    ? ["nothing"]
    : [help ?? "pending"];
  if (!predicted.includes(winner)) {
    throw new Error(`${describe()}: came to ${nameOf(winner)}`);
  }
  for (const site of sites) {
    if (site.channel === undefined) continue;
    const { size, senders, receivers } = stateOf(site.channel);
    const expected = site === winner ? site.after : site.before;
    if (
      size !== expected.size || senders !== expected.senders ||
      receivers !== expected.receivers
    ) {
      throw new Error(`${describe()}: ${site.name} is not at rest`);
    }
  }
}

function nameOf(outcome: Outcome): string {
  return typeof outcome === "string" ? outcome : outcome.name;
}

function atOnce(sites: readonly Site[], describe: () => string): Outcome {
  try {
    const result = trySelect(sites.map((site) => site.one));
    return result === undefined ? "nothing" : won(sites, result, describe);
  } catch (error) {
    return failed(sites, error);
  }
}

async function eventually(
  sites: readonly Site[],
  help: Site | undefined,
  describe: () => string,
): Promise<Outcome> {
  const controller = new AbortController();
  let outcome: Outcome = "pending";
  const settled = select(sites.map((site) => site.one), controller).then(
    (result) => outcome = won(sites, result, describe),
    (error) => {
      if (error !== controller) outcome = failed(sites, error);
    },
  );
  await tick();
  if (help !== undefined) {
    assertEquals<Outcome>(outcome, "pending");
    help.help!();
    await tick();
  }
  controller.abort(controller);
  await settled;
  return outcome;
}

function won(
  sites: readonly Site[],
  result: { key: number; state: string; value?: unknown },
  describe: () => string,
): Site {
  const site = sites[result.key]!;
  const gives = result.state === "ok" ? result.value : result.state;
  if (gives !== site.gives) {
    throw new Error(`${describe()}: ${site.name} gives ${gives}`);
  }
  return site;
}

function failed(sites: readonly Site[], error: unknown): Site {
  if (!(error instanceof ChannelClosedError)) throw error;
  const site = sites[error.value as number]!;
  assertEquals([site.name, site.gives], ["closed send", "rejects"]);
  return site;
}

/** Every way to take one of each list. */
function* product<T>(lists: readonly (readonly T[])[]): Generator<T[]> {
  const [first, ...rest] = lists;
  if (first === undefined) return yield [];
  for (const one of first) {
    for (const others of product(rest)) yield [one, ...others];
  }
}

/** Runs checks side by side, so that the many ticks cost little time. */
class Batch {
  /** How many checks there were. */
  total = 0;
  #running: Promise<void>[] = [];

  async add(checking: Promise<void>): Promise<void> {
    this.total++;
    this.#running.push(checking);
    if (this.#running.length === 1000) await this.end();
  }

  async end(): Promise<void> {
    await Promise.all(this.#running.splice(0));
  }
}

Deno.test("select() over one case and what stands around it does as foretold (case 127)", async () => {
  const batch = new Batch();
  const mains: [ready: Make, waits: Make][] = [
    [(id) => readySend(id, false), waiting("waiting send", true)],
    [(id) => readySend(id, true), waiting("waiting send", true)],
    [(id) => readyReceive(id, false), waiting("waiting receive", true)],
    [(id) => readyReceive(id, true), waiting("waiting receive", true)],
  ];
  const extras = [
    waiting("waiting send", false),
    waiting("waiting receive", false),
    NULL_SEND,
    NULL_RECEIVE,
  ];
  const places = extras.map(() => ["before", "after", undefined]);
  for (const [ready, waits] of mains) {
    for (const main of [ready, waits]) {
      for (const withDefault of [true, false]) {
        for (const placed of product(places)) {
          const makes = [
            ...extras.filter((_, i) => placed[i] === "before"),
            main,
            ...extras.filter((_, i) => placed[i] === "after"),
          ];
          const sites = makes.map((make, id) => make(id));
          const helped = main === waits && !withDefault
            ? sites[makes.indexOf(main)]
            : undefined;
          await batch.add(check(sites, withDefault, helped));
        }
      }
    }
  }
  await batch.end();
  assertEquals(batch.total, 4 * 2 * 2 * 3 ** 4);
});

/** The kinds of case of the choice tree: each may be left out. */
const KINDS: readonly (readonly (Make | undefined)[])[] = [
  [undefined, (id) => readySend(id, id % 2 === 1)],
  [undefined, (id) => readyReceive(id, id % 2 === 0)],
  [undefined, waiting("waiting send", false), waiting("waiting send", true)],
  [
    undefined,
    waiting("waiting receive", false),
    waiting("waiting receive", true),
  ],
  [undefined, NULL_SEND],
  [undefined, NULL_RECEIVE],
  [undefined, (id) => closedSite(true, id)],
  [undefined, (id) => closedSite(false, id)],
];

/** Every order that two swaps make, each as often as the swaps make it, mirror images aside. */
function* twoSwaps<T>(list: readonly T[]): Generator<T[]> {
  const swaps: [number, number][] = [[0, 0]];
  for (let j = 1; j < list.length; j++) {
    for (let i = 0; i < j; i++) swaps.push([i, j]);
  }
  for (const first of swaps) {
    for (const second of swaps) {
      const swapped = [...list];
      for (const [i, j] of [first, second]) {
        [swapped[i], swapped[j]] = [swapped[j]!, swapped[i]!];
      }
      yield swapped;
    }
  }
}

/** Which of the makes may be helped: those that wait with a helper, if none is ready. */
function helpable(
  makes: readonly Make[],
  withDefault: boolean,
): (number | undefined)[] {
  const sites = makes.map((make, id) => make(id));
  if (withDefault || sites.some((site) => site.ready)) return [undefined];
  const helped = [...sites.keys()].filter((i) => sites[i]!.help !== undefined);
  return helped.length > 0 ? helped : [undefined];
}

for (const withDefault of [true, false]) {
  const name = withDefault ? "trySelect" : "select";
  Deno.test(`${name}() does as foretold on the whole choice tree (case 128)`, async () => {
    const batch = new Batch();
    let subsets = 0;
    for (const chosen of product(KINDS)) {
      const makes = chosen.filter((make) => make !== undefined);
      // No case at all: a TypeError, or nothing; tested with select's own cases.
      if (makes.length === 0) continue;
      subsets++;
      for (const order of twoSwaps(makes)) {
        for (const helped of helpable(order, withDefault)) {
          const sites = order.map((make, id) => make(id));
          const help = helped === undefined ? undefined : sites[helped];
          await batch.add(check(sites, withDefault, help));
        }
      }
    }
    await batch.end();
    assertEquals(subsets, 2 ** 6 * 3 ** 2 - 1);
    assert(batch.total > subsets);
  });
}
