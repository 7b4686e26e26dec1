// _replay.ts: a program run on the model, in the words of _play.ts.

import type { Play } from "./_play.ts";
import type {
  ChannelSpec,
  Operation,
  SelectOperation,
  Until,
} from "./_program.ts";
import { valueOf } from "./_program.ts";
import type { Choice, ModelCase } from "./model.ts";
import {
  Call,
  Model,
  ModelChannel,
  ModelIterator,
  ModelSignal,
} from "./model.ts";

function stateOf(channel: ModelChannel): number {
  const { buffer, closed, drained, capacity } = channel;
  const size = buffer.length;
  return size * 16 + +closed * 8 + +drained * 4 + +(size >= capacity) * 2 +
    +(size === 0);
}

/** One run of a program on the model. */
export class Replay {
  readonly model = new Model();
  readonly channels: ModelChannel[];
  readonly signals: ModelSignal[] = [];
  readonly returned: string[] = [];
  readonly states: number[] = [];
  /** Selects that had two or more cases to choose from. */
  choices = 0;
  readonly #iterators: ModelIterator[];
  readonly #calls: Call[] = [];

  constructor(specs: readonly ChannelSpec[]) {
    this.channels = specs.map(({ capacity, overflow }) =>
      new ModelChannel(this.model, capacity, overflow)
    );
    this.#iterators = specs.map(() => new ModelIterator());
  }

  /**
   * Runs one step. What `play` has of it on the library tells which of several
   * cases a select picked there, if it is one that it may pick.
   */
  step(operation: Operation, step: number, play: Play): void {
    if (operation.do === "peek") {
      const said = play.returned[this.returned.length]!;
      this.channels[operation.on]!.prefer(+said.slice("got ".length));
    }
    const returned = this.#do(operation, step, play.outcomes[step]);
    for (const value of this.model.dropped.splice(0)) {
      this.returned.push(`dropped ${value}`);
    }
    if (returned !== undefined) this.returned.push(String(returned));
    for (const channel of this.channels) this.states.push(stateOf(channel));
  }

  #do(
    operation: Operation,
    step: number,
    outcome: string | undefined,
  ): unknown {
    switch (operation.do) {
      case "yield":
      case "tick":
        return this.model.endTurn();
      case "abort oldest":
        return this.#abort(this.signals.find(({ aborted }) => !aborted));
      case "abort newest":
        return this.#abort(this.signals.findLast(({ aborted }) => !aborted));
      case "select": {
        const { cases, until, priority } = operation;
        const call = this.#call(step, until);
        const made = this.#cases(cases, step);
        return this.model.select(call, made, this.#choice(outcome, priority));
      }
      case "trySelect":
        return this.model.trySelect(
          this.#cases(operation.cases, step),
          this.#choice(outcome),
        );
      default:
        return this.#onChannel(
          operation,
          this.channels[operation.on]!,
          step,
        );
    }
  }

  #onChannel(
    operation: Extract<Operation, { on: number }>,
    channel: ModelChannel,
    step: number,
  ): unknown {
    const iterator = this.#iterators[operation.on]!;
    const value = valueOf(step);
    switch (operation.do) {
      case "send":
        return channel.send(this.#call(step, operation.until), value);
      case "receive":
        return channel.receive(this.#call(step, operation.until));
      case "receiveMany":
        return channel.receive(
          this.#call(step, operation.until),
          operation.max,
        );
      case "join":
        return channel.join(this.#call(step, operation.until));
      case "iterate": {
        const signal = this.#signal(operation.until);
        this.#iterators[operation.on] = new ModelIterator(signal);
        return;
      }
      case "batches": {
        const { max } = operation;
        this.#iterators[operation.on] = new ModelIterator(undefined, max);
        return;
      }
      case "next":
        return channel.next(new Call(step, iterator.signal), iterator);
      case "return":
        return channel.return(new Call(step), iterator);
      case "trySend":
        return channel.trySend(value);
      case "sendNow":
        if (channel.trySend(value)) return "undefined";
        return channel.closed ? `unsent ${value}` : "full";
      case "tryReceive":
        return channel.tryReceive();
      case "receiveNow": {
        const outcome = channel.tryReceive();
        return outcome === "closed" ? channel.ending : outcome;
      }
      case "peek":
        return channel.peek();
      case "drain":
        return `got [${channel.takeMany(Infinity)}]`;
      case "snapshot":
        return `got [${channel.buffer}]`;
      case "stats":
        return showStats(channel);
      case "close":
        return channel.close();
      case "close with a reason":
        return channel.close("reason");
      case "cancel":
        return channel.cancel();
      case "cancel with a reason":
        return channel.cancel("reason");
    }
  }

  #abort(signal: ModelSignal | undefined): void {
    if (signal) this.model.abort(signal);
  }

  #call(step: number, until?: Until): Call {
    return new Call(step, this.#signal(until));
  }

  #signal(until: Until | undefined): ModelSignal | undefined {
    if (!until) return undefined;
    let signal = until === "last signal" ? this.signals.at(-1) : undefined;
    if (!signal) this.signals.push(signal = new ModelSignal());
    return signal;
  }

  #cases(cases: readonly SelectOperation[], step: number): ModelCase[] {
    return cases.map((one, key) =>
      one && {
        on: this.channels[one.on]!,
        sends: one.sends ? valueOf(step, key) : undefined,
      }
    );
  }

  #choice(outcome: string | undefined, priority?: boolean): Choice {
    return (ready) => {
      if (ready.length === 1 || priority) return ready[0]!;
      this.choices++;
      // A send that was refused names its case by its value.
      const key = outcome?.startsWith("unsent")
        ? +outcome.slice("unsent ".length) % 10
        : parseInt(outcome ?? "");
      return ready.includes(key) ? key : ready[0]!;
    };
  }
}

/** How many wait on either side. */
export function showStats(
  { senders, receivers }: ModelChannel,
): string {
  return `${senders.length} senders, ${receivers.length} receivers`;
}
