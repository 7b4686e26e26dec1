// look_test.ts: looking at a channel without taking from it.

import {
  assert,
  assertEquals,
  assertMatch,
  assertStrictEquals,
} from "@std/assert";
import { filled, tick } from "./_testing.ts";
import { Channel } from "./channel.ts";
import { select, sending } from "./select.ts";

Deno.test("Channel.peek() shows what tryReceive() would return", () => {
  const channel = filled<unknown>(2, undefined, 2);
  for (const state of ["ok", "ok", "empty", "closed"]) {
    if (state === "closed") channel.close();
    const { size } = channel;
    const peeked = channel.peek();
    assertEquals(channel.peek(), peeked);
    assertEquals([peeked.state, channel.size], [state, size]);
    assertEquals(channel.tryReceive(), peeked);
  }
});

Deno.test("Channel.peek() shows the value of the oldest waiting sender and leaves it", async () => {
  const value = {};
  for (const kind of ["send", "select"]) {
    const channel = new Channel<object>();
    let settled = false;
    const sent = kind === "send"
      ? channel.send(value)
      : select([sending(channel, value)]);
    sent.then(() => settled = true);
    channel.send({});
    const peeked = channel.peek();
    assert(peeked.state === "ok");
    assertStrictEquals(peeked.value, value);
    await tick();
    assertEquals([settled, channel.stats().waitingSenders], [false, 2]);
    assertStrictEquals(channel.receiveNow(), value);
  }
});

Deno.test("Channel.peek() shows what close() left in the buffer", () => {
  const channel = filled(1, 1);
  channel.close("reason");
  assertEquals(channel.peek(), { state: "ok", value: 1 });
  channel.cancel();
  assertEquals(channel.peek(), { state: "closed" });
});

Deno.test("Channel.peek() keeps a promise as it is", () => {
  const promise = Promise.resolve(1);
  const peeked = filled(1, promise).peek();
  assert(peeked.state === "ok");
  assertStrictEquals(peeked.value, promise);
});

Deno.test("Channel.snapshot() copies the buffer alone, oldest first", async () => {
  const channel = filled(3, 1, 2, 3);
  channel.send(4);
  assertEquals(channel.snapshot(), [1, 2, 3]);
  channel.snapshot().length = 0;
  assertEquals(channel.snapshot(), [1, 2, 3]);
  assertEquals(channel.stats().waitingSenders, 1);
  assertEquals(await channel.receive(), 1);
  assertEquals(channel.snapshot(), [2, 3, 4]);
  channel.close();
  assertEquals(channel.snapshot(), [2, 3, 4]);
  assertEquals(channel.drain(), [2, 3, 4]);
  assertEquals(channel.snapshot(), []);
});

Deno.test("Channel.snapshot() is in order wherever the buffer begins", () => {
  const channel = new Channel<number>(16);
  for (let i = 0; i < 100; i++) {
    while (channel.trySend(i + channel.size));
    const first = i;
    assertEquals(
      channel.snapshot(),
      Array.from({ length: 16 }, (_, j) => first + j),
    );
    assertEquals(channel.receiveNow(), i);
  }
});

Deno.test("Channel.stats() says how busy the channel is", () => {
  const channel = new Channel<number>(2);
  const expected = {
    size: 0,
    capacity: 2,
    closed: false,
    waitingSenders: 0,
    waitingReceivers: 0,
  };
  assertEquals(channel.stats(), expected);
  for (let i = 0; i < 5; i++) channel.send(i).catch(() => {});
  assertEquals(channel.stats(), { ...expected, size: 2, waitingSenders: 3 });
  channel.close();
  assertEquals(channel.stats(), { ...expected, size: 2, closed: true });
});

Deno.test("Channel.stats() is a new object each time", () => {
  const channel = new Channel();
  const stats = channel.stats();
  stats.size = 7;
  assertEquals(channel.stats().size, 0);
});

Deno.test("Channel.stats() counts everything that waits, and no longer", () => {
  const channel = new Channel<number>();
  const controller = new AbortController();
  const { signal } = controller;
  channel.receive();
  channel.receive({ signal }).catch(() => {});
  channel.receiveMany();
  channel.values().next();
  channel.batches().next();
  select([channel, new Channel<number>()]);
  channel.join();
  assertEquals(channel.stats().waitingReceivers, 6);
  controller.abort();
  assertEquals(channel.stats().waitingReceivers, 5);
  for (let left = 5; left-- > 0;) {
    channel.sendNow(1);
    assertEquals(channel.stats().waitingReceivers, left);
  }
  select([sending(channel, 1)]);
  channel.sendAll([1, 2]);
  assertEquals(channel.stats().waitingSenders, 2);
});

Deno.test("Channel.full and empty follow the size", () => {
  const facts = ({ full, empty }: Channel<number>) => ({ full, empty });
  assertEquals(facts(filled(0)), { full: true, empty: true });
  assertEquals(facts(filled(2)), { full: false, empty: true });
  assertEquals(facts(filled(2, 1)), { full: false, empty: false });
  assertEquals(facts(filled(2, 1, 2)), { full: true, empty: false });
  assertEquals(facts(filled(Infinity)), { full: false, empty: true });
  assertEquals(facts(filled(Infinity, 1)), { full: false, empty: false });
});

Deno.test("Channel.empty holds while senders wait on an unbuffered channel", () => {
  const channel = new Channel<number>();
  channel.send(1);
  assertEquals([channel.empty, channel.full, channel.size], [true, true, 0]);
});

Deno.test("Channel says its capacity, size and who waits when inspected", () => {
  const channel = filled(3, "a", "b", "c");
  channel.send("d").catch(() => {});
  channel.send("e").catch(() => {});
  const idle = new Channel(Infinity);
  idle.receive();
  for (const text of [Deno.inspect(channel), Deno.inspect([channel])]) {
    assertMatch(text, /Channel/);
    assertMatch(text, /capacity: 3\b/);
    assertMatch(text, /size: 3\b/);
    assertMatch(text, /[sS]enders: 2\b/);
    assertMatch(text, /[rR]eceivers: 0\b/);
  }
  assertMatch(Deno.inspect(idle), /capacity: Infinity\b/);
  assertMatch(Deno.inspect(idle), /[rR]eceivers: 1\b/);
});

Deno.test("Channel says whether it is closed when inspected", () => {
  const channel = filled(1, 1);
  assertMatch(Deno.inspect(channel), /closed: false/);
  channel.close();
  assertMatch(Deno.inspect(channel), /closed: true/);
});

Deno.test("Channel takes nothing when inspected", async () => {
  const channel = filled(2, 1);
  Deno.inspect(channel);
  await tick();
  assertEquals(channel.drain(), [1]);
});

Deno.test("Channel.prototype can be inspected", () => {
  const inspected = Symbol.for("nodejs.util.inspect.custom");
  type Inspected = (_: 0, __: object, inspect: typeof String) => string;
  const prototype = Channel.prototype as unknown as Record<symbol, Inspected>;
  assertMatch(prototype[inspected]!(0, {}, String), /^Channel/);
});
