// flow_ledger.ts: where every value went, of a program that does many things in one
// turn, where nobody promises who comes first.
//
// Each value that was accepted has come out at one end (at one of each subscriber's
// ends), or is left where it was accepted, or was dropped by a policy. What a stage
// held when it was stopped may be missing, and no more than it can hold.

import type { FlowPlay } from "./flow_play.ts";
import type { StagePlan } from "./flow_program.ts";
import { originOf, resultOf, sentBy } from "./flow_program.ts";

/** Ends all that a program has begun, and looks where its values are. */
export async function audit(
  run: FlowPlay,
  tick: () => Promise<void>,
): Promise<string | undefined> {
  const wring = async (everywhere: boolean) => {
    do await tick(); while (run.wringOut(everywhere));
  };
  await wring(false);
  for (const source of run.sources) source.close();
  await wring(false);
  await wring(true);
  const ledger = new Ledger(run);
  ledger.check();
  return [...run.wrong, ...ledger.wrong].join("\n") || undefined;
}

class Ledger {
  readonly wrong: string[] = [];
  readonly #run: FlowPlay;
  /** What came out of each node, or was dropped there. */
  readonly #out: Set<number>[];
  /** How many values each stage has lost. */
  readonly #lost: number[];
  /** Whether something ended before its source did. */
  readonly #stopped: boolean;

