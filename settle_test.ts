// settle_test.ts: operations settle in the order of a model made of plain arrays.

import { assertEquals } from "@std/assert";
import { random, tick } from "./_testing.ts";
import { Channel, ChannelClosedError } from "./channel.ts";

const OPERATIONS = [
  "send",
  "send until abort",
  "receive",
  "receive until abort",
  "receiveMany",
  "next",
  "trySend",
  "tryReceive",
  "drain",
  "abort oldest",
  "abort newest",
  "close",
  "close with a reason",
] as const;

type Kind = typeof OPERATIONS[number];
type Closed = "close" | "close with a reason";

/** Something that waits in the model. */
interface Parked {
  id: number;
  kind: Kind;
}

/**
 * What a channel should do. Each promise that settles has an entry in `settled`:
 * of two operations that settle each other, the older one comes first. What
 * returns at once is in `returned`.
 */
class Model {
  readonly settled: string[] = [];
  readonly returned: string[] = [];
  readonly buffer: number[] = [];
  senders: Parked[] = [];
  receivers: Parked[] = [];
  closed: Closed | undefined = undefined;

  constructor(readonly capacity: number) {}

  run(kind: Kind, id: number): void {
    if (kind.startsWith("send")) this.#send(kind, id);
    else if (kind === "close" || kind === "close with a reason") {
      this.#close(kind);
    } else if (kind === "trySend") {
      this.returned.push(`${this.closed === undefined && this.#accept(id)}`);
    } else if (kind === "drain") {
      this.returned.push(`${this.#take(Infinity)}`);
    } else if (kind === "tryReceive") {
      const [value] = this.#take(1);
      this.returned.push(
        value !== undefined ? `ok ${value}` : this.closed ? "closed" : "empty",
      );
    } else this.#receive(kind, id);
  }

  /** Withdraws the oldest or newest operation with a signal; returns its id. */
  abort(which: 0 | -1): number | undefined {
    const one = [...this.senders, ...this.receivers]
      .filter(({ kind }) => kind.endsWith("abort")).at(which);
    if (one === undefined) return undefined;
    this.senders = this.senders.filter((other) => other !== one);
    this.receivers = this.receivers.filter((other) => other !== one);
    this.settled.push(`${one.id} aborted`);
    return one.id;
  }

  #accept(value: number): boolean {
    const receiver = this.receivers.shift();
    if (receiver !== undefined) {
      this.settled.push(`${receiver.id} got ${value}`);
    } else if (this.buffer.length < this.capacity) this.buffer.push(value);
    else return false;
    return true;
  }

  #send(kind: Kind, id: number): void {
    if (this.closed) this.settled.push(`${id} unsent ${id}`);
    else if (this.#accept(id)) this.settled.push(`${id} sent`);
    else this.senders.push({ id, kind });
  }

  /** Up to `max` values; each makes room for the oldest sender. */
  #take(max: number): number[] {
    const values: number[] = [];
    while (values.length < max) {
      const value = this.buffer.shift() ?? this.senders[0]?.id;
      if (value === undefined) break;
      values.push(value);
      const sender = this.senders.shift();
      if (sender === undefined) continue;
      this.settled.push(`${sender.id} sent`);
      if (sender.id !== value) this.buffer.push(sender.id);
    }
    return values;
  }

  #receive(kind: Kind, id: number): void {
    const values = this.#take(kind === "receiveMany" ? 2 : 1);
    if (values.length > 0) this.settled.push(`${id} got ${values}`);
    else if (this.closed) {
      this.settled.push(`${id} ${ending(kind, this.closed)}`);
    } else this.receivers.push({ id, kind });
  }

  #close(how: Closed): void {
    if (this.closed) return;
    this.closed = how;
    for (const { id, kind } of this.receivers) {
      this.settled.push(`${id} ${ending(kind, how)}`);
    }
    for (const { id } of this.senders) this.settled.push(`${id} unsent ${id}`);
    this.receivers = this.senders = [];
  }
}

/** What a receive is told of the end. */
function ending(kind: Kind, closed: Closed): string {
  if (closed === "close with a reason") return "threw reason";
  return kind === "next" ? "done" : "threw ChannelClosedError";
}

/** The same program on a channel, written down in the model's words. */
class Real {
  readonly settled: string[] = [];
  readonly returned: string[] = [];
  readonly channel: Channel<number>;
  readonly #controllers = new Map<number, AbortController>();

  constructor(capacity: number) {
    this.channel = new Channel(capacity);
  }

  run(kind: Kind, id: number): void {
    const { channel } = this;
    if (kind === "send") this.#watch(id, channel.send(id), () => "sent");
    else if (kind === "send until abort") {
      const options = { signal: this.#signal(id) };
      this.#watch(id, channel.send(id, options), () => "sent");
    } else if (kind === "receive") this.#watch(id, channel.receive(), got);
    else if (kind === "receive until abort") {
      this.#watch(id, channel.receive({ signal: this.#signal(id) }), got);
    } else if (kind === "receiveMany") {
      this.#watch(id, channel.receiveMany(2), got);
    } else if (kind === "next") {
      this.#watch(
        id,
        channel.values().next(),
        ({ done, value }) => done ? "done" : got(value),
      );
    } else if (kind === "trySend") this.returned.push(`${channel.trySend(id)}`);
    else if (kind === "tryReceive") {
      const result = channel.tryReceive();
      this.returned.push(
        result.state === "ok" ? `ok ${result.value}` : result.state,
      );
    } else if (kind === "drain") this.returned.push(`${channel.drain()}`);
    else if (kind === "close") channel.close();
    else channel.close("reason");
  }

