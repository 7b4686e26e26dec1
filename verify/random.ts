// random.ts: long random programs on two or three channels, run on the library and
// on the model.

import fc from "fast-check";
import { turn, withClock } from "./_clock.ts";
import { compare } from "./_compare.ts";
import { Play } from "./_play.ts";
import type {
  ChannelSpec,
  Operation,
  Program,
  SelectOperation,
  Until,
} from "./_program.ts";

/** How random programs are run. */
export interface RandomOptions {
  /** How many programs. */
  readonly runs: number;
  /** The same seed makes the same programs. */
  readonly seed: number;
  /** Whether the clock makes the library rest again and again. */
  readonly busy?: boolean;
}

/** What has been run. */
export interface RandomTally {
  programs: number;
  operations: number;
  /** Selects that had several ready cases. */
  choices: number;
}

const LONGEST = 80; // operations

const until: fc.Arbitrary<Until | undefined> = fc.constantFrom(
  undefined,
  undefined,
  "own signal",
  "last signal",
);

const channels: fc.Arbitrary<ChannelSpec[]> = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        capacity: fc.constantFrom(0, 0, 1, 2, 3, 5, Infinity),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        capacity: fc.integer({ min: 1, max: 3 }),
        overflow: fc.constantFrom("drop-oldest", "drop-incoming"),
      }),
    },
  ),
  { minLength: 2, maxLength: 3 },
);

/** Operations on so many channels; `ends` and `ticks` say how often either comes. */
function operationOn(
  count: number,
  ends: number,
  ticks: number,
): fc.Arbitrary<Operation> {
  const on = fc.nat(count - 1);
  const plain = <const Kind extends string>(...kinds: Kind[]) =>
    fc.record({ do: fc.constantFrom(...kinds), on });
  const one: fc.Arbitrary<SelectOperation> = fc.oneof(
    {
      weight: 9,
      arbitrary: fc.record({ on, sends: fc.boolean() }),
    },
    { weight: 1, arbitrary: fc.constant(null) },
  );
  const cases = fc.array(one, { minLength: 1, maxLength: 4 });
  return fc.oneof(
    {
      weight: 16,
      arbitrary: fc.record({
        do: fc.constantFrom("send", "receive"),
        on,
        until,
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constant("receiveMany"),
        on,
        max: fc.constantFrom(1, 2, 3, Infinity),
        until,
      }),
    },
    {
      weight: 8,
      arbitrary: plain("trySend", "tryReceive", "sendNow", "receiveNow"),
    },
    { weight: 3, arbitrary: plain("drain", "peek", "snapshot", "stats") },
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constantFrom("iterate", "join"),
        on,
        until,
      }),
    },
    { weight: 5, arbitrary: plain("next") },
    { weight: 1, arbitrary: plain("return") },
    {
      weight: 1,
      arbitrary: fc.record({
        do: fc.constant("batches"),
        on,
        max: fc.constantFrom(1, 2, Infinity),
      }),
    },
    {
      weight: 10,
      arbitrary: fc.record({
        do: fc.constant("select"),
        cases,
        until,
        priority: fc.boolean(),
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({ do: fc.constant("trySelect"), cases }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constantFrom("abort oldest", "abort newest"),
      }),
    },
    {
      weight: ends,
      arbitrary: plain(
        "close",
        "close with a reason",
        "cancel",
        "cancel with a reason",
      ),
    },
    { weight: 10, arbitrary: fc.record({ do: fc.constant("yield") }) },
    { weight: ticks, arbitrary: fc.record({ do: fc.constant("tick") }) },
  ) as fc.Arbitrary<Operation>;
}

function programs(ticks: number): fc.Arbitrary<Program> {
  // Of four programs one closes often; the others run long on open channels.
  return fc.tuple(channels, fc.constantFrom(1, 1, 1, 5))
    .chain(([channels, ends]) =>
      fc.record({
        channels: fc.constant(channels),
        operations: fc.array(operationOn(channels.length, ends, ticks), {
          maxLength: LONGEST,
          size: "max",
        }),
      })
    );
}

/** Microtasks that a `yield` lets run: more than any settlement takes. */
const MICROTASKS = 16;

/** Runs a program on the library. */
async function play(program: Program, tick: () => Promise<void>) {
  const run = new Play(program.channels);
  const cuts: number[] = [];
  for (const [step, operation] of program.operations.entries()) {
    run.step(operation, step);
    if (operation.do === "yield") {
      for (let i = 0; i < MICROTASKS; i++) await undefined;
    }
    if (operation.do !== "tick") continue;
    await tick();
    cuts.push(run.settled.length);
  }
  await tick();
  cuts.push(run.settled.length);
  return { program, play: run, cuts };
}

// A rest ends with a timer that was set before, so it is over after the second one.
async function slowTurn(): Promise<void> {
  for (let i = 0; i < 2; i++) {
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
}

/** Runs random programs; throws at the first that differs, made as small as can be. */
export async function randomly(options: RandomOptions): Promise<RandomTally> {
  const { runs, seed, busy } = options;
  const tally: RandomTally = { programs: 0, operations: 0, choices: 0 };
  const tick = busy ? slowTurn : turn;
  const property = fc.asyncProperty(
    programs(busy ? 1 : 10),
    async (program) => {
      const played = await play(program, tick);
      const { difference, choices } = compare(played, busy);
      if (difference !== undefined) throw new Error(difference);
      tally.programs++;
      tally.operations += program.operations.length;
      tally.choices += choices;
    },
  );
  await withClock(
    busy ? "wild" : "frozen",
    () => fc.assert(property, { numRuns: runs, seed }),
  );
  return tally;
}
