// overflow_test.ts: channels that drop values instead of making senders wait.

import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertLessOrEqual,
  assertRejects,
  assertThrows,
} from "@std/assert";
import { isPending, random } from "./_testing.ts";
import { Channel, ChannelClosedError } from "./channel.ts";
import type { ChannelOverflow } from "./channel.ts";
import { select, sending, trySelect } from "./select.ts";

const POLICIES = ["drop-oldest", "drop-incoming"] as const;

/** A channel with a policy, and what it drops. */
function dropping(overflow: ChannelOverflow, capacity: number) {
  const dropped: number[] = [];
  const channel = new Channel<number>({
    overflow,
    capacity,
    onDrop: (value) => dropped.push(value),
  });
  return { channel, dropped };
}

/** What is kept and dropped of 0 to `count - 1`. */
function expected(overflow: ChannelOverflow, capacity: number, count: number) {
  const values = Array.from({ length: count }, (_, i) => i);
  const kept = Math.min(count, capacity);
  return overflow === "drop-oldest"
    ? {
      kept: values.slice(count - kept),
      dropped: values.slice(0, count - kept),
    }
    : { kept: values.slice(0, kept), dropped: values.slice(kept) };
}

Deno.test("Channel() refuses a policy that it does not know", () => {
  for (const overflow of ["block", "drop", "", null, 1]) {
    const options = { capacity: 1, overflow } as never;
    assertThrows(() => new Channel(options), TypeError, "overflow");
  }
});

Deno.test("Channel() refuses to drop without a buffer", () => {
  for (const overflow of POLICIES) {
    assertThrows(() => new Channel({ overflow }), RangeError);
    assertThrows(() => new Channel({ overflow, capacity: 0 }), RangeError);
  }
  assertEquals(new Channel({ overflow: "wait" }).capacity, 0);
});

Deno.test("Channel() refuses an onDrop that cannot be called", () => {
  for (const onDrop of ["f", {}, null, 1]) {
    const options = { capacity: 1, onDrop } as never;
    assertThrows(() => new Channel(options), TypeError, "onDrop");
  }
});

Deno.test("Channel waits when full unless told otherwise", async () => {
  for (const overflow of [undefined, "wait"] as const) {
    const channel = new Channel<number>({ capacity: 1, overflow });
    channel.sendNow(1);
    const sent = channel.send(2);
    assert(await isPending(sent));
    assertEquals(channel.drain(), [1, 2]);
    await sent;
  }
});

