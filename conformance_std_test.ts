// conformance_std_test.ts: what @std/async documents for its Channel, asked of both
// (conformance_std_streams_test.ts goes on with streams, conformance_std_signals_test.ts
// with signals, types and what differs on purpose).

import {
  assert,
  assertEquals,
  assertFalse,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import type * as std from "@std/async/channel";
import { isPending, reasonOf, SettleLog, tick } from "./_testing.ts";
import type { Implementation, StdChannel } from "./_std_testing.ts";
import { OURS, THEIRS } from "./_std_testing.ts";

/** What a loop over the channel sees, and what it throws, if it does. */
async function loopOver<T>(
  channel: AsyncIterable<T>,
): Promise<[T[], ...unknown[]]> {
  const seen: T[] = [];
  try {
    for await (const value of channel) seen.push(value);
  } catch (error) {
    return [seen, error];
  }
  return [seen];
}

/** A test that both have to pass. */
function test(
  name: string,
  run: (implementation: Implementation) => void | Promise<void>,
): void {
  for (const implementation of [OURS, THEIRS]) {
    Deno.test(`${implementation.name}: ${name}`, () => run(implementation));
  }
}

test("Channel() has no buffer by default", ({ Channel }) => {
  for (const options of [undefined, {}, { capacity: undefined }]) {
    const { capacity, size, closed } = new Channel(
      options as std.ChannelOptions,
    );
    assertEquals([capacity, size, closed], [0, 0, false]);
  }
});

test("Channel() has the capacity asked for", ({ Channel }) => {
  for (const capacity of [0, 1, 8, 1e6]) {
    assertEquals(new Channel({ capacity }).capacity, capacity);
  }
});

test("Channel() refuses a capacity that is negative or no whole number", ({ Channel }) => {
  for (const capacity of [-1, 1.5, NaN, -Infinity]) {
    assertThrows(() => new Channel({ capacity }), RangeError);
  }
});

test("receive() gives the oldest value of the buffer", async ({ Channel }) => {
  const channel = new Channel<number>({ capacity: 4 });
  for (const value of [1, 2, 3, 4]) await channel.send(value);
  assertEquals(channel.size, 4);
  for (const value of [1, 2, 3, 4]) {
    assertEquals(await channel.receive(), value);
  }
  assertEquals(channel.size, 0);
});

test("receive() keeps the order over many rounds through a small buffer", async ({ Channel }) => {
  const channel = new Channel<number>({ capacity: 2 });
  await channel.send(0);
  for (let i = 1; i < 50; i++) {
    await channel.send(i);
    assertEquals(await channel.receive(), i - 1);
  }
});

test("send() waits for a receiver when there is no buffer", async ({ Channel }) => {
  const channel = new Channel<string>();
  const sent = channel.send("value");
  assert(await isPending(sent));
  assertEquals(await channel.receive(), "value");
  assertFalse(await isPending(sent));
});

test("receive() waits for a sender", async ({ Channel }) => {
  for (const capacity of [0, 1]) {
    const channel = new Channel<string>({ capacity });
    const received = channel.receive();
    assert(await isPending(received));
    await channel.send("value");
    assertEquals(await received, "value");
    assertEquals(channel.size, 0);
  }
});

test("send() waits while the buffer is full", async ({ Channel }) => {
  const channel = new Channel<number>({ capacity: 1 });
  await channel.send(1);
  const sent = channel.send(2);
  assert(await isPending(sent));
  assertEquals(await channel.receive(), 1);
  await sent;
  assertEquals(channel.size, 1);
});

test("receive() serves waiting senders in the order of their arrival", async ({ Channel }) => {
  for (const capacity of [0, 1, 2]) {
    const channel = new Channel<number>({ capacity });
    const log = new SettleLog();
    for (const value of [0, 1, 2, 3]) {
      log.add(`${value}`, channel.send(value));
    }
    for (const value of [0, 1, 2, 3]) {
      assertEquals(await channel.receive(), value);
    }
    await tick();
    assertEquals(log.entries, ["0", "1", "2", "3"]);
  }
});

test("send() serves waiting receivers in the order of their arrival", async ({ Channel }) => {
  const channel = new Channel<number>();
  const log = new SettleLog();
  for (const name of "abc") log.add(name, channel.receive());
  for (const value of [1, 2, 3]) await channel.send(value);
  await tick();
  assertEquals(log.entries, ["a=1", "b=2", "c=3"]);
});

test("close() closes, once", ({ Channel }) => {
  const channel = new Channel();
  assertFalse(channel.closed);
  channel.close();
  assert(channel.closed);
  channel.close();
  channel.close("reason");
  assert(channel.closed);
});

test("send() rejects once closed", async ({ Channel, ChannelClosedError }) => {
  for (const capacity of [0, 1]) {
    const channel = new Channel<number>({ capacity });
    channel.close();
    await assertRejects(() => channel.send(1), ChannelClosedError);
    assertEquals(channel.size, 0);
  }
});

test("receive() rejects once closed and empty, with one error for all", async ({ Channel, ChannelClosedError }) => {
  const channel = new Channel<number>();
  channel.close();
  const [first, second] = [
    await reasonOf(channel.receive()),
    await reasonOf(channel.receive()),
  ];
  assertInstanceOf(first, ChannelClosedError);
  assertStrictEquals(first, second);
});

test("receive() drains the buffer of a closed channel", async ({ Channel, ChannelClosedError }) => {
  const channel = new Channel<number>({ capacity: 3 });
  for (const value of [1, 2, 3]) await channel.send(value);
  channel.close();
  for (const value of [1, 2, 3]) assertEquals(await channel.receive(), value);
  await assertRejects(() => channel.receive(), ChannelClosedError);
});

test("close() rejects the waiting senders with their values", async ({ Channel, ChannelClosedError }) => {
  for (const reason of [[], ["reason"]]) {
    const channel = new Channel<string>({ capacity: 1 });
    await channel.send("kept");
    const errors = ["a", "b"].map((value) => reasonOf(channel.send(value)));
    channel.close(...reason as [unknown]);
    for (const [i, error] of (await Promise.all(errors)).entries()) {
      assertInstanceOf(error, ChannelClosedError);
      assertEquals(error.value, "ab"[i]);
    }
    assertEquals(channel.tryReceive(), { state: "ok", value: "kept" });
  }
});

test("close() rejects the waiting receivers", async ({ Channel, ChannelClosedError }) => {
  const channel = new Channel<string>();
  const errors = [channel.receive(), channel.receive()].map(reasonOf);
  channel.close();
  for (const error of await Promise.all(errors)) {
    assertInstanceOf(error, ChannelClosedError);
  }
});

test("close(reason) rejects waiting and later receivers with it", async ({ Channel }) => {
  for (const reason of [new Error("reason"), null, undefined]) {
    const channel = new Channel<string>();
    const waiting = [channel.receive(), channel.receive()].map(reasonOf);
    channel.close(reason);
    const errors = [...waiting, reasonOf(channel.receive())];
    for (const error of await Promise.all(errors)) {
      assertStrictEquals(error, reason);
    }
  }
});

test("close(reason) keeps the buffer readable", async ({ Channel }) => {
  const channel = new Channel<number>({ capacity: 2 });
  await channel.send(1);
  channel.close("reason");
  assertEquals(await channel.receive(), 1);
  assertEquals(await reasonOf(channel.receive()), "reason");
});

test("trySend() takes the room there is", ({ Channel }) => {
  const channel = new Channel<number>({ capacity: 2 });
  assertEquals([1, 2, 3].map((value) => channel.trySend(value)), [
    true,
    true,
    false,
  ]);
  assertEquals(channel.size, 2);
});

test("trySend() fails when nobody waits or all is over", ({ Channel }) => {
  assertFalse(new Channel().trySend(1));
  const closed = new Channel({ capacity: 1 });
  closed.close();
  assertFalse(closed.trySend(1));
});

test("trySend() hands over to a waiting receiver", async ({ Channel }) => {
  const channel = new Channel<number>();
  const received = channel.receive();
  assert(channel.trySend(1));
  assertEquals(await received, 1);
});

test("tryReceive() tells a value from nothing yet and from the end", ({ Channel }) => {
  const channel = new Channel<undefined>({ capacity: 2 });
  assertEquals(channel.tryReceive(), { state: "empty" });
  channel.trySend(undefined);
  channel.trySend(undefined);
  assertEquals(channel.tryReceive(), { state: "ok", value: undefined });
  channel.close();
  assertEquals(channel.tryReceive(), { state: "ok", value: undefined });
  assertEquals(channel.tryReceive(), { state: "closed" });
});

test("tryReceive() makes no object for nothing", ({ Channel }) => {
  const [one, other] = [new Channel<number>(), new Channel<number>()];
  for (let state = 0; state < 2; state++) {
    const result = one.tryReceive();
    assert(Object.isFrozen(result));
    assertStrictEquals(one.tryReceive(), result);
    assertStrictEquals(other.tryReceive(), result);
    one.close();
    other.close();
  }
});

test("tryReceive() takes from a waiting sender", async ({ Channel }) => {
  const channel = new Channel<number>();
  const sent = channel.send(1);
  assertEquals(channel.tryReceive(), { state: "ok", value: 1 });
  await sent;
});

test("tryReceive() lets a waiting sender into the buffer", async ({ Channel }) => {
  const channel = new Channel<number>({ capacity: 1 });
  await channel.send(1);
  const sent = channel.send(2);
  assertEquals(channel.tryReceive(), { state: "ok", value: 1 });
  assertEquals(channel.size, 1);
  await sent;
  assertEquals(channel.tryReceive(), { state: "ok", value: 2 });
});

test("iteration ends when the channel is closed and drained", async ({ Channel }) => {
  const channel = new Channel<number>({ capacity: 3 });
  for (const value of [1, 2, 3]) await channel.send(value);
  channel.close();
  assertEquals(await loopOver(channel), [[1, 2, 3]]);
  assertEquals(await loopOver(channel), [[]]);
});

test("iteration throws the reason of close(reason) after the last value", async ({ Channel, ChannelClosedError }) => {
  for (
    const reason of ["reason", undefined, new ChannelClosedError("mine")]
  ) {
    for (const values of [[], [1], [1, 2]]) {
      const channel = new Channel<number>({ capacity: 2 });
      for (const value of values) await channel.send(value);
      channel.close(reason);
      const [seen, ...errors] = await loopOver(channel);
      assertEquals([seen, errors.length], [values, 1]);
      assertStrictEquals(errors[0], reason);
    }
  }
});

test("iteration goes on while values come", async ({ Channel }) => {
  for (const capacity of [0, 2]) {
    const channel = new Channel<number>({ capacity });
    const looped = loopOver(channel);
    for (const value of [1, 2, 3, 4, 5]) await channel.send(value);
    channel.close();
    assertEquals(await looped, [[1, 2, 3, 4, 5]]);
  }
});

test("each value reaches one consumer only", async ({ Channel }) => {
  const channel = new Channel<number>({ capacity: 1 });
  const loops = [loopOver(channel), loopOver(channel), loopOver(channel)];
  const values = Array.from({ length: 30 }, (_, i) => i);
  for (const value of values) await channel.send(value);
  channel.close();
  const seen = (await Promise.all(loops)).flatMap(([seen]) => seen);
  assertEquals(seen.sort((a, b) => a - b), values);
});

test("dispose and asyncDispose close", async ({ Channel }) => {
  const channels: StdChannel<number>[] = [];
  {
    using one = new Channel<number>();
    await using other = new Channel<number>({ capacity: 1 });
    await other.send(1);
    channels.push(one, other);
  }
  assertEquals(channels.map(({ closed }) => closed), [true, true]);
  assertEquals(await loopOver(channels[1]!), [[1]]);
});

test("ChannelClosedError is an Error with a name", ({ ChannelClosedError }) => {
  const error = new ChannelClosedError("message");
  assertInstanceOf(error, Error);
  assertEquals([error.name, error.message], [
    "ChannelClosedError",
    "message",
  ]);
  assertFalse("value" in error);
});

test("ChannelClosedError holds a value that cannot be changed", ({ ChannelClosedError }) => {
  for (const value of [{}, undefined]) {
    const error = new ChannelClosedError("message", value);
    assertEquals(Object.getOwnPropertyDescriptor(error, "value"), {
      value,
      writable: false,
      enumerable: true,
      configurable: false,
    });
  }
});

test("ChannelClosedError has a value if it comes from a send", async ({ Channel }) => {
  const channel = new Channel<object>();
  const value = {};
  channel.close();
  const sendError = await reasonOf(channel.send(value)) as { value: object };
  assertStrictEquals(sendError.value, value);
  assertFalse("value" in (await reasonOf(channel.receive()) as object));
});
