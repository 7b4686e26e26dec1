// map_test.ts: a pool of workers between two channels: how many, in which order, what it takes.

import {
  assert,
  assertEquals,
  assertFalse,
  assertNotEquals,
  assertStrictEquals,
} from "@std/assert";
import {
  assertAtRest,
  holding,
  isPending,
  random,
  tick,
  waiting,
} from "./_testing.ts";
import type { Receiver } from "./mod.ts";
import { Channel, map, select } from "./mod.ts";

/** Work that ends when it is told to, and counts what is under way. */
class Work {
  /** All that was begun, in that order. */
  readonly begun: number[] = [];
  /** The most that were under way at once. */
  most = 0;
  readonly #underWay = new Map<number, () => void>();

  /** What `map` calls. Its result is the value. */
  readonly run = (value: number): Promise<number> => {
    this.begun.push(value);
    return new Promise((resolve) => {
      this.#underWay.set(value, () => resolve(value));
      this.most = Math.max(this.most, this.#underWay.size);
    });
  };

  /** The values that are worked on. */
  get underWay(): number[] {
    return [...this.#underWay.keys()];
  }

  finish(...values: number[]): void {
    for (const value of values) {
      this.#underWay.get(value)!();
      this.#underWay.delete(value);
    }
  }
}

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

/** What can be received without waiting. */
function takeReady<T>(receiver: Receiver<T>): T[] {
  const ready: T[] = [];
  for (let result; (result = receiver.tryReceive()).state === "ok";) {
    ready.push(result.value);
  }
  return ready;
}

async function collect<T>(source: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const value of source) all.push(value);
  return all;
}

for (const ordered of [false, true]) {
  for (const concurrency of [1, 2, 8, 64, Infinity]) {
    Deno.test(`map() works on ${concurrency} values at once (ordered: ${ordered})`, async () => {
      const count = concurrency === Infinity ? 100 : concurrency + 20;
      const choose = random(count);
      const work = new Work();
      const options = { concurrency, ordered, capacity: Infinity };
      const results = map(counted(count), work.run, options);
      const received: number[] = [];
      for (let unfinished = count; true; unfinished--) {
        await tick();
        received.push(...takeReady(results));
        // One that waits for its turn counts as one that is worked on.
        assertEquals(
          work.begun.length,
          Math.min(count, received.length + concurrency),
        );
        if (unfinished === 0) break;
        const { underWay } = work;
        work.finish(underWay[Math.floor(choose() * underWay.length)]!);
      }
      assertEquals(work.most, Math.min(count, concurrency));
      assertEquals(work.begun, numbers(count));
      if (!ordered) received.sort((a, b) => a - b);
      assertEquals(received, numbers(count));
      assert(results.drained);
    });

    if (concurrency === Infinity) continue;

    Deno.test(`map() with concurrency ${concurrency} takes no more than it may hold (ordered: ${ordered})`, async () => {
      for (const capacity of [0, 1, 3]) {
        const source = counted(100);
        const options = { concurrency, ordered, capacity };
        const results = map(source, (n) => n, options);
        await tick();
        assertEquals(100 - source.size, concurrency + capacity);
        assertEquals(await results.receive(), 0);
        await tick();
        assertEquals(100 - source.size, concurrency + capacity + 1);
        assertEquals((await collect(results)).length, 99);
      }
    });

    Deno.test(`map() with concurrency ${concurrency} has no more receives wait on its source (ordered: ${ordered})`, async () => {
      const source = new Channel<number>();
      const work = new Work();
      const options = { concurrency, ordered, capacity: Infinity };
      const results = map(source, work.run, options);
      for (let sent = 0; sent < concurrency; sent++) {
        const [, receivers] = waiting(source);
        assert(receivers >= 1 && receivers <= concurrency - sent);
        await source.send(sent);
        await tick();
      }
      assertEquals(waiting(source), [0, 0]);
      work.finish(...work.underWay);
      await tick();
      const [, receivers] = waiting(source);
      assert(receivers >= 1 && receivers <= concurrency);
      source.close();
      assertEquals((await collect(results)).length, concurrency);
      assertAtRest(source);
    });
  }

  Deno.test(`map() takes one value at a time by default (ordered: ${ordered})`, async () => {
    const work = new Work();
    const results = map(counted(3), work.run, { ordered });
    const collected = collect(results);
    for (const n of numbers(3)) {
      await tick();
      assertEquals(work.begun.length, n + 1);
      work.finish(n);
    }
    assertEquals(await collected, [0, 1, 2]);
  });

  Deno.test(`map() calls the then of a lazy result once (ordered: ${ordered})`, async () => {
    const calls = numbers(6).map(() => 0);
    const lazy = (n: number): PromiseLike<number> => ({
      then(fulfil) {
        calls[n]!++;
        return Promise.resolve(n * 2).then(fulfil);
      },
    });
    const results = map(counted(6), lazy, { concurrency: 3, ordered });
    const all = await collect(results);
    assertEquals(all.sort((a, b) => a - b), [0, 2, 4, 6, 8, 10]);
    assertEquals(calls, [1, 1, 1, 1, 1, 1]);
  });

  Deno.test(`map() gives fn the values as they are (ordered: ${ordered})`, async () => {
    const values = [Promise.resolve(1), undefined, null, () => 2, {}];
    const given: unknown[] = [];
    const keep = (value: unknown) => void given.push(value);
    const options = { concurrency: 2, ordered };
    const results = await collect(map(Channel.from(values), keep, options));
    assertEquals(results, values.map(() => undefined));
    values.forEach((value, i) => assertStrictEquals(given[i], value));
  });

  Deno.test(`map() finishes what is under way when its source closes (ordered: ${ordered})`, async () => {
    const source = holding(0, 1, 2);
    const work = new Work();
    const results = map(source, work.run, { concurrency: 2, ordered });
    const collected = collect(results);
    await tick();
    source.close();
    assertFalse(results.closed);
    work.finish(0, 1);
    await tick();
    assertFalse(results.closed);
    assertEquals(work.underWay, [2]);
    work.finish(2);
    assertEquals(await collected, [0, 1, 2]);
    assert(results.drained);
  });

  Deno.test(`map() ends at once when its source has ended (ordered: ${ordered})`, async () => {
    const never = () => assert(false);
    const results = map(counted(0), never, { concurrency: 3, ordered });
    assertEquals(await collect(results), []);
    assert(results.closed);
  });
}

for (const seed of [1, 2, 3, 4, 5]) {
  Deno.test(`map() in order keeps the order, however the work settles (seed ${seed})`, async () => {
    const run = (ordered: boolean) => {
      const next = random(seed);
      const dawdle = async (n: number) => {
        for (let turns = next() * 30; turns > 0; turns--) await null;
        if (next() < 0.02) await tick();
        return n;
      };
      return collect(
        map(counted(500), (n) => next() < 0.3 ? n : dawdle(n), {
          concurrency: 2 + Math.floor(next() * 10),
          capacity: Math.floor(next() * 4),
          ordered,
        }),
      );
    };
    assertEquals(await run(true), numbers(500));
    // The same work without the promise: so there was something to order.
    const unordered = await run(false);
    assertNotEquals(unordered, numbers(500));
    assertEquals(unordered.sort((a, b) => a - b), numbers(500));
  });
}

Deno.test("map() gives out results as they come, by default", async () => {
  const work = new Work();
  const results = map(counted(3), work.run, { concurrency: 3 });
  await tick();
  for (const n of [2, 0, 1]) {
    const received = results.receive();
    work.finish(n);
    assertEquals(await received, n);
  }
});

Deno.test("map() in order calls the then of each lazy result when it is made", async () => {
  const called: number[] = [];
  const lazy = (n: number) => ({
    then: () => void called.push(n),
  } as unknown as PromiseLike<number>);
  const options = { concurrency: 3, ordered: true };
  const results = map(counted(4), lazy, options);
  await tick();
  assertEquals(called, [0, 1, 2]);
  results.close();
});

Deno.test("map() in order holds a result back until its turn", async () => {
  const work = new Work();
  const options = { concurrency: 3, ordered: true };
  const results = map(counted(3), work.run, options);
  await tick();
  const first = results.receive();
  work.finish(2, 1);
  assert(await isPending(first));
  work.finish(0);
  assertEquals(await first, 0);
  assertEquals(await collect(results), [1, 2]);
});

Deno.test("map() leaves results receivable after the end of its source", async () => {
  const source = counted(3);
  const results = map(source, (n) => n * 2, { capacity: 3 });
  await tick();
  assert(source.drained && results.closed);
  assertFalse(results.drained);
  assertEquals(takeReady(results), [0, 2, 4]);
  assert(results.drained);
  await results.join();
});

Deno.test("map() gives its results by every way of receiving", async () => {
  const results = map(counted(7), (n) => n, { capacity: 2 });
  assertEquals(await results.receive(), 0);
  assertEquals(await results.receiveMany(1), [1]);
  assertEquals((await select({ results })).state, "ok");
  await tick();
  assertEquals(results.tryReceive(), { state: "ok", value: 3 });
  const batches = await collect(results.batches(2));
  assertEquals(batches.flat(), [4, 5, 6]);
  assertEquals(results.tryReceive(), { state: "closed" });
});

Deno.test("map() gives fn a signal that does not abort when all ends well", async () => {
  const signals: AbortSignal[] = [];
  const results = map(counted(2), (n, signal) => {
    signals.push(signal);
    assertFalse(signal.aborted);
    return n;
  });
  assertEquals(await collect(results), [0, 1]);
  assertEquals(signals.map(({ aborted }) => aborted), [false, false]);
});

Deno.test("map() takes options that are undefined or null for their defaults", async () => {
  const { signal } = new AbortController();
  for (
    const options of [undefined, {}, { signal: null }, { signal }, {
      concurrency: undefined,
      ordered: undefined,
      capacity: undefined,
      signal: undefined,
    }]
  ) {
    const source = counted(3);
    const results = map(source, (n) => n, options);
    await tick();
    assertEquals(source.size, 2);
    assertEquals(await collect(results), [0, 1, 2]);
  }
});

Deno.test("map() has one worker more than were ever busy at once", async () => {
  const source = new Channel<number>();
  const mapped = map(source, (n) => n, {
    concurrency: Infinity,
    capacity: Infinity,
  });
  for (let i = 0; i < 100; i++) {
    await source.send(i);
    assertEquals(await mapped.receive(), i);
  }
  assertEquals(source.stats().waitingReceivers, 2);
  mapped.close();
});
