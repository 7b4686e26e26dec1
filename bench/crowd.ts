// crowd.ts: W5: many producers, many consumers, and long queues of those who wait.

import { check, valueOf } from "./_check.ts";
import type { Chan, Group, Kit, Workload } from "./_kit.ts";

const WAITING = 10_000;
/** Those that refuse the 1,025th that waits. */
const AT_MOST_1024 = ["@thi.ng/csp", "js-csp"];

export const groups: readonly Group[] = [
  {
    name: "W5a 100 producers, 100 consumers",
    floor: "queue",
    targets: [{ against: "std", must: 0.75, goal: 0.65 }],
    asks: ["hand-off"],
    make: (kit) => crowd(kit, 100, 200),
  },
  {
    name: "W5b 10,000 receivers wait, then sends",
    floor: "queue",
    targets: [{ against: "std", must: 0.55, goal: 0.45 }],
    asks: ["rendezvous"],
    without: AT_MOST_1024,
    make: receiversWait,
  },
  {
    name: "W5c 10,000 senders wait, then receives",
    floor: "queue",
    targets: [{ against: "std", must: 0.6, goal: 0.5 }],
    asks: ["rendezvous"],
    without: AT_MOST_1024,
    make: sendersWait,
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

/** Through a buffer of 16. */
function crowd(kit: Kit, tasks: number, each: number): Workload {
  return {
    n: tasks * each,
    async run() {
      const channel = kit.make(16);
      const producers: Promise<void>[] = [];
      const consumers: Promise<unknown>[] = [];
      for (let task = 0; task < tasks; task++) {
        producers.push(produce(channel, each));
        consumers.push(consume(channel, each));
      }
      await Promise.all(producers);
      const lasts = await Promise.all(consumers);
      check(lasts.some((last) => valueOf(kit, last) === each - 1));
    },
  };
}

/**
 * A turn of the event loop. A burst of so many calls mostly comes in a turn of its own;
 * one at whose beginning a channel makes way for others is held up as a whole.
 */
function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

/** All of the sends in one turn. */
function receiversWait(kit: Kit): Workload {
  return {
    n: WAITING,
    prepare: turn,
    async run() {
      const channel = kit.make(0);
      const received: Promise<unknown>[] = [];
      const sent: Promise<unknown>[] = [];
      for (let i = 0; i < WAITING; i++) received.push(channel.receive());
      for (let i = 0; i < WAITING; i++) sent.push(channel.send(i));
      await Promise.all(sent);
      const values = await Promise.all(received);
      check(valueOf(kit, values[WAITING - 1]) === WAITING - 1);
    },
  };
}

/** All of the receives in one turn. */
function sendersWait(kit: Kit): Workload {
  return {
    n: WAITING,
    prepare: turn,
    async run() {
      const channel = kit.make(0);
      const sent: Promise<unknown>[] = [];
      const received: Promise<unknown>[] = [];
      for (let i = 0; i < WAITING; i++) sent.push(channel.send(i));
      for (let i = 0; i < WAITING; i++) received.push(channel.receive());
      await Promise.all(sent);
      const values = await Promise.all(received);
      check(valueOf(kit, values[WAITING - 1]) === WAITING - 1);
    },
  };
}
