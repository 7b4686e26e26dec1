// handoff.ts: W1 to W3: one producer, one consumer, one value at a time.

import { check, sumBelow, valueOf } from "./_check.ts";
import type { Chan, Group, Kit, Workload } from "./_kit.ts";

const N = 20_000;

export const groups: readonly Group[] = [
  ...[1, 16, 128, 1024].map((capacity): Group => ({
    name: `W1 hand-off, capacity ${capacity}`,
    floor: "buffered",
    targets: [
      { against: "std", must: 0.82, goal: 0.74 },
      { against: "floor", must: 1.1, goal: 1.03 },
    ],
    asks: ["hand-off"],
    make: (kit) => handOff(kit, capacity),
  })),
  {
    name: "W1full hand-off, buffer of 128 full",
    floor: "rendezvous",
    targets: [
      { against: "std", must: 0.72, goal: 0.65 },
      { against: "floor", must: 1.3, goal: 1.2 },
    ],
    asks: ["hand-off", "try"],
    make: (kit) => handOffFull(kit, 128),
  },
  {
    name: "W2 rendezvous",
    floor: "rendezvous",
    targets: [
      { against: "std", must: 0.78, goal: 0.7 },
      { against: "floor", must: 1.15, goal: 1.08 },
    ],
    asks: ["rendezvous"],
    make: (kit) => handOff(kit, 0),
  },
  {
    name: "W3 for await, capacity 16",
    floor: "buffered",
    targets: [
      { against: "std", must: 0.26, goal: 0.22 },
      { against: "floor", must: 1.15, goal: 1.07 },
    ],
    asks: ["loop"],
    make: (kit) => iterate(kit, 16),
  },
  {
    name: "W3 for await, capacity 0",
    floor: "rendezvous",
    targets: [
      { against: "std", must: 0.42, goal: 0.37 },
      { against: "floor", must: 1.3, goal: 1.2 },
    ],
    asks: ["rendezvous", "loop"],
    make: (kit) => iterate(kit, 0),
  },
  {
    name: "W1 hand-off, capacity 16, receiver first",
    asks: ["hand-off"],
    make: (kit) => receiverFirst(kit, 16),
  },
  {
    name: "W2 rendezvous, receiver first",
    floor: "two tasks",
    asks: ["rendezvous"],
    make: (kit) => receiverFirst(kit, 0),
  },
  {
    name: "W3 for await, capacity 0, receiver first",
    asks: ["rendezvous", "loop"],
    make: iterateFirst,
  },
];

async function produce(channel: Chan, n: number): Promise<void> {
  for (let i = 0; i < n; i++) await channel.send(i);
}

/** Resolves to what the last receive resolved to. */
async function consume(channel: Chan, n: number): Promise<unknown> {
  let last: unknown;
  for (let i = 0; i < n; i++) last = await channel.receive();
  return last;
}

async function consumeAll(channel: Chan): Promise<number> {
  let sum = 0;
  for await (const value of channel) sum += value;
  return sum;
}

function handOff(kit: Kit, capacity: number): Workload {
  return {
    n: N,
    async run() {
      const channel = kit.make(capacity);
      const producer = produce(channel, N);
      check(valueOf(kit, await consume(channel, N)) === N - 1);
      await producer;
    },
  };
}

/** With the buffer full all the time. */
function handOffFull(kit: Kit, capacity: number): Workload {
  return {
    n: N,
    async run() {
      const channel = kit.make(capacity);
      while (channel.trySend(0));
      const producer = produce(channel, N);
      await consume(channel, N);
      await producer;
    },
  };
}

/** The consumer is `for await`. */
function iterate(kit: Kit, capacity: number): Workload {
  return {
    n: N,
    async run() {
      const channel = kit.make(capacity);
      const producer = produce(channel, N).then(() => channel.close());
      check(await consumeAll(channel) === sumBelow(N));
      await producer;
    },
  };
}

/** The consumer is there first, so that it is the one who waits. */
function receiverFirst(kit: Kit, capacity: number): Workload {
  return {
    n: N,
    async run() {
      const channel = kit.make(capacity);
      const consumer = consume(channel, N);
      await produce(channel, N);
      check(valueOf(kit, await consumer) === N - 1);
    },
  };
}

/** The same, by `for await`. */
function iterateFirst(kit: Kit): Workload {
  return {
    n: N,
    async run() {
      const channel = kit.make(0);
      const consumer = consumeAll(channel);
      await produce(channel, N);
      channel.close();
      check(await consumer === sumBelow(N));
    },
  };
}
