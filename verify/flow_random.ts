// flow_random.ts: random programs on merge, map, broadcast and consume.
//
// After each step and all that it leads to, the library must look as the model does;
// where the documentation allows several outcomes, as one of them. What is done within
// one turn is held to the ledger alone.

import fc from "fast-check";
import { random } from "../_testing.ts";
import { turn, withClock } from "./_clock.ts";
import { audit } from "./flow_ledger.ts";
import type { Sight } from "./flow_play.ts";
import { FlowPlay } from "./flow_play.ts";
import type {
  Answer,
  FlowProgram,
  FlowStep,
  Plan,
  StageSpec,
} from "./flow_program.ts";
import { describePlan, planOf } from "./flow_program.ts";
import type { Chance } from "./flow_model.ts";
import type { Expected } from "./flow_replay.ts";
import { FlowReplay } from "./flow_replay.ts";
import type { RandomOptions } from "./random.ts";

/** What has been run. */
export interface FlowTally {
  /** Programs that equal the model. */
  programs: number;
  /** Programs that keep the ledger. */
  bursts: number;
  steps: number;
  /** Stages of each kind. */
  readonly stages: Record<StageSpec["stage"], number>;
}

const LONGEST = 40; // steps

const until = fc.constantFrom(
  undefined,
  undefined,
  undefined,
  "own signal" as const,
  "last signal" as const,
);
const any = fc.nat(11);
const signal = fc.constantFrom(
  ...new Array<undefined>(6).fill(undefined),
  ...new Array<"open">(5).fill("open"),
  "aborted" as const,
);
const answers: fc.Arbitrary<Answer[]> = fc.oneof(
  { weight: 3, arbitrary: fc.constant<Answer[]>(["later"]) },
  {
    weight: 2,
    arbitrary: fc.array(
      fc.constantFrom<Answer>(
        ...new Array<Answer>(5).fill("later"),
        ...new Array<Answer>(3).fill("at once"),
        "resolved",
        "throws",
      ),
      { minLength: 1, maxLength: 4 },
    ),
  },
);
const working = {
  from: any,
  concurrency: fc.constantFrom(1, 2, 3, 4, Infinity),
  answers,
  signal,
};

const stage: fc.Arbitrary<StageSpec> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({
      stage: fc.constant("merge" as const),
      from: any,
      count: fc.integer({ min: 1, max: 3 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      stage: fc.constant("map" as const),
      ...working,
      ordered: fc.boolean(),
      capacity: fc.nat(2),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      stage: fc.constant("broadcast" as const),
      from: any,
      signal,
      subscribers: fc.array(
        fc.oneof(
          {
            weight: 3,
            arbitrary: fc.record({ capacity: fc.nat(2) }),
          },
          {
            weight: 1,
            arbitrary: fc.record({
              capacity: fc.integer({ min: 1, max: 2 }),
              overflow: fc.constantFrom("drop-oldest", "drop-incoming"),
            }),
          },
        ),
        { minLength: 1, maxLength: 3 },
      ),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      stage: fc.constant("consume" as const),
      ...working,
    }),
  },
) as fc.Arbitrary<StageSpec>;

const which = fc.constantFrom(0, 0, -1, 1, 2);

function on<const Kind extends string>(...kinds: Kind[]) {
  return fc.record({ do: fc.constantFrom(...kinds), on: any });
}

/** Steps; `ends` says how often something ends early. */
function steps(ends: number, bursts: boolean): fc.Arbitrary<FlowStep[]> {
  const step = fc.oneof(
    {
      weight: 20,
      arbitrary: fc.record({ do: fc.constant("send"), on: any, until }),
    },
    { weight: 8, arbitrary: on("trySend") },
    {
      weight: 14,
      arbitrary: fc.record({ do: fc.constant("receive"), on: any, until }),
    },
    { weight: 8, arbitrary: on("tryReceive") },
    { weight: 1, arbitrary: on("tryReceive anywhere", "join") },
    {
      weight: 7,
      arbitrary: fc.record({ do: fc.constant("next"), on: any, which }),
    },
    {
      weight: 4,
      arbitrary: fc.record({ do: fc.constant("iterate"), on: any, until }),
    },
    {
      weight: 16,
      arbitrary: fc.record({
        do: fc.constant("settle"),
        stage: any,
        which,
      }),
    },
    {
      weight: 2,
      arbitrary: fc.constantFrom(
        { do: "abort oldest" },
        { do: "abort newest" },
      ),
    },
    {
      weight: ends,
      arbitrary: fc.oneof(
        on(
          "close",
          "close with a reason",
          "cancel",
          "cancel with a reason",
          "close an end",
          "close an end with a reason",
        ),
        fc.record({ do: fc.constant("fail"), stage: any, which }),
        fc.record({ do: fc.constant("return"), on: any, which }),
        fc.record({ do: fc.constant("abort a stage"), stage: any }),
      ),
    },
    {
      weight: bursts ? 30 : 0,
      arbitrary: fc.constant({ do: "tick" }),
    },
  ) as fc.Arbitrary<FlowStep>;
  return fc.array(step, { maxLength: LONGEST, size: "max" });
}

const before = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({ do: fc.constantFrom("send", "trySend"), on: any }),
    },
    { weight: 1, arbitrary: on("close", "close with a reason") },
  ),
  { maxLength: 5 },
) as fc.Arbitrary<FlowStep[]>;

