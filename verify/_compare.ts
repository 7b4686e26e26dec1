// _compare.ts: a program on the library and on the model, side by side.

import type { Play } from "./_play.ts";
import { showStats } from "./_play.ts";
import type { Program } from "./_program.ts";
import { describeProgram } from "./_program.ts";
import { Replay, showStats as showModelStats } from "./_replay.ts";

/** A program that has run on the library. */
export interface Played {
  readonly program: Program;
  readonly play: Play;
  /** How many calls had settled at the end of each turn. */
  readonly cuts: number[];
}

/** What a comparison has found. */
export interface Comparison {
  /** Selects that had a choice. */
  readonly choices: number;
  /** The program and the first difference; `undefined` if there is none. */
  readonly difference: string | undefined;
}

/** Where two lists first differ; -1 if they do not. */
function differAt(one: readonly unknown[], other: readonly unknown[]): number {
  if (one.length === other.length) {
    let at = 0;
    while (at < one.length && one[at] === other[at]) at++;
    return at === one.length ? -1 : at;
  }
  const length = Math.min(one.length, other.length);
  for (let at = 0; at < length; at++) if (one[at] !== other[at]) return at;
  return length;
}

/** What the invariants of channel.ts forbid, on a channel at rest. */
function broken(play: Play, program: Program): string | undefined {
  for (const channel of play.channels) {
    const { size, capacity, closed, waitingSenders, waitingReceivers } = channel
      .stats();
    if (size > capacity) return "invariant 1: more values than the capacity";
    if (waitingReceivers && (size || channel.drained)) {
      return "invariant 2: a receiver waits, and there is a value or no more";
    }
    if (waitingSenders && (closed || size < capacity)) {
      return "invariant 3: a sender waits, and there is room or the end";
    }
    const selects = program.operations.some((one) => one.do === "select");
    if (waitingReceivers && waitingSenders && !selects) {
      return "invariant 4: both sides wait, and there is no select";
    }
    if (channel.drained !== (closed && size === 0)) {
      return "invariant 6: drained is closed and empty";
    }
  }
  return undefined;
}

/** Joiners are told behind the others; how far behind is nobody's promise while the library rests. */
function joinersLast(settled: readonly string[]): string[] {
  const joined = (entry: string) => entry.endsWith(" joined");
  return [
    ...settled.filter((entry) => !joined(entry)),
    ...settled.filter(joined),
  ];
}

/**
 * Runs the model over a program that has run on the library, and compares. `rests`:
 * the library has made way for the event loop in between.
 */
export function compare(
  { program, play, cuts }: Played,
  rests = false,
): Comparison {
  const replay = new Replay(program.channels);
  const modelCuts: number[] = [];
  program.operations.forEach((operation, step) => {
    replay.step(operation, step, play);
    if (operation.do === "tick") modelCuts.push(replay.model.settled.length);
  });
  replay.model.endTurn();
  modelCuts.push(replay.model.settled.length);
  const difference = firstDifference() ?? broken(play, program);
  return {
    choices: replay.choices,
    difference: difference && `${describeProgram(program)}\n${difference}`,
  };

  function firstDifference(): string | undefined {
    const [real, model] = [play.settled, replay.model.settled];
    return (rests
      ? listed("told", joinersLast(real), joinersLast(model))
      : listed("told", real, model)) ??
      listed("told by the end of each turn", cuts, modelCuts) ??
      listed("returned or dropped", play.returned, replay.returned) ??
      listed(
        "state after each step, by channel (size * 16 + closed * 8 + drained * 4 + full * 2 + empty)",
        play.states,
        replay.states,
      ) ??
      listed(
        "left in the buffers",
        play.channels.map((channel) => `${channel.snapshot()}`),
        replay.channels.map(({ buffer }) => `${buffer}`),
      ) ??
      listed(
        "waiting in the end",
        play.channels.map(showStats),
        replay.channels.map(showModelStats),
      ) ??
      listed(
        "listeners of each signal in the end",
        play.signals.map(({ listeners }) => listeners.size),
        replay.signals.map(({ calls }) =>
          +calls.some(({ outcome }) => outcome === undefined)
        ),
      );
  }
}

function listed(
  what: string,
  real: readonly unknown[],
  model: readonly unknown[],
): string | undefined {
  const at = differAt(real, model);
  return at < 0
    ? undefined
    : `${what}: differs at ${at}\n  library: ${real.join("; ")}\n  model:   ${
      model.join("; ")
    }`;
}
