// model.ts: what channels and select do, in plain arrays and without promises: the
// specification that the library is held to. Written from the contract alone.
//
// Every call is told its outcome once, now or later; `settled` lists who was told
// what, in that order. A turn is all that happens without a break: joiners are told
// at its end, behind everybody else.

/** What a call came to, in words. */
export type Outcome = string;

/** An abort signal. */
export class ModelSignal {
  aborted = false;
  /** Calls that wait, or have waited, until it aborts; oldest first. */
  readonly calls: Call[] = [];
}

/** An iterator over a channel. */
export class ModelIterator {
  over = false;
  /** `max` is the most values of a batch, if it gives batches. */
  constructor(readonly signal?: ModelSignal, readonly max?: number) {}
}

/** A call of an operation that settles. */
export class Call {
  outcome: Outcome | undefined;
  /** Where it waits: in one queue or, as a select, in one for each case. */
  readonly places: Place[] = [];
  /** Set for a `next`. */
  iterator: ModelIterator | undefined;
  constructor(readonly id: number, readonly signal?: ModelSignal) {}
}

/** A call's place in a queue. */
export interface Place {
  readonly call: Call;
  readonly queue: Place[];
  /** What a sender brings. */
  readonly value?: number;
  /** The outcome if it happens; `value` is what was received. */
  readonly happens: (value: number) => Outcome;
  /** The outcome if its channel closes. */
  readonly ends: () => Outcome;
}

/** A case of a select; `null` is never ready. */
export type ModelCase =
  | { readonly on: ModelChannel; readonly sends?: number }
  | null;

/** Which of the ready cases, by their keys, happens. */
export type Choice = (ready: readonly number[]) => number;

const sent = (): Outcome => "sent";
const got = (value: number): Outcome => `got ${value}`;
const gotMany = (values: number[]): Outcome => `got [${values}]`;
const unsent = (value: number): Outcome => `unsent ${value}`;

/** Some channels, their callers, and what these were told. */
export class Model {
  readonly settled: string[] = [];
  /** What `onDrop` was called with. */
  readonly dropped: number[] = [];
  /** Decided, and told at the end of the turn. */
  #joined: Call[] = [];

  settle(call: Call, outcome: Outcome): void {
    this.#decide(call, outcome);
    this.settled.push(`${call.id} ${outcome}`);
  }

  /** Of the calls of one iterator the first is told why it ended, the others that it did. */
  end(call: Call, outcome: Outcome): void {
    const { iterator } = call;
    this.settle(call, iterator?.over ? "done" : outcome);
    if (iterator) iterator.over = true;
  }

  #decide(call: Call, outcome: Outcome): void {
    if (call.outcome !== undefined) throw new Error("Told twice");
    call.outcome = outcome;
    for (const place of call.places) {
      place.queue.splice(place.queue.indexOf(place), 1);
    }
  }

  wait(call: Call, ...places: Omit<Place, "call">[]): void {
    for (const one of places) {
      const place = { ...one, call };
      place.queue.push(place);
      call.places.push(place);
    }
    call.signal?.calls.push(call);
  }

  joined(call: Call): void {
    this.#decide(call, "joined");
    this.#joined.push(call);
  }

  endTurn(): void {
    for (const { id } of this.#joined) this.settled.push(`${id} joined`);
    this.#joined = [];
  }

  abort(signal: ModelSignal): void {
    if (signal.aborted) return;
    signal.aborted = true;
    for (const call of signal.calls) {
      if (call.outcome === undefined) this.end(call, "aborted");
    }
  }

  /** Whether an aborted signal stops a call before it has looked at anything. */
  refused(call: Call): boolean {
    if (call.signal?.aborted) this.end(call, "aborted");
    return call.outcome !== undefined;
  }

  /** The keys of the cases that are ready. */
  ready(cases: readonly ModelCase[]): number[] {
    return [...cases.keys()].filter((key) => {
      const one = cases[key];
      if (!one) return false;
      if (one.on.closed) return true;
      return one.sends === undefined ? one.on.available : one.on.accepts;
    });
  }

  #happen(cases: readonly ModelCase[], key: number): Outcome {
    const { on, sends } = cases[key]!;
    if (sends === undefined) {
      return on.available ? `${key} ${got(on.take())}` : `${key} ${on.ending}`;
    }
    if (on.closed) return unsent(sends);
    on.accept(sends);
    return `${key} sent`;
  }

  trySelect(cases: readonly ModelCase[], choose: Choice): Outcome {
    const ready = this.ready(cases);
    return ready.length ? this.#happen(cases, choose(ready)) : "none ready";
  }

  select(call: Call, cases: readonly ModelCase[], choose: Choice): void {
    if (this.refused(call)) return;
    const ready = this.ready(cases);
    if (ready.length) {
      return this.settle(call, this.#happen(cases, choose(ready)));
    }
    const places = cases.flatMap((one, key) => one ? placeOf(one, key) : []);
    // Of several in one queue any may be the first.
    const rivals = places.filter(({ queue }) =>
      places.filter((other) => other.queue === queue).length > 1
    ).map(({ key }) => key);
    const first = rivals.length ? choose(rivals) : undefined;
    places.sort((one, other) => +(other.key === first) - +(one.key === first));
    this.wait(call, ...places);
  }
}

