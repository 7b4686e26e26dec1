// crowd_test.ts: 32 senders and 32 receivers on a few channels, with aborts, selects,
// channels that close and new ones that take their place; and programs of many tasks
// whose every step is accounted for. The soak runs the same crowd for minutes.

import { assert, assertEquals } from "@std/assert";
import { holding, random } from "../_testing.ts";
import { Channel, select, sending } from "../mod.ts";
import { Crowd } from "./_crowd.ts";
import { Ledger, Order, repeatably } from "./_storm.ts";

const ROUNDS = 5;
const OPERATIONS = 4000;

const CHANNELS = [
  { capacity: 0 },
  { capacity: 1 },
  { capacity: 8 },
  { capacity: 4, overflow: "drop-oldest" },
  { capacity: Infinity },
  { capacity: 0 },
  { capacity: 2 },
] as const;

for (const [kind, leapEvery] of [["never", Infinity], ["often", 20]] as const) {
  for (const seed of [1, 2, 3]) {
    Deno.test(`32 senders and 32 receivers lose and double nothing while channels close and re-open (seed ${seed}, the library pauses ${kind})`, async () => {
      const crowd = new Crowd({
        random: random(seed),
        senders: 32,
        receivers: 32,
        channels: CHANNELS,
        lasting: 2,
      });
      await repeatably(random(~seed), leapEvery, async () => {
        for (let round = 0; round < ROUNDS; round++) {
          await crowd.round(OPERATIONS, { reopenEvery: 200 });
          assertEquals(crowd.ledger.problems, [], `round ${round}`);
        }
      });
      crowd.close();
      assert(crowd.operations >= ROUNDS * OPERATIONS);
      const { tally } = crowd.ledger;
      for (const event of ["accepted", "refused", "received", "aborted"]) {
        assert(tally[event]! > 1000, `${event}: ${tally[event]}`);
      }
      for (const event of ["dropped", "left", "closes", "closed", "reason"]) {
        assert(tally[event]! > 10, `${event}: ${tally[event]}`);
      }
    });
  }
}

// Case 129 stands in select_fair_test.ts as a program that ends; here, which of two
// receivers got each value of which of two senders is accounted for too.
Deno.test("plain and selecting tasks share four channels, each value arrives once and in order (case 129)", async () => {
  const n = 10_000;
  const ledger = new Ledger();
  const channels = [0, 0, 2, 3].map((capacity) =>
    new Channel<number>(capacity)
  );
  const take = (at: number, value: number, order: Order) => {
    ledger.mark(value, "received");
    const problem = order.see(channels[at]!, value);
    if (problem) ledger.complain(problem);
  };
  const send = async (at: number) => {
    for (let i = 0; i < n; i++) {
      const value = ledger.offer();
      await channels[at]!.send(value);
      ledger.mark(value, "accepted");
    }
  };
  const receive = async (at: number) => {
    const order = new Order("by a plain receiver");
    for (let i = 0; i < n; i++) {
      take(at, await channels[at]!.receive(), order);
    }
  };
  const selectSend = async () => {
    const sent = [0, 0, 0, 0];
    for (let i = 0; i < 4 * n; i++) {
      const values = sent.map((count) => count < n ? ledger.offer() : -1);
      const { key } = await select(
        values.map((value, at) => value >= 0 && sending(channels[at], value)),
      );
      sent[key]!++;
      values.forEach((value, at) => {
        if (value >= 0) ledger.mark(value, at === key ? "accepted" : "refused");
      });
    }
  };
  const selectReceive = async () => {
    const order = new Order("by a selecting receiver");
    const received = [0, 0, 0, 0];
    for (let i = 0; i < 4 * n; i++) {
      const result = await select(
        channels.map((channel, at) => received[at]! < n && channel),
      );
      received[result.key]!++;
      if (result.state === "ok") take(result.key, result.value!, order);
    }
  };
  await Promise.all([
    ...channels.map((_, at) => send(at)),
    ...channels.map((_, at) => receive(at)),
    selectSend(),
    selectReceive(),
  ]);
  ledger.balance();
  assertEquals(ledger.problems, []);
  assertEquals(ledger.tally.received, 8 * n);
  for (const channel of channels) {
    const { size, waitingSenders, waitingReceivers } = channel.stats();
    assertEquals([size, waitingSenders, waitingReceivers], [0, 0, 0]);
  }
});

// Case 131 stands in select_fair_test.ts with a time limit; here nobody eats with a
// fork that a neighbour holds, and the limit is a number of tries.
Deno.test("ten dining philosophers each eat a hundred times, never beside one another (case 131)", async () => {
  const seats = 10;
  const meals = 100;
  for (let seed = 1; seed <= 10; seed++) {
    const next = random(seed);
    const forks = Array.from({ length: seats }, () => holding("fork"));
    const eating = forks.map(() => false);
    const eaten = forks.map(() => 0);
    const think = async () => {
      for (let turns = next() * 4; turns >= 1; turns--) await undefined;
    };
    const dine = async (seat: number) => {
      const sides = [forks[seat]!, forks[(seat + 1) % seats]!] as const;
      const beside = [(seat + 1) % seats, (seat + seats - 1) % seats];
      for (let tries = 0; eaten[seat]! < meals && tries < 10_000; tries++) {
        const { key } = await select(sides);
        if (sides[1 - key]!.tryReceive().state === "ok") {
          eating[seat] = true;
          assert(!beside.some((other) => eating[other]), `seed ${seed}`);
          await think();
          eaten[seat]!++;
          eating[seat] = false;
          sides[1 - key]!.sendNow("fork");
        }
        sides[key].sendNow("fork");
        // Or each would take the fork that it has just put down, for ever.
        await think();
      }
    };
    await repeatably(random(~seed), Infinity, async () => {
      await Promise.all(forks.map((_, seat) => dine(seat)));
    });
    assertEquals(eaten, Array(seats).fill(meals), `seed ${seed}`);
    assertEquals(forks.map((fork) => fork.size), Array(seats).fill(1));
  }
});
