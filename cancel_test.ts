// cancel_test.ts: cancelling, and the signal that stops upstream work.

import {
  assert,
  assertEquals,
  assertFalse,
  assertInstanceOf,
  assertStrictEquals,
} from "@std/assert";
import {
  isPending,
  reasonOf,
  SettleLog,
  tick,
  unhandledIn,
} from "./_testing.ts";
import { Channel, ChannelClosedError } from "./channel.ts";
import { select, sending } from "./select.ts";

/** A channel that holds `values`, and what it drops. */
function dropping(capacity: number, ...values: number[]) {
  const dropped: number[] = [];
  const channel = new Channel<number>({
    capacity,
    onDrop: (value) => dropped.push(value),
  });
  for (const value of values) assert(channel.trySend(value));
  return { channel, dropped };
}

for (const capacity of [3, Infinity]) {
  Deno.test(`Channel.cancel() discards the buffer (capacity ${capacity})`, async () => {
    const { channel, dropped } = dropping(capacity, 1, 2, 3);
    const joined = channel.join();
    assertStrictEquals(channel.cancel(), undefined);
    assertEquals(dropped, [1, 2, 3]);
    assert(channel.closed && channel.drained && channel.empty);
    assertEquals(channel.tryReceive(), { state: "closed" });
    assertInstanceOf(await reasonOf(channel.receive()), ChannelClosedError);
    assertEquals((await channel.values().next()).done, true);
    await joined;
  });
}

Deno.test("Channel.cancel() does without onDrop", async () => {
  const channel = new Channel<number>(1);
  channel.sendNow(1);
  channel.cancel();
  assert(channel.drained);
  await channel.join();
});

Deno.test("Channel.cancel(reason) tells receivers the reason and senders their value", async () => {
  const reason = new Error("reason");
  const { channel, dropped } = dropping(1, 1);
  const sent = [2, 3].map((value) => reasonOf(channel.send(value)));
  const chosen = reasonOf(select([sending(channel, 4)]));
  channel.cancel(reason);
  for (const [i, error] of (await Promise.all([...sent, chosen])).entries()) {
    assertInstanceOf(error, ChannelClosedError);
    assertEquals(error.value, i + 2);
  }
  assertStrictEquals(await reasonOf(channel.receive()), reason);
  assertStrictEquals(await reasonOf(channel.values().next()), reason);
  // What was never accepted was not dropped either.
  assertEquals(dropped, [1]);
});

Deno.test("Channel.cancel() ends the waiting receivers in order", async () => {
  for (const reason of [[], ["reason"]]) {
    const { channel, dropped } = dropping(3);
    const log = new SettleLog();
    for (const name of "abc") log.add(name, channel.receive());
    channel.cancel(...reason as [unknown]);
    await tick();
    const told = reason[0] ?? "ChannelClosedError";
    assertEquals(log.entries, [..."abc"].map((name) => `${name}!${told}`));
    assertEquals(dropped, []);
  }
});

Deno.test("Channel.cancel() after close() discards and keeps the first reason", async () => {
  const { channel, dropped } = dropping(3, 1, 2, 3);
  channel.close("first");
  assertEquals(await channel.receive(), 1);
  const joined = channel.join();
  assert(await isPending(joined));
  channel.cancel("second");
  assertEquals(dropped, [2, 3]);
  assert(channel.drained);
  await joined;
  assertEquals(await reasonOf(channel.receive()), "first");
});

Deno.test("Channel.cancel() and close() after cancel() do nothing", async () => {
  const { channel, dropped } = dropping(2, 1, 2);
  channel.cancel("first");
  channel.cancel("second");
  channel.close("third");
  assertEquals(dropped, [1, 2]);
  assertEquals(await reasonOf(channel.receive()), "first");
});

Deno.test("Channel.cancel(undefined) counts as a reason, as in close()", async () => {
  const channel = new Channel();
  channel.cancel(undefined);
  assertStrictEquals(await reasonOf(channel.receive()), undefined);
});

Deno.test("Channel.cancel() within a loop ends it", async () => {
  const { channel, dropped } = dropping(3, 1, 2, 3);
  const seen: number[] = [];
  for await (const value of channel) {
    seen.push(value);
    channel.cancel();
  }
  assertEquals([seen, dropped], [[1], [2, 3]]);
});

Deno.test("Channel.cancel() has done its work when onDrop runs", async () => {
  const seen: unknown[] = [];
  const channel: Channel<number> = new Channel<number>({
    capacity: 2,
    onDrop: (value) => {
      const { size, waitingSenders } = channel.stats();
      seen.push({ value, size, waitingSenders, drained: channel.drained });
      assertFalse(channel.trySend(9));
      assertEquals(channel.tryReceive(), { state: "closed" });
      channel.cancel("again");
    },
  });
  for (const value of [1, 2]) channel.sendNow(value);
  const sent = reasonOf(channel.send(3));
  channel.cancel();
  const rest = { size: 0, waitingSenders: 0, drained: true };
  assertEquals(seen, [{ value: 1, ...rest }, { value: 2, ...rest }]);
  assertInstanceOf(await sent, ChannelClosedError);
  assertInstanceOf(await reasonOf(channel.receive()), ChannelClosedError);
});