function placeOf(
  { on, sends }: NonNullable<ModelCase>,
  key: number,
): Omit<Place, "call"> & { key: number } {
  return sends === undefined
    ? {
      key,
      queue: on.receivers,
      happens: (value) => `${key} ${got(value)}`,
      ends: () => `${key} ${on.ending}`,
    }
    : {
      key,
      queue: on.senders,
      value: sends,
      happens: () => `${key} sent`,
      ends: () => unsent(sends),
    };
}

/** A channel. */
export class ModelChannel {
  readonly buffer: number[] = [];
  readonly senders: Place[] = [];
  readonly receivers: Place[] = [];
  readonly joiners: Place[] = [];
  closed = false;
  /** What a receive is told once closed and drained. */
  ending: Outcome = "";

  constructor(
    readonly model: Model,
    readonly capacity: number,
    readonly overflow: "wait" | "drop-oldest" | "drop-incoming" = "wait",
  ) {}

  get drained(): boolean {
    return this.closed && this.buffer.length === 0;
  }

  get available(): boolean {
    return this.buffer.length > 0 || this.senders.length > 0;
  }

  /** Whether a send would not wait, on an open channel. */
  get accepts(): boolean {
    return this.receivers.length > 0 || this.buffer.length < this.capacity ||
      this.overflow !== "wait";
  }

  /** Takes in a value: for the oldest receiver, or the buffer, or by the policy. */
  accept(value: number): void {
    const receiver = this.receivers[0];
    if (receiver) this.model.settle(receiver.call, receiver.happens(value));
    else if (this.buffer.length < this.capacity) this.buffer.push(value);
    else if (this.overflow === "drop-incoming") {
      this.model.dropped.push(value);
    } else {
      this.model.dropped.push(this.buffer.shift()!);
      this.buffer.push(value);
    }
  }

  /** Gives out the oldest value; the oldest sender's moves up behind the others. */
  take(): number {
    const value = this.buffer.length ? this.buffer.shift()! : this.#takeOver();
    if (this.senders.length && this.buffer.length < this.capacity) {
      this.buffer.push(this.#takeOver());
    }
    this.#tellJoiners();
    return value;
  }

  #takeOver(): number {
    const { call, value, happens } = this.senders[0]!;
    this.model.settle(call, happens(value!));
    return value!;
  }

  #tellJoiners(): void {
    while (this.drained && this.joiners.length) {
      this.model.joined(this.joiners[0]!.call);
    }
  }

  send(call: Call, value: number): void {
    if (this.model.refused(call)) return;
    if (this.closed) return this.model.settle(call, unsent(value));
    if (!this.accepts) {
      const ends = () => unsent(value);
      const queue = this.senders;
      return this.model.wait(call, { queue, value, happens: sent, ends });
    }
    this.accept(value);
    this.model.settle(call, "sent");
  }

  trySend(value: number): boolean {
    const accepted = !this.closed && this.accepts;
    if (accepted) this.accept(value);
    return accepted;
  }

  /** A `receive`; with `max` a `receiveMany`; if the call has an iterator, a `next`. */
  receive(call: Call, max?: number): void {
    if (this.model.refused(call)) return;
    if (this.available) {
      return this.model.settle(
        call,
        max ? gotMany(this.takeMany(max)) : got(this.take()),
      );
    }
    const ends = () =>
      call.iterator && this.ending === "closed" ? "done" : this.ending;
    if (this.closed) return this.model.end(call, ends());
    const happens = max ? (value: number) => gotMany([value]) : got;
    this.model.wait(call, { queue: this.receivers, happens, ends });
  }

  takeMany(max: number): number[] {
    const values: number[] = [];
    while (values.length < max && this.available) values.push(this.take());
    return values;
  }

  tryReceive(): Outcome {
    if (this.available) return got(this.take());
    return this.closed ? "closed" : "empty";
  }

  /** Of the places of the oldest sender any may be the first: this value's, then. */
  prefer(value: number): void {
    const { senders } = this;
    const at = senders.findIndex((place) =>
      place.value === value && place.call === senders[0]!.call
    );
    if (at > 0) senders.unshift(...senders.splice(at, 1));
  }

  peek(): Outcome {
    if (this.available) return got(this.buffer[0] ?? this.senders[0]!.value!);
    return this.closed ? "closed" : "empty";
  }

  next(call: Call, iterator: ModelIterator): void {
    if (iterator.over) return this.model.settle(call, "done");
    call.iterator = iterator;
    this.receive(call, iterator.max);
  }

  return(call: Call, iterator: ModelIterator): void {
    iterator.over = true;
    for (const { call } of [...this.receivers]) {
      if (call.iterator === iterator) this.model.end(call, "done");
    }
    this.model.settle(call, "done");
  }

  join(call: Call): void {
    if (this.model.refused(call)) return;
    if (this.drained) return this.model.joined(call);
    const told = () => "joined";
    this.model.wait(call, { queue: this.joiners, happens: told, ends: told });
  }

  close(reason?: Outcome): void {
    if (this.closed) return;
    this.closed = true;
    this.ending = reason ?? "closed";
    for (const queue of [this.receivers, this.senders]) {
      while (queue[0]) this.model.end(queue[0].call, queue[0].ends());
    }
    this.#tellJoiners();
  }

  cancel(reason?: Outcome): void {
    this.model.dropped.push(...this.buffer.splice(0));
    this.close(reason);
    this.#tellJoiners();
  }
}
