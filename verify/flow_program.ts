// flow_program.ts: what programs on merge, map, broadcast and consume are made of,
// and how they read.
//
// A program names what it works on by any whole number; `planOf` says what that is,
// so that every part of a program can be left out and the rest is still a program.

import type { ChannelSpec, Until } from "./_program.ts";

/** What a call of a stage's function does: waits for a `settle`, or does not. */
export type Answer = "later" | "at once" | "resolved" | "throws";

/** What all stages share that own what they receive from. */
interface Owning {
  /** Which of the ends that nobody reads yet. */
  readonly from: number;
  /** `aborted` is a signal that is aborted before the stage begins. */
  readonly signal?: "open" | "aborted" | undefined;
}

interface Working extends Owning {
  readonly concurrency: number;
  /** Of the first call, the second, and so on; then from the first again. */
  readonly answers: readonly Answer[];
}

/** A stage. */
export type StageSpec =
  | {
    readonly stage: "merge";
    readonly from: number;
    /** How many ends, if there are as many. */
    readonly count: number;
  }
  | (Working & {
    readonly stage: "map";
    readonly ordered: boolean;
    readonly capacity: number;
  })
  | (Working & { readonly stage: "consume" })
  | (Owning & {
    readonly stage: "broadcast";
    readonly subscribers: readonly ChannelSpec[];
  });

/** One step; `on` and `stage` are indices of the plan's nodes and stages. */
export type FlowStep =
  | {
    readonly do: "send" | "receive" | "iterate" | "join";
    readonly on: number;
    readonly until?: Until | undefined;
  }
  | {
    readonly do:
      | "trySend"
      | "tryReceive"
      | "tryReceive anywhere"
      | "close"
      | "close with a reason"
      | "cancel"
      | "cancel with a reason"
      | "close an end"
      | "close an end with a reason";
    readonly on: number;
  }
  /** `which` of the node's loops. */
  | {
    readonly do: "next" | "return";
    readonly on: number;
    readonly which: number;
  }
  /** `which` of the stage's calls that wait: 0 is the oldest, -1 the newest. */
  | {
    readonly do: "settle" | "fail";
    readonly stage: number;
    readonly which: number;
  }
  | { readonly do: "abort a stage"; readonly stage: number }
  | { readonly do: "abort oldest" | "abort newest" }
  /** Makes the stages; only the sources can be used before. */
  | { readonly do: "begin" }
  | { readonly do: "tick" };

/** What is run, on the library and on the model. */
export interface FlowProgram {
  /** The capacities of the sources. */
  readonly sources: readonly number[];
  readonly stages: readonly StageSpec[];
  /** Steps before the stages are made. */
  readonly before: readonly FlowStep[];
  readonly steps: readonly FlowStep[];
  /** Whether steps follow each other in one turn, but for those that are ticks. */
  readonly bursts: boolean;
}

/** A source, or what a stage gives out. */
export interface NodePlan {
  readonly kind: "source" | "merged" | "results" | "subscriber";
  /** The stage that receives from it. */
  reader?: number;
}

/** A stage, and the nodes that it receives from and gives out. */
export interface StagePlan {
  readonly spec: StageSpec;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
}

/** A program that names what there is. */
export interface Plan {
  readonly program: FlowProgram;
  readonly nodes: readonly NodePlan[];
  readonly stages: readonly StagePlan[];
  readonly steps: readonly FlowStep[];
}

/** Says what a program works on. Steps for which there is nothing are left out. */
export function planOf(program: FlowProgram): Plan {
  const nodes: NodePlan[] = program.sources.map(() => ({ kind: "source" }));
  const stages: StagePlan[] = [];
  /** Nodes whose values come from a stage that works. */
  const made = new Set<number>();
  for (const spec of program.stages) {
    const free = [...nodes.keys()].filter((at) =>
      nodes[at]!.reader === undefined
    );
    if (!free.length) continue;
    const count = spec.stage === "merge"
      ? Math.min(spec.count, free.length)
      : 1;
    const inputs = Array.from(
      { length: count },
      (_, n) => free[(spec.from + n) % free.length]!,
    );
    for (const input of inputs) nodes[input]!.reader = stages.length;
    const given = outputsOf(spec);
    const outputs = given.map((_, n) => nodes.length + n);
    nodes.push(...given);
    const behind = inputs.some((input) => made.has(input));
    if (behind || spec.stage !== "merge") {
      for (const output of outputs) made.add(output);
    }
    const races = behind && !program.bursts;
    stages.push({ spec: races ? withoutThrows(spec) : spec, inputs, outputs });
  }
  const { before, steps } = program;
  const plan = { program, nodes, stages };
  const early = choicesOf(plan, [...program.sources.keys()]);
  const late = choicesOf(plan, [...nodes.keys()]);
  const begun: FlowStep[] = [
    ...before.map((step) => resolve(early, step)),
    { do: "begin" } as const,
    ...steps.map((step) => resolve(late, step)),
  ].filter((step) => step !== undefined);
  return { ...plan, steps: begun };
}

/** How far the stages before it have come when it throws is nobody's promise. */
function withoutThrows(spec: StageSpec): StageSpec {
  if (!("answers" in spec)) return spec;
  const answers = spec.answers.map((one) => one === "throws" ? "later" : one);
  return { ...spec, answers };
}

