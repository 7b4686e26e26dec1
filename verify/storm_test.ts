// storm_test.ts: storms of cancellation. 100 of each kind, and each value of each
// storm is accounted for: received once, refused, dropped, or left.
//
// A storm is the same for the same seed. In every fourth one the library pauses now
// and then (rule 9), and timers end that: 9 in 100 of those differ from run to run.
// To run one storm alone, let FIRST be its seed and SEEDS be 1.

import { assert, assertEquals } from "@std/assert";
import { random } from "../_testing.ts";
import type { ChannelOptions, ChannelOverflow } from "../mod.ts";
import { Channel, ChannelClosedError } from "../mod.ts";
import { Crowd } from "./_crowd.ts";
import { Ledger, Order, repeatably, Signals, tick, Turns } from "./_storm.ts";

const FIRST = 1;
const SEEDS = 100;

type Random = () => number;
type Storm = (random: Random, seed: number) => Promise<Ledger>;

/** Runs all storms of a kind; each of these events must have occurred in one of them. */
async function run(
  kind: string,
  storm: Storm,
  events: readonly string[],
): Promise<void> {
  const totals: Record<string, number> = {};
  for (let seed = FIRST; seed < FIRST + SEEDS; seed++) {
    let ledger: Ledger;
    try {
      const leapEvery = seed % 4 === 0 ? 2 : Infinity;
      const body = () => storm(random(seed), seed);
      ledger = await repeatably(random(~seed), leapEvery, body);
      assert(ledger.problems.length === 0, ledger.problems.join("; "));
    } catch (cause) {
      throw new Error(`Storm "${kind}", seed ${seed}: ${cause}`, { cause });
    }
    for (const [event, count] of Object.entries(ledger.tally)) {
      totals[event] = (totals[event] ?? 0) + count;
    }
  }
  for (const event of SEEDS < 100 ? [] : events) {
    assert(totals[event]! > 0, `Storm "${kind}": nothing was ${event}`);
  }
}

function below(random: Random, n: number): number {
  return Math.floor(random() * n);
}

// Case 80: 1,000 receives, half with a signal, one of their own or one that they
// share; aborts while 1,000 values are sent, in the same turn or after some.
async function receivesAborted(random: Random): Promise<Ledger> {
  const ledger = new Ledger();
  const order = new Order("received");
  const signals = new Signals(random);
  const turns = new Turns();
  const channel = new Channel<number>(Infinity);
  const shared = signals.make();
  const own: AbortController[] = [];
  const receive = async (controller: AbortController | undefined) => {
    const signal = controller?.signal;
    try {
      const value = await channel.receive({ signal });
      ledger.mark(value, "received");
      ledger.count(String(order.see(channel, value)));
    } catch (error) {
      if (signal?.aborted && error === signal.reason) ledger.count("aborted");
      else if (error instanceof ChannelClosedError) ledger.count("closed");
      else ledger.complain(String(error));
    }
    ledger.count("settled");
  };
  for (let i = 0; i < 1000; i++) {
    const draw = random();
    if (draw < 0.25) receive(own[own.push(signals.make()) - 1]);
    else receive(draw < 0.5 ? shared : undefined);
  }
  const sharedAt = below(random, 1000);
  for (let i = 0; i < 1000; i++) {
    const value = ledger.offer();
    if (channel.trySend(value)) ledger.mark(value, "accepted");
    if (i === sharedAt) shared.abort({ why: "shared" });
    while (random() < 0.3) own[below(random, own.length)]!.abort({ why: i });
    if (random() < 0.05) await undefined;
    if (random() < 0.01) await turns.next();
  }
  for (const controller of own) controller.abort({ why: "late" });
  channel.close();
  const joined = channel.join();
  const drained = channel.drain();
  for (let turn = 0; turn < 2; turn++) await tick();
  for (const value of drained) {
    ledger.mark(value, "received");
    ledger.count(String(order.see(channel, value)));
  }
  turns.close();
  await joined;
  const { tally } = ledger;
  assertEquals([tally.settled, tally.accepted], [1000, 1000]);
  // In order, first those that were received, then those that were drained.
  assertEquals([tally.received, tally.undefined], [1000, 1000]);
  assertEquals(channel.stats().waitingReceivers, 0);
  assertEquals(signals.listening, 0);
  ledger.balance();
  return ledger;
}

/** Does one step after the other until it is aborted. */
class Task extends AbortController {
  readonly done: Promise<void>;