Deno.test("Channel.cancel() reports what onDrop throws and goes on", async () => {
  const dropped: number[] = [];
  const channel = new Channel<number>({
    capacity: 3,
    onDrop: (value) => {
      dropped.push(value);
      throw `thrown for ${value}`;
    },
  });
  for (const value of [1, 2, 3]) channel.sendNow(value);
  const joined = channel.join();
  assertEquals(await unhandledIn(() => channel.cancel()), [
    "thrown for 1",
    "thrown for 2",
    "thrown for 3",
  ]);
  assertEquals(dropped, [1, 2, 3]);
  await joined;
});

for (const overflow of ["drop-oldest", "drop-incoming"] as const) {
  Deno.test(`Channel.send() reports what onDrop throws and succeeds (${overflow})`, async () => {
    const channel = new Channel<number>({
      capacity: 1,
      overflow,
      onDrop: (value) => {
        throw `thrown for ${value}`;
      },
    });
    channel.sendNow(1);
    const errors = await unhandledIn(() => assert(channel.trySend(2)));
    assertEquals(
      [errors, channel.snapshot()],
      overflow === "drop-oldest"
        ? [["thrown for 1"], [2]]
        : [["thrown for 2"], [1]],
    );
  });
}

Deno.test("Channel.closeSignal is one signal, aborted by close()", () => {
  const channel = new Channel();
  const signal = channel.closeSignal;
  assertStrictEquals(channel.closeSignal, signal);
  assertFalse(signal.aborted);
  channel.close();
  assert(signal.aborted);
  assertStrictEquals(channel.closeSignal, signal);
});

for (const act of ["close", "cancel"] as const) {
  for (const when of ["before", "after"]) {
    Deno.test(`Channel.closeSignal has the reason of ${act}() (first used ${when} it)`, () => {
      for (const reason of [new Error("reason"), "reason", 0, null]) {
        const channel = new Channel();
        if (when === "before") assertFalse(channel.closeSignal.aborted);
        channel[act](reason);
        channel[act]("late");
        assert(channel.closeSignal.aborted);
        assertStrictEquals(channel.closeSignal.reason, reason);
      }
      const plain = new Channel();
      if (when === "before") assertFalse(plain.closeSignal.aborted);
      plain[act]();
      assertInstanceOf(plain.closeSignal.reason, ChannelClosedError);
      assertFalse("value" in plain.closeSignal.reason);
    });
  }
}

Deno.test("Channel.closeSignal aborts while the buffer is still full", () => {
  const { channel } = dropping(2, 1, 2);
  const { closeSignal } = channel;
  channel.close();
  assert(closeSignal.aborted);
  assertEquals(channel.snapshot(), [1, 2]);
});

Deno.test("Channel.closeSignal stops upstream work without losing a value", async () => {
  const upstream = new Channel<number>();
  const downstream = new Channel<number>(1);
  const reason = new Error("enough");
  const stage = reasonOf((async () => {
    const { closeSignal: signal } = downstream;
    for await (const value of upstream.values({ signal })) {
      await downstream.send(value);
    }
  })());
  await upstream.send(1);
  assertEquals(await downstream.receive(), 1);
  assert(await isPending(stage));
  downstream.close(reason);
  assertStrictEquals(await stage, reason);
  assertEquals(upstream.stats().waitingReceivers, 0);
  assertFalse(upstream.trySend(2));
});

Deno.test("Channel.closeSignal stops a sendAll whose source is thinking", async () => {
  const channel = new Channel<number>(1);
  const source = new Channel<number>();
  const { closeSignal: signal } = channel;
  const sent = reasonOf(channel.sendAll(source, { signal }));
  assert(await isPending(sent));
  channel.cancel("enough");
  assertEquals(await sent, "enough");
});

Deno.test("Channel.closeSignal aborts when the close is complete", async () => {
  const { channel } = dropping(1, 1);
  const log = new SettleLog();
  log.add("sent", channel.send(2));
  let seen: unknown;
  channel.closeSignal.addEventListener("abort", () => {
    channel.close("late");
    assertFalse(channel.trySend(3));
    const { closed, size, waitingSenders } = channel.stats();
    seen = { closed, size, waitingSenders, drained: channel.drained };
  });
  channel.cancel("first");
  assertEquals(seen, {
    closed: true,
    size: 0,
    waitingSenders: 0,
    drained: true,
  });
  await tick();
  assertEquals(log.entries, ["sent!ChannelClosedError"]);
  assertEquals(await reasonOf(channel.receive()), "first");
});

Deno.test("Channel[Symbol.dispose]() and [Symbol.asyncDispose]() close without a reason", async () => {
  for (const symbol of [Symbol.dispose, Symbol.asyncDispose] as const) {
    const { channel, dropped } = dropping(1, 1);
    const done = channel[symbol as typeof Symbol.asyncDispose]();
    assert(channel.closed);
    assertStrictEquals(await done, undefined);
    const left: number[] = [];
    for await (const value of channel) left.push(value);
    assertEquals(left, [1]);
    assertEquals(dropped, []);
    channel[Symbol.dispose]();
    assertInstanceOf(await reasonOf(channel.receive()), ChannelClosedError);
  }
});
