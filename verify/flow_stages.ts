// flow_stages.ts: what map, consume and broadcast do, on the nodes of flow_model.ts.

import type { FlowModel, ModelEnd, ModelNode, Part } from "./flow_model.ts";
import type { Answer } from "./flow_program.ts";
import { faultOf, resultOf } from "./flow_program.ts";
import type { Call, Outcome } from "./model.ts";

/** What owns what it receives from. */
abstract class Owner implements Part {
  stopped = false;
  #doom: Outcome | undefined;
  #parked: Call | undefined;

  constructor(readonly model: FlowModel, readonly input: ModelNode) {}

  /** Whether it asks for a value. */
  abstract readonly asks: boolean;
  protected abstract act(): (() => void)[];
  protected abstract given(value: number): void;
  /** Stops it all, with a reason. */
  abstract abort(reason: Outcome): void;

  /** It begins with a signal that is aborted. */
  doom(reason: Outcome): void {
    this.#doom = reason;
  }

  protected get doomed(): boolean {
    return this.#doom !== undefined;
  }

  actions(): (() => void)[] {
    const reason = this.#doom;
    if (reason === undefined) return this.act();
    return [() => {
      this.#doom = undefined;
      this.abort(reason);
    }];
  }

  park(): void {
    if (!this.asks) return this.leave();
    if (this.#parked || this.input.ripe) return;
    const { model, input } = this;
    this.#parked = model.park(input.receivers, (value) => {
      this.#parked = undefined;
      this.given(value);
    }, () => this.#parked = undefined);
  }

  leave(): void {
    this.#parked = this.model.withdraw(this.#parked);
  }

  /** It ends, and with it what it receives from. */
  stop(reason?: Outcome): void {
    if (this.stopped) return;
    this.stopped = true;
    this.leave();
    this.input.stop(reason);
  }
}

/** What a worker has taken. */
interface Held {
  readonly value: number;
  state: "running" | "throws" | "made" | "waits for room";
}

/** What a pool of workers does. */
export interface PoolOptions {
  /** The index of the stage. */
  readonly stage: number;
  readonly concurrency: number;
  readonly ordered?: boolean;
  readonly answers: readonly Answer[];
}

/** The workers of `map` or, without an output, of `consume`. */
export class ModelPool extends Owner {
  readonly begun: number[] = [];
  /** What is under way and has to be settled, even if nobody waits for it any more. */
  readonly running: Held[] = [];
  /** Whether the signal of the calls is aborted. */
  aborted = false;
  #held: Held[] = [];
  /** The most values that were held at once. */
  #most = 0;
  #ended = false;
  /** Whether that was seen in this turn: what else fails in it may be the first. */
  #endedNow = false;
  readonly #options: PoolOptions;
  readonly #output: ModelEnd | undefined;
  readonly #told: Call | undefined;
  #failure: Outcome | undefined;

  /** `told`: the call of `consume`. */
  constructor(
    input: ModelNode,
    output: ModelEnd | undefined,
    told: Call | undefined,
    options: PoolOptions,
  ) {
    super(input.model, input);
    this.#options = options;
    this.#output = output;
    this.#told = told;
    if (output) {
      output.whenClosed = (reason) => {
        this.aborted = true;
        this.#held = [];
        this.stop(reason);
      };
    }
  }

  get ordered(): boolean {
    return this.#options.ordered ?? false;
  }