function outputsOf(spec: StageSpec): NodePlan[] {
  switch (spec.stage) {
    case "merge":
      return [{ kind: "merged" }];
    case "map":
      return [{ kind: "results" }];
    case "consume":
      return [];
    case "broadcast":
      return spec.subscribers.map(() => ({ kind: "subscriber" }));
  }
}

type Stages = Pick<Plan, "program" | "nodes" | "stages">;

/** Whether a program may receive there and wait, without racing a stage that works. */
function isEnd({ nodes, stages }: Stages, at: number): boolean {
  const reader = nodes[at]!.reader;
  if (reader === undefined) return true;
  const { spec, outputs } = stages[reader]!;
  return spec.stage === "merge" && nodes[outputs[0]!]!.reader === undefined;
}

/** What each kind of step can be done with. */
type Choices = (kind: FlowStep["do"]) => readonly number[];

function choicesOf(plan: Stages, there: readonly number[]): Choices {
  const { nodes, stages } = plan;
  const ends = there.filter((at) => isEnd(plan, at));
  const sources = there.filter((at) => nodes[at]!.kind === "source");
  const closable = there.filter((at) =>
    ["results", "subscriber"].includes(nodes[at]!.kind)
  );
  const pools = [...stages.keys()].filter((at) =>
    "answers" in stages[at]!.spec
  );
  const abortable = [...stages.keys()].filter((at) => {
    const { spec } = stages[at]!;
    return "signal" in spec && spec.signal !== undefined;
  });
  return (kind) => {
    switch (kind) {
      case "tryReceive anywhere":
      case "join":
        return there;
      case "receive":
      case "tryReceive":
      case "iterate":
      case "next":
      case "return":
        return ends;
      case "close an end":
      case "close an end with a reason":
        return closable;
      case "settle":
      case "fail":
        return pools;
      case "abort a stage":
        return abortable;
      default:
        return sources;
    }
  };
}

function resolve(choices: Choices, step: FlowStep): FlowStep | undefined {
  const from = choices(step.do);
  if ("on" in step) {
    return from.length
      ? { ...step, on: from[step.on % from.length]! }
      : undefined;
  }
  if ("stage" in step) {
    const stage = from[step.stage % from.length];
    return from.length ? { ...step, stage: stage! } : undefined;
  }
  return step;
}

/** The value that a step sends. */
export function sentBy(step: number): number {
  return step + 1;
}

const RESULT = 1000; // more than a program has steps

/** What the function of a stage makes of a value. */
export function resultOf(value: number, stage: number): number {
  return value + RESULT * (stage + 1);
}

/** The value that was sent, of one that has come through stages. */
export function originOf(value: number): number {
  return value % RESULT;
}

/** What a call rejects or throws with. */
export function faultOf(value: number): string {
  return `fault of ${value}`;
}

/** What the promise of the `consume` of a stage is called. */
export function consumptionOf(stage: number): number {
  return RESULT + stage;
}

/** What a stage's channel number `at` is, whose receivers are read by a stage. */
export function overflowOf(
  { nodes, stages }: Stages,
  stage: number,
  at: number,
): ChannelSpec {
  const { spec, outputs } = stages[stage]!;
  if (spec.stage !== "broadcast") throw new Error("Has no subscribers");
  const { capacity, overflow } = spec.subscribers[at]!;
  // Who is faster, the broadcast or the next stage, is nobody's promise.
  const read = nodes[outputs[at]!]!.reader !== undefined;
  return read ? { capacity } : { capacity, overflow: overflow ?? "wait" };
}

function describeStage(plan: Stages, stage: number): string {
  const { spec, inputs, outputs } = plan.stages[stage]!;
  const words: string[] = [spec.stage, "of", inputs.join(" and ")];
  switch (spec.stage) {
    case "map":
      words.push(
        `to ${
          outputs[0]
        }, concurrency ${spec.concurrency}, capacity ${spec.capacity}`,
        ...spec.ordered ? ["ordered"] : [],
      );
      break;
    case "consume":
      words.push(`, concurrency ${spec.concurrency}`);
      break;
    case "merge":
      words.push(`to ${outputs[0]}`);
      break;
    case "broadcast":
      outputs.forEach((output, at) => {
        const { capacity, overflow } = overflowOf(plan, stage, at);
        words.push(`to ${output} (${capacity}, ${overflow ?? "wait"})`);
      });
  }
  if ("answers" in spec) words.push(`, answers ${spec.answers.join(", ")}`);
  if ("signal" in spec && spec.signal) words.push(`, signal ${spec.signal}`);
  return words.join(" ").replaceAll(" ,", ",");
}

function describeStep(step: FlowStep): string {
  const words: string[] = [step.do];
  if ("on" in step) words.push(`on ${step.on}`);
  if ("stage" in step) words.push(`of stage ${step.stage}`);
  if ("which" in step) words.push(`number ${step.which}`);
  if ("until" in step && step.until) {
    words.push(`until its ${step.until} aborts`);
  }
  return words.join(" ");
}

/** A program, a line for each source, stage and step. */
export function describePlan(plan: Plan): string {
  const { program, stages, steps } = plan;
  return [
    ...program.sources.map((capacity, at) =>
      `source ${at}: capacity ${capacity}`
    ),
    ...stages.map((_, at) => `stage ${at}: ${describeStage(plan, at)}`),
    program.bursts ? "in bursts:" : "a tick after each:",
    ...steps.map((step, at) => `${at}: ${describeStep(step)}`),
  ].join("\n");
}
