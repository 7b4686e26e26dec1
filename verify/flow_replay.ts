// flow_replay.ts: a program on stages, run on the model, in the words of flow_play.ts.

import type { Until } from "./_program.ts";
import type { Chance, ModelNode } from "./flow_model.ts";
import {
  FlowModel,
  ModelCall,
  ModelEnd,
  ModelLoop,
  ModelMerged,
} from "./flow_model.ts";
import type { Sight } from "./flow_play.ts";
import type { FlowStep, Plan, StagePlan } from "./flow_program.ts";
import { consumptionOf, overflowOf, sentBy } from "./flow_program.ts";
import { ModelBroadcast, ModelPool } from "./flow_stages.ts";
import { Call, ModelSignal } from "./model.ts";

const REASON = "reason";
const ABORTED = "aborted";

/** The least and the most that a number may be. */
export type Span = readonly [least: number, most: number];

/** What must be seen. */
export type Expected = {
  readonly [Key in keyof Sight]: Sight[Key] extends string ? string
    : readonly Span[];
};

class Astray extends Error {}

/** One run of a program on the model. */
export class FlowReplay {
  readonly model: FlowModel;
  readonly #plan: Plan;
  readonly #sources: ModelEnd[];
  readonly #nodes: ModelNode[];
  readonly #stages: (ModelPool | ModelBroadcast | ModelMerged)[] = [];
  readonly #stageSignals: (ModelSignal | undefined)[];
  readonly #signals: ModelSignal[] = [];
  readonly #loops: ModelLoop[][];
  #told = 0;
  #begun: number[];
  #returned: string[] = [];

