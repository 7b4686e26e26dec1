// merge_test.ts: several receivers as one: its values, their order, its end.

import {
  assert,
  assertEquals,
  assertFalse,
  assertInstanceOf,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import {
  assertAtRest,
  closed,
  CountedController,
  holding,
  isPending,
  random,
  reasonOf,
  tick,
  unhandledIn,
} from "./_testing.ts";
import type { Receiver } from "./mod.ts";
import { Channel, ChannelClosedError, merge } from "./mod.ts";

const REASONS = [new Error("reason"), "reason", 0, null, undefined];

/** A closed channel that holds these values. */
function ending<T>(...values: T[]) {
  const channel = holding(...values);
  channel.close();
  return channel;
}

async function collect<T>(source: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const value of source) all.push(value);
  return all;
}

/** All values, by each way of receiving one or more of them. */
const READERS: Record<string, <T>(from: Receiver<T>) => Promise<T[]>> = {
  iteration: collect,
  batches: async (from) => (await collect(from.batches())).flat(),
  "batches of 2": async (from) => (await collect(from.batches(2))).flat(),
  receive: async (from) => {
    const all = [];
    try {
      while (true) all.push(await from.receive());
    } catch (error) {
      assertInstanceOf(error, ChannelClosedError);
      return all;
    }
  },
  receiveMany: async (from) => {
    const all = [];
    while (!from.drained) all.push(...await from.receiveMany(3));
    return all;
  },
  tryReceive: async (from) => {
    const all = [];
    while (true) {
      const result = from.tryReceive();
      if (result.state === "closed") return all;
      if (result.state === "ok") all.push(result.value);
      else await tick();
    }
  },
};

for (const [name, read] of Object.entries(READERS)) {
  Deno.test(`merge() gives each value of each source once, in the order of the source (${name})`, async () => {
    const sources = [
      ending(1, 2, 3, 4),
      ending<number>(),
      ending(11, 12),
      ending(21, 22, 23),
    ];
    const all = await read(merge(...sources));
    assertEquals(all.length, 9);
    for (const tens of [0, 1, 2]) {
      const own = all.filter((n) => Math.floor(n / 10) === tens);
      assertEquals(own, [...own].sort((a, b) => a - b));
    }
    assert(sources.every(({ drained }) => drained));
  });

  Deno.test(`merge() takes turns among the sources that have a value (${name})`, async () => {
    const sources = [ending("a", "a", "a", "a"), ending("b"), ending("c", "c")];
    const all = await read(merge(...sources));
    assertEquals(all.join(""), "abcacaa");
  });
}

Deno.test("merge() gives what is sent while it waits", async () => {
  for (const seed of [1, 2, 3]) {
    const next = random(seed);
    const sources = [0, 1, 3].map((capacity) => new Channel<number>(capacity));
    const collected = collect(merge(...sources));
    await Promise.all(sources.map(async (source, tens) => {
      for (let n = 0; n < 30; n++) {
        await source.send(tens * 100 + n);
        for (let turns = next() * 10; turns > 0; turns--) await null;
        if (next() < 0.1) await tick();
      }
      source.close();
    }));
    const all = await collected;
    assertEquals(all.length, 90);
    for (const hundreds of [0, 1, 2]) {
      assertEquals(
        all.filter((n) => Math.floor(n / 100) === hundreds),
        Array.from({ length: 30 }, (_, n) => hundreds * 100 + n),
      );
    }
    assertAtRest(...sources);
  }
});

Deno.test("merge() takes the values of senders that wait", async () => {
  const [a, b] = [new Channel<number>(), holding(2)];
  const sent = [a.send(1), b.send(3)];
  b.close();
  assertInstanceOf(await reasonOf(sent[1]!), ChannelClosedError);
  const merged = merge(a, b);
  assertEquals(await merged.receiveMany(), [1, 2]);
  await sent[0];
});

Deno.test("merge() takes nothing before it is asked for it", async () => {
  const sources = [holding(1, 2), holding(3, 4)];
  const merged = merge(...sources);
  const loop = merged.values();
  await tick();
  assertEquals(sources.map(({ size }) => size), [2, 2]);
  assertAtRest(...sources);
  await loop.next();
  await merged.receive();
  await tick();
  assertEquals(sources.map(({ size }) => size), [1, 1]);
  // Its sources are as they were for everybody else.
  assertEquals(sources.map((source) => source.receiveNow()), [2, 4]);
});