  constructor(
    signals: Signals,
    step: (signal: AbortSignal) => Promise<void>,
  ) {
    super();
    signals.watch(this.signal);
    this.done = this.#run(step);
  }

  async #run(step: (signal: AbortSignal) => Promise<void>): Promise<void> {
    while (!this.signal.aborted) await step(this.signal);
  }
}

const CAPACITIES = [0, 1, 2, 8, Infinity];

// Case 81: senders and receivers that are aborted and started again.
async function restarts(random: Random, seed: number): Promise<Ledger> {
  const ledger = new Ledger();
  const signals = new Signals(random);
  const channel = new Channel<number>(CAPACITIES[seed % CAPACITIES.length]);
  const idle = new Channel<never>();
  const starts = Array.from({ length: 6 }, (_, index) => {
    const order = new Order("by one task");
    const send = async (signal: AbortSignal) => {
      const value = ledger.offer();
      try {
        await channel.send(value, { signal });
        ledger.mark(value, "accepted");
      } catch (error) {
        if (error !== signal.reason) ledger.complain(String(error));
        ledger.mark(value, "refused");
      }
      // Or it would fill an unbounded channel without end.
      if (channel.size > 100) await idle.receive({ signal }).catch(() => {});
    };
    const receive = async (signal: AbortSignal) => {
      try {
        const value = await channel.receive({ signal });
        ledger.mark(value, "received");
        const problem = order.see(channel, value);
        if (problem) ledger.complain(problem);
      } catch (error) {
        if (error !== signal.reason) ledger.complain(String(error));
        ledger.count("aborted");
      }
    };
    return () => new Task(signals, index % 2 ? send : receive);
  });
  const tasks = starts.map((start) => start());
  for (let step = 0; step < 250; step++) {
    const index = below(random, tasks.length);
    const task = tasks[index]!;
    if (random() < 0.5) task.abort({ why: step });
    else if (task.signal.aborted) {
      await task.done;
      tasks[index] = starts[index]!();
    }
    for (let yields = random() * 8; yields >= 1; yields--) await undefined;
  }
  for (const task of tasks) task.abort({ why: "the end" });
  await Promise.all(tasks.map((task) => task.done));
  const { accepted = 0, received = 0 } = ledger.tally;
  assertEquals(accepted - received, channel.size);
  for (const value of channel.drain()) ledger.mark(value, "left");
  for (let turn = 0; turn < 2; turn++) await tick();
  const { waitingSenders, waitingReceivers } = channel.stats();
  assertEquals([waitingSenders, waitingReceivers], [0, 0]);
  assertEquals(signals.listening, 0);
  ledger.balance();
  return ledger;
}

/** All ways to send and to receive on channels of one kind and one other; all close at a random moment. */
function mixed(options: ChannelOptions<number>): Storm {
  return async (random, seed) => {
    const capacity = CAPACITIES[seed % CAPACITIES.length]!;
    const crowd = new Crowd({
      random,
      senders: 6,
      receivers: 6,
      channels: [options, options, { capacity }],
    });
    await crowd.round(400, {
      closeAt: below(random, 400),
      receiveUntil: random() < 0.3 ? below(random, 400) : 0,
    });
    crowd.close();
    return crowd.ledger;
  };
}

Deno.test("receive() neither loses nor doubles a value while 1,000 of them are aborted, by their own signals and a shared one (case 80)", async () => {
  await run("case 80", receivesAborted, ["aborted"]);
});

Deno.test("send() and receive() keep the balance while six tasks are aborted and restarted (case 81)", async () => {
  await run("case 81", restarts, ["received", "refused", "aborted", "left"]);
});

const EVENTS = [
  ...["accepted", "refused", "received", "dropped"],
  ...["aborted", "closed", "reason", "closes"],
];

for (const capacity of CAPACITIES) {
  const kind = `capacity ${capacity}`;
  Deno.test(`every value of a storm is received once, refused, dropped or left (${kind})`, async () => {
    await run(kind, mixed({ capacity }), [...EVENTS, "left"]);
  });
}

for (const overflow of ["drop-oldest", "drop-incoming"] as ChannelOverflow[]) {
  for (const capacity of [1, 8]) {
    const kind = `${overflow}, capacity ${capacity}`;
    Deno.test(`every value of a storm is received once, refused, dropped or left (${kind})`, async () => {
      await run(kind, mixed({ capacity, overflow }), EVENTS);
    });
  }
}