  constructor(run: FlowPlay) {
    const { plan } = run;
    this.#run = run;
    this.#out = plan.nodes.map((_, at) =>
      new Set([...run.receivedFrom(at), ...run.dropped[at]!])
    );
    this.#lost = plan.stages.map(() => 0);
    this.#stopped = run.workers.some(({ failed }) => failed.length > 0) ||
      run.stageSignals.some((signal) => signal?.aborted) ||
      plan.steps.some((step) =>
        step.do === "return" || step.do.startsWith("close an end") ||
        (step.do === "iterate" && step.until !== undefined &&
          run.signals.some(({ aborted }) => aborted))
      );
  }

  check(): void {
    this.#checkEnd();
    const { plan } = this.#run;
    const sources = plan.program.sources.map((_, at) => this.#accepted(at));
    plan.nodes.forEach((_, at) => this.#checkNode(at, sources));
    if (plan.nodes.some((_, at) => this.#paths(at).some((n) => n > 1))) return;
    sources.forEach((values, at) => this.#checkSource(at, values));
    plan.stages.forEach((stage, at) => {
      const lost = this.#lost[at]!;
      const most = this.#stopped ? this.#holds(stage) : 0;
      if (lost > most) this.#say(`stage ${at} has lost ${lost} values`);
    });
  }

  #say(what: string): void {
    this.wrong.push(what);
  }

  /** All that ends has ended, and nobody waits. */
  #checkEnd(): void {
    const { nodes, sources, calls, outcomes, signals, stageSignals } =
      this.#run;
    nodes.forEach(({ closed, drained }, at) => {
      if (!closed || !drained) this.#say(`node ${at} has not ended`);
    });
    sources.forEach((source, at) => {
      const { waitingSenders, waitingReceivers } = source.stats();
      if (waitingSenders + waitingReceivers > 0) {
        this.#say(`somebody waits at source ${at}`);
      }
    });
    const waiting = calls.filter((call) => !outcomes.has(call));
    if (waiting.length) this.#say(`calls ${waiting} never settle`);
    for (const signal of [...signals, ...stageSignals]) {
      if (signal?.listeners.size) this.#say("a signal has a listener left");
    }
  }

  /** The values that a source has accepted, in order. */
  #accepted(source: number): number[] {
    const { plan, sent, outcomes } = this.#run;
    return [...plan.steps.keys()].filter((at) => {
      const step = plan.steps[at]!;
      return "on" in step && step.on === source &&
        (step.do === "trySend"
          ? sent.includes(sentBy(at))
          : step.do === "send" && outcomes.get(at) === "sent");
    }).map((at) => sentBy(at));
  }

  /** On how many ways a value of each source can come to a node. */
  #paths(node: number): number[] {
    const { plan, sources } = this.#run;
    const from = plan.stages.find(({ outputs }) => outputs.includes(node));
    if (!from) return sources.map((_, at) => +(at === node));
    return from.inputs.map((input) => this.#paths(input))
      .reduce((one, other) => one.map((paths, at) => paths + other[at]!));
  }

  /** Whether values come to a node in the order in which they were accepted. */
  #ordered(node: number): boolean {
    const { stages } = this.#run.plan;
    const from = stages.find(({ outputs }) => outputs.includes(node));
    if (!from) return true;
    const { spec, inputs } = from;
    return (spec.stage !== "map" || spec.ordered || spec.concurrency === 1) &&
      inputs.every((input) => this.#ordered(input));
  }

  /** Nothing comes twice, or out of order, or from nowhere. */
  #checkNode(at: number, sources: readonly (readonly number[])[]): void {
    const values = this.#run.receivedFrom(at);
    const all = [...values, ...this.#run.dropped[at]!];
    this.#paths(at).forEach((paths, source) => {
      const from = sources[source]!;
      const count = (list: readonly number[], value: number) =>
        list.filter((one) => originOf(one) === value).length;
      for (const value of from) {
        if (count(all, value) > paths) this.#say(`${value} comes twice`);
      }
      const order = values.map((value) => from.indexOf(originOf(value)))
        .filter((place) => place >= 0);
      if (paths !== 1 || !this.#ordered(at)) return;
      if (order.some((place, n) => n > 0 && place < order[n - 1]!)) {
        this.#say(`out of order at ${at}: ${values}`);
      }
    });
    for (const value of all) {
      if (sources.some((from) => from.includes(originOf(value)))) continue;
      this.#say(`${value} was never accepted`);
    }
  }

  /** Each value is somewhere. */
  #checkSource(at: number, values: readonly number[]): void {
    for (const value of values) {
      if (this.#find(value, at)) continue;
      const stage = this.#readerOf(at);
      // What a pool takes it works on.
      if (stage === undefined || this.#isUnseen(value, stage)) {
        this.#say(`${value} is lost at source ${at}`);
      } else this.#lost[stage]!++;
    }
    this.#run.plan.stages.forEach(({ spec, inputs, outputs }, stage) => {
      if (spec.stage !== "broadcast" || inputs[0] !== at) return;
      for (const output of outputs) this.#checkShare(stage, output, values);
    });
  }

  #isUnseen(value: number, stage: number): boolean {
    const { plan, workers } = this.#run;
    return "answers" in plan.stages[stage]!.spec &&
      !workers[stage]!.begun.includes(value);
  }

  /** A subscriber misses nothing but what came after it was closed. */
  #checkShare(stage: number, output: number, values: readonly number[]): void {
    const { nodes, stages } = this.#run.plan;
    if (nodes[output]!.reader !== undefined) return;
    const given = values.filter((value) =>
      stages[stage]!.outputs.some((one) => this.#find(value, one))
    );
    const missed = given.findIndex((value) => !this.#out[output]!.has(value));
    if (missed < 0) return;
    const later = given.slice(missed);
    if (!this.#stopped || later.some((one) => this.#out[output]!.has(one))) {
      this.#say(`subscriber ${output} has missed ${given[missed]}`);
    }
  }

  /** The stage that takes what comes to a node, through merges. */
  #readerOf(node: number): number | undefined {
    const { nodes, stages } = this.#run.plan;
    const reader = nodes[node]!.reader;
    if (reader === undefined) return undefined;
    const { spec, outputs } = stages[reader]!;
    return spec.stage === "merge" ? this.#readerOf(outputs[0]!) : reader;
  }

  /** Whether a value that came to a node is there, or behind it. */
  #find(value: number, node: number): boolean {
    const here = this.#out[node]!.has(value);
    const behind = this.#findBehind(value, node);
    if (here && behind) this.#say(`${value} comes out twice`);
    return here || behind;
  }

  #findBehind(value: number, node: number): boolean {
    const { plan, workers } = this.#run;
    const reader = plan.nodes[node]!.reader;
    if (reader === undefined) return false;
    const { spec, outputs } = plan.stages[reader]!;
    const find = (value: number) => (output: number) =>
      this.#find(value, output);
    switch (spec.stage) {
      case "merge":
        return find(value)(outputs[0]!);
      case "broadcast": {
        const found = outputs.filter(find(value));
        if (found.length && found.length < outputs.length && !this.#stopped) {
          this.#say(`only ${found} have got ${value}`);
        }
        return found.length > 0;
      }
      default: {
        const { begun, failed } = workers[reader]!;
        if (!begun.includes(value)) return false;
        return failed.includes(value) ||
          outputs.every(find(resultOf(value, reader)));
      }
    }
  }

  /** How many values a stage and those behind it can hold. */
  #holds({ spec, outputs }: StagePlan): number {
    const { nodes, stages } = this.#run.plan;
    const own = spec.stage === "broadcast"
      ? 1
      : "concurrency" in spec
      ? spec.concurrency
      : 0;
    return outputs.map((output) => nodes[output]!.reader)
      .filter((reader) => reader !== undefined)
      .reduce((sum, reader) => sum + this.#holds(stages[reader]!), own);
  }
}
