// broadcast_test.ts: each value to every subscriber, and how fast.

import {
  assert,
  assertEquals,
  assertFalse,
  assertStrictEquals,
} from "@std/assert";
import {
  assertAtRest,
  filled,
  holding,
  isPending,
  random,
  tick,
  unhandledIn,
  waiting,
} from "./_testing.ts";
import type { ClosableReceiver } from "./mod.ts";
import { broadcast, Channel, consume, map, merge, select } from "./mod.ts";

/** The numbers from 0 on. */
function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, n) => n);
}

/** A closed channel that holds the numbers from 0 on. */
function counted(count: number) {
  const channel = holding(...numbers(count));
  channel.close();
  return channel;
}

async function collect<T>(source: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const value of source) all.push(value);
  return all;
}

for (const count of [1, 2, 5]) {
  Deno.test(`broadcast() gives each value to each of ${count} subscribers, in order`, async () => {
    const source = counted(50);
    const subscribed = broadcast(source, count);
    assertEquals(subscribed.length, count);
    const all = await Promise.all(subscribed.map(collect));
    assertEquals(all, subscribed.map(() => numbers(50)));
    for (const { closed, drained } of subscribed) assert(closed && drained);
    assert(source.drained);
  });

  Deno.test(`broadcast() goes at the pace of the slowest of ${count} subscribers`, async () => {
    for (const capacity of [0, 1, 3]) {
      const source = counted(50);
      const [slow, ...quick] = broadcast(source, {
        subscribers: count,
        capacity,
      }) as readonly ClosableReceiver<number>[];
      const seen = quick.map(() => [] as number[]);
      const read = quick.map(async (subscriber, i) => {
        for await (const value of subscriber) seen[i]!.push(value);
      });
      for (let received = 0; received < 20; received++) {
        await tick();
        // What the slow one holds, and one that it is being offered.
        assertEquals(50 - source.size, received + capacity + 1);
        for (const values of seen) {
          assertEquals(values, numbers(received + capacity + 1));
        }
        assertEquals(await slow!.receive(), received);
      }
      assertEquals((await collect(slow!)).length, 30);
      await Promise.all(read);
    }
  });

  Deno.test(`broadcast() to ${count} is in order, whoever is slow`, async () => {
    for (const seed of [1, 2, 3]) {
      const next = random(seed);
      const dawdle = async () => {
        for (let turns = next() * 10; turns > 0; turns--) await null;
        if (next() < 0.05) await tick();
      };
      const source = new Channel<number>();
      const subscribed = broadcast(source, {
        subscribers: numbers(count).map((n) => ({ capacity: n % 3 })),
      });
      const reading = subscribed.map(async (subscriber) => {
        const all: number[] = [];
        for await (const value of subscriber) {
          all.push(value);
          await dawdle();
        }
        return all;
      });
      for (const n of numbers(100)) {
        await source.send(n);
        await dawdle();
      }
      source.close();
      for (const all of await Promise.all(reading)) {
        assertEquals(all, numbers(100));
      }
    }
  });
}

Deno.test("broadcast() has one receive wait on its source, and takes one value ahead", async () => {
  const source = new Channel<number>();
  const [a, b] = broadcast(source, 2);
  await tick();
  assertEquals(waiting(source), [0, 1]);
  await source.send(1);
  await tick();
  assertEquals(waiting(source), [0, 0]);
  const sent = source.send(2);
  assert(await isPending(sent));
  assertEquals(await a.receive(), 1);
  assert(await isPending(sent));
  assertEquals(await b.receive(), 1);
  await sent;
  a.close();
  b.close();
  assertAtRest(source);
});

Deno.test("broadcast() can be read by one task, in either order", async () => {
  for (const [first, second] of [[0, 1], [1, 0]] as const) {
    const both = broadcast(counted(20), 2);
    for (const n of numbers(20)) {
      assertEquals(await both[first].receive(), n);
      assertEquals(await both[second].receive(), n);
    }
    assertEquals(await collect(both[first]), []);
  }
});

Deno.test("broadcast() gives values as they are", async () => {
  const rejected = Promise.reject("never looked at");
  rejected.catch(() => {});
  const lazy = {
    then: () => assert(false),
  };
  const values: unknown[] = [Promise.resolve(1), rejected, lazy, undefined];
  const subscribed = broadcast(Channel.from(values), 2);
  const all = await Promise.all(subscribed.map(async (subscriber) => {
    const given: { value: unknown }[] = [];
    for await (const value of subscriber) given.push({ value });
    return given;
  }));
  for (const given of all) {
    assertEquals(given.length, values.length);
    given.forEach(({ value }, i) => assertStrictEquals(value, values[i]));
  }
});

Deno.test("broadcast() gives its subscribers the options that they share", async () => {
  const dropped: number[] = [];
  const subscribed = broadcast(counted(5), {
    subscribers: 2,
    capacity: 2,
    overflow: "drop-incoming",
    onDrop: (n) => dropped.push(n),
  });
  await tick();
  assertEquals(await Promise.all(subscribed.map(collect)), [[0, 1], [0, 1]]);
  assertEquals(dropped, [2, 2, 3, 3, 4, 4]);
});

