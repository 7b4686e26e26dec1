// lifetime.ts: W11: channels that are made, used for a moment and closed.

import { check, ignore } from "./_check.ts";
import type { Chan, Group, Kit, Workload } from "./_kit.ts";

export const groups: readonly Group[] = [
  {
    name: "W11a create",
    floor: "queue",
    targets: [{ against: "std", must: 0.28, goal: 0.2 }],
    asks: ["hand-off"],
    make: (kit) => create(kit, 20_000),
  },
  {
    name: "W11b create, one value, close",
    floor: "queue",
    targets: [{ against: "std", must: 0.6, goal: 0.5 }],
    asks: ["try", "close"],
    make: (kit) => createUseClose(kit, 20_000),
  },
  {
    name: "W11c close with 1,000 waiting",
    floor: "queue",
    targets: [{ against: "std", must: 1, goal: 0.8 }],
    asks: ["rendezvous", "close"],
    make: (kit) => closeWaiting(kit, 1_000),
  },
  {
    name: "W11d stream of 3 values",
    floor: "queue",
    targets: [{ against: "std", must: 0.08, goal: 0.05 }],
    asks: ["try", "loop"],
    make: (kit) => shortStream(kit, 2_000),
  },
];

/** What channels are kept in, so that the engine does make them. */
function shelf(): Chan[] {
  return new Array(1024);
}

function create(kit: Kit, n: number): Workload {
  const kept = shelf();
  return {
    n,
    run() {
      for (let i = 0; i < n; i++) kept[i & 1023] = kit.make(16);
    },
  };
}

function createUseClose(kit: Kit, n: number): Workload {
  const kept = shelf();
  return {
    n,
    run() {
      for (let i = 0; i < n; i++) {
        const channel = kept[i & 1023] = kit.make(16);
        channel.trySend(i);
        channel.close();
      }
    },
  };
}

function closeWaiting(kit: Kit, n: number): Workload {
  return {
    n,
    async run() {
      const channel = kit.make(0);
      const waiting: Promise<unknown>[] = [];
      for (let i = 0; i < n; i++) waiting.push(channel.receive().catch(ignore));
      channel.close();
      await Promise.all(waiting);
    },
  };
}

/** The unit is a stream. */
function shortStream(kit: Kit, n: number): Workload {
  return {
    n,
    async run() {
      for (let i = 0; i < n; i++) {
        const channel = kit.make(3);
        channel.trySend(1);
        channel.trySend(2);
        channel.trySend(3);
        channel.close();
        let sum = 0;
        for await (const value of channel) sum += value;
        check(sum === 6);
      }
    },
  };
}
