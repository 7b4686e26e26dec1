// flow_play.ts: a program on stages, run on the library and written down.

import type { ClosableReceiver, Receiver } from "../mod.ts";
import {
  broadcast,
  Channel,
  ChannelClosedError,
  consume,
  map,
  merge,
} from "../mod.ts";
import { PlainSignal } from "./_play.ts";
import type { Until } from "./_program.ts";
import type { FlowStep, Plan, StagePlan } from "./flow_program.ts";
import {
  consumptionOf,
  faultOf,
  overflowOf,
  resultOf,
  sentBy,
} from "./flow_program.ts";

const REASON = "reason";

/** What can be seen from outside, at one moment or since the last one. */
export interface Sight {
  /** Calls that have settled: `step outcome`, ordered. */
  readonly told: string;
  /** What was returned at once, and what was dropped. */
  readonly returned: string;
  /** The values with which each stage's function was called. */
  readonly begun: string;
  /** Of each node whether it is closed and drained. */
  readonly nodes: string;
  /** Size of each source, and how many wait to send. */
  readonly sources: string;
  /** Of the calls that each stage waits for: whether their signal is aborted. */
  readonly running: string;
  /** Listeners of each signal: of the stages, and of the calls. */
  readonly listeners: readonly number[];
  /** How many wait to receive from each source. */
  readonly waiting: readonly number[];
}

/** A call of a stage's function that waits for a step to settle it. */
interface Running {
  readonly value: number;
  readonly signal: AbortSignal;
  readonly resolve: (result: number) => void;
  readonly reject: (reason: unknown) => void;
}

/** What a stage does with values. */
class Worker {
  /** All values that its function was called with. */
  readonly begun: number[] = [];
  readonly running: Running[] = [];
  /** Values whose calls have failed. */
  readonly failed: number[] = [];
  #seen = 0;

  /** The values that it was called with since this was asked last. */
  news(): string {
    const news = this.begun.slice(this.#seen).join();
    this.#seen = this.begun.length;
    return news;
  }
}

/** One run of a program on the library. */
export class FlowPlay {
  readonly plan: Plan;
  readonly sources: Channel<number>[];
  readonly nodes: Receiver<number>[];
  readonly workers: Worker[];
  /** Of the stages that have one. */
  readonly stageSignals: (PlainSignal | undefined)[];
  readonly signals: PlainSignal[] = [];
  /** All calls that settle, and their outcomes once they have. */
  readonly calls: number[] = [];
  readonly outcomes: Map<number, string> = new Map<number, string>();
  /** What was received from each node, in the order of the calls: their numbers, or values. */
  readonly received: { step: number; value?: number }[][];
  /** Values that each source or subscriber dropped. */
  readonly dropped: number[][];
  /** Values that `trySend` has sent. */
  readonly sent: number[] = [];
  /** What must never be. */
  readonly wrong: string[] = [];
  readonly #loops: AsyncIterableIterator<number>[][];
  #told: string[] = [];
  #returned: string[] = [];

