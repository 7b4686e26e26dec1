// i_select_enumerated.ts: acceptance cases 127 and 128: every select of a kind,
// each with its outcome foretold.

import { assert, assertEquals } from "@std/assert";
import type { SelectCase } from "../../mod.ts";
import { random, tick } from "../../_testing.ts";
import type { Case, WholeKit } from "./_kit.ts";
import { beyond } from "./_kit.ts";

/** What came of a select that did nothing. */
const NOTHING = "nothing";

/** A case of a select, and what is known of it beforehand. */
interface Site {
  readonly one: SelectCase;
  readonly ready: boolean;
  /** What it means to win: what is received, or how it ends. */
  readonly gives?: unknown;
  /** Values in its channel if it loses, and if it wins. */
  readonly sizes: readonly [lost: number, won: number];
  readonly size: () => number;
  /** Brings the partner of a case that waits. */
  readonly help?: () => void;
  /** Ends what the site has waiting of its own. */
  readonly end?: () => void;
}

type Make = (kit: WholeKit, id: number) => Site;

const none: Pick<Site, "ready" | "sizes" | "size"> = {
  ready: false,
  sizes: [0, 0],
  size: () => 0,
};

const nullReceive: Make = () => ({ ...none, one: null });
const nullSend: Make = ({ api }, id) => ({
  ...none,
  one: api.sending(null, id),
});

const bufferedReceive: Make = (kit, id) => {
  const channel = kit.filled(1, id);
  const size = () => channel.size;
  return { one: channel, ready: true, gives: id, sizes: [1, 0], size };
};

const roomySend: Make = (kit, id) => {
  const channel = kit.channel<number>(1);
  const one = kit.api.sending(channel, id);
  return { one, ready: true, sizes: [0, 1], size: () => channel.size };
};

// The size of these is how many of their partners wait.
const partneredReceive: Make = (kit, id) => {
  const channel = kit.channel<number>();
  let size = 1;
  channel.send(id).then(() => size--);
  const end = () => channel.tryReceive();
  return {
    one: channel,
    ready: true,
    gives: id,
    sizes: [1, 0],
    size: () => size,
    end,
  };
};

const partneredSend: Make = (kit, id) => {
  const channel = kit.channel<number>();
  let size = 1;
  channel.receive().then(() => size--);
  const one = kit.api.sending(channel, id);
  const end = () => channel.trySend(id);
  return { one, ready: true, sizes: [1, 0], size: () => size, end };
};

function waiting(act: "send" | "receive", helped: boolean): Make {
  return (kit, id) => {
    const channel = kit.channel<number>();
    const send = () => assert(channel.trySend(id));
    const receive = () =>
      assertEquals(channel.tryReceive(), { state: "ok", value: id });
    return {
      ...none,
      one: act === "send" ? kit.api.sending(channel, id) : channel,
      gives: act === "send" ? undefined : id,
      ...(helped && { help: act === "send" ? receive : send }),
    };
  };
}

function closed(act: "send" | "receive"): Make {
  return (kit, id) => {
    const channel = kit.closed<number>();
    const one = act === "send" ? kit.api.sending(channel, id) : channel;
    const gives = act === "send" ? "rejects" : "closed";
    return { ...none, one, ready: true, gives };
  };
}

/** Runs one select and checks that it does what was foretold. */
async function play(
  kit: WholeKit,
  makes: readonly Make[],
  withDefault: boolean,
  helped?: number,
): Promise<void> {
  const sites = makes.map((make, id) => make(kit, id));
  const ready = sites.filter((site) => site.ready);
  const help = ready.length > 0 || withDefault || helped === undefined
    ? undefined
    : sites[helped]!;
  const winner = withDefault
    ? atOnce(kit, sites)
    : await eventually(kit, sites, help);
  await tick();
  if (ready.length > 0) assert(ready.includes(winner as Site), "not foretold");
  else assertEquals(winner, help ?? NOTHING);
  for (const site of sites) {
    const expected = site.sizes[site === winner ? 1 : 0];
    assertEquals(site.size(), expected, "values of a case");
    if (site !== winner) site.end?.();
  }
}

