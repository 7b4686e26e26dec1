// iterate_test.ts: reading a channel with `for await`, by value and by batch.

import {
  assert,
  assertEquals,
  assertNotStrictEquals,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import {
  CountedController,
  isPending,
  SettleLog,
  tick,
  unhandledIn,
} from "./_testing.ts";
import { Channel } from "./channel.ts";

/** An iteration whose results hold one number each, and how to get at it. */
interface Kind {
  start(channel: Channel<number>): AsyncIterableIterator<number | number[]>;
  result(value: number): number | number[];
}

const kinds: Record<string, Kind> = {
  "for await": {
    start: (channel) => channel[Symbol.asyncIterator](),
    result: (value) => value,
  },
  "values() with a signal": {
    start: (channel) =>
      channel.values({ signal: new AbortController().signal }),
    result: (value) => value,
  },
  "batches(1)": {
    start: (channel) => channel.batches(1),
    result: (value) => [value],
  },
};

const DONE = { done: true, value: undefined } as const;
const REASONS = [new Error("broken"), "text", 0, null, undefined];

/** A channel that holds the values. */
function holding(values: number[], capacity = Infinity): Channel<number> {
  const channel = new Channel<number>(capacity);
  for (const value of values) channel.sendNow(value);
  return channel;
}

/** Reads to the end, into `into`. */
async function read(
  source: AsyncIterable<number | number[]>,
  into: number[] = [],
): Promise<number[]> {
  for await (const result of source) into.push(...[result].flat());
  return into;
}

/** What a promise rejects with; fails if it does not. */
async function reasonOf(promise: Promise<unknown>): Promise<unknown> {
  const outcome = await promise.then(
    () => "resolved",
    (reason) => ({ reason }),
  );
  assert(typeof outcome === "object", `${outcome}, not rejected`);
  return outcome.reason;
}

for (const [name, { start, result }] of Object.entries(kinds)) {
  for (const capacity of [3, Infinity]) {
    Deno.test(`${name} drains the buffer, then ends on close() (case 87, capacity ${capacity})`, async () => {
      const channel = holding([1, 2, 3], capacity);
      channel.close();
      assertEquals(await read(start(channel)), [1, 2, 3]);
      assertEquals(channel.drained, true);
    });
  }

  for (const capacity of [0, 1, 3, Infinity]) {
    Deno.test(`${name} ends at once when the channel is closed and empty (case 87, capacity ${capacity})`, async () => {
      const channel = new Channel<number>(capacity);
      channel.close();
      assertEquals(await read(start(channel)), []);
    });

    Deno.test(`${name} ends when close() comes while it waits (case 88, capacity ${capacity})`, async () => {
      const channel = new Channel<number>(capacity);
      const reading = read(start(channel));
      await channel.send(1);
      assert(await isPending(reading));
      channel.close();
      assertEquals(await reading, [1]);
    });

    Deno.test(`${name} reads what waiting senders bring, in order (capacity ${capacity})`, async () => {
      const channel = new Channel<number>(capacity);
      const sent = [1, 2, 3, 4, 5].map((value) => channel.send(value));
      Promise.all(sent).then(() => channel.close());
      assertEquals(await read(start(channel)), [1, 2, 3, 4, 5]);
    });

    Deno.test(`${name} throws the reason when close(reason) comes while it waits (case 89, capacity ${capacity})`, async () => {
      for (const reason of REASONS) {
        const channel = new Channel<number>(capacity);
        const reading = read(start(channel));
        await tick();
        channel.close(reason);
        assertStrictEquals(await reasonOf(reading), reason);
      }
    });
  }

  Deno.test(`${name} yields the buffer, then throws the reason of close(reason) (case 89)`, async () => {
    for (const reason of REASONS) {
      const channel = holding([1, 2]);
      channel.close(reason);
      const got: number[] = [];
      assertStrictEquals(await reasonOf(read(start(channel), got)), reason);
      assertEquals(got, [1, 2]);
    }
  });

  Deno.test(`${name} is over after it has thrown the reason`, async () => {
    const channel = new Channel<number>();
    channel.close("reason");
    const iterator = start(channel);
    assertEquals(await reasonOf(iterator.next()), "reason");
    assertEquals(await iterator.next(), DONE);
  });

  Deno.test(`${name} leaves the channel open and takes nothing ahead when the loop breaks (case 90)`, async () => {
    const channel = holding([1, 2, 3]);
    for await (const first of start(channel)) {
      assertEquals(first, result(1));
      break;
    }
    assertEquals(channel.closed, false);
    assertEquals(channel.size, 2);
    assertEquals(await channel.receive(), 2);
  });

  Deno.test(`${name} lets an error of the loop's body through, and loses nothing (case 91)`, async () => {
    const error = new Error("body");
    const channel = holding([1, 2]);
    const unhandled = await unhandledIn(async () => {
      const loop = async () => {
        for await (const _ of start(channel)) throw error;
      };
      assertStrictEquals(await reasonOf(loop()), error);
    });
    assertEquals(unhandled, []);
    assertEquals(channel.closed, false);
    assertEquals(channel.drain(), [2]);
  });

  Deno.test(`${name} loses nothing when a function returns out of the loop (case 91)`, async () => {
    const channel = holding([1, 2]);
    const first = async () => {
      for await (const value of start(channel)) return value;
      return undefined;
    };
    assertEquals(await first(), result(1));
    assertEquals(await first(), result(2));
    assertEquals(channel.closed, false);
    assertEquals(channel.stats().waitingReceivers, 0);
  });

  Deno.test(`${name} twice on one channel gives every value to one of the two (case 92)`, async () => {
    for (const capacity of [0, 1, 3, Infinity]) {
      const channel = new Channel<number>(capacity);
      const got: number[] = [];
      const loops = [read(start(channel), got), read(start(channel), got)];
      const values = Array.from({ length: 100 }, (_, i) => i);
      for (const value of values) await channel.send(value);
      channel.close();
      await Promise.all(loops);
      assertEquals(got, values);
    }
  });

  Deno.test(`${name} five times on one channel takes turns in order of arrival (case 93)`, async () => {
    const channel = new Channel<number>();
    const got = [0, 1, 2, 3, 4].map((): number[] => []);
    const loops = got.map((into) => read(start(channel), into));
    for (let i = 0; i < 10; i++) {
      await channel.send(i);
      await tick();
    }
    channel.close();
    await Promise.all(loops);
    assertEquals(got, [[0, 5], [1, 6], [2, 7], [3, 8], [4, 9]]);
  });

  Deno.test(`${name} settles a pending next() when return() is called, and withdraws it (case 94)`, async () => {
    for (const capacity of [0, 1, 3, Infinity]) {
      const channel = new Channel<number>(capacity);
      const iterator = start(channel);
      const pending = [iterator.next(), iterator.next()];
      const returned = iterator.return!();
      assertEquals(channel.stats().waitingReceivers, 0);
      assertEquals(await Promise.all([...pending, returned]), [
        DONE,
        DONE,
        DONE,
      ]);
      const sent = channel.send(1);
      assertEquals(await isPending(sent), capacity === 0);
      assertEquals(await channel.receive(), 1);
    }
  });

  Deno.test(`${name} answers a delivery, not a return() that comes after it in the same turn (case 94)`, async () => {
    const channel = new Channel<number>();
    const iterator = start(channel);
    const pending = iterator.next();
    assert(channel.trySend(1));
    const returned = iterator.return!();
    assertEquals(await pending, { done: false, value: result(1) });
    assertEquals(await returned, DONE);
  });

  Deno.test(`${name} answers three next() calls at once in order (case 95)`, async () => {
    for (const capacity of [0, 1, 3, Infinity]) {
      const channel = new Channel<number>(capacity);
      const iterator = start(channel);
      const log = new SettleLog();
      for (const i of ["a", "b", "c"]) {
        log.add(i, iterator.next().then(({ value }) => `${value}`));
      }
      assertEquals(channel.stats().waitingReceivers, 3);
      for (const value of [1, 2, 3]) assert(channel.trySend(value));
      assertEquals(channel.size, 0);
      await tick();
      assertEquals(log.entries, ["a=1", "b=2", "c=3"]);
    }
  });

  Deno.test(`${name} mixes next() calls with other receivers in order of arrival (case 95)`, async () => {
    const channel = new Channel<number>();
    const iterator = start(channel);
    const first = iterator.next();
    const second = channel.receive();
    const third = iterator.next();
    for (const value of [1, 2, 3]) assert(channel.trySend(value));
    assertEquals((await first).value, result(1));
    assertEquals(await second, 2);
    assertEquals((await third).value, result(3));
  });

  Deno.test(`${name} ends every next() that is pending when the channel closes (case 95)`, async () => {
    const channel = new Channel<number>();
    const iterator = start(channel);
    const pending = [iterator.next(), iterator.next(), iterator.next()];
    channel.close();
    assertEquals(await Promise.all(pending), [DONE, DONE, DONE]);
  });

  Deno.test(`${name} tells the first pending next() of the reason, and is over for the others`, async () => {
    const channel = new Channel<number>();
    const iterator = start(channel);
    const [first, ...others] = [
      iterator.next(),
      iterator.next(),
      iterator.next(),
    ];
    channel.close("reason");
    assertEquals(await reasonOf(first!), "reason");
    assertEquals(await Promise.all(others), [DONE, DONE]);
  });

  Deno.test(`${name} takes no value after return() (case 96)`, async () => {
    const channel = holding([1, 2]);
    const iterator = start(channel);
    assertEquals(await iterator.next(), { done: false, value: result(1) });
    assertEquals(await iterator.return!(), DONE);
    for (let i = 0; i < 3; i++) assertEquals(await iterator.next(), DONE);
    assertEquals(channel.drain(), [2]);
  });

  Deno.test(`${name} keeps saying that it is done after the end (case 96)`, async () => {
    const channel = new Channel<number>();
    channel.close();
    const iterator = start(channel);
    for (let i = 0; i < 3; i++) assertEquals(await iterator.next(), DONE);
    assertEquals(await iterator.return!(), DONE);
  });

  Deno.test(`${name} takes nothing before next() is called`, async () => {
    const channel = holding([1]);
    const iterator = start(channel);
    await tick();
    assertEquals(channel.size, 1);
    assertEquals(channel.stats().waitingReceivers, 0);
    await iterator.return!();
    assertEquals(channel.drain(), [1]);
  });

  Deno.test(`${name} is its own iterable, and independent of another on the channel (case 98)`, async () => {
    const channel = holding([1, 2]);
    const one = start(channel);
    const other = start(channel);
    assertStrictEquals(one[Symbol.asyncIterator](), one);
    assertNotStrictEquals(one, other);
    await one.return!();
    assertEquals(await other.next(), { done: false, value: result(1) });
    assertEquals(await one.next(), DONE);
  });
}

for (const kind of ["for await", "values() with a signal"]) {
  Deno.test(`${kind} drains and ends when close() comes from its body (case 52)`, async () => {
    const channel = holding([1, 2, 3]);
    const got: unknown[] = [];
    for await (const value of kinds[kind]!.start(channel)) {
      channel.close();
      got.push(value);
    }
    assertEquals(got, [1, 2, 3]);
  });
}

Deno.test("values() throws the signal's reason, and takes nothing, when aborted while a value is there", async () => {
  const channel = holding([1, 2, 3]);
  const controller = new CountedController();
  const got: number[] = [];
  const loop = async () => {
    for await (const value of channel.values({ signal: controller.signal })) {
      got.push(value);
      controller.abort("enough");
    }
  };
  assertEquals(await reasonOf(loop()), "enough");
  assertEquals(got, [1]);
  assertEquals(channel.drain(), [2, 3]);
  assertEquals(controller.listeners, 0);
});

Deno.test("values() throws the signal's reason once, to the first pending next(), and withdraws all", async () => {
  const channel = new Channel<number>();
  const controller = new CountedController();
  const iterator = channel.values({ signal: controller.signal });
  const [first, ...others] = [
    iterator.next(),
    iterator.next(),
    iterator.next(),
  ];
  assertEquals(controller.listeners, 1);
  controller.abort("enough");
  assertEquals(channel.stats().waitingReceivers, 0);
  assertEquals(await reasonOf(first!), "enough");
  assertEquals(await Promise.all(others), [DONE, DONE]);
  assertEquals(await iterator.next(), DONE);
  assertEquals(controller.listeners, 0);
});

Deno.test("values() leaves no listener on its signal when the loop is left or waits no more", async () => {
  const channel = new Channel<number>();
  const controller = new CountedController();
  const { signal } = controller;
  const reading = read(channel.values({ signal }));
  const iterator = channel.values({ signal });
  const pending = iterator.next();
  await channel.send(1);
  assertEquals(controller.listeners, 1);
  iterator.return!();
  channel.close();
  assertEquals(await reading, [1]);
  assertEquals(await pending, DONE);
  await tick();
  assertEquals(controller.listeners, 0);
});

Deno.test("batches() takes what is there, up to max, and waits for the first of the next", async () => {
  const channel = holding([1, 2, 3, 4, 5]);
  const iterator = channel.batches(2);
  for (const value of [[1, 2], [3, 4], [5]]) {
    assertEquals(await iterator.next(), { done: false, value });
  }
  const pending = iterator.next();
  assert(await isPending(pending));
  channel.sendNow(6);
  channel.sendNow(7);
  assertEquals(await pending, { done: false, value: [6] });
  channel.close();
  assertEquals(await iterator.next(), { done: false, value: [7] });
  assertEquals(await iterator.next(), DONE);
});

Deno.test("batches() takes the values of waiting senders too, all of them by default", async () => {
  const channel = holding([1], 1);
  const sent = [channel.send(2), channel.send(3)];
  assertEquals(await channel.batches().next(), {
    done: false,
    value: [1, 2, 3],
  });
  await Promise.all(sent);
});

Deno.test("batches() throws when max is no whole number of values", () => {
  const channel = new Channel<number>();
  for (const max of [0, -1, 1.5, NaN]) {
    assertThrows(() => channel.batches(max), RangeError);
  }
  assertThrows(() => channel.batches("2" as unknown as number), TypeError);
});