Deno.test("merge() lets a loop be left, and closes nothing", async () => {
  const sources = [holding(1, 2), holding(3, 4)];
  const merged = merge(...sources);
  for await (const _ of merged) break;
  for await (const _ of merged.batches(1)) break;
  assertEquals(sources.map(({ closed }) => closed), [false, false]);
  assertAtRest(...sources);
  assertEquals((await merged.receiveMany()).sort(), [2, 4]);
});

Deno.test("merge() gives values as they are", async () => {
  const values = [Promise.resolve(1), { then: () => assert(false) }, undefined];
  const merged = merge(ending(...values));
  const loop = merged.values();
  assertStrictEquals((await loop.next()).value, values[0]);
  const result = merged.tryReceive();
  assert(result.state === "ok");
  assertStrictEquals(result.value, values[1]);
  assertEquals(await loop.next(), { done: false, value: undefined });
  assertEquals(await loop.next(), { done: true, value: undefined });
});

Deno.test("merge() ends when all of its sources have ended", async () => {
  const [a, b] = [new Channel<number>(), holding(1)];
  const merged = merge(a, b);
  const loop = merged.values();
  assertEquals(await loop.next(), { done: false, value: 1 });
  const pending = loop.next();
  const received = merged.receive();
  b.close();
  assert(await isPending(pending));
  assertFalse(merged.closed || merged.drained);
  a.close();
  assert(merged.closed && merged.drained);
  assertEquals(await pending, { done: true, value: undefined });
  const error = await reasonOf(received);
  assertInstanceOf(error, ChannelClosedError);
  assertFalse("value" in error);
  assertEquals(merged.tryReceive(), { state: "closed" });
  assertInstanceOf(await reasonOf(merged.receive()), ChannelClosedError);
});

Deno.test("merge() of nothing has ended", async () => {
  const merged = merge();
  assert(merged.closed && merged.drained);
  assertEquals(merged.tryReceive(), { state: "closed" });
  assertEquals(await collect(merged), []);
  assertInstanceOf(await reasonOf(merged.receive()), ChannelClosedError);
  await merged.join();
});

Deno.test("merge() is closed once all are, and drained once all are", () => {
  const [a, b] = [holding(1), holding(2)];
  const merged = merge(a, b);
  const states: boolean[][] = [];
  const note = () => states.push([merged.closed, merged.drained]);
  a.close();
  note();
  b.close();
  note();
  a.drain();
  note();
  b.drain();
  note();
  assertEquals(states, [
    [false, false],
    [true, false],
    [true, false],
    [true, true],
  ]);
});

Deno.test("merge() joins when all have ended, whatever their reasons", async () => {
  const [a, b] = [holding(1), new Channel<number>()];
  const joined = merge(a, b).join();
  b.close("reason");
  a.close();
  assert(await isPending(joined));
  assertEquals(a.receiveNow(), 1);
  await joined;
  await merge(a, b).join();
});

Deno.test("merge() gives a join up when its signal aborts", async () => {
  const [a, b] = [new Channel(), new Channel()];
  const controller = new CountedController();
  const { signal } = controller;
  const merged = merge(a, b);
  const joined = merged.join({ signal });
  assertEquals(controller.listeners, 1);
  const unhandled = await unhandledIn(async () => {
    controller.abort("enough");
    assertEquals(await reasonOf(joined), "enough");
    assertEquals(await reasonOf(merged.join({ signal })), "enough");
    assertEquals(await reasonOf(merge().join({ signal })), "enough");
  });
  assertEquals(unhandled, []);
  assertEquals(controller.listeners, 0);
});

for (const reason of REASONS) {
  Deno.test(`merge() ends with the reason of a source, ${reason}, when its turn comes`, async () => {
    const [a, b, c] = [holding(1, 2), closed<number>(reason), holding(3, 4)];
    const merged = merge(a, b, c);
    assertEquals(await merged.receive(), 1);
    for (let i = 0; i < 2; i++) {
      assertStrictEquals(await reasonOf(merged.receive()), reason);
      assertStrictEquals(await reasonOf(merged.receiveMany()), reason);
      assertStrictEquals(await reasonOf(collect(merged)), reason);
      assertEquals(merged.tryReceive(), { state: "closed" });
    }
    // What the others hold stays in them.
    assertEquals([a.snapshot(), c.snapshot()], [[2], [3, 4]]);
    assertFalse(a.closed || c.closed);
    assertAtRest(a, c);
  });

  Deno.test(`merge() tells all who wait the reason of a source, ${reason}`, async () => {
    const [a, b] = [new Channel<number>(), new Channel<number>()];
    const merged = merge(a, b);
    const waits = [
      merged.receive(),
      merged.receiveMany(),
      merged.values().next(),
      merged.batches().next(),
    ].map(reasonOf);
    await tick();
    b.close(reason);
    for (const got of await Promise.all(waits)) assertStrictEquals(got, reason);
    assertAtRest(a);
    assertFalse(a.trySend(1));
  });
}