for (const overflow of POLICIES) {
  for (const capacity of [1, 3]) {
    for (const act of ["send", "trySend", "sendNow", "sendAll", "select"]) {
      Deno.test(`Channel.${act}() counts a dropped value as accepted (${overflow}, capacity ${capacity})`, async () => {
        const { channel, dropped } = dropping(overflow, capacity);
        const acts: Record<string, (value: number) => unknown> = {
          send: (value) => channel.send(value).then(() => true),
          trySend: (value) => channel.trySend(value),
          sendNow: (value) => channel.sendNow(value) ?? true,
          sendAll: (value) => channel.sendAll([value]).then(() => true),
          select: (value) =>
            trySelect([sending(channel, value)])?.state === "ok",
        };
        const count = capacity * 3 + 2;
        for (let i = 0; i < count; i++) {
          assertEquals(await acts[act]!(i), true);
          assertEquals(channel.size, Math.min(i + 1, capacity));
        }
        const { kept, dropped: lost } = expected(overflow, capacity, count);
        assertEquals([channel.drain(), dropped], [kept, lost]);
      });
    }

    Deno.test(`Channel drops nothing while there is room (${overflow}, capacity ${capacity})`, async () => {
      const { channel, dropped } = dropping(overflow, capacity);
      for (let i = 0; i < 20; i++) {
        await channel.send(i);
        assertEquals(await channel.receive(), i);
      }
      assertEquals(dropped, []);
    });
  }

  Deno.test(`Channel never drops when unbounded (${overflow})`, () => {
    const { channel, dropped } = dropping(overflow, Infinity);
    for (let i = 0; i < 1000; i++) assert(channel.trySend(i));
    assertEquals([channel.size, dropped], [1000, []]);
  });

  Deno.test(`Channel hands over to a waiting receiver and drops nothing (${overflow})`, async () => {
    const { channel, dropped } = dropping(overflow, 1);
    const received = [channel.receive(), channel.receive()];
    for (const value of [1, 2, 3]) await channel.send(value);
    assertEquals(await Promise.all(received), [1, 2]);
    assertEquals([channel.snapshot(), dropped], [[3], []]);
  });

  Deno.test(`Channel drops without onDrop (${overflow})`, () => {
    const channel = new Channel<number>({ capacity: 1, overflow });
    assert(channel.trySend(1) && channel.trySend(2));
    assertEquals(channel.drain(), overflow === "drop-oldest" ? [2] : [1]);
  });

  Deno.test(`Channel refuses and does not drop once closed (${overflow})`, async () => {
    const { channel, dropped } = dropping(overflow, 1);
    channel.sendNow(1);
    channel.close();
    assertEquals(channel.trySend(2), false);
    assertThrows(() => channel.sendNow(3), ChannelClosedError);
    const error = await assertRejects(
      () => channel.send(4),
      ChannelClosedError,
    );
    assertEquals(error.value, 4);
    await assertRejects(
      () => select([sending(channel, 5)]),
      ChannelClosedError,
    );
    assertEquals([channel.drain(), dropped], [[1], []]);
  });

  Deno.test(`Channel drops nothing for a send that is aborted already (${overflow})`, async () => {
    const { channel, dropped } = dropping(overflow, 1);
    channel.sendNow(1);
    const signal = AbortSignal.abort("stop");
    const reason = await channel.send(2, { signal }).catch((reason) => reason);
    assertEquals([reason, channel.drain(), dropped], ["stop", [1], []]);
  });

  Deno.test(`Channel's onDrop finds the drop complete and may use the channel (${overflow})`, () => {
    const seen: unknown[] = [];
    const channel: Channel<number> = new Channel<number>({
      capacity: 2,
      overflow,
      onDrop: (value) => {
        seen.push({ value, buffered: channel.snapshot() });
        // Makes room, so that the send within drops nothing.
        seen.push(channel.tryReceive());
        assert(channel.trySend(value * 10));
      },
    });
    for (const value of [1, 2, 3]) channel.sendNow(value);
    const [value, buffered] = overflow === "drop-oldest"
      ? [1, [2, 3]]
      : [3, [1, 2]];
    assertEquals(seen, [
      { value, buffered },
      { state: "ok", value: buffered[0] },
    ]);
    assertEquals(channel.drain(), [buffered[1], value * 10]);
  });

  Deno.test(`Channel's onDrop may drop more (${overflow})`, () => {
    const dropped: number[] = [];
    const channel: Channel<number> = new Channel<number>({
      capacity: 1,
      overflow,
      onDrop: (value) => {
        dropped.push(value);
        if (dropped.length < 4) channel.sendNow(dropped.length * 100);
      },
    });
    channel.sendNow(1);
    channel.sendNow(2);
    assertEquals(
      [channel.drain(), dropped],
      overflow === "drop-oldest"
        ? [[300], [1, 2, 100, 200]]
        : [[1], [2, 100, 200, 300]],
    );
  });

  Deno.test(`Channel's onDrop may close the channel (${overflow})`, async () => {
    const channel: Channel<number> = new Channel<number>({
      capacity: 1,
      overflow,
      onDrop: () => channel.close(),
    });
    await channel.send(1);
    await channel.send(2);
    assert(channel.closed);
    assertEquals(channel.drain(), overflow === "drop-oldest" ? [2] : [1]);
    assertInstanceOf(
      await channel.send(3).catch((error) => error),
      ChannelClosedError,
    );
  });

  for (const capacity of [1, 3, 20]) {
    Deno.test(`Channel accounts for every accepted value (${overflow}, capacity ${capacity})`, async () => {
      const { channel, dropped } = dropping(overflow, capacity);
      const chance = random(capacity);
      const received: number[] = [];
      const waiting: Promise<unknown>[] = [];
      let accepted = 0;
      for (let i = 0; i < 5000; i++) {
        const dice = chance();
        if (dice < 0.6) await channel.send(accepted++);
        else if (dice < 0.8) {
          const result = channel.tryReceive();
          if (result.state === "ok") received.push(result.value);
        } else if (dice < 0.9) {
          waiting.push(channel.receive().then((value) => received.push(value)));
        } else if (dice < 0.91) received.push(...channel.drain());
        assertLessOrEqual(channel.size, capacity);
        assertEquals(channel.stats().waitingSenders, 0);
      }
      // Serves those who still wait.
      while (channel.stats().waitingReceivers > 0) channel.sendNow(accepted++);
      await Promise.all(waiting);
      channel.cancel();
      const all = [...received, ...dropped].sort((a, b) => a - b);
      assertEquals(all, Array.from({ length: accepted }, (_, i) => i));
    });
  }
}

Deno.test("Channel reports to onDrop neither refused nor received values", async () => {
  const { channel, dropped } = dropping("wait", 1);
  channel.sendNow(1);
  assertEquals(channel.trySend(2), false);
  const controller = new AbortController();
  const { signal } = controller;
  const aborted = channel.send(3, { signal }).catch((reason) => reason);
  const refused = channel.send(4).catch((error) => error);
  controller.abort("stop");
  channel.close();
  assertEquals(await aborted, "stop");
  assertInstanceOf(await refused, ChannelClosedError);
  assertEquals(await channel.receive(), 1);
  assertEquals(dropped, []);
});