  abort(id: number): void {
    this.#controllers.get(id)!.abort("aborted");
  }

  #signal(id: number): AbortSignal {
    const controller = new AbortController();
    this.#controllers.set(id, controller);
    return controller.signal;
  }

  #watch<T>(id: number, promise: Promise<T>, show: (value: T) => string): void {
    promise.then(
      (value) => this.settled.push(`${id} ${show(value)}`),
      (reason) => this.settled.push(`${id} ${thrown(reason)}`),
    );
  }
}

function got(value: number | number[]): string {
  return `got ${value}`;
}

function thrown(reason: unknown): string {
  if (reason === "aborted") return reason;
  if (!(reason instanceof ChannelClosedError)) return `threw ${reason}`;
  return "value" in reason ? `unsent ${reason.value}` : `threw ${reason.name}`;
}

/** One program, run on the model and on a channel side by side. */
class Pair {
  readonly #model: Model;
  readonly #real: Real;
  readonly #about: string;

  constructor(readonly program: readonly Kind[], capacity: number) {
    this.#model = new Model(capacity);
    this.#real = new Real(capacity);
    this.#about = `capacity ${capacity}: ${program.join(", ")}`;
  }

  /** Does the operation of this id on both. */
  run(id: number): void {
    const [model, real, kind] = [this.#model, this.#real, this.program[id]!];
    if (kind === "abort oldest" || kind === "abort newest") {
      const aborted = model.abort(kind === "abort oldest" ? 0 : -1);
      if (aborted !== undefined) real.abort(aborted);
    } else {
      model.run(kind, id);
      real.run(kind, id);
    }
    assertEquals(real.channel.stats(), {
      size: model.buffer.length,
      capacity: model.capacity,
      closed: model.closed !== undefined,
      waitingSenders: model.senders.length,
      waitingReceivers: model.receivers.length,
    }, this.#about);
  }

  /** Compares what has happened; after a tick. */
  compare(inOrder = true): void {
    const [real, model] = [this.#real.settled, this.#model.settled];
    if (inOrder) assertEquals(real, model, this.#about);
    else assertEquals(real.toSorted(), model.toSorted(), this.#about);
    assertEquals(this.#real.returned, this.#model.returned, this.#about);
  }
}

/** Runs programs of one length; each in one turn, or with ticks in between. */
async function compare(pairs: Pair[], ticks: boolean): Promise<void> {
  await tick();
  for (const id of pairs[0]!.program.keys()) {
    for (const pair of pairs) pair.run(id);
    if (!ticks) continue;
    await tick();
    for (const pair of pairs) pair.compare();
  }
  await tick();
  for (const pair of pairs) pair.compare();
}

/** Every program of three operations. */
function everyThree(capacity: number): Pair[] {
  return OPERATIONS.flatMap((first) =>
    OPERATIONS.flatMap((second) =>
      OPERATIONS.map((third) => new Pair([first, second, third], capacity))
    )
  );
}

/** A program that seldom closes, so that most of it runs on an open channel. */
function randomProgram(seed: number): Kind[] {
  const next = random(seed);
  return Array.from({ length: 40 }, () => {
    const choices = next() < 0.95 ? OPERATIONS.length - 2 : OPERATIONS.length;
    return OPERATIONS[Math.floor(next() * choices)]!;
  });
}

for (const capacity of [0, 1, 3, Infinity]) {
  for (const ticks of [false, true]) {
    const when = ticks ? "a turn each" : "one turn";

    Deno.test(`operations of ${when} settle in the order of the model (case 138, capacity ${capacity})`, async () => {
      const seeds = Array.from({ length: ticks ? 100 : 1000 }).keys();
      const pairs = seeds.map((seed) =>
        new Pair(randomProgram(seed), capacity)
      );
      await compare([...pairs], ticks);
    });

    Deno.test(`every three operations of ${when} settle in the order of the model (case 138, capacity ${capacity})`, async () => {
      await compare(everyThree(capacity), ticks);
    });
  }
}

for (const capacity of [0, 1, 3, Infinity]) {
  Deno.test(`operations come to what the model says when microtasks keep the turn busy (rule 9, capacity ${capacity})`, async () => {
    // Long enough for the channel to make way for the event loop.
    const end = performance.now() + 30;
    const pairs: Pair[] = [];
    while (performance.now() < end) {
      for (const pair of everyThree(capacity)) {
        for (const id of pair.program.keys()) pair.run(id);
        pairs.push(pair);
        await Promise.resolve();
      }
    }
    await tick();
    await tick();
    // Some had to wait for the next turn, so the order is another.
    for (const pair of pairs) pair.compare(false);
  });
}

Deno.test("join() resolves after the receive that takes the last value (case 65)", async () => {
  const takes: ((channel: Channel<number>) => Promise<unknown>)[] = [
    (channel) => channel.receive(),
    (channel) => channel.receiveMany(),
    (channel) => channel.values().next(),
    (channel) => channel.batches().next(),
  ];
  for (const take of takes) {
    const channel = new Channel<number>(1);
    channel.sendNow(1);
    channel.close();
    const order: string[] = [];
    channel.join().then(() => order.push("join"));
    take(channel).then(() => order.push("receive"));
    await tick();
    assertEquals(order, ["receive", "join"]);
  }
});

Deno.test("join() calls resolve in the order in which they were made (case 138)", async () => {
  const channel = new Channel<number>(1);
  channel.sendNow(1);
  channel.close();
  const order: string[] = [];
  channel.join().then(() => order.push("before"));
  channel.join().then(() => order.push("before too"));
  channel.receiveNow();
  channel.join().then(() => order.push("after"));
  await tick();
  assertEquals(order, ["before", "before too", "after"]);
});
