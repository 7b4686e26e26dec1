// try_test.ts: sending and receiving without waiting (group D of the cases).

import {
  assert,
  assertEquals,
  assertFalse,
  assertInstanceOf,
  assertThrows,
} from "@std/assert";
import { filled } from "./_testing.ts";
import {
  Channel,
  ChannelClosedError,
  ChannelEmptyError,
  ChannelError,
  ChannelFullError,
} from "./channel.ts";
import { select, sending } from "./select.ts";

Deno.test("Channel.trySend() sends while there is room (case 28)", () => {
  const channel = new Channel<number>(2);
  assert(channel.trySend(1));
  assert(channel.trySend(2));
  assertFalse(channel.trySend(3));
  assertEquals(channel.drain(), [1, 2]);
});

Deno.test("Channel.trySend() sends nothing to nobody or to a closed channel (case 28)", () => {
  const unbuffered = new Channel<number>();
  assertFalse(unbuffered.trySend(1));
  assertEquals(unbuffered.tryReceive(), { state: "empty" });
  const closed = new Channel<number>(1);
  closed.close();
  assertFalse(closed.trySend(1));
  assertEquals(closed.tryReceive(), { state: "closed" });
});

for (const act of ["trySend", "sendNow"] as const) {
  Deno.test(`Channel.${act}() serves whoever waits (cases 28 and 34)`, async () => {
    const channel = new Channel<number>();
    const received = channel.receive();
    const chosen = select({ channel });
    const next = channel.values().next();
    for (const value of [1, 2, 3]) {
      assert([true, undefined].includes(channel[act](value) as true));
    }
    assertEquals(await received, 1);
    assertEquals(await chosen, { key: "channel", state: "ok", value: 2 });
    assertEquals(await next, { value: 3, done: false });
    assertFalse(channel.trySend(4));
  });
}

Deno.test("Channel.tryReceive() finds a value, nothing yet, or the end (case 29)", () => {
  const channel = filled(1, 7);
  assertEquals(channel.tryReceive(), { state: "ok", value: 7 });
  assertEquals(channel.tryReceive(), { state: "empty" });
  channel.close();
  assertEquals(channel.tryReceive(), { state: "closed" });
});

for (const act of ["tryReceive", "receiveNow"] as const) {
  Deno.test(`Channel.${act}() takes from whoever waits (cases 29 and 34)`, async () => {
    const channel = new Channel<number>();
    const sent = channel.send(1);
    const chosen = select([sending(channel, 2)]);
    const taken = [channel[act](), channel[act]()];
    assertEquals(
      taken,
      act === "receiveNow" ? [1, 2] : [1, 2].map((value) => ({
        state: "ok" as const,
        value,
      })),
    );
    await sent;
    assertEquals((await chosen).state, "ok");
    assertEquals(channel.tryReceive(), { state: "empty" });
  });
}

Deno.test("Channel passes every kind of value as it is (case 31)", () => {
  const values = [undefined, null, 0, "", false, NaN, -0];
  const unbuffered = new Channel<unknown>();
  for (const value of values) {
    unbuffered.send(value);
    for (const channel of [filled<unknown>(1, value), unbuffered]) {
      const result = channel.tryReceive();
      assert(result.state === "ok" && "value" in result);
      assert(Object.is(result.value, value), `${String(value)} was changed`);
    }
  }
});

Deno.test("Channel.sendNow() says why not (case 32)", () => {
  const channel = new Channel<string>(1);
  channel.sendNow("a");
  assertThrows(() => channel.sendNow("b"), ChannelFullError);
  assertThrows(() => new Channel().sendNow(1), ChannelFullError);
  channel.close();
  const error = assertThrows(() => channel.sendNow("c"), ChannelClosedError);
  assertEquals([error.value, channel.drain()], ["c", ["a"]]);
  const empty = assertThrows(() => channel.sendNow("d"), ChannelClosedError);
  assertEquals(empty.value, "d");
});

Deno.test("Channel.receiveNow() says why not (case 33)", () => {
  const channel = filled<number>(2, 1, 2);
  assertEquals(channel.receiveNow(), 1);
  channel.close();
  assertEquals(channel.receiveNow(), 2);
  const error = assertThrows(() => channel.receiveNow(), ChannelClosedError);
  assertFalse("value" in error);
  assertThrows(() => new Channel().receiveNow(), ChannelEmptyError);
});

Deno.test("Channel errors share a base and have names (case 35)", () => {
  const classes = {
    ChannelError,
    ChannelClosedError,
    ChannelFullError,
    ChannelEmptyError,
  };
  for (const [name, Class] of Object.entries(classes)) {
    const error = new Class("Cannot test: test");
    assertInstanceOf(error, ChannelError);
    assertInstanceOf(error, Error);
    assertEquals([error.name, error.message], [name, "Cannot test: test"]);
  }
});

Deno.test("Channel.tryReceive() shares no state between results (case 37)", () => {
  const channel = filled(2, 1, 2);
  const states = ["ok", "ok", "empty", "empty", "closed", "closed"];
  for (const state of states) {
    if (state === "closed") channel.close();
    const result: { state: string } = channel.tryReceive();
    assertEquals(result.state, state);
    try {
      result.state = "spoilt";
    } catch (error) {
      assertInstanceOf(error, TypeError);
    }
  }
});
