// reflect_select_test.ts: TestSelect of Go's reflect/all_test.go, the whole tree
// (there, with -allselect), and its neighbours TestSelectNop and
// TestSelectMaxCases: every select that can be made of a few kinds of case does
// what was foretold of it.
//
// A program takes of each kind one case or none, waits or does not (`default`, which
// is `trySelect`), has the case chosen that somebody will help if all wait, and
// swaps two of its cases, twice. Then: it does one of its ready cases; if none is
// ready, what was helped, or nothing. And nothing else has happened in any channel.
//
// Go adds a `default` where all cases would wait for ever; here such a program
// waits until it is aborted.

import { assert, assertEquals, assertRejects } from "@std/assert";
import { Channel, ChannelClosedError, select, trySelect } from "../../mod.ts";
import type { SendCase } from "../../mod.ts";
import { tick } from "../../_testing.ts";
import { ChoiceTree } from "./_choices.ts";
import type { Site, Value } from "./_sites.ts";
import { chooseSites, ENDS, nameOf, REJECTS, stateOf } from "./_sites.ts";

/** Programs that run at once, so that they share their ticks. */
const BATCH = 5000;

/** What a program has come to: the site that won, if one did. */
type Outcome = Site | "nothing" | "waits";

/** One select. */
interface Program {
  readonly sites: readonly Site[];
  readonly withDefault: boolean;
  /** The case that somebody helps. */
  readonly helped: Site | undefined;
}

function describe({ sites, withDefault, helped }: Program): string {
  const names = sites.map((one) =>
    one === helped ? `(${nameOf(one)})` : nameOf(one)
  );
  return `${withDefault ? "trySelect" : "select"}: ${names.join(", ")}`;
}

/** The next way through the tree, as a program; `undefined` if it has no case. */
function choose(tree: ChoiceTree): Program | undefined {
  const sites = chooseSites(tree, tree.ways);
  if (sites.length === 0) return undefined;
  const withDefault = tree.maybe();
  let helped: Site | undefined;
  if (!withDefault && !sites.some((one) => one.ready)) {
    const helpers = sites.filter((one) => one.help !== undefined);
    if (helpers.length > 0) helped = helpers[tree.choose(helpers.length)];
  }
  for (let swap = 0; swap < 2; swap++) {
    const i = tree.choose(sites.length);
    const j = tree.choose(sites.length);
    [sites[i], sites[j]] = [sites[j]!, sites[i]!];
  }
  return { sites, withDefault, helped };
}

type Result = { key: number; state: string; value?: unknown };

/** The site that a result tells of. Fails if it does not tell what was foretold. */
function winner(program: Program, result: Result): Site {
  const site = program.sites[result.key]!;
  const gives = result.state === "closed" ? ENDS : result.value;
  if (gives !== site.gives) {
    throw new Error(
      `${describe(program)}: ${nameOf(site)} gives ${String(gives)}`,
    );
  }
  return site;
}

/** The same, of a select that was rejected. */
function loser(program: Program, error: unknown): Site {
  if (!(error instanceof ChannelClosedError)) throw error;
  const site = program.sites.find((one) => one.gives === REJECTS);
  const sent = (site?.one as SendCase<Value> | undefined)?.value;
  if (site === undefined || error.value !== sent) {
    throw new Error(`${describe(program)}: rejects`, { cause: error });
  }
  return site;
}

/** Fails if a program has not done what was foretold, or more. */
function check(program: Program, outcome: Outcome): void {
  const { sites, withDefault, helped } = program;
  const foretold = typeof outcome === "object"
    ? outcome.ready || outcome === helped
    : !sites.some((one) => one.ready) &&
      (withDefault ? outcome === "nothing" : outcome === "waits" && !helped);
  if (!foretold) {
    const name = typeof outcome === "object" ? nameOf(outcome) : outcome;
    throw new Error(`${describe(program)}: came to ${name}`);
  }
  for (const site of sites) {
    if (site.channel === undefined) continue;
    const state = stateOf(site.channel);
    if (state !== (site === outcome ? site.after : site.before)) {
      throw new Error(
        `${describe(program)}: ${nameOf(site)} is left at ${state}`,
      );
    }
  }
}

function runNow(program: Program): Outcome {
  try {
    const result = trySelect(program.sites.map((one) => one.one));
    return result === undefined ? "nothing" : winner(program, result);
  } catch (error) {
    return loser(program, error);
  }
}

