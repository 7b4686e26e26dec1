// values_test.ts: values as they are, and code of the user's that runs in between.

import {
  assert,
  assertEquals,
  assertNotInstanceOf,
  assertStrictEquals,
} from "@std/assert";
import { tick, unhandledIn } from "./_testing.ts";
import { Channel, ChannelClosedError, ChannelError } from "./channel.ts";
import { select, trySelect } from "./select.ts";

const capacities = [0, 1, 3, Infinity];

/** Every way to get at a value that gives it as it was sent. */
const boxed: Record<string, (channel: Channel<unknown>) => unknown> = {
  "tryReceive()": (channel) => valueOf(channel.tryReceive()),
  "receiveNow()": (channel) => channel.receiveNow(),
  "peek()": (channel) => valueOf(channel.peek()),
  "drain()": (channel) => channel.drain()[0],
  "trySelect()": (channel) => valueOf(trySelect({ channel })),
};

/** Those of them that can wait; they resolve to an array, so that nothing is flattened. */
const waiting: Record<
  string,
  (channel: Channel<unknown>) => Promise<unknown[]>
> = {
  "receiveMany()": (channel) => channel.receiveMany(1),
  "for await": async (channel) => {
    for await (const value of channel) return [value];
    return [];
  },
  "next()": async (channel) => [(await channel.values().next()).value],
  "batches()": async (channel) => (await channel.batches(1).next()).value ?? [],
  "select()": async (channel) => [valueOf(await select({ channel }))],
};

function valueOf(result: unknown): unknown {
  return (result as { value: unknown }).value;
}

function rejected(reason: unknown): Promise<never> {
  const promise = Promise.reject(reason);
  promise.catch(() => {});
  return promise;
}

const thenables: Record<string, unknown> = {
  "a promise": Promise.resolve(1),
  "a rejected promise": rejected(new Error("inside")),
  "a pending promise": new Promise(() => {}),
  "a thenable": { then: (resolve: (value: number) => void) => resolve(1) },
  "a function with then": Object.assign(() => {}, { then() {} }),
};

class Point {
  constructor(readonly x = 1) {}
}

const plain: Record<string, unknown> = {
  "an object whose then is a number": { then: 42 },
  "an object whose then is undefined": { then: undefined },
  "an object whose then is an object": { then: {} },
  "a function": () => 1,
  "a Proxy": new Proxy({}, {}),
  "a frozen object": Object.freeze({ x: 1 }),
  "a class instance": new Point(),
  "a symbol": Symbol("value"),
  "a bigint": 1n,
  "undefined": undefined,
  "null": null,
  "NaN": NaN,
  "-0": -0,
  "an Error": new Error("value"),
  "a channel": new Channel(),
  "an array with then": Object.assign([1], { then: 1 }),
  "what tryReceive gives": Object.freeze({ state: "closed" }),
};

for (const [what, value] of Object.entries({ ...thenables, ...plain })) {
  Deno.test(`${what} comes as it was sent out of everything but receive() (cases 132, 134)`, async () => {
    for (const capacity of capacities) {
      for (const receive of Object.values(boxed)) {
        const channel = new Channel<unknown>(capacity);
        channel.send(value);
        assertStrictEquals(receive(channel), value);
      }
      for (const receive of Object.values(waiting)) {
        const channel = new Channel<unknown>(capacity);
        channel.send(value);
        const before = await receive(channel);
        assertEquals(before.length, 1);
        assertStrictEquals(before[0], value);

        const pending = receive(channel);
        channel.send(value);
        const after = await pending;
        assertEquals(after.length, 1);
        assertStrictEquals(after[0], value);
      }
    }
  });
}

for (const [what, value] of Object.entries(plain)) {
  Deno.test(`${what} comes as it was sent out of receive() (case 134)`, async () => {
    for (const capacity of capacities) {
      const channel = new Channel<unknown>(capacity);
      const pending = channel.receive();
      channel.send(value);
      assertStrictEquals(await pending, value);
      channel.send(value);
      assertStrictEquals(await channel.receive(), value);
    }
  });
}

Deno.test("receive() flattens promises and thenables, as promises do (case 132)", async () => {
  const inside = new Error("inside");
  for (const capacity of capacities) {
    const channel = new Channel<unknown>(capacity);
    for (
      const value of [
        Promise.resolve(1),
        { then: (resolve: (value: number) => void) => resolve(1) },
      ]
    ) {
      const pending = channel.receive();
      channel.send(value);
      assertEquals(await pending, 1);
      channel.send(value);
      assertEquals(await channel.receive(), 1);
    }
    channel.send(rejected(inside));
    assertStrictEquals(await channel.receive().catch((error) => error), inside);
  }
});

