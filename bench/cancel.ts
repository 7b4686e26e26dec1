// cancel.ts: W6: waits that are given up, by signals of their own or by one that they share.

import { check, ignore } from "./_check.ts";
import type { Group, Kit, Target, Workload } from "./_kit.ts";

const REASON = new Error("aborted");

/** Which of n waits is aborted as the i-th. */
type Order = (i: number, n: number) => number;

/** A step that visits all, since it is a prime and divides none of the n. */
const LEAP = 7919;

const ORDERS: Readonly<Record<string, Order>> = {
  "oldest first": (i) => i,
  "newest first": (i, n) => n - 1 - i,
  "in random order": (i, n) => i * LEAP % n,
};

const std = (must: number, goal: number): Target[] => [
  { against: "std", must, goal },
];

/** What the contract asks of W6a and W6b, by name and number. */
const TARGETS: Readonly<Record<string, readonly Target[]>> = {
  "in random order 10000": std(0.25, 0.15),
  "oldest first 100000": std(1, 0.7),
  "shared 1000": std(0.08, 0.05),
  "shared 10000": std(0.01, 0.005),
};

const SIZES = [1_000, 10_000, 100_000] as const;

export const groups: readonly Group[] = [
  ...Object.entries(ORDERS).flatMap(([name, order]) =>
    SIZES.map((n): Group => ({
      name: `W6a abort of ${show(n)} waiters, ${name}`,
      floor: "queue",
      ...targets(`${name} ${n}`),
      asks: ["rendezvous", "signal"],
      full: !(`${name} ${n}` in TARGETS),
      // To find one among so many takes them 20 µs or more.
      ...(n === 100_000 && {
        without: [
          "ts-chan",
          "effect Queue",
          ...name === "oldest first" ? [] : ["std"],
        ],
      }),
      curve: { name: `abort by own signals, ${name}, by waiters`, x: n },
      make: (kit) => ownSignals(kit, n, order),
    }))
  ),
  ...SIZES.map((n): Group => ({
    name: `W6b abort of ${show(n)} waiters on one signal`,
    ...targets(`shared ${n}`),
    asks: ["rendezvous", "signal"],
    full: n === 100_000,
    ...(n === 100_000 && { without: ["std", "ts-chan", "effect Queue"] }),
    curve: { name: "abort by one signal, by waiters", x: n },
    make: (kit) => sharedSignal(kit, n),
  })),
  {
    name: "W6c 10,000 waiters on one signal, all served",
    targets: std(0.01, 0.005),
    asks: ["rendezvous", "signal", "try"],
    make: (kit) => allServed(kit, 10_000),
  },
  {
    name: "W6e a receive at a time on a long-lived signal",
    targets: std(0.5, 0.4),
    asks: ["rendezvous", "signal", "try"],
    make: (kit) => oneByOne(kit, 10_000),
  },
];

function show(n: number): string {
  return n.toLocaleString("en");
}

function targets(key: string): Pick<Group, "targets"> {
  const targets = TARGETS[key];
  return targets ? { targets } : {};
}

function ownSignals(kit: Kit, n: number, order: Order): Workload {
  let controllers: AbortController[] = [];
  return {
    n,
    prepare() {
      controllers = Array.from({ length: n }, () => new AbortController());
    },
    async run() {
      const channel = kit.make(0);
      const waiting: Promise<unknown>[] = [];
      for (const { signal } of controllers) {
        waiting.push(channel.receive({ signal }).catch(ignore));
      }
      for (let i = 0; i < n; i++) controllers[order(i, n)]!.abort(REASON);
      await Promise.all(waiting);
    },
  };
}

function sharedSignal(kit: Kit, n: number): Workload {
  return {
    n,
    async run() {
      const channel = kit.make(0);
      const controller = new AbortController();
      const { signal } = controller;
      const waiting: Promise<unknown>[] = [];
      for (let i = 0; i < n; i++) {
        waiting.push(channel.receive({ signal }).catch(ignore));
      }
      controller.abort(REASON);
      await Promise.all(waiting);
    },
  };
}

function allServed(kit: Kit, n: number): Workload {
  return {
    n,
    async run() {
      const channel = kit.make(0);
      const { signal } = new AbortController();
      const received: Promise<unknown>[] = [];
      for (let i = 0; i < n; i++) received.push(channel.receive({ signal }));
      for (let i = 0; i < n; i++) check(channel.trySend(i));
      await Promise.all(received);
    },
  };
}

function oneByOne(kit: Kit, n: number): Workload {
  const { signal } = new AbortController();
  return {
    n,
    async run() {
      const channel = kit.make(0);
      for (let i = 0; i < n; i++) {
        const received = channel.receive({ signal });
        check(channel.trySend(i));
        await received;
      }
    },
  };
}
