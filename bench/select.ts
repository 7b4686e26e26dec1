// select.ts: W7: the first of several channels, of which one gets a value or all have one.

import { check } from "./_check.ts";
import type { Group, Kit, Workload } from "./_kit.ts";

/** Widths, selects in a sample, and what may be cost of std's race. */
const PARKED = [
  [2, 5_000, 0.12, 0.07],
  [10, 2_000, 0.06, 0.035],
  [100, 200, 0.05, 0.015],
] as const;

const READY = [[2, 20_000], [10, 10_000], [100, 2_000]] as const;

export const groups: readonly Group[] = [
  ...PARKED.map(([width, n, must, goal]): Group => ({
    name: `W7 select of ${width}, parked`,
    floor: "queue",
    targets: [{ against: "std", must, goal }],
    asks: ["rendezvous", "select", "try"],
    // Its select parks a microtask after the call, so that a send finds nobody.
    without: ["ts-chan"],
    curve: { name: "select, parked, by channels", x: width },
    make: (kit) => parked(kit, width, n),
  })),
  ...READY.map(([width, n]): Group => ({
    name: `W7 select of ${width}, ready`,
    floor: "two tasks",
    ...(width === 2 && {
      targets: [{ against: "floor", must: 2.7, goal: 2.2 }],
    }),
    asks: ["hand-off", "select", "try"],
    // A race takes a value from each, and loses all but one.
    without: ["std"],
    curve: { name: "select, ready, by channels", x: width },
    make: (kit) => ready(kit, width, n),
  })),
];

function parked(kit: Kit, width: number, n: number): Workload {
  const channels = Array.from({ length: width }, () => kit.make(0));
  return {
    n,
    async run() {
      for (let i = 0; i < n; i++) {
        const first = kit.first!(channels);
        check(channels[i % width]!.trySend(i));
        await first;
      }
    },
  };
}

/** What wins is sent again, so that all have a value; the values are the channels' places. */
function ready(kit: Kit, width: number, n: number): Workload {
  const channels = Array.from({ length: width }, () => kit.make(1));
  channels.forEach((channel, i) => channel.trySend(i));
  const { won = (result) => result as number } = kit;
  return {
    n,
    async run() {
      for (let i = 0; i < n; i++) {
        const place = won(await kit.first!(channels));
        check(channels[place]!.trySend(place));
      }
    },
  };
}