Deno.test("a rejected promise as a value neither ends nor fails iteration (case 133)", async () => {
  for (
    const reason of [new ChannelClosedError("inside"), new Error("inside")]
  ) {
    for (const capacity of capacities) {
      const channel = new Channel<unknown>(capacity);
      const value = rejected(reason);
      const got: unknown[] = [];
      const unhandled = await unhandledIn(async () => {
        const reading = (async () => {
          for await (const batch of channel.batches(1)) got.push(...batch);
        })();
        for (const sent of [value, 2, value, 3]) await channel.send(sent);
        channel.close();
        await reading;
      });
      assertEquals(unhandled, []);
      assertEquals(got.length, 4);
      assertStrictEquals(got[0], value);
      assertEquals(got[3], 3);
      assert(channel.drained);
    }
  }
});

Deno.test("send() of a promise that rejects is no unhandled rejection of the channel's own", async () => {
  const unhandled = await unhandledIn(async () => {
    const channel = new Channel<unknown>(1);
    const sent = [channel.send(rejected(1)), channel.send(rejected(2))];
    assertEquals(channel.drain().length, 2);
    await Promise.all(sent);
  });
  assertEquals(unhandled, []);
});

const calls: Record<string, (channel: Channel<number>) => void> = {
  "send()": (channel) => void channel.send(1).catch(() => {}),
  "receive()": (channel) => void channel.receive().catch(() => {}),
  "trySend()": (channel) => void channel.trySend(1),
  "tryReceive()": (channel) => void channel.tryReceive(),
  "receiveMany()": (channel) => void channel.receiveMany().catch(() => {}),
  "sendAll()": (channel) => void channel.sendAll([1]).catch(() => {}),
  "drain()": (channel) => void channel.drain(),
  "next()": (channel) => void channel.values().next(),
  "join()": (channel) => void channel.join(),
  "close()": (channel) => channel.close(),
  "cancel()": (channel) => channel.cancel(),
  "select()": (channel) => void select({ channel }),
};

for (const [name, call] of Object.entries(calls)) {
  Deno.test(`${name} runs no callback of a promise before it returns (case 137)`, async () => {
    for (const callAgain of Object.values(calls)) {
      const channel = new Channel<number>();
      let ran = 0;
      for (const promise of [channel.receive(), channel.values().next()]) {
        promise.then(() => ran++, () => ran++);
      }
      channel.join().then(() => ran++);
      call(channel);
      assertEquals(ran, 0);
      callAgain(channel);
      assertEquals(ran, 0);

      const senders = new Channel<number>();
      senders.send(1).then(() => ran++, () => ran++);
      call(senders);
      assertEquals(ran, 0);
      channel.close();
      senders.close();
      await tick();
      assertEquals(ran, 4);
    }
  });
}

Deno.test("tryReceive() results are not shared state (case 37)", () => {
  const channel = new Channel<number>(1);
  for (const closed of [false, true]) {
    if (closed) channel.close();
    const state = closed ? "closed" : "empty";
    const result = channel.tryReceive() as { state: string };
    try {
      result.state = "ok";
    } catch (error) {
      assert(error instanceof TypeError);
    }
    assertEquals(channel.tryReceive(), { state });
    assertEquals(channel.peek(), { state });
  }
});

Deno.test("a clone of a channel does not look like a working channel (case 141)", () => {
  const channel = new Channel<number>(1);
  channel.sendNow(1);
  let clone: unknown;
  try {
    clone = structuredClone(channel);
  } catch (error) {
    assert(error instanceof DOMException);
    return;
  }
  assertNotInstanceOf(clone, Channel);
  for (const name of ["send", "receive", "close", "size", "capacity"]) {
    assertEquals((clone as Record<string, unknown>)[name], undefined);
  }
});

/** Imports a module of a second copy of the package. */
async function importCopy<M>(module: string): Promise<M> {
  const folder = await Deno.makeTempDir();
  try {
    for await (const { name } of Deno.readDir(new URL(".", import.meta.url))) {
      if (!name.endsWith(".ts") || name.endsWith("_test.ts")) continue;
      const from = new URL(name, import.meta.url);
      await Deno.copyFile(from, `${folder}/${name}`);
    }
    return await import(`file://${folder}/${module}`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("ChannelClosedError of a second copy of the package is told by its name (case 142)", async () => {
  const copy = await importCopy<typeof import("./channel.ts")>("channel.ts");
  assert(copy.Channel as unknown !== Channel);
  const other = new copy.Channel<number>();
  other.close();
  const error = await other.send(3).catch((error) => error);
  assert(!(error instanceof ChannelError));
  assertEquals(error.name, "ChannelClosedError");
  assertEquals(error.name, new ChannelClosedError("ours").name);
  assertEquals(error.value, 3);
});
