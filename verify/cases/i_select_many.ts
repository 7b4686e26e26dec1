// i_select_many.ts: acceptance cases 108 to 116, 129 and 131: select many times over.
//
// The limits of the statistics are passed by luck once in a million runs.

import { assert, assertEquals } from "@std/assert";
import type { Channel, SelectCase } from "../../mod.ts";
import type { Case, WholeKit } from "./_kit.ts";
import { beyond } from "./_kit.ts";

const TRIALS = 10_000;
/** Chi-square with three degrees of freedom. */
const CHI_SQUARE = 30.7;
/** How far a share may be from what it should be. */
const DEVIATION = 0.0245;

/** A channel that stays ready for as many receives as there are trials. */
function ready(kit: WholeKit): Channel<number> {
  const channel = kit.channel<number>(TRIALS);
  for (let i = 0; i < TRIALS; i++) channel.trySend(i);
  return channel;
}

/** How often each case wins. */
function wins(kit: WholeKit, cases: readonly SelectCase[]): number[] {
  const counts = cases.map(() => 0);
  for (let i = 0; i < TRIALS; i++) counts[kit.api.trySelect(cases)!.key]!++;
  return counts;
}

function assertShare(count: number, share: number): void {
  const message = `${count} of ${TRIALS} instead of a share of ${share}`;
  assert(Math.abs(count / TRIALS - share) <= DEVIATION, message);
}

/** Who eats needs the forks on both sides; whoever has one and not the other puts it back. */
async function dine(
  kit: WholeKit,
  forks: readonly [Channel<string>, Channel<string>],
  hungry: () => boolean,
  eat: () => void,
): Promise<void> {
  const { select, trySelect } = kit.api;
  while (hungry()) {
    const { key } = await select(forks);
    const [first, second] = [forks[key]!, forks[1 - key]!];
    if (trySelect([second])?.state === "ok") {
      eat();
      await undefined;
      second.trySend("fork");
    }
    first.trySend("fork");
    await undefined;
  }
}

export const cases: readonly Case[] = [
  beyond(
    ["select"],
    108,
    "One select over four channels spreads 100,000 numbers, each once",
    async (kit) => {
      const { select, sending } = kit.api;
      const total = 100_000;
      const inputs = [1, 2, 3, 4].map(() => kit.channel<number>());
      const output = kit.channel<number>();
      const used = new Set<number>();
      const send = async () => {
        for (let i = 0; i < total; i++) {
          used.add((await select(inputs.map((one) => sending(one, i)))).key);
        }
        for (const one of inputs) one.close();
      };
      const forward = async (input: Channel<number>) => {
        for await (const value of input) await output.send(value);
      };
      const forwarded = Promise.all([send(), ...inputs.map(forward)])
        .then(() => output.close());
      const times = new Uint8Array(total);
      for await (const value of output) times[value]!++;
      await forwarded;
      assert(times.every((count) => count === 1));
      assertEquals(used.size, 4);
    },
  ),

  beyond(
    ["select"],
    112,
    "Two tasks that send and receive on one channel both finish",
    async (kit) => {
      const { select, sending } = kit.api;
      for (const capacity of [0, 10]) {
        const channel = kit.channel<number>(capacity);
        const task = async (id: number) => {
          for (let i = 0; i < 1000; i++) {
            const out = sending(channel, id);
            const result = i % 2 === 0
              ? await select({ out, in: channel })
              : await select({ in: channel, out });
            assertEquals(result.state, "ok");
            const own = result.key === "in" && result.state === "ok" &&
              result.value === id;
            assert(capacity > 0 || !own, "a task receives its own value");
          }
        };
        await Promise.all([task(1), task(2)]);
      }
    },
  ),

  beyond(
    ["select"],
    114,
    "Two receives that are ready win equally often",
    async (kit) => {
      const cases = [ready(kit), ready(kit)];
      let first = 0;
      for (let i = 0; i < TRIALS; i++) {
        if ((await kit.api.select(cases)).key === 0) first++;
      }
      assertShare(first, 1 / 2);
    },
  ),

  beyond(
    ["trySelect"],
    115,
    "Receives, sends and ends win equally often",
    (kit) => {
      const counts = wins(kit, [
        ready(kit),
        kit.api.sending(kit.channel<number>(TRIALS), 1),
        kit.closed(),
        ready(kit),
      ]);
      const expected = TRIALS / counts.length;
      const chiSquare = counts.reduce(
        (sum, count) => sum + (count - expected) ** 2 / expected,
        0,
      );
      assert(chiSquare < CHI_SQUARE, `${counts} wins`);
    },
  ),

  beyond(
    ["trySelect"],
    116,
    "The place of a case does not matter; to be listed twice does",
    (kit) => {
      const make = [
        () => ready(kit),
        () => kit.api.sending(kit.channel<number>(TRIALS), 1),
        () => kit.closed(),
      ];
      for (const order of [[0, 1, 2], [1, 2, 0], [2, 0, 1]]) {
        const counts = wins(kit, order.map((i) => make[i]!()));
        for (const count of counts) assertShare(count, 1 / 3);
      }
      const [twice, once] = [ready(kit), ready(kit)];
      const places: [Channel<number>[], last: number][] = [
        [[twice, twice, once], 2],
        [[twice, once, twice], 1],
        [[once, twice, twice], 0],
      ];
      for (const [cases, at] of places) {
        assertShare(wins(kit, cases)[at]!, 1 / 3);
        while (twice.size < TRIALS) twice.trySend(0);
        while (once.size < TRIALS) once.trySend(0);
      }
    },
  ),

  beyond(
    ["select"],
    129,
    "Senders, receivers and selects in great numbers all finish",
    async (kit) => {
      const { select, sending } = kit.api;
      const total = 10_000;
      const channels = [0, 0, 2, 3].map((capacity) =>
        kit.channel<number>(capacity)
      );
      const tasks = channels.flatMap((channel) => [
        async () => {
          for (let i = 0; i < total; i++) await channel.send(i);
        },
        async () => {
          for (let i = 0; i < total; i++) await channel.receive();
        },
      ]);
      const selectAll = async (
        makeCase: (one: Channel<number>) => SelectCase,
      ) => {
        const left = channels.map(() => total);
        for (let i = 0; i < total * channels.length; i++) {
          const cases = channels.map((one, j) => left[j]! > 0 && makeCase(one));
          left[(await select(cases)).key]!--;
        }
      };
      await Promise.all([
        ...tasks.map((task) => task()),
        selectAll((one) => sending(one, 0)),
        selectAll((one) => one),
      ]);
      assertEquals(channels.map(({ size }) => size), [0, 0, 0, 0]);
    },
  ),

  beyond(
    ["select", "trySelect"],
    131,
    "Ten philosophers all eat",
    async (kit) => {
      const meals = new Array<number>(10).fill(0);
      const forks = meals.map(() => kit.filled(1, "fork"));
      let left = 2000;
      const dinners = meals.map((_, i) => {
        const own = [forks[i]!, forks[(i + 1) % 10]!] as const;
        const eat = () => {
          meals[i]!++;
          left--;
        };
        return dine(kit, own, () => left > 0, eat);
      });
      await Promise.all(dinners);
      assert(meals.every((count) => count > 0), `${meals} meals`);
      assertEquals(forks.map(({ size }) => size), meals.map(() => 1));
    },
  ),
];