function atOnce(kit: WholeKit, sites: readonly Site[]): Site | string {
  try {
    const result = kit.api.trySelect(sites.map(({ one }) => one));
    return result === undefined ? NOTHING : won(sites, result);
  } catch (error) {
    return failed(kit, sites, error);
  }
}

async function eventually(
  kit: WholeKit,
  sites: readonly Site[],
  helped: Site | undefined,
): Promise<Site | string> {
  const controller = new AbortController();
  let outcome: Site | string = NOTHING;
  const settled = kit.api.select(sites.map(({ one }) => one), controller).then(
    (result) => outcome = won(sites, result),
    (error) => {
      if (error !== controller) outcome = failed(kit, sites, error);
    },
  );
  await tick();
  if (helped) {
    assertEquals<unknown>(outcome, NOTHING);
    helped.help!();
    await tick();
  }
  controller.abort(controller);
  await settled;
  return outcome;
}

function won(
  sites: readonly Site[],
  result: { key: number; state: string; value?: unknown },
): Site {
  const site = sites[result.key]!;
  const gives = result.state === "ok" ? result.value : result.state;
  assertEquals(gives, site.gives);
  return site;
}

function failed(kit: WholeKit, sites: readonly Site[], error: unknown): Site {
  if (!(error instanceof kit.ChannelClosedError)) throw error;
  const site = sites[error.value as number]!;
  assertEquals(site.gives, "rejects");
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

/** Plays side by side, so that the many ticks cost little time. */
class Side {
  readonly #playing: Promise<void>[] = [];
  total = 0;

  async add(playing: Promise<void>): Promise<void> {
    this.total++;
    if (this.#playing.push(playing) === 500) await this.end();
  }

  async end(): Promise<void> {
    await Promise.all(this.#playing.splice(0));
  }
}

const MAINS: readonly Make[] = [
  bufferedReceive,
  partneredReceive,
  waiting("receive", true),
  roomySend,
  partneredSend,
  waiting("send", true),
];

const EXTRAS: readonly Make[] = [
  waiting("send", false),
  waiting("receive", false),
  nullSend,
  nullReceive,
];

/** The kinds of case of the choice tree: each may be left out. */
const KINDS: readonly (readonly (Make | undefined)[])[] = [
  [undefined, roomySend],
  [undefined, bufferedReceive],
  [undefined, waiting("send", false), waiting("send", true)],
  [undefined, waiting("receive", false), waiting("receive", true)],
  [undefined, nullSend],
  [undefined, nullReceive],
  [undefined, closed("send")],
  [undefined, closed("receive")],
];

export const cases: readonly Case[] = [
  beyond(
    ["select", "trySelect"],
    127,
    "One case and what stands around it do as foretold",
    async (kit) => {
      const side = new Side();
      const places = EXTRAS.map(() => ["before", "after", "nowhere"]);
      for (const main of MAINS) {
        for (const withDefault of [true, false]) {
          for (const placed of product(places)) {
            const before = EXTRAS.filter((_, i) => placed[i] === "before");
            const after = EXTRAS.filter((_, i) => placed[i] === "after");
            const makes = [...before, main, ...after];
            await side.add(play(kit, makes, withDefault, before.length));
          }
        }
      }
      await side.end();
      assertEquals(side.total, 6 * 2 * 3 ** 4);
    },
  ),

  // As Go swaps two pairs in every way, some of the ways: the whole tree is long.
  beyond(
    ["select", "trySelect"],
    128,
    "Every set of kinds of case does as foretold",
    async (kit) => {
      const side = new Side();
      const next = random(128);
      const below = (limit: number) => Math.floor(next() * limit);
      for (const withDefault of [true, false]) {
        for (const chosen of product(KINDS)) {
          const makes = chosen.filter((make) => make !== undefined);
          if (makes.length === 0) continue; // without a case: 122
          for (let helped = 0; helped < makes.length; helped++) {
            const [i, j] = [below(makes.length), below(makes.length)];
            [makes[i], makes[j]] = [makes[j]!, makes[i]!];
            const sites = makes.map((make, id) => make(kit, id));
            const able = sites[helped]!.help !== undefined;
            await side.add(
              play(kit, makes, withDefault, able ? helped : undefined),
            );
          }
        }
      }
      await side.end();
      assert(side.total > 4000);
    },
  ),
];
