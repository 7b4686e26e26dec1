// queue.ts: W4 and batches: values that are there already, and many of them at a time.

import { check, sumBelow, valueOf } from "./_check.ts";
import type { Chan, Group, Kit, Workload } from "./_kit.ts";

export const groups: readonly Group[] = [
  {
    name: "W4a try-operations, 1,024 at a time",
    floor: "buffered",
    targets: [
      { against: "std", must: 0.18, goal: 0.14 },
      { against: "floor", must: 1.8, goal: 1.6 },
    ],
    asks: ["try"],
    make: (kit) => tryOperations(kit, 1024, 1024, 100),
  },
  {
    name: "W4b try-operations, 1,000,000 unbounded",
    floor: "buffered",
    targets: [
      { against: "std", must: 0.45, goal: 0.35 },
      { against: "floor", must: 1.2, goal: 1.0 },
    ],
    asks: ["try"],
    make: (kit) => tryOperations(kit, Infinity, 1_000_000, 1),
  },
  {
    name: "batches, capacity 128",
    floor: "two tasks",
    targets: [
      { against: "std", must: 0.35, goal: 0.28 },
      { against: "floor", must: 0.7, goal: 0.33 },
    ],
    asks: ["hand-off"],
    make: (kit) => batches(kit, 128),
  },
  {
    name: "try first, capacity 128",
    floor: "two tasks",
    targets: [
      { against: "std", must: 0.35, goal: 0.28 },
      { against: "floor", must: 0.7, goal: 0.33 },
    ],
    asks: ["hand-off"],
    make: (kit) => tryFirst(kit, 128),
  },
];

/** Fill, then drain, by operations that never wait. */
function tryOperations(
  kit: Kit,
  capacity: number,
  n: number,
  rounds: number,
): Workload {
  const reused = rounds > 1 ? kit.make(capacity) : undefined;
  return {
    n: n * rounds,
    run() {
      const channel = reused ?? kit.make(capacity);
      for (let round = 0; round < rounds; round++) {
        for (let i = 0; i < n; i++) channel.trySend(i);
        let sum = 0;
        for (let i = 0; i < n; i++) sum += channel.tryReceive().value!;
        check(sum === sumBelow(n));
      }
    },
  };
}

/** A source sent and received as a whole; one by one by who has no batches. */
function batches(kit: Kit, capacity: number, n = 50_000): Workload {
  const values = Array.from({ length: n }, (_, i) => i);
  return {
    n,
    async run() {
      const channel = kit.make(capacity);
      if (kit.batches) return await kit.batches(channel, values);
      const sent = sendEach(channel, values);
      let last: unknown;
      for (let i = 0; i < n; i++) last = await channel.receive();
      check(valueOf(kit, last) === n - 1);
      await sent;
    },
  };
}

async function sendEach(channel: Chan, values: number[]): Promise<void> {
  for (const value of values) await channel.send(value);
}

/** Loops that wait only if they must; one by one by who has no try-operations. */
function tryFirst(kit: Kit, capacity: number, n = 50_000): Workload {
  const tries = !kit.can || kit.can.includes("try");
  return {
    n,
    async run() {
      const channel = kit.make(capacity);
      const sent = (async () => {
        for (let i = 0; i < n; i++) {
          if (!tries || !channel.trySend(i)) await channel.send(i);
        }
      })();
      let last: unknown;
      for (let i = 0; i < n; i++) {
        const result = tries ? channel.tryReceive() : undefined;
        last = result?.state === "ok" ? result.value : await channel.receive();
      }
      check((tries ? last : valueOf(kit, last)) === n - 1);
      await sent;
    },
  };
}
