// broadcast_faults_test.ts: subscribers that leave, and all else that ends a broadcast early.

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
  CountedController,
  holding,
  isPending,
  reasonOf,
  tick,
  unhandledIn,
  waiting,
} from "./_testing.ts";
import type { BroadcastOptions, ClosableReceiver } from "./mod.ts";
import { broadcast, Channel, ChannelClosedError, map, merge } from "./mod.ts";

const REASONS = [new Error("reason"), "reason", 0, null, undefined];

/** Sends until it is refused. What refused it. */
async function produce(channel: Channel<number>): Promise<unknown> {
  for (let n = 0; true; n++) {
    try {
      await channel.send(n);
    } catch (error) {
      return error;
    }
  }
}

/** Ways in which a subscriber leaves, once it has received one value. */
const LEAVE: Record<
  string,
  (subscriber: ClosableReceiver<number>) => PromiseLike<unknown> | void
> = {
  "is closed": (one) => one.close(),
  "is closed with a reason": (one) => one.close("reason"),
  "is disposed": (one) => one[Symbol.dispose](),
  "is disposed asynchronously": (one) => one[Symbol.asyncDispose](),
  // Its type does not say so, but it is a channel.
  "is cancelled": (one) => (one as Channel<number>).cancel(),
  "leaves its loop": async (one) => {
    for await (const _ of one) break;
  },
  "leaves its loop over batches": async (one) => {
    for await (const _ of one.batches()) break;
  },
  "leaves a loop that waits": async (one) => {
    const loop = one.values();
    while (one.tryReceive().state === "ok");
    const pending = loop.next();
    await loop.return!();
    await pending;
  },
  "fails in its loop": async (one) => {
    const error = new Error("failed");
    const loop = async () => {
      for await (const _ of one) throw error;
    };
    assertStrictEquals(await reasonOf(loop()), error);
  },
  "has the signal of its loop aborted": async (one) => {
    const loop = one.values({ signal: AbortSignal.abort("enough") });
    assertEquals(await reasonOf(loop.next()), "enough");
  },
};

for (const [name, leave] of Object.entries(LEAVE)) {
  for (const capacity of [0, 2]) {
    Deno.test(`broadcast() goes on for the others when one ${name} (capacity ${capacity})`, async () => {
      const unhandled = await unhandledIn(async () => {
        const source = new Channel<number>();
        const refused = produce(source);
        const subscribed = broadcast(source, { subscribers: 3, capacity });
        const [leaving, ...others] = subscribed;
        for (const one of subscribed) assertEquals(await one.receive(), 0);
        // By now all wait for the one that leaves.
        for (let n = 1; n <= capacity; n++) {
          for (const one of others) assertEquals(await one.receive(), n);
        }
        await tick();
        await leave(leaving);
        await tick();
        assert(leaving.closed);
        assertFalse(source.closed);
        for (let n = capacity + 1; n < 20; n++) {
          for (const one of others) assertEquals(await one.receive(), n);
        }
        for (const one of others) one.close();
        assertInstanceOf(await refused, ChannelClosedError);
        assertAtRest(source);
      });
      assertEquals(unhandled, []);
    });
  }

  Deno.test(`broadcast() closes its source when the last subscriber ${name}`, async () => {
    const unhandled = await unhandledIn(async () => {
      const source = new Channel<number>();
      const refused = [produce(source), produce(source)];
      const [first, last] = broadcast(source, 2);
      assertEquals([await first.receive(), await last.receive()], [0, 0]);
      await leave(first);
      await tick();
      assertFalse(source.closed);
      await leave(last);
      await tick();
      assert(source.closed && source.closeSignal.aborted);
      for (const error of await Promise.all(refused)) {
        assertInstanceOf(error, ChannelClosedError);
      }
      assertAtRest(source);
    });
    assertEquals(unhandled, []);
  });
}

Deno.test("broadcast() keeps a subscriber of which one of two loops is left", async () => {
  const source = new Channel<number>();
  const refused = produce(source);
  const [one] = broadcast(source, 1);
  const [first, last] = [one.values(), one.batches()];
  await first.next();
  await first.return!();
  assertFalse((await last.next()).done);
  assertFalse(one.closed);
  await last.return!();
  assert(one.closed);
  assertInstanceOf(await refused, ChannelClosedError);
});

Deno.test("broadcast() leaves a closed subscriber what it holds", async () => {
  const source = holding(1, 2, 3);
  const [one, other] = broadcast(source, { subscribers: 2, capacity: 3 });
  await tick();
  one.close("reason");
  assertEquals(await one.receiveMany(), [1, 2, 3]);
  assertEquals(await reasonOf(one.receive()), "reason");
  source.sendNow(4);
  source.close();
  await tick();
  assertEquals(await other.receiveMany(), [1, 2, 3, 4]);
});