const programs: fc.Arbitrary<FlowProgram> = fc.tuple(
  fc.constantFrom(2, 2, 12),
  fc.constantFrom(false, false, true),
).chain(([ends, bursts]) =>
  fc.record({
    sources: fc.array(fc.nat(3), { minLength: 1, maxLength: 3 }),
    stages: fc.array(stage, { minLength: 1, maxLength: 3 }),
    before,
    steps: steps(ends, bursts),
    bursts: fc.constant(bursts),
  })
);

/** Runs a program on the library; what was seen after each step. */
async function play(
  run: FlowPlay,
  tick: () => Promise<void>,
): Promise<Sight[]> {
  const { steps, program } = run.plan;
  const sights: Sight[] = [];
  for (const [at, step] of steps.entries()) {
    run.step(step, at);
    if (program.bursts) {
      if (step.do !== "tick") continue;
      await tick();
      run.checkLimits();
    } else {
      await tick();
      sights.push(run.look());
    }
  }
  return sights;
}

const RESTS = 24; // more than all that a step leads to

// A value rests at each stage that it comes to.
async function slowTurn(): Promise<void> {
  for (let i = 0; i < RESTS; i++) await turn();
}

/** Something that can be seen differs. */
interface Difference {
  /** The step after which it is seen. */
  readonly step: number;
  readonly what: string;
}

function differ(sight: Sight, expected: Expected): string | undefined {
  for (const key of Object.keys(sight) as (keyof Sight)[]) {
    const [seen, allowed] = [sight[key], expected[key]];
    const equal = typeof allowed === "string"
      ? seen === allowed
      : allowed.length === seen.length &&
        allowed.every(([least, most], at) =>
          least <= +seen[at]! && +seen[at]! <= most
        );
    if (equal) continue;
    const show = typeof allowed === "string"
      ? allowed
      : allowed.map((span) => [...new Set(span)].join(" to ")).join();
    return `${key}\n  library: ${seen}\n  model:   ${show}`;
  }
  return undefined;
}

/** Runs the model, with these choices first; of all others it takes the first. */
function follow(
  plan: Plan,
  sights: readonly Sight[],
  chance: Chance,
): Difference | undefined {
  const replay = new FlowReplay(plan, chance);
  for (const [at, step] of plan.steps.entries()) {
    const sight = sights[at]!;
    const through = replay.step(step, at, sight.begun);
    const what = differ(sight, replay.look());
    if (what || !through) return { step: at, what: what ?? "begun" };
  }
  return undefined;
}

const MOST_WAYS = 1000; // that the model goes
const IN_TURN = 200; // of these; the others are random

/** Looks for a way that the model may go to what was seen; how far it came if there is none. */
function explain(
  plan: Plan,
  sights: readonly Sight[],
): Difference | undefined {
  const next = random(1);
  const path: number[] = [];
  let furthest: Difference | undefined;
  for (let ways = 0; ways < MOST_WAYS; ways++) {
    const counts: number[] = [];
    const chance: Chance = ways < IN_TURN
      ? (count) => path[counts.push(count) - 1] ?? 0
      : (count) => Math.floor(next() * count);
    const difference = follow(plan, sights, chance);
    if (!difference) return undefined;
    if (!furthest || difference.step > furthest.step) furthest = difference;
    if (ways >= IN_TURN) continue;
    // The last choice that has a way left.
    while (path.length < counts.length) path.push(0);
    path.length = counts.length;
    while (path.length && path.at(-1)! + 1 >= counts[path.length - 1]!) {
      path.pop();
    }
    if (!path.length) break;
    path[path.length - 1]!++;
  }
  return furthest;
}

/** What is wrong with a program, if anything is. */
async function check(
  plan: Plan,
  tick: () => Promise<void>,
): Promise<string | undefined> {
  const run = new FlowPlay(plan);
  const sights = await play(run, tick);
  if (plan.program.bursts) return await audit(run, tick);
  if (run.wrong.length) return run.wrong.join("; ");
  const difference = explain(plan, sights);
  return difference &&
    `after step ${difference.step} differs: ${difference.what}`;
}

/** Runs random programs; throws at the first that is wrong, made as small as can be. */
export async function flowRandomly(
  { runs, seed, busy }: RandomOptions,
): Promise<FlowTally> {
  const tick = busy ? slowTurn : turn;
  const tally: FlowTally = {
    programs: 0,
    bursts: 0,
    steps: 0,
    stages: { merge: 0, map: 0, broadcast: 0, consume: 0 },
  };
  const stray: unknown[] = [];
  const catchStray = (event: PromiseRejectionEvent) => {
    event.preventDefault();
    stray.push(event.reason);
  };
  const property = fc.asyncProperty(programs, async (program) => {
    const plan = planOf(program);
    const wrong = await check(plan, tick);
    await tick();
    if (stray.length) {
      throw new Error(
        `${describePlan(plan)}\nnobody handles ${stray.splice(0)}`,
      );
    }
    if (wrong) throw new Error(`${describePlan(plan)}\n${wrong}`);
    if (program.bursts) tally.bursts++;
    else tally.programs++;
    tally.steps += plan.steps.length;
    for (const { spec } of plan.stages) tally.stages[spec.stage]++;
  });
  globalThis.addEventListener("unhandledrejection", catchStray);
  try {
    await withClock(
      busy ? "wild" : "frozen",
      () => fc.assert(property, { numRuns: runs, seed }),
    );
  } finally {
    globalThis.removeEventListener("unhandledrejection", catchStray);
  }
  return tally;
}