Deno.test("broadcast() gives a subscriber its own options before those that all share", async () => {
  const dropped: Record<string, number[]> = { shared: [], own: [] };
  const source = counted(6);
  const subscribed = broadcast(source, {
    capacity: 2,
    overflow: "drop-oldest",
    onDrop: (n) => dropped.shared!.push(n),
    subscribers: [
      {},
      { overflow: "drop-incoming" },
      { capacity: 4, onDrop: (n) => dropped.own!.push(n) },
      { capacity: 6, overflow: "wait" },
    ],
  });
  assertEquals(subscribed.length, 4);
  await tick();
  assert(source.drained);
  assertEquals(await Promise.all(subscribed.map(collect)), [
    [4, 5],
    [0, 1],
    [2, 3, 4, 5],
    [0, 1, 2, 3, 4, 5],
  ]);
  assertEquals(dropped, { shared: [0, 2, 1, 3, 2, 4, 3, 5], own: [0, 1] });
});

Deno.test("broadcast() is not held up by a subscriber whose policy drops", async () => {
  const source = new Channel<number>();
  const [all, newest] = broadcast(source, {
    subscribers: [{}, { capacity: 1, overflow: "drop-oldest" }],
  });
  const collected = collect(all!);
  for (const n of numbers(20)) await source.send(n);
  assertEquals(await newest!.receive(), 19);
  source.close();
  assertEquals(await collected, numbers(20));
});

Deno.test("broadcast() goes on when an onDrop throws", async () => {
  const unhandled = await unhandledIn(async () => {
    const [quick, slow] = broadcast(counted(3), {
      subscribers: [{ capacity: 3 }, {
        capacity: 1,
        overflow: "drop-oldest",
        onDrop: (n) => {
          throw n;
        },
      }],
    });
    await tick();
    assertEquals(await quick!.receiveMany(), [0, 1, 2]);
    assertEquals(await slow!.receiveMany(), [2]);
  });
  // So that it can be missed by nobody.
  assertEquals(unhandled, [0, 1]);
});

Deno.test("broadcast() ends its subscribers as its source ends, after what they hold", async () => {
  for (const reason of [[], ["reason"], [undefined], [null]] as const) {
    const source = filled(3, 0, 1, 2);
    source.close(...reason);
    const subscribed = broadcast(source, { subscribers: 3, capacity: 3 });
    await tick();
    for (const subscriber of subscribed) {
      assert(subscriber.closed);
      assertFalse(subscriber.drained);
      const seen: number[] = [];
      const ended = await (async () => {
        for await (const n of subscriber) seen.push(n);
        return [];
      })().catch((reason) => [reason]);
      assertEquals(seen, [0, 1, 2]);
      assertEquals(ended, [...reason]);
    }
  }
});

Deno.test("broadcast() waits with its end until the last value was accepted", async () => {
  const source = counted(1);
  const [a, b] = broadcast(source, 2);
  assertEquals(await a.receive(), 0);
  const end = a.values().next();
  assert(await isPending(end));
  assertFalse(a.closed || b.closed);
  assertEquals(await b.receive(), 0);
  assertEquals(await end, { done: true, value: undefined });
  assert(b.drained);
});

Deno.test("broadcast() of a source that has ended gives ended subscribers", async () => {
  const subscribed = broadcast(counted(0), 2);
  for (const subscriber of subscribed) {
    assertEquals(await collect(subscriber), []);
    await subscriber.join();
  }
});

Deno.test("broadcast() has closed its subscriber when its source closes", () => {
  const source = holding(1);
  const [one] = broadcast(source, 1);
  let seen: string | undefined;
  source.closeSignal.addEventListener("abort", () => {
    seen = one.tryReceive().state;
  });
  one.close();
  assertEquals(seen, "closed");
});

Deno.test("broadcast() of a broadcast gives every value to all", async () => {
  const [a, rest] = broadcast(counted(20), 2);
  const [b, c] = broadcast(rest, 2);
  const all = await Promise.all([a, b, c].map(collect));
  assertEquals(all, [numbers(20), numbers(20), numbers(20)]);
});

Deno.test("broadcast() feeds map, consume, merge and select", async () => {
  const source = counted(10);
  const [mapped, consumed, merged, selected] = broadcast(source, 4);
  const squares = collect(map(mapped, (n) => n * n, { ordered: true }));
  let sum = 0;
  const work = consume(consumed, (n) => void (sum += n), { concurrency: 3 });
  const both = collect(merge(merged, counted(0)));
  const chosen: number[] = [];
  while (true) {
    const result = await select({ selected });
    if (result.state === "closed") break;
    chosen.push(result.value);
  }
  await work;
  assertEquals(await squares, numbers(10).map((n) => n * n));
  assertEquals([sum, await both, chosen], [45, numbers(10), numbers(10)]);
});

Deno.test("broadcast() gives batches to a subscriber that asks for them", async () => {
  const [one] = broadcast(counted(5), { subscribers: 1, capacity: 5 });
  await tick();
  assertEquals(await collect(one.batches(2)), [[0, 1], [2, 3], [4]]);
});