/** Runs programs that may wait, side by side. */
async function runAll(programs: readonly Program[]): Promise<Outcome[]> {
  const outcomes: Outcome[] = programs.map(() => "waits");
  const over = new AbortController();
  let failure: unknown;
  const running = programs.map((program, i) =>
    select(program.sites.map((one) => one.one), over).then(
      (result) => {
        outcomes[i] = winner(program, result);
      },
      (error) => {
        if (error !== over) outcomes[i] = loser(program, error);
      },
    ).catch((error) => failure ??= error)
  );
  await tick();
  if (failure) throw failure;
  programs.forEach((program, i) => {
    if (program.helped === undefined) return;
    if (outcomes[i] !== "waits") {
      throw new Error(`${describe(program)}: did not wait for help`);
    }
    program.helped.help!();
  });
  await tick();
  if (failure) throw failure;
  // Who has won has left all other channels before it is aborted.
  const decided = programs.map((_, i) => outcomes[i] !== "waits");
  programs.forEach((program, i) => {
    if (decided[i]) check(program, outcomes[i]!);
  });
  over.abort(over);
  await Promise.all(running);
  if (failure) throw failure;
  programs.forEach((program, i) => {
    if (!decided[i]) check(program, outcomes[i]!);
  });
  return outcomes;
}

/**
 * How many programs there are, counted by their sizes: n cases can be swapped
 * twice in n⁴ ways. `helped` counts those where somebody helps, `idle` those
 * where no case is ever ready, of either half.
 */
function countPrograms(): { all: number; helped: number; idle: number } {
  const counts = { all: 0, helped: 0, idle: 0 };
  // Waiting cases without and with a helper, and how many ways there are to have these.
  const waiting = [
    [0, 0, 1],
    [1, 0, 2],
    [0, 1, 2],
    [2, 0, 1],
    [1, 1, 2],
    [0, 2, 1],
  ] as const;
  for (const [ready, readyWays] of [1, 4, 6, 4, 1].entries()) {
    for (const [never, neverWays] of [1, 2, 1].entries()) {
      for (const [alone, helpers, waitingWays] of waiting) {
        const orders = (ready + never + alone + helpers) ** 4;
        const ways = readyWays * neverWays * waitingWays * orders;
        const helped = ready === 0 ? helpers : 0;
        counts.all += ways * (1 + Math.max(1, helped));
        counts.helped += ways * helped;
        if (ready === 0) counts.idle += ways * (helped === 0 ? 2 : 1);
      }
    }
  }
  return counts;
}

/** How often what won. A case counts by what it does, whatever its form. */
class Tally {
  readonly #counts = new Map<string, number>();
  programs = 0;

  add(program: Program, outcome: Outcome): void {
    this.programs++;
    const name = typeof outcome !== "object"
      ? "idle"
      : outcome === program.helped
      ? "helped"
      : outcome.kind;
    this.#counts.set(name, this.of(name) + 1);
  }

  of(name: string): number {
    return this.#counts.get(name) ?? 0;
  }
}

const PROGRAMS = 668_082;

Deno.test(`select() and trySelect() do what was foretold in all ${PROGRAMS} programs (case 128)`, async () => {
  const tree = new ChoiceTree();
  const tally = new Tally();
  let waiting: Program[] = [];
  const run = async () => {
    const outcomes = await runAll(waiting);
    waiting.forEach((program, i) => tally.add(program, outcomes[i]!));
    waiting = [];
  };
  while (tree.next()) {
    const program = choose(tree);
    if (program === undefined) continue;
    if (program.withDefault) {
      const outcome = runNow(program);
      check(program, outcome);
      tally.add(program, outcome);
    } else {
      waiting.push(program);
    }
    if (waiting.length === BATCH) await run();
  }
  await run();
  const counted = countPrograms();
  assertEquals(counted.all, PROGRAMS);
  assertEquals(tally.programs, PROGRAMS);
  assertEquals(tally.of("helped"), counted.helped);
  assertEquals(tally.of("idle"), counted.idle);
  // Each ready kind is in as many programs, with the same others. Its share is off by
  // more than this (chi-square, 3 degrees) less than once in a million runs.
  const kinds = ["send", "receive", "closed send", "closed receive"];
  const wins = kinds.map((kind) => tally.of(kind));
  const mean = (PROGRAMS - counted.helped - counted.idle) / kinds.length;
  assertEquals(wins.reduce((sum, n) => sum + n), mean * kinds.length);
  const chiSquare = wins.reduce((sum, n) => sum + (n - mean) ** 2 / mean, 0);
  assert(chiSquare <= 30.7, `wins: ${wins}`);
});

Deno.test("trySelect() of no case does nothing, select() of none is refused", async () => {
  assertEquals(trySelect([]), undefined);
  assertEquals(trySelect({}), undefined);
  await assertRejects(() => select([]), TypeError);
  await assertRejects(() => select({}), TypeError);
});

Deno.test("select() takes more cases than Go's 65,536", async () => {
  const count = 65_537;
  const channel = new Channel<number>();
  const cases = Array.from({ length: count }, () => channel);
  const waiting = select(cases);
  await tick();
  assertEquals(channel.stats().waitingReceivers, count);
  channel.sendNow(1);
  assertEquals((await waiting).state, "ok");
  assertEquals(channel.stats().waitingReceivers, 0);
  channel.close();
  assertEquals((await select(cases)).state, "closed");
  assertEquals(trySelect(cases)!.state, "closed");
});
