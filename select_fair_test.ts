// select_fair_test.ts: select many times over: what it leaves behind, whom it
// favours, and whether programs that rest on it come to an end.
//
// The limits of the statistics are passed by luck once in a million runs.

import { assert, assertEquals } from "@std/assert";
import type { SelectCase } from "./mod.ts";
import { Channel, select, sending, trySelect } from "./mod.ts";
import { random } from "./_testing.ts";

const TRIALS = 10_000;
/** The limits of chi-square that one run in a million passes, by degrees of freedom. */
const CHI_SQUARE = [0, 23.93, 27.64, 30.7] as const;

/** A channel whose buffer is full of `n` numbers. */
function holding(n: number): Channel<number> {
  const channel = new Channel<number>(n);
  for (let i = 0; i < n; i++) channel.sendNow(i);
  return channel;
}

function closed(): Channel<number> {
  const channel = new Channel<number>();
  channel.close();
  return channel;
}

/** How often each of the cases was picked in `TRIALS` runs. */
function shares(cases: readonly SelectCase[]): number[] {
  const counts = cases.map(() => 0);
  for (let i = 0; i < TRIALS; i++) counts[trySelect(cases)!.key]!++;
  return counts;
}

/** How far counts are from equal shares. */
function chiSquare(counts: readonly number[]): number {
  const expected = counts.reduce((sum, count) => sum + count) / counts.length;
  return counts.reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0);
}

function assertEqualShares(counts: readonly number[]): void {
  const limit = CHI_SQUARE[counts.length - 1]!;
  assert(chiSquare(counts) <= limit, `picked ${counts.join(", ")} times`);
}

for (const times of [1024, 1_000_000]) {
  Deno.test(`trySelect() leaves nothing behind when no case is ready (${times} times, case 102)`, () => {
    const [a, b, empty] = [
      new Channel<number>(),
      new Channel<number>(),
      new Channel<number>(1),
    ];
    const full = holding(1);
    const cases = { a, b: sending(b, 1), empty, full: sending(full, 2) };
    for (let i = 0; i < times; i++) assertUndefined(trySelect(cases));
    for (const channel of [a, b, empty, full]) {
      const { waitingSenders, waitingReceivers } = channel.stats();
      assertEquals([waitingSenders, waitingReceivers], [0, 0]);
    }
    assert(!a.trySend(1));
    assertEquals(b.tryReceive(), { state: "empty" });
    b.send(3);
    assertEquals(b.tryReceive(), { state: "ok", value: 3 });
    a.receive();
    assert(a.trySend(4));
    assert(empty.trySend(5));
    assertEquals(full.tryReceive(), { state: "ok", value: 0 });
    assertEquals(full.tryReceive(), { state: "empty" });
  });
}

/** Waits for a few microtask turns, each time another number of them. */
function randomTurns(seed: number): () => Promise<void> {
  const next = random(seed);
  return async () => {
    for (let n = next() * 4 | 0; n > 0; n--) await undefined;
  };
}

/** `assertEquals` costs more than the million selects. */
function assertUndefined(value: unknown): void {
  if (value !== undefined) throw new Error(`expected nothing, got ${value}`);
}

Deno.test("trySelect() finds the ready case, however its partners interleave (case 103)", async () => {
  const turns = randomTurns(103);
  for (let i = 0; i < TRIALS; i++) {
    const [a, b] = [holding(1), new Channel<number>(1)];
    const move = async () => {
      await turns();
      b.sendNow(1);
      await turns();
      a.tryReceive();
    };
    const pick = async () => {
      await turns();
      assert(trySelect({ a, b }) !== undefined);
    };
    await Promise.all([move(), pick()]);
  }
});

Deno.test("select() spreads 100 000 numbers over four channels, each once (case 108)", async () => {
  const total = 100_000;
  const inputs = [1, 2, 3, 4].map(() => new Channel<number>());
  const output = new Channel<number>();
  const used = inputs.map(() => 0);
  const send = async () => {
    for (let i = 0; i < total; i++) {
      used[(await select(inputs.map((one) => sending(one, i)))).key]!++;
    }
    for (const one of inputs) one.close();
  };
  const forward = async (input: Channel<number>) => {
    for await (const value of input) await output.send(value);
  };
  const check = async () => {
    const seen = new Uint8Array(total);
    for await (const value of output) seen[value]!++;
    assert(seen.every((times) => times === 1));
  };
  const checked = check();
  await Promise.all([send(), ...inputs.map(forward)]);
  output.close();
  await checked;
  assert(used.every((times) => times > 0));
});

for (const capacity of [0, 10]) {
  Deno.test(`select() both ways finishes between two tasks (capacity ${capacity}, case 112)`, async () => {
    const c = new Channel<number>(capacity);
    const task = async (id: number) => {
      for (let i = 0; i < 1000; i++) {
        const out = sending(c, id);
        const result =
          await (i % 2 === 0 ? select({ out, in: c }) : select({ in: c, out }));
        assertEquals(result.state, "ok");
        if (capacity === 0 && result.key === "in" && result.state === "ok") {
          assertEquals(result.value, 1 - id);
        }
      }
    };
    await Promise.all([task(0), task(1)]);
    const { waitingSenders, waitingReceivers } = c.stats();
    assertEquals([waitingSenders, waitingReceivers], [0, 0]);
  });
}