  constructor(plan: Plan, chance: Chance) {
    this.#plan = plan;
    this.model = new FlowModel(chance);
    this.#sources = plan.program.sources.map((capacity) =>
      new ModelEnd(this.model, capacity)
    );
    this.#nodes = [...this.#sources];
    this.#loops = plan.nodes.map(() => []);
    this.#begun = plan.stages.map(() => 0);
    this.#stageSignals = plan.stages.map(({ spec }) =>
      "signal" in spec && spec.signal ? new ModelSignal() : undefined
    );
  }

  /**
   * Runs one step, and the turn after it. Goes no further than to the first call of a
   * stage's function that is not one of `begun`; whether it came to the end.
   */
  step(step: FlowStep, at: number, begun: string): boolean {
    this.model.whenBegun = () => {
      const lists = begun.split("; ");
      const astray = this.#news().some((news, stage) =>
        !lists[stage]!.startsWith(news)
      );
      if (astray) throw new Astray();
    };
    try {
      this.#do(step, at);
      this.model.rest();
      return true;
    } catch (error) {
      if (error instanceof Astray) return false;
      throw error;
    }
  }

  #do(step: FlowStep, at: number): void {
    switch (step.do) {
      case "tick":
        return;
      case "begin":
        return this.#plan.stages.forEach((stage, n) => this.#begin(stage, n));
      case "abort oldest":
        return this.#abort(this.#signals.find(({ aborted }) => !aborted));
      case "abort newest":
        return this.#abort(this.#signals.findLast(({ aborted }) => !aborted));
      case "abort a stage":
        return this.#abortStage(step.stage);
      case "settle":
      case "fail": {
        const pool = this.#poolOf(step.stage);
        if (!pool?.running.length) return;
        const { running } = pool;
        const [held] = running.splice(step.which % running.length, 1);
        return pool[step.do](held!);
      }
      default:
        this.#onNode(step, at);
    }
  }

  #onNode(step: Extract<FlowStep, { on: number }>, at: number): void {
    const node = this.#nodes[step.on]!;
    const loops = this.#loops[step.on]!;
    switch (step.do) {
      case "send":
        return node.send(this.#call(at, step.until), sentBy(at));
      case "trySend":
        this.#returned.push(String(node.trySend(sentBy(at))));
        return;
      case "receive":
        return node.receive(this.#call(at, step.until));
      case "tryReceive":
      case "tryReceive anywhere":
        this.#returned.push(node.tryReceive());
        return;
      case "iterate":
        this.#iterate(step.on, step.until);
        return;
      case "next": {
        if (!loops.length) this.#iterate(step.on, undefined);
        const loop = loops.at(step.which % loops.length)!;
        const call = new ModelCall(at, loop.signal);
        call.leave = () => node.leave(loop);
        return node.next(call, loop);
      }
      case "return": {
        if (!loops.length) return;
        const loop = loops.at(step.which % loops.length)!;
        node.return(new Call(at), loop);
        return node.leave(loop);
      }
      case "join":
        return node.join(this.#call(at, step.until));
      case "close":
        return node.close();
      case "close with a reason":
        return node.close(REASON);
      case "cancel":
        return node.cancel();
      case "cancel with a reason":
        return node.cancel(REASON);
      case "close an end":
        return node.close();
      case "close an end with a reason":
        return node.close(REASON);
    }
  }

  #iterate(on: number, until: Until | undefined): void {
    const node = this.#nodes[on]!;
    if (node instanceof ModelEnd) node.loops++;
    this.#loops[on]!.push(new ModelLoop(this.#signal(until)));
  }

  #begin(plan: StagePlan, at: number): void {
    const stage = this.#make(plan, at);
    const { spec } = plan;
    this.#stages.push(stage);
    this.model.parts.push(stage);
    if (!("signal" in spec) || spec.signal !== "aborted") return;
    this.#stageSignals[at]!.aborted = true;
    if (!(stage instanceof ModelMerged)) stage.doom(ABORTED);
  }

  #make(
    { spec, inputs, outputs }: StagePlan,
    at: number,
  ): ModelPool | ModelBroadcast | ModelMerged {
    const { model } = this;
    const sources = inputs.map((input) => this.#nodes[input]!);
    if (spec.stage === "merge") {
      const merged = new ModelMerged(model, sources);
      this.#nodes.push(merged);
      return merged;
    }
    const ends = outputs.map((_, n) => {
      const { capacity, overflow } = spec.stage === "broadcast"
        ? overflowOf(this.#plan, at, n)
        : { capacity: spec.stage === "map" ? spec.capacity : 0 };
      const end = new ModelEnd(model, capacity, overflow);
      end.leavable = true;
      return end;
    });
    this.#nodes.push(...ends);
    if (spec.stage === "broadcast") {
      return new ModelBroadcast(sources[0]!, ends);
    }
    const told = ends.length ? undefined : new Call(consumptionOf(at));
    return new ModelPool(sources[0]!, ends[0], told, { ...spec, stage: at });
  }

  #abortStage(at: number): void {
    const signal = this.#stageSignals[at]!;
    if (signal.aborted) return;
    signal.aborted = true;
    const stage = this.#stages[at];
    if (stage && !(stage instanceof ModelMerged)) stage.abort(ABORTED);
  }

  #abort(signal: ModelSignal | undefined): void {
    if (signal) this.model.abort(signal);
  }

  #call(step: number, until: Until | undefined): Call {
    return new Call(step, this.#signal(until));
  }

  #signal(until: Until | undefined): ModelSignal | undefined {
    if (!until) return undefined;
    let signal = until === "last signal" ? this.#signals.at(-1) : undefined;
    if (!signal) this.#signals.push(signal = new ModelSignal());
    return signal;
  }

  /** What must be seen now. */
  look(): Expected {
    const { settled, dropped } = this.model;
    const returned = [
      ...this.#returned.splice(0),
      ...dropped.splice(0).map((value) => `dropped ${value}`),
    ];
    const begun = this.#news();
    this.#begun = this.#plan.stages.map((_, at) =>
      this.#poolOf(at)?.begun.length ?? 0
    );
    return {
      told: settled.splice(0).sort().join("; "),
      returned: returned.sort().join("; "),
      begun: begun.join("; "),
      nodes: this.#nodes.map(({ shut, drained }) =>
        drained && shut ? "d" : shut ? "c" : drained ? "?" : "o"
      ).join(""),
      sources: this.#sources.map(({ buffer, senders }) =>
        `${buffer.length}+${senders.length}`
      ).join(" "),
      running: this.#plan.stages.map((_, at) => {
        const pool = this.#poolOf(at);
        return pool ? pool.running.map(() => +pool.aborted).join("") : "";
      }).join(" "),
      listeners: this.#listeners(),
      waiting: this.#sources.map((_, at) => this.#waitingAt(at)),
    };
  }

  #poolOf(stage: number): ModelPool | undefined {
    const pool = this.#stages[stage];
    return pool instanceof ModelPool ? pool : undefined;
  }

  /** The calls of each stage since the last look. */
  #news(): string[] {
    return this.#begun.map((seen, at) =>
      this.#poolOf(at)?.begun.slice(seen).join() ?? ""
    );
  }

  #listeners(): Span[] {
    const ofStages = this.#stageSignals.map((signal, at): Span => {
      const stage = this.#stages[at];
      if (!signal || signal.aborted || !stage || stage instanceof ModelMerged) {
        return [0, 0];
      }
      if (!stage.stopped) return [1, 1];
      // What waits for its last calls to settle may listen or not.
      return [0, stage instanceof ModelPool ? +stage.underWay : 0];
    });
    const ofCalls = this.#signals.map(({ calls }): Span => {
      const waits = +calls.some(({ outcome }) => outcome === undefined);
      return [waits, waits];
    });
    return [...ofStages, ...ofCalls];
  }

  /** One worker waits at least, and not more than may work. */
  #waitingAt(at: number): Span {
    const waiting = this.#sources[at]!.receivers.length;
    const reader = this.#poolOf(this.#plan.nodes[at]!.reader ?? -1);
    const idle = waiting && reader && !reader.ordered ? reader.idle - 1 : 0;
    return [waiting, waiting + idle];
  }
}