Deno.test("merge() gives out what a source holds before its reason", async () => {
  const [a, b] = [holding(1, 2), new Channel<number>()];
  a.close("reason");
  const seen: number[] = [];
  const read = async () => {
    for await (const n of merge(a, b)) seen.push(n);
  };
  assertEquals(await reasonOf(read()), "reason");
  assertEquals(seen, [1, 2]);
});

Deno.test("merge() takes the same source twice for one", async () => {
  for (const reason of [[], ["reason"]] as const) {
    const a = holding(1, 2, 3);
    const merged = merge(a, a);
    assertEquals(await merged.receiveMany(), [1, 2, 3]);
    const waits = [merged.receive(), merged.receive()];
    assert(a.trySend(4) && a.trySend(5));
    assertEquals(await Promise.all(waits), [4, 5]);
    const [first, second] = [merged.receive(), merged.receive()].map(reasonOf);
    a.close(...reason);
    for (const error of [await first, await second]) {
      if (reason.length) assertEquals(error, "reason");
      else assertInstanceOf(error, ChannelClosedError);
    }
    assert(merged.drained);
    assertAtRest(a);
  }
});

Deno.test("merge() of merges is one of all their sources", async () => {
  const [a, b, c] = [ending("a"), ending("b", "b"), ending("c", "c")];
  const all = await collect(merge(merge(a, b), merge(), merge(merge(c), b)));
  assertEquals(all.sort(), ["a", "b", "b", "c", "c"]);

  const [d, e] = [new Channel<number>(), new Channel<number>()];
  const inner = merge(d, e);
  const outer = merge(inner, d, inner);
  const waits = [outer.receive(), inner.receive(), outer.receive()];
  for (const channel of [e, d, e]) assert(channel.trySend(1));
  assertEquals(await Promise.all(waits), [1, 1, 1]);
  assertAtRest(d, e);
  const last = reasonOf(outer.receive());
  d.close();
  assert(await isPending(last));
  e.close("reason");
  assertEquals(await last, "reason");
});

Deno.test("merge() takes a thousand sources", async () => {
  const sources = Array.from({ length: 1000 }, () => new Channel<number>(1));
  const collected = collect(merge(...sources));
  await tick();
  await Promise.all(sources.map(async (source, n) => {
    await source.send(n);
    await source.send(n);
    source.close();
  }));
  const sum = (await collected).reduce((sum, n) => sum + n, 0);
  assertEquals(sum, 999_000);
});

const BAD: Record<string, unknown> = {
  "undefined": undefined,
  "null": null,
  "a number": 1,
  "a string": "ab",
  "an array of channels": [new Channel()],
  "a generator": (async function* () {})(),
  "a stream": new ReadableStream(),
  "a producer": new Channel().producer(),
};

for (const [name, source] of Object.entries(BAD)) {
  Deno.test(`merge() refuses ${name}, and nothing has changed`, () => {
    const other = holding(1);
    for (const sources of [[source], [other, source], [source, other]]) {
      assertThrows(
        () => merge(...sources as Receiver<unknown>[]),
        TypeError,
        "Cannot merge: source is not a receiver",
      );
    }
    assertEquals([other.size, other.closed], [1, false]);
    assertAtRest(other);
  });
}

Deno.test("merge() of merges costs no more the deeper they are", () => {
  const source = holding(1);
  let merged: Receiver<number> = source;
  for (let depth = 0; depth < 10_000; depth++) merged = merge(merged);
  assertEquals(merged.tryReceive(), { state: "ok", value: 1 });
  assertEquals(merged.tryReceive(), { state: "empty" });
});

Deno.test("merge() of a merge that has failed fails", async () => {
  const inner = merge(closed("reason"), holding(1));
  await reasonOf(inner.receive());
  assertEquals(await reasonOf(merge(inner).receive()), "reason");
  assert(inner.closed);
});
