// flow_model.ts: what stages receive from, and merge, in plain arrays and without
// promises. Written, as flow_stages.ts is, from the doc comments of flow.ts.
//
// A part is a stage, or a receiver made of others. `rest` lets the parts act, one at a
// time, until none can: that is what a program sees after a turn. Where the
// documentation leaves it open who acts first, or what is taken, `choose` decides.

import type { Outcome, Place } from "./model.ts";
import { Call, Model, ModelChannel, ModelIterator } from "./model.ts";

const OWN = -1; // the number of the calls by which parts wait
const PLAIN = "closed";

/** One of so many: its index. */
export type Chance = (count: number) => number;

/** What acts by itself. */
export interface Part {
  /** What it can do now. */
  actions(): (() => void)[];
  /** Waits at what it receives from, if it should, and only then. */
  park(): void;
}

/** A loop over a node. */
export class ModelLoop extends ModelIterator {
  /** Whether it is a loop no more. */
  left = false;
}

/** Channels, the stages between them, and their callers. */
export class FlowModel extends Model {
  readonly parts: Part[] = [];
  readonly #chance: Chance;
  readonly #broken: ModelCall[] = [];
  /** Told of each call of a stage's function. */
  whenBegun: () => void = () => {};

  constructor(chance: Chance) {
    super();
    this.#chance = chance;
  }

  choose<T>(from: readonly T[]): T {
    return from[from.length > 1 ? this.#chance(from.length) : 0]!;
  }

  override settle(call: Call, outcome: Outcome): void {
    super.settle(call, outcome);
    if (call.id === OWN) this.settled.pop();
    if (call instanceof ModelCall && !/^(got|done)/.test(outcome)) {
      this.#broken.push(call);
    }
  }

  /** Lets everything happen that can. */
  rest(): void {
    while (true) {
      for (const { leave } of this.#broken.splice(0)) leave();
      const actions = this.parts.flatMap((part) => part.actions());
      if (!actions.length) break;
      this.choose(actions)();
    }
    // The last first: a merge waits while somebody waits for it.
    for (const part of this.parts.toReversed()) part.park();
    this.endTurn();
  }

  /** Waits in a queue for a part; on behalf of the oldest in `others`, if they are given. */
  park(
    queue: Place[],
    happens: (value: number) => void,
    ends: () => void,
    value?: number,
    others?: readonly Place[],
  ): Call {
    const call = new OwnCall(others);
    this.wait(call, {
      queue,
      ...value !== undefined && { value },
      happens: (value) => (happens(value), ""),
      ends: () => (ends(), ""),
    });
    return call;
  }

  withdraw(call: Call | undefined): undefined {
    if (call && call.outcome === undefined) this.settle(call, "withdrawn");
  }
}

/** By which a part waits. */
class OwnCall extends Call {
  readonly #others: readonly Place[] | undefined;

  constructor(others: readonly Place[] | undefined) {
    super(OWN);
    this.#others = others;
  }

  /** Whether it is that of a merge. */
  get merges(): boolean {
    return this.#others !== undefined;
  }

  /** When whoever waits began to. */
  get since(): number {
    return this.#others?.length ? sinceOf(this.#others[0]!) : this.id;
  }
}

function sinceOf({ call }: Place): number {
  return call instanceof OwnCall ? call.since : call.id;
}

/** A `next`: its loop is left when it rejects. */
export class ModelCall extends Call {
  leave: () => void = () => {};
}

/** What can be received from. */
export abstract class ModelNode extends ModelChannel {
  declare readonly model: FlowModel;
  /** Whether it has a value, or has ended with a reason: in a merge, it has a turn then. */
  abstract readonly hasTurn: boolean;
  /** Whether it has ended without a reason. */
  abstract readonly endsPlainly: boolean;
  /** What `closed` says. */
  abstract readonly shut: boolean;
  /** Closes it, if it can be closed. */
  abstract stop(reason: Outcome | undefined): void;

  /** Whether whoever receives from it would be told something. */
  get ripe(): boolean {
    return this.hasTurn || this.endsPlainly;
  }

  /** Whether nothing will ever come again, as far as was seen. */
  get over(): boolean {
    return this.closed && !this.available;
  }

  /** What to close with when this ends. */
  get reason(): Outcome | undefined {
    return this.ending === PLAIN ? undefined : this.ending;
  }

  leave(loop: ModelLoop): void {
    loop.left = true;
  }
}

/** A source, or what `map` and `broadcast` give out. */
export class ModelEnd extends ModelNode {
  /** Told of its close, and with what. */
  whenClosed: (reason: Outcome | undefined) => void = () => {};
  /** Whether leaving the last loop closes it. */
  leavable = false;
  /** Loops that were begun and not left. */
  loops = 0;

  // Of those who wait here and at a merge of this, whoever asked first may be the
  // first, or whoever is the first here; and of several merges of this any: they wait
  // again as their values come, some of which may come in one turn.
  override accept(value: number): void {
    const { receivers, model } = this;
    if (receivers.length > 1) {
      const oldest = receivers.reduce((one, other) =>
        sinceOf(other) < sinceOf(one) ? other : one
      );
      const merges = receivers.filter(({ call }) =>
        call instanceof OwnCall && call.merges
      );
      const first = model.choose([
        ...new Set([
          receivers[0]!,
          oldest,
          ...merges.length > 1 ? merges : [],
        ]),
      ]);
      receivers.unshift(...receivers.splice(receivers.indexOf(first), 1));
    }
    super.accept(value);
  }

  get hasTurn(): boolean {
    return this.available || (this.closed && this.ending !== PLAIN);
  }

  get endsPlainly(): boolean {
    return this.over && this.ending === PLAIN;
  }

  get shut(): boolean {
    return this.closed;
  }

  override close(reason?: Outcome): void {
    if (this.closed) return;
    super.close(reason);
    this.whenClosed(reason);
  }

  stop(reason: Outcome | undefined): void {
    this.close(reason);
  }

  override leave(loop: ModelLoop): void {
    if (loop.left) return;
    loop.left = true;
    if (--this.loops === 0 && this.leavable) this.close();
  }
}

/** What `merge` gives. Its `closed` says that it has ended, as far as was asked. */
export class ModelMerged extends ModelNode implements Part {
  readonly #all: readonly ModelNode[];
  #sources: ModelNode[];
  readonly #scouts: Map<ModelNode, Call> = new Map<ModelNode, Call>();
  /** Whom each source that had its turn lets go first. */
  readonly #after: Map<ModelNode, Set<ModelNode>> = new Map<
    ModelNode,
    Set<ModelNode>
  >();
  /** Sources that had a turn when this turn began: of others nobody knows who came first. */
  #waitsSince: Set<ModelNode>;
  /** Whose turn it is, since somebody asked; until others may have changed that. */
  #turn: ModelNode | undefined;

  constructor(model: FlowModel, inputs: readonly ModelNode[]) {
    super(model, 0);
    // A merge of a merge is one of what that merges, unless it has ended.
    this.#all = inputs.flatMap((input) =>
      input instanceof ModelMerged && !input.closed ? input.#all : input
    );
    this.#sources = [...this.#all];
    this.#waitsSince = new Set(this.#waiting());
  }

  get shut(): boolean {
    return this.closed || this.#all.every((source) => source.shut);
  }

  override get drained(): boolean {
    return this.#all.every((source) => source.drained);
  }

  get hasTurn(): boolean {
    return this.closed
      ? this.ending !== PLAIN
      : this.#sources.some((source) => source.hasTurn);
  }

  get endsPlainly(): boolean {
    return this.closed
      ? this.ending === PLAIN
      : this.#sources.every((source) => source.endsPlainly);
  }

  // A call that is refused may have seen that it has ended.
  override receive(call: Call, max?: number): void {
    super.receive(call, max);
    if (call.outcome === "aborted" && this.model.choose([true, false])) {
      void this.available;
    }
  }

  /** Nothing: it is only a view. */
  stop(): void {}

  #waiting(): ModelNode[] {
    return this.#sources.filter((source) => source.hasTurn);
  }

