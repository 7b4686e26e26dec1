// d_now.ts: acceptance cases 28 to 37: the calls that never wait, and their errors.

import {
  assert,
  assertEquals,
  assertFalse,
  assertInstanceOf,
  assertNotInstanceOf,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { reasonOf } from "../../_testing.ts";
import type { Case } from "./_kit.ts";
import { base, beyond } from "./_kit.ts";

const SPECIAL: readonly unknown[] = [undefined, null, 0, "", false, NaN, -0];

export const cases: readonly Case[] = [
  base(28, "trySend() succeeds exactly when it need not wait", async (kit) => {
    const roomy = kit.channel<number>(1);
    assert(roomy.trySend(1));
    assertFalse(roomy.trySend(2), "full");
    assertEquals(roomy.tryReceive(), { state: "ok", value: 1 });
    assertEquals(roomy.tryReceive(), { state: "empty" });

    const unbuffered = kit.channel<number>();
    assertFalse(unbuffered.trySend(1), "nobody there");
    const received = unbuffered.receive();
    assert(unbuffered.trySend(2));
    assertFalse(unbuffered.trySend(3), "nobody left");
    assertEquals(await received, 2);

    roomy.close();
    assertFalse(roomy.trySend(4), "closed");
    assertEquals(roomy.size, 0);

    if (!kit.has("select")) return;
    const channel = kit.channel<number>();
    const selected = kit.api.select([kit.channel(), channel]);
    assert(channel.trySend(5));
    assertEquals((await selected).key, 1);
  }),

  base(
    29,
    "tryReceive() tells a value, nothing yet and the end",
    async (kit) => {
      const channel = kit.filled(1, 1);
      assertEquals(channel.tryReceive(), { state: "ok", value: 1 });
      assertEquals(channel.tryReceive(), { state: "empty" });
      channel.close();
      assertEquals(channel.tryReceive(), { state: "closed" });

      const unbuffered = kit.channel<number>();
      const sent = unbuffered.send(2);
      assertEquals(unbuffered.tryReceive(), { state: "ok", value: 2 });
      await sent;

      if (!kit.has("select")) return;
      const { select, sending } = kit.api;
      const out = kit.channel<number>();
      const selected = select([kit.channel(), sending(out, 3)]);
      assertEquals(out.tryReceive(), { state: "ok", value: 3 });
      assertEquals((await selected).key, 1);
    },
  ),

  base(31, "tryReceive() gives every value as it is", async (kit) => {
    for (const capacity of [0, 1]) {
      for (const value of SPECIAL) {
        const channel = kit.channel<unknown>(capacity);
        const sent = channel.send(value);
        const result = channel.tryReceive();
        assert(result.state === "ok");
        assertStrictEquals(result.value, value);
        await sent;
      }
    }
  }),

  beyond(
    ["sendNow", "errors"],
    32,
    "sendNow() throws by what stands in its way",
    (kit) => {
      const { ChannelFullError, ChannelClosedError } = kit.api;
      const channel = kit.channel<number>(1);
      channel.sendNow(1);
      assertThrows(() => channel.sendNow(2), ChannelFullError);
      channel.close();
      const closedAndFull = assertThrows(
        () => channel.sendNow(3),
        ChannelClosedError,
      );
      assertEquals(closedAndFull.value, 3);
      assertEquals(channel.receiveNow(), 1);
      const closed = assertThrows(() => channel.sendNow(4), ChannelClosedError);
      assertEquals(closed.value, 4);
    },
  ),

  beyond(
    ["sendNow", "errors"],
    33,
    "receiveNow() throws when empty, and otherwise at the end",
    (kit) => {
      const { ChannelEmptyError, ChannelClosedError } = kit.api;
      const channel = kit.channel<number>(2);
      assertThrows(() => channel.receiveNow(), ChannelEmptyError);
      channel.sendNow(1);
      channel.sendNow(2);
      channel.close();
      assertEquals([channel.receiveNow(), channel.receiveNow()], [1, 2]);
      assertThrows(() => channel.receiveNow(), ChannelClosedError);
    },
  ),

  beyond(
    ["sendNow"],
    34,
    "sendNow() and receiveNow() meet who waits",
    async (kit) => {
      const channel = kit.channel<number>();
      const received = channel.receive();
      channel.sendNow(1);
      assertEquals(await received, 1);
      const sent = channel.send(2);
      assertEquals(channel.receiveNow(), 2);
      await sent;
    },
  ),

  beyond(
    ["sendNow", "errors"],
    35,
    "All errors of a channel have one base",
    async (kit) => {
      const { api } = kit;
      const full = kit.channel<number>();
      const closed = kit.closed<number>();
      const errors = {
        ChannelFullError: assertThrows(() => full.sendNow(1)),
        ChannelEmptyError: assertThrows(() => full.receiveNow()),
        ChannelClosedError: assertThrows(() => closed.sendNow(1)),
      };
      for (const [name, error] of Object.entries(errors)) {
        assertInstanceOf(error, api[name as keyof typeof errors]);
        assertInstanceOf(error, api.ChannelError);
        assertInstanceOf(error, Error);
        assertEquals(error.name, name);
      }
      assertNotInstanceOf(errors.ChannelFullError, api.ChannelClosedError);
      const waited = reasonOf(full.receive());
      full.close();
      assertInstanceOf(await waited, api.ChannelClosedError);
    },
  ),

  base(37, "A result of tryReceive() is nobody else's", (kit) => {
    const open = kit.channel<number>(1);
    const closed = kit.closed<number>();
    for (
      const [channel, state] of [[open, "empty"], [closed, "closed"]] as const
    ) {
      const result: { state: string } = channel.tryReceive();
      try {
        result.state = "spoilt";
      } catch (error) {
        assertInstanceOf(error, TypeError);
      }
      assertEquals<unknown>(channel.tryReceive(), { state });
    }
    open.trySend(1);
    const result = open.tryReceive();
    assert(result.state === "ok");
    result.value = 7;
    open.trySend(2);
    assertEquals(open.tryReceive(), { state: "ok", value: 2 });
  }),
];