  constructor(plan: Plan) {
    this.plan = plan;
    this.sources = plan.program.sources.map((capacity, at) =>
      new Channel({ capacity, onDrop: this.#drop(at) })
    );
    this.nodes = [...this.sources];
    this.#loops = plan.nodes.map(() => []);
    this.received = plan.nodes.map(() => []);
    this.dropped = plan.nodes.map(() => []);
    this.workers = plan.stages.map(() => new Worker());
    this.stageSignals = plan.stages.map(({ spec }) =>
      "signal" in spec && spec.signal ? new PlainSignal() : undefined
    );
  }

  #drop(node: number): (value: number) => void {
    return (value) => {
      this.dropped[node]!.push(value);
      this.#returned.push(`dropped ${value}`);
    };
  }

  /** What was received from a node, in the order of the calls. */
  receivedFrom(node: number): number[] {
    return this.received[node]!.map(({ step, value }) => {
      const [word, got] = this.outcomes.get(step)?.split(" ") ?? [];
      return value ?? (word === "got" ? +got! : undefined);
    }).filter((value) => value !== undefined);
  }

  /** Runs one step. */
  step(step: FlowStep, at: number): void {
    switch (step.do) {
      case "tick":
        return;
      case "begin":
        return this.plan.stages.forEach((stage, n) => this.#begin(stage, n));
      case "abort oldest":
        return this.signals.find((signal) => !signal.aborted)?.abort();
      case "abort newest":
        return this.signals.findLast((signal) => !signal.aborted)?.abort();
      case "abort a stage":
        return this.stageSignals[step.stage]!.abort();
      case "settle":
      case "fail":
        return this.#settle(step.stage, step.which, step.do === "fail");
      default:
        this.#onNode(step, at);
    }
  }

  #onNode(step: Extract<FlowStep, { on: number }>, at: number): void {
    const node = this.nodes[step.on]!;
    const source = this.sources[step.on]!;
    const loops = this.#loops[step.on]!;
    switch (step.do) {
      case "send":
        return this.#watch(
          at,
          source.send(sentBy(at), this.#options(step.until)),
          () => "sent",
        );
      case "trySend": {
        const accepted = source.trySend(sentBy(at));
        if (accepted) this.sent.push(sentBy(at));
        this.#returned.push(String(accepted));
        return;
      }
      case "receive":
        this.received[step.on]!.push({ step: at });
        return this.#watch(at, node.receive(this.#options(step.until)), got);
      case "tryReceive":
      case "tryReceive anywhere": {
        const result = node.tryReceive();
        if (result.state === "ok") this.#take(step.on, at, result.value);
        this.#returned.push(
          result.state === "ok" ? got(result.value) : result.state,
        );
        return;
      }
      case "iterate":
        loops.push(node.values(this.#options(step.until)));
        return;
      case "next":
        if (!loops.length) loops.push(node.values());
        this.received[step.on]!.push({ step: at });
        return this.#watch(at, loops.at(step.which % loops.length)!.next(), (
          { done, value },
        ) => done ? "done" : got(value));
      case "return":
        if (!loops.length) return;
        return this.#watch(
          at,
          loops.at(step.which % loops.length)!.return!(),
          () => "done",
        );
      case "join":
        return this.#watch(
          at,
          node.join(this.#options(step.until)),
          () => "joined",
        );
      case "close":
        return source.close();
      case "close with a reason":
        return source.close(REASON);
      case "cancel":
        return source.cancel();
      case "cancel with a reason":
        return source.cancel(REASON);
      case "close an end":
        return (node as ClosableReceiver<number>).close();
      case "close an end with a reason":
        return (node as ClosableReceiver<number>).close(REASON);
    }
  }

  #begin({ spec, inputs, outputs }: StagePlan, at: number): void {
    const [source] = inputs.map((input) => this.nodes[input]!);
    const plain = this.stageSignals[at];
    const signal = plain as unknown as AbortSignal | undefined;
    if ("signal" in spec && spec.signal === "aborted") plain!.abort();
    switch (spec.stage) {
      case "merge":
        this.nodes.push(merge(...inputs.map((input) => this.nodes[input]!)));
        return;
      case "map": {
        const { ordered, capacity, concurrency } = spec;
        const options = { ordered, capacity, concurrency, signal };
        this.nodes.push(map(source!, this.#work(at), options));
        return;
      }
      case "consume": {
        const { concurrency } = spec;
        return this.#watch(
          consumptionOf(at),
          consume(source!, this.#work(at), { concurrency, signal }),
          () => "consumed",
        );
      }
      case "broadcast":
        this.nodes.push(...broadcast(source!, {
          subscribers: outputs.map((output, n) => ({
            ...overflowOf(this.plan, at, n),
            onDrop: this.#drop(output),
          })),
          signal,
        }));
    }
  }

  /** The function of a stage. */
  #work(stage: number) {
    const { spec } = this.plan.stages[stage]!;
    if (!("answers" in spec)) throw new Error("Has no function");
    const { begun, running, failed } = this.workers[stage]!;
    return (value: number, signal: AbortSignal): number | Promise<number> => {
      const answer = spec.answers[begun.length % spec.answers.length]!;
      begun.push(value);
      if (running.length >= spec.concurrency) this.wrong.push("too many calls");
      switch (answer) {
        case "at once":
          return resultOf(value, stage);
        case "resolved":
          return Promise.resolve(resultOf(value, stage));
        case "throws":
          failed.push(value);
          throw faultOf(value);
        case "later":
          return new Promise((resolve, reject) =>
            running.push({ value, signal, resolve, reject })
          );
      }
    };
  }