  /** The most workers that may be idle: one more was never needed than were busy. */
  get idle(): number {
    return Math.min(this.room, this.#most + 1 - this.#held.length);
  }

  /** How many more it may take. */
  get room(): number {
    return this.stopped || this.#ended || this.doomed
      ? 0
      : this.#options.concurrency - this.#held.length;
  }

  get asks(): boolean {
    return this.room > 0;
  }

  /** Whether `consume` has not settled, or what `map` gives out is open. */
  get underWay(): boolean {
    return this.#told ? this.#told.outcome === undefined : !this.stopped;
  }

  override park(): void {
    this.#endedNow = false;
    super.park();
  }

  protected act(): (() => void)[] {
    const { ordered } = this.#options;
    const held = this.#held;
    const actions = (ordered ? held.slice(0, 1) : held)
      .filter(({ state }) => state === "made")
      .map((one) => () => this.#put(one));
    for (const one of held) {
      if (one.state === "throws") actions.push(() => this.fail(one));
    }
    if (this.asks && this.input.ripe) actions.push(() => this.#take());
    if ((this.#ended || this.stopped) && !held.length && this.underWay) {
      actions.push(() => this.#finish());
    }
    return actions;
  }

  #take(): void {
    if (this.input.available) this.given(this.input.take());
    else this.#ended = this.#endedNow = this.input.over;
  }

  protected given(value: number): void {
    const { answers } = this.#options;
    const answer = answers[this.begun.length % answers.length]!;
    this.begun.push(value);
    this.model.whenBegun();
    const states = {
      "later": "running",
      "at once": "made",
      "resolved": "made",
      "throws": "throws",
    } as const;
    const held: Held = { value, state: states[answer] };
    this.#held.push(held);
    this.#most = Math.max(this.#most, this.#held.length);
    if (answer === "later") this.running.push(held);
  }

  #put(held: Held): void {
    const { model } = this;
    const output = this.#output;
    const result = resultOf(held.value, this.#options.stage);
    const out = () => this.#held = this.#held.filter((one) => one !== held);
    if (!output) return void out();
    if (output.accepts) {
      out();
      return output.accept(result);
    }
    held.state = "waits for room";
    model.park(output.senders, out, out, result);
  }

  /** A call has settled. */
  settle(held: Held): void {
    held.state = "made";
  }

  /** A call has failed. */
  fail(held: Held): void {
    this.#held = this.#held.filter((one) => one !== held);
    this.abort(this.#first(faultOf(held.value)));
  }

  /** The first error: that of the source, if it was seen before this one. */
  #first(reason: Outcome): Outcome {
    const before = this.#ended ? this.input.reason : undefined;
    if (before === undefined || before === reason) return reason;
    return this.#endedNow ? this.model.choose([before, reason]) : before;
  }

  abort(reason: Outcome): void {
    if (this.#output) return this.#output.close(reason);
    if (this.#failure !== undefined || !this.underWay) return;
    this.#failure = this.#first(reason);
    this.aborted = true;
    this.stop(reason);
  }

  #finish(): void {
    const { reason } = this.input;
    if (this.#output) return this.#output.close(reason);
    this.stop();
    this.model.settle(this.#told!, this.#failure ?? reason ?? "consumed");
  }
}

/** What gives each value to all. */
export class ModelBroadcast extends Owner {
  readonly #outputs: readonly ModelEnd[];
  /** Who has not accepted the value. */
  readonly #left: Set<ModelEnd> = new Set<ModelEnd>();

  constructor(input: ModelNode, outputs: readonly ModelEnd[]) {
    super(input.model, input);
    this.#outputs = outputs;
    for (const output of outputs) {
      output.whenClosed = (reason) => {
        if (outputs.every(({ closed }) => closed)) this.stop(reason);
      };
    }
  }

  get asks(): boolean {
    return !this.stopped && !this.doomed && !this.#left.size;
  }

  protected act(): (() => void)[] {
    return this.asks && this.input.ripe ? [() => this.#take()] : [];
  }

  #take(): void {
    const { input } = this;
    if (input.available) this.given(input.take());
    else if (input.over) this.abort(input.reason);
  }

  protected given(value: number): void {
    for (const output of this.#outputs) {
      if (output.closed) continue;
      if (output.accepts) {
        output.accept(value);
        continue;
      }
      const out = () => this.#left.delete(output);
      this.#left.add(output);
      this.model.park(output.senders, out, out, value);
    }
  }

  abort(reason: Outcome | undefined): void {
    for (const output of this.#outputs) output.close(reason);
  }
}