Deno.test("select() picks two ready receives equally often (case 114)", async () => {
  const cases = [holding(TRIALS), holding(TRIALS)];
  let first = 0;
  for (let i = 0; i < TRIALS; i++) {
    if ((await select(cases)).key === 0) first++;
  }
  const share = first / TRIALS;
  assert(Math.abs(share - 0.5) <= 0.0245, `share ${share}`);
});

Deno.test("trySelect() picks receives, sends and ends equally often (case 115)", () => {
  assertEqualShares(shares([
    holding(TRIALS),
    sending(new Channel<number>(TRIALS), 1),
    closed(),
    holding(TRIALS),
  ]));
});

Deno.test("trySelect() picks ready cases equally often among waiting ones (case 115)", () => {
  const idle = new Channel<number>();
  const cases = [idle, holding(TRIALS), null, sending(idle, 1), closed()];
  const counts = shares(cases);
  assertEqualShares([counts[1]!, counts[4]!]);
  assertEquals(counts[1]! + counts[4]!, TRIALS);
});

Deno.test("trySelect() picks equally often of ready cases that lie apart (case 115)", () => {
  const never = new Channel<number>();
  const [a, b, c, d] = [closed(), closed(), closed(), closed()];
  const cases = [never, a, null, b, never, c, d, never];
  const counts = shares(cases);
  assertEqualShares([1, 3, 5, 6].map((place) => counts[place]!));
});

Deno.test("trySelect() picks independently of the position (case 116)", () => {
  const make = [
    () => holding(TRIALS),
    () => sending(new Channel<number>(TRIALS), 1),
    () => closed(),
  ];
  const total = [0, 0, 0];
  for (
    const order of [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [
      2,
      1,
      0,
    ]]
  ) {
    const counts = shares(order.map((i) => make[i]!()));
    assertEqualShares(counts);
    order.forEach((i, position) => total[i]! += counts[position]!);
  }
  assertEqualShares(total);
});

Deno.test("trySelect() gives a channel that is listed twice twice the share (case 116)", () => {
  const [twice, once] = [holding(TRIALS), holding(TRIALS)];
  for (
    const cases of [[twice, twice, once], [twice, once, twice], [
      once,
      twice,
      twice,
    ]]
  ) {
    assertEqualShares(shares(cases));
    for (const one of [twice, once]) {
      while (one.size < TRIALS) one.sendNow(0);
    }
  }
});

for (const priority of [false, true]) {
  for (const sends of [false, true]) {
    const name = sends ? "send to" : "receive from";
    Deno.test(`select() that waits with three cases that ${name} one channel ${priority ? "does the first by priority" : "does each equally often"} (case 116)`, async () => {
      const channel = new Channel<number>();
      const one = sends ? sending(channel, 1) : channel;
      const cases = [one, one, one];
      const counts = [0, 0, 0];
      for (let i = 0; i < TRIALS; i++) {
        const result = select(cases, { priority });
        if (sends) channel.receive();
        else channel.send(1);
        counts[(await result).key]!++;
      }
      if (priority) assertEquals(counts, [TRIALS, 0, 0]);
      else assertEqualShares(counts);
    });
  }
}

Deno.test("select() shares channels with plain senders and receivers to the end (case 129)", async () => {
  const n = 10_000;
  const channels = [0, 0, 2, 3].map((capacity) =>
    new Channel<number>(capacity)
  );
  const sent = channels.map(() => 0);
  const received = channels.map(() => 0);
  const plainSend = async (channel: Channel<number>) => {
    for (let i = 0; i < n; i++) await channel.send(i);
  };
  const plainReceive = async (channel: Channel<number>) => {
    for (let i = 0; i < n; i++) await channel.receive();
  };
  const selectSend = async () => {
    for (let i = 0; i < 4 * n; i++) {
      const left = channels.map((one, k) => sending(sent[k]! < n && one, i));
      sent[(await select(left)).key]!++;
    }
  };
  const selectReceive = async () => {
    for (let i = 0; i < 4 * n; i++) {
      const left = channels.map((one, k) => received[k]! < n ? one : null);
      received[(await select(left)).key]!++;
    }
  };
  await Promise.all([
    ...channels.map(plainSend),
    ...channels.map(plainReceive),
    selectSend(),
    selectReceive(),
  ]);
  assertEquals([sent, received], [[n, n, n, n], [n, n, n, n]]);
  assertEquals(
    channels.map((one) => one.stats()).map((stats) =>
      stats.size + stats.waitingSenders + stats.waitingReceivers
    ),
    [0, 0, 0, 0],
  );
});

Deno.test("select() lets ten dining philosophers eat within 3 s (case 131)", async () => {
  const forks = Array.from({ length: 10 }, () => holding(1));
  const meals = forks.map(() => 0);
  const deadline = performance.now() + 3000;
  const think = randomTurns(131);
  const dine = async (seat: number) => {
    const sides = [forks[seat]!, forks[(seat + 1) % 10]!] as const;
    while (meals.includes(0) && performance.now() < deadline) {
      const first = await select(sides);
      const second = sides[first.key === 0 ? 1 : 0];
      if (second.tryReceive().state === "ok") {
        await think();
        meals[seat]!++;
        second.sendNow(0);
      }
      sides[first.key].sendNow(0);
      // Or each would take the fork that it has just put down, for ever.
      await think();
    }
  };
  await Promise.all(forks.map((_, seat) => dine(seat)));
  assert(!meals.includes(0), `meals: ${meals}`);
  assertEquals(forks.map((fork) => fork.size), Array(10).fill(1));
});