  override get available(): boolean {
    if (this.closed) return false;
    if (this.#turn?.available) return true;
    this.#sources = this.#sources.filter((source) => !source.endsPlainly);
    if (!this.#sources.length) return this.#end(PLAIN);
    const waiting = this.#waiting();
    // Two turns of one source: all that waited in between had theirs.
    const fair = waiting.filter((source) =>
      !waiting.some((other) => this.#after.get(source)?.has(other))
    );
    if (!fair.length) return false;
    const source = this.model.choose(fair);
    if (!source.available) return this.#end(source.ending);
    this.#turn = source;
    return true;
  }

  #end(ending: Outcome): false {
    this.closed = true;
    this.ending = ending;
    return false;
  }

  override take(): number {
    const source = this.#turn!;
    this.#turn = undefined;
    const value = source.take();
    this.#after.forEach((first) => first.delete(source));
    this.#waitsSince.delete(source);
    this.#after.set(source, new Set(this.#waitsSince));
    return value;
  }

  actions(): (() => void)[] {
    this.#turn = undefined;
    for (const first of [this.#waitsSince, ...this.#after.values()]) {
      first.forEach((one) => one.hasTurn || first.delete(one));
    }
    if (!this.receivers.length) this.#leave();
    if (this.joiners.length && this.drained) {
      return [() => this.model.joined(this.joiners[0]!.call)];
    }
    return this.receivers.length && this.ripe ? [() => this.#serve()] : [];
  }

  #serve(): void {
    if (this.available) return this.#give(this.take());
    while (this.over && this.receivers.length) {
      const { call, ends } = this.receivers[0]!;
      this.model.end(call, ends());
    }
  }

  #give(value: number): void {
    const { call, happens } = this.receivers[0]!;
    this.model.settle(call, happens(value));
  }

  park(): void {
    this.#waitsSince = new Set(this.#waiting());
    if (!this.receivers.length) return this.#leave();
    for (const source of this.#sources) {
      if (this.#scouts.has(source) || source.ripe) continue;
      const gone = () => this.#scouts.delete(source);
      const scout = this.model.park(
        source.receivers,
        (value) => {
          gone();
          this.#give(value);
          if (!this.receivers.length) this.#leave();
        },
        gone,
        undefined,
        this.receivers,
      );
      this.#scouts.set(source, scout);
    }
  }

  #leave(): void {
    this.#scouts.forEach((scout) => this.model.withdraw(scout));
    this.#scouts.clear();
  }
}
