// enumerate.ts: every short program of channel operations, run on the library and on
// the model. JavaScript decides nothing by chance: which call comes when is all that
// can differ, so whoever has run all programs of a length has seen all there is.

import { turn } from "./_clock.ts";
import type { Played } from "./_compare.ts";
import { compare } from "./_compare.ts";
import { Play } from "./_play.ts";
import type { ChannelSpec, Operation } from "./_program.ts";

// Channel 0 is the one that is put to the test. Channel 1, a rendezvous, is only
// there for selects, which meet each other on it.
const OPERATIONS: readonly Operation[] = [
  { do: "send", on: 0 },
  { do: "send", on: 0, until: "own signal" },
  { do: "receive", on: 0 },
  { do: "receive", on: 0, until: "own signal" },
  { do: "trySend", on: 0 },
  { do: "tryReceive", on: 0 },
  { do: "receiveMany", on: 0, max: 2 },
  { do: "drain", on: 0 },
  { do: "close", on: 0 },
  { do: "close with a reason", on: 0 },
  { do: "cancel", on: 0 },
  { do: "abort oldest" },
  { do: "abort newest" },
  { do: "join", on: 0 },
  {
    do: "select",
    cases: [{ on: 0, sends: false }, { on: 1, sends: false }],
  },
  {
    do: "select",
    cases: [{ on: 1, sends: true }, { on: 0, sends: false }],
  },
  {
    do: "select",
    cases: [{ on: 0, sends: true }, { on: 0, sends: false }],
    until: "own signal",
  },
  {
    do: "trySelect",
    cases: [{ on: 0, sends: true }, { on: 1, sends: false }],
  },
  { do: "next", on: 0 },
  { do: "return", on: 0 },
];

const TICK: Operation = { do: "tick" };
const STATS: Operation = { do: "stats", on: 0 };

/** The channels that every program is run on. */
export const CHANNELS: readonly ChannelSpec[] = [
  { capacity: 0 },
  { capacity: 1 },
  { capacity: 2 },
  { capacity: Infinity },
  { capacity: 1, overflow: "drop-oldest" },
  { capacity: 1, overflow: "drop-incoming" },
  { capacity: 2, overflow: "drop-oldest" },
  { capacity: 2, overflow: "drop-incoming" },
];

/** Which programs to run. */
export interface Task {
  /** Operations, ticks between them included. */
  readonly length: number;
  readonly channel: ChannelSpec;
  /** `between`: a tick after every operation, not counted in the length. */
  readonly ticks: "counted" | "between";
  /**
   * Asks after every step how many wait. That moves who waits alone to a queue, so
   * other programs must not ask before the end.
   */
  readonly watched?: boolean;
  /** The first operation, if it is given: a share of the work. */
  readonly first?: number;
}

/** What has been run. */
export interface Tally {
  programs: number;
  steps: number;
  /** Selects that had several ready cases. */
  choices: number;
}

/** How many different first operations there are: shares that a task can be cut into. */
export const SHARES: number = OPERATIONS.length;

const BLOCK = 64; // programs in lockstep: more would outlive the young generation

/** Where the ticks of a program of so many operations can be: bit i is a tick after operation i. */
function tickings(operations: number, task: Task): number[] {
  if (task.ticks === "between") return [2 ** (operations - 1) - 1];
  return Array.from({ length: 2 ** (operations - 1) }, (_, mask) => mask)
    .filter((mask) => operations + countBits(mask) === task.length);
}

function countBits(mask: number): number {
  return mask === 0 ? 0 : (mask & 1) + countBits(mask >> 1);
}

/** Sequences of operations; an abort without a signal of its own to abort is none. */
function* sequences(
  length: number,
  first: number | undefined,
  signals = 0,
): Generator<Operation[]> {
  if (length === 0) return yield [];
  const choices = first === undefined ? OPERATIONS : [OPERATIONS[first]!];
  for (const operation of choices) {
    const aborts = operation.do === "abort oldest"
      ? 1
      : operation.do === "abort newest"
      ? 2
      : 0;
    // With one signal the newest is the oldest.
    if (signals < aborts) continue;
    const change = aborts ? -1 : "until" in operation ? 1 : 0;
    for (const rest of sequences(length - 1, undefined, signals + change)) {
      rest.unshift(operation);
      yield rest;
    }
  }
}

/** A sequence with its ticks, and with a look after each step if it is watched. */
function withTicks(
  sequence: readonly Operation[],
  mask: number,
  watched = false,
): Operation[] {
  return sequence.flatMap((operation, at) => [
    operation,
    ...(watched ? [STATS] : []),
    ...(mask >> at & 1 ? [TICK] : []),
  ]);
}

/** Runs programs of one shape side by side. */
async function lockstep(
  task: Task,
  all: readonly (readonly Operation[])[],
): Promise<Played[]> {
  const channels = [task.channel, { capacity: 0 }];
  const played = all.map((operations): Played => ({
    program: { channels, operations },
    play: new Play(channels),
    cuts: [],
  }));
  const length = all[0]!.length;
  for (let from = 0; from < length;) {
    let to = from;
    while (to < length && all[0]![to] !== TICK) to++;
    for (const { play, program } of played) {
      for (let step = from; step < to; step++) {
        play.step(program.operations[step]!, step);
      }
    }
    await turn();
    for (const { play, cuts } of played) cuts.push(play.settled.length);
    if (to < length) {
      for (const { play } of played) play.step(TICK, to);
    }
    from = to + 1;
  }
  return played;
}

/** Runs all programs of a task; throws at the first that differs from the model. */
export async function enumerate(task: Task, tally: Tally): Promise<void> {
  const shortest = task.ticks === "between" ? task.length : 1;
  const { random } = Math;
  try {
    for (let count = shortest; count <= task.length; count++) {
      for (const mask of tickings(count, task)) {
        await runAll(task, count, mask, tally);
      }
    }
  } finally {
    Math.random = random;
  }
}

async function runAll(
  task: Task,
  count: number,
  mask: number,
  tally: Tally,
): Promise<void> {
  let block: Operation[][] = [];
  const run = async (programs: Operation[][]) => {
    if (programs.length === 0) return;
    // Whatever is drawn, the first choice and then the last.
    Math.random = () => 0;
    const chosen = check(await lockstep(task, programs), tally);
    if (chosen.length === 0) return;
    Math.random = () => 1 - Number.EPSILON;
    check(await lockstep(task, chosen), tally);
  };
  for (const sequence of sequences(count, task.first)) {
    block.push(withTicks(sequence, mask, task.watched));
    if (block.length < BLOCK) continue;
    await run(block);
    block = [];
  }
  await run(block);
}

/** Compares; returns those that had a choice. */
function check(all: readonly Played[], tally: Tally): Operation[][] {
  const chosen: Operation[][] = [];
  for (const played of all) {
    const { choices, difference } = compare(played);
    if (difference !== undefined) throw new Error(difference);
    tally.programs++;
    tally.steps += played.program.operations.length;
    tally.choices += choices;
    if (choices) chosen.push([...played.program.operations]);
  }
  return chosen;
}