  #settle(stage: number, which: number, fails: boolean): void {
    const { running, failed } = this.workers[stage]!;
    if (!running.length) return;
    const [call] = running.splice(which % running.length, 1);
    const { value, resolve, reject } = call!;
    if (!fails) return resolve(resultOf(value, stage));
    failed.push(value);
    reject(faultOf(value));
  }

  /** Notes a stage that works further ahead than it may. */
  checkLimits(): void {
    this.plan.stages.forEach(({ spec, outputs }, at) => {
      const [output] = outputs;
      if (spec.stage !== "map" || !this.nodes[output!]) return;
      if (this.plan.nodes[output!]!.reader !== undefined) return;
      const { begun, failed } = this.workers[at]!;
      const out = this.receivedFrom(output!).length + failed.length;
      if (begun.length - out > spec.concurrency + spec.capacity) {
        this.wrong.push(`stage ${at} is too far ahead`);
      }
    });
  }

  /** Settles all calls, and takes all that can be had at the ends; whether there was anything. */
  wringOut(everywhere: boolean): boolean {
    let any = false;
    this.workers.forEach(({ running }, stage) => {
      while (running.length) {
        this.#settle(stage, 0, false);
        any = true;
      }
    });
    this.plan.nodes.forEach(({ reader }, at) => {
      if (reader !== undefined && !everywhere) return;
      for (
        let result;
        (result = this.nodes[at]!.tryReceive()).state === "ok";
      ) {
        this.#take(at, Infinity, result.value);
        any = true;
      }
    });
    return any;
  }

  #take(node: number, step: number, value: number): void {
    this.received[node]!.push({ step, value });
  }

  #options(until: Until | undefined): { signal: AbortSignal } | undefined {
    if (!until) return undefined;
    let signal = until === "last signal" ? this.signals.at(-1) : undefined;
    if (!signal) this.signals.push(signal = new PlainSignal());
    return { signal: signal as unknown as AbortSignal };
  }

  #watch<T>(
    call: number,
    promise: Promise<T>,
    show: (value: T) => string,
  ): void {
    this.calls.push(call);
    const settle = (outcome: string) => {
      if (this.outcomes.has(call)) this.wrong.push(`${call} settles twice`);
      this.outcomes.set(call, outcome);
      this.#told.push(`${call} ${outcome}`);
    };
    promise.then(
      (value) => settle(show(value)),
      (error) => settle(failure(error)),
    );
  }

  /** What can be seen now. */
  look(): Sight {
    const sight: Sight = {
      told: this.#told.sort().join("; "),
      returned: this.#returned.sort().join("; "),
      begun: this.workers.map((worker) => worker.news()).join("; "),
      nodes: this.nodes.map(({ closed, drained }) =>
        drained && closed ? "d" : closed ? "c" : drained ? "?" : "o"
      ).join(""),
      sources: this.sources.map((source) =>
        `${source.size}+${source.stats().waitingSenders}`
      ).join(" "),
      running: this.workers.map(({ running }) =>
        running.map(({ signal }) => +signal.aborted).join("")
      ).join(" "),
      listeners: [...this.stageSignals, ...this.signals]
        .map((signal) => signal ? signal.listeners.size : 0),
      waiting: this.sources.map((source) => source.stats().waitingReceivers),
    };
    this.#told = [];
    this.#returned = [];
    return sight;
  }
}

function got(value: number): string {
  return `got ${value}`;
}

function failure(error: unknown): string {
  if (!(error instanceof ChannelClosedError)) return String(error);
  return "value" in error ? `unsent ${error.value}` : "closed";
}