for (const reason of REASONS) {
  Deno.test(`broadcast() closes its source with the reason of the last to leave, ${reason}`, async () => {
    const source = new Channel<number>();
    const [first, last] = broadcast(source, 2);
    await tick();
    first.close("other");
    last.close(reason);
    assertStrictEquals(await reasonOf(source.receive()), reason);
    assertStrictEquals(await reasonOf(last.receive()), reason);
    assertEquals(await reasonOf(first.receive()), "other");
  });

  Deno.test(`broadcast() gives its subscribers the reason of its source, ${reason}, after their values`, async () => {
    const source = new Channel<number>();
    const [slow, quick] = broadcast(source, {
      subscribers: [{}, { capacity: 4 }],
    });
    await source.send(1);
    await tick();
    source.close(reason);
    assertEquals(await quick!.receive(), 1);
    const ended = reasonOf(quick!.receive());
    assert(await isPending(ended));
    assertEquals(await slow!.receive(), 1);
    assertStrictEquals(await ended, reason);
    assertStrictEquals(await reasonOf(slow!.receive()), reason);
  });

  Deno.test(`broadcast() closes all when its signal aborts with ${reason}`, async () => {
    const controller = new CountedController();
    const { signal } = controller;
    const source = new Channel<number>();
    const refused = produce(source);
    const unhandled = await unhandledIn(async () => {
      const subscribed = broadcast(source, { subscribers: 3, signal });
      assertEquals(await subscribed[0].receive(), 0);
      const waits = reasonOf(subscribed[0].receive());
      await tick();
      assertEquals(controller.listeners, 1);
      controller.abort(reason);
      // With nothing the platform makes an AbortError.
      const expected = reason === undefined ? signal.reason : reason;
      assertStrictEquals(await waits, expected);
      for (const one of subscribed) {
        assertStrictEquals(await reasonOf(one.receive()), expected);
      }
      assertStrictEquals(await reasonOf(source.receive()), expected);
      assertInstanceOf(await refused, ChannelClosedError);
      assertAtRest(source);
      assertEquals(controller.listeners, 0);
    });
    assertEquals(unhandled, []);
  });
}

Deno.test("broadcast() takes nothing if its signal is aborted", async () => {
  const source = holding(1, 2);
  const subscribed = broadcast(source, {
    subscribers: 2,
    capacity: 4,
    signal: AbortSignal.abort("reason"),
  });
  await tick();
  for (const one of subscribed) {
    assertEquals(await reasonOf(one.receive()), "reason");
  }
  assertEquals(source.drain(), [1, 2]);
  assertEquals(await reasonOf(source.receive()), "reason");
  assertAtRest(source);
});

Deno.test("broadcast() leaves no listener on its signal", async () => {
  for (const end of ["source", "subscribers"]) {
    const controller = new CountedController();
    const source = new Channel<number>();
    const { signal } = controller;
    const [one, other] = broadcast(source, { subscribers: 2, signal });
    assertEquals(controller.listeners, 1);
    if (end === "source") source.close();
    one.close();
    other.close();
    await tick();
    assertEquals([source.closed, controller.listeners], [true, 0]);
    controller.abort("late");
    assertInstanceOf(await reasonOf(one.receive()), ChannelClosedError);
  }
});

Deno.test("broadcast() whose source is cancelled ends its subscribers", async () => {
  const source = holding(1, 2, 3);
  const [one, other] = broadcast(source, 2);
  const received = one.receive();
  await tick();
  source.cancel("reason");
  // The one that was taken goes to both.
  assertEquals([await received, await other.receive()], [1, 1]);
  assertEquals(await reasonOf(one.receive()), "reason");
  assertEquals(await reasonOf(other.receive()), "reason");
});

Deno.test("broadcast() of a merge leaves the sources of that as they are", async () => {
  const sources = [new Channel<number>(), new Channel<number>()];
  const [one, other] = broadcast(merge(...sources), 2);
  await tick();
  assertEquals(sources.map(waiting), [[0, 1], [0, 1]]);
  one.close();
  other.close();
  assertAtRest(...sources);
  assertEquals(sources.map(({ closed }) => closed), [false, false]);
});

Deno.test("broadcast() goes on for the others when the map of one fails", async () => {
  const source = new Channel<number>();
  const refused = produce(source);
  const [left, right] = broadcast(source, 2);
  const failing = map(left, () => Promise.reject("error"));
  assertEquals(await reasonOf(failing.receive()), "error");
  assertFalse(right.closed || source.closed);
  assertEquals([await right.receive(), await right.receive()], [0, 1]);
  right.close();
  assertInstanceOf(await refused, ChannelClosedError);
  assertAtRest(source);
});

Deno.test("broadcast() ends every waiting receive of a subscriber that is closed", async () => {
  const [one] = broadcast(new Channel<number>(), 2);
  const waits = [one.receive(), one.receiveMany()].map(reasonOf);
  const joined = one.join();
  const steps = [one.values().next(), one.batches().next()];
  await tick();
  one.close();
  for (const error of await Promise.all(waits)) {
    assertInstanceOf(error, ChannelClosedError);
  }
  for (const { done } of await Promise.all(steps)) assert(done);
  await joined;
});

