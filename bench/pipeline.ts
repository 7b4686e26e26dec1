// pipeline.ts: W8 to W10: tasks in a row, each with a channel to the next.

import { check, sumBelow, valueOf } from "./_check.ts";
import type { Chan, Group, Kit, Workload } from "./_kit.ts";

const PRIMES = 1_000;
const LAST_PRIME = 7_919;

export const groups: readonly Group[] = [
  ...[3, 10].map((stages): Group => ({
    name: `W8 pipeline of ${stages} stages`,
    floor: "queue",
    targets: [{ against: "std", must: 0.47, goal: 0.4 }],
    asks: ["rendezvous", "loop"],
    make: (kit) => pipeline(kit, stages, 30_000 / stages),
  })),
  ...[10_000, 100_000].map((n): Group => ({
    name: `W9 daisy chain of ${n.toLocaleString("en")}`,
    floor: "queue",
    targets: [{ against: "std", must: 0.5, goal: 0.4 }],
    asks: ["rendezvous"],
    full: n === 100_000,
    make: (kit) => daisyChain(kit, n),
  })),
  {
    name: "W10 prime sieve of 1,000 primes",
    floor: "queue",
    targets: [{ against: "std", must: 0.5, goal: 0.4 }],
    asks: ["rendezvous"],
    make: sieve,
  },
];

/** Hands on what comes until that ends. */
async function stage(from: Chan, to: Chan): Promise<void> {
  for await (const value of from) await to.send(value + 1);
  to.close();
}

/** Unbuffered; the unit is a value that has passed all stages. */
function pipeline(kit: Kit, stages: number, n: number): Workload {
  return {
    n,
    async run() {
      const first = kit.make(0);
      let last = first;
      for (let i = 0; i < stages; i++) {
        const next = kit.make(0);
        stage(last, next);
        last = next;
      }
      const sent = (async () => {
        for (let i = 0; i < n; i++) await first.send(i);
        first.close();
      })();
      let sum = 0;
      for await (const value of last) sum += value;
      await sent;
      check(sum === sumBelow(n) + n * stages);
    },
  };
}

/** One value passes n tasks, each of which adds 1. */
function daisyChain(kit: Kit, n: number): Workload {
  const link = async (from: Chan, to: Chan) => {
    await to.send(1 + valueOf(kit, await from.receive()));
  };
  return {
    n,
    async run() {
      const first = kit.make(0);
      let last = first;
      for (let i = 0; i < n; i++) {
        const next = kit.make(0);
        link(last, next);
        last = next;
      }
      const [value] = await Promise.all([last.receive(), first.send(0)]);
      check(valueOf(kit, value) === n);
    },
  };
}

/** A filter for each prime. The unit is a whole sieve; tasks that are left are forgotten. */
function sieve(kit: Kit): Workload {
  let over = false;
  const generate = async (to: Chan) => {
    for (let i = 2; !over; i++) await to.send(i);
  };
  const filter = async (from: Chan, to: Chan, prime: number) => {
    while (!over) {
      const value = valueOf(kit, await from.receive());
      if (value % prime !== 0) await to.send(value);
    }
  };
  return {
    n: 1,
    async run() {
      over = false;
      let from = kit.make(0);
      generate(from);
      let prime = 0;
      for (let i = 0; i < PRIMES; i++) {
        prime = valueOf(kit, await from.receive());
        const to = kit.make(0);
        filter(from, to, prime);
        from = to;
      }
      over = true;
      check(prime === LAST_PRIME);
    },
  };
}