type Refusal = readonly [type: typeof TypeError, message: string];

const COUNT = "subscribers must be a whole number >= 1";

/** What stands for the options. */
const BAD: [name: string, options: unknown, ...Refusal][] = [
  ["no options", undefined, TypeError, "received undefined"],
  ["options that are null", null, TypeError, "Cannot broadcast"],
  ["a string", "2", TypeError, "received string"],
  ["a function", () => 2, TypeError, "received function"],
  ["options without subscribers", {}, TypeError, "received undefined"],
  ["subscribers that are null", { subscribers: null }, TypeError, "Cannot"],
  ["-Infinity", -Infinity, RangeError, COUNT],
  ["Infinity", Infinity, RangeError, "subscribers must be at most"],
  ["a string of subscribers", { subscribers: "2" }, TypeError, "string"],
  ["2 ** 53 - 1 subscribers", 2 ** 53 - 1, RangeError, ""],
  ["no subscriber", { subscribers: [] }, RangeError, COUNT],
  [
    "a bad capacity for all",
    { subscribers: 2, capacity: -1 },
    RangeError,
    "-1",
  ],
  [
    "a bad capacity for the last",
    { subscribers: [{ capacity: 1 }, { capacity: NaN }] },
    RangeError,
    "capacity",
  ],
  [
    "a bad type of a capacity",
    { subscribers: [{ capacity: "1" }] },
    TypeError,
    "capacity",
  ],
  [
    "a policy without room",
    { subscribers: [{ overflow: "drop-oldest" }, {}] },
    RangeError,
    "capacity",
  ],
  [
    "an unknown policy",
    { subscribers: 2, capacity: 1, overflow: "drop" },
    TypeError,
    "overflow",
  ],
  [
    "an onDrop that is none",
    { subscribers: 1, onDrop: "log" },
    TypeError,
    "onDrop",
  ],
  [
    "a signal that is none",
    { subscribers: 2, signal: {} },
    TypeError,
    "signal",
  ],
];
for (const count of [0, -1, 1.5, NaN, 2 ** 53]) {
  BAD.push([`${count}`, count, RangeError, `${COUNT} or Infinity`]);
  BAD.push([
    `${count} subscribers`,
    { subscribers: count },
    RangeError,
    `received ${count}`,
  ]);
}

for (const [name, options, type, message] of BAD) {
  Deno.test(`broadcast() refuses ${name}, and nothing has changed`, async () => {
    const source = holding(1);
    const error = assertThrows(
      () => broadcast(source, options as BroadcastOptions<number>),
      type,
      message,
    );
    assertEquals(error.constructor, type);
    await tick();
    assertEquals([source.size, source.closed], [1, false]);
    assertAtRest(source);
  });
}

for (const source of [undefined, null, [1], "ab", new ReadableStream()]) {
  Deno.test(`broadcast() refuses a source that is ${source}`, () => {
    assertThrows(
      () => broadcast(source as unknown as Channel<number>, 2),
      TypeError,
      "Cannot broadcast: source is not a receiver",
    );
  });
}

Deno.test("broadcast() that an onDrop aborts takes no further value", async () => {
  const source = holding(1, 2, 3, 4);
  const controller = new AbortController();
  const [only] = broadcast(source, {
    subscribers: 1,
    capacity: 1,
    overflow: "drop-incoming",
    onDrop: () => controller.abort("enough"),
    signal: controller.signal,
  });
  await tick();
  assert(only.closed);
  assertEquals(source.snapshot(), [3, 4]);
});

Deno.test("broadcast() runs nothing of the user's before it returns", async () => {
  const subscribers: readonly ClosableReceiver<number>[] = broadcast(
    holding(1, 2, 3),
    {
      subscribers: 1,
      capacity: 1,
      overflow: "drop-oldest",
      onDrop: () => subscribers[0]!.close(),
    },
  );
  await tick();
  assert(subscribers[0]!.closed);
});

Deno.test("broadcast() passes a value through 5,000 of them", async () => {
  const source = new Channel<number>();
  let last: ClosableReceiver<number> | undefined;
  for (let i = 0; i < 5_000; i++) [last] = broadcast(last ?? source, 1);
  const received = last!.receive();
  await tick();
  assert(source.trySend(1));
  assertEquals(await received, 1);
  last!.close();
  assert(source.closed);
});

Deno.test("broadcast() hands the end of its source through 5,000 of them", async () => {
  const source = new Channel<number>();
  let last: ClosableReceiver<number> | undefined;
  for (let i = 0; i < 5_000; i++) [last] = broadcast(last ?? source, 1);
  await tick();
  source.close("enough");
  assertEquals(await reasonOf(last!.receive()), "enough");
});

Deno.test("broadcast() takes an option that is undefined for one that is not given", async () => {
  const [only] = broadcast(holding(1, 2), {
    capacity: 4,
    subscribers: [{ capacity: undefined }],
  });
  await tick();
  assertEquals(await only.receiveMany(), [1, 2]);
});
