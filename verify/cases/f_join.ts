// f_join.ts: acceptance cases 56 to 67: waiting until a channel is closed and drained.

import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertStrictEquals,
} from "@std/assert";
import { isPending, reasonOf, SettleLog, tick } from "../../_testing.ts";
import type { Case } from "./_kit.ts";
import { beyond } from "./_kit.ts";
import { receives, takes } from "./_ways.ts";

export const cases: readonly Case[] = [
  beyond(
    ["join"],
    56,
    "join() waits while the channel is open",
    async (kit) => {
      const channel = kit.channel();
      const joined = channel.join();
      assert(await isPending(joined));
      channel.close();
      assertStrictEquals(await joined, undefined);
    },
  ),

  beyond(
    ["join"],
    57,
    "join() of a drained channel resolves, however often",
    async (kit) => {
      const channel = kit.closed();
      await channel.join();
      await Promise.all([channel.join(), channel.join(), channel.join()]);
      await channel.join();
    },
  ),

  beyond(
    ["join"],
    58,
    "join() resolves with the last value, by every way to receive",
    async (kit) => {
      for (const [way, take] of takes(kit)) {
        const channel = kit.filled(2, 1, 2);
        const early = channel.join();
        channel.close();
        const joined = Promise.race([early, channel.join()]);
        assert(await isPending(joined), way);
        assertEquals(await take(channel), 1, way);
        assert(await isPending(joined), way);
        assertEquals(await take(channel), 2, way);
        await Promise.all([early, joined]);
      }
    },
  ),

  beyond(["join"], 59, "join() waits for a late reader", async (kit) => {
    const channel = kit.filled(1, 1);
    channel.close();
    const joined = channel.join();
    for (let i = 0; i < 20; i++) await tick();
    assert(await isPending(joined));
    assertEquals(await channel.receive(), 1);
    await joined;
  }),

  beyond(
    ["join"],
    60,
    "join() waits on a drained channel that is open",
    async (kit) => {
      const channel = kit.filled(1, 1);
      const joined = channel.join();
      assertEquals(await channel.receive(), 1);
      assert(await isPending(joined));
      channel.close();
      await joined;
    },
  ),

  beyond(
    ["join"],
    61,
    "join() does not wait for senders that the close rejects",
    async (kit) => {
      const channel = kit.channel<number>();
      const log = new SettleLog();
      log.add("sent", channel.send(1));
      log.add("joined", channel.join());
      channel.close();
      await tick();
      assertEquals(log.entries.toSorted(), [
        "joined",
        "sent!ChannelClosedError",
      ]);
    },
  ),

  beyond(["join"], 62, "join() resolves whatever the reason", async (kit) => {
    const channel = kit.channel();
    channel.join();
    const joined = channel.join();
    channel.close(new Error("reason"));
    await joined;
    await channel.join();
  }),

  beyond(
    ["join"],
    63,
    "join() rejects by its own signal alone",
    async (kit) => {
      const drained = kit.closed();
      const reason = { why: "enough" };
      const signal = AbortSignal.abort(reason);
      assertStrictEquals(await reasonOf(drained.join({ signal })), reason);

      const channel = kit.channel();
      const controller = kit.controller();
      const aborted = channel.join({ signal: controller.signal });
      const staying = channel.join({ signal: kit.controller().signal });
      controller.abort(reason);
      assertStrictEquals(await reasonOf(aborted), reason);
      assert(await isPending(staying));
      channel.close();
      await staying;
    },
  ),

  beyond(
    ["join"],
    65,
    "join() settles no earlier than the receive of the last value",
    async (kit) => {
      for (const [way, receive] of receives(kit)) {
        for (const joinFirst of [true, false]) {
          const channel = kit.filled(1, 1);
          const log = new SettleLog();
          if (joinFirst) log.add("joined", channel.join());
          channel.close();
          log.add("received", receive(channel));
          if (!joinFirst) log.add("joined", channel.join());
          await tick();
          assertEquals(log.entries, ["received=1", "joined"], way);
        }
      }
    },
  ),

  beyond(
    ["join"],
    67,
    "join() does not wait for who has given up",
    async (kit) => {
      for (const act of ["send", "receive"] as const) {
        const channel = kit.channel<number>();
        const controller = kit.controller();
        const { signal } = controller;
        const given = act === "send"
          ? channel.send(1, { signal })
          : channel.receive({ signal });
        controller.abort("enough");
        const joined = channel.join();
        channel.close();
        await joined;
        assertEquals(await reasonOf(given), "enough");
      }
      const refused = kit.closed<number>();
      assertInstanceOf(
        await reasonOf(refused.send(1)),
        kit.ChannelClosedError,
      );
      await refused.join();
    },
  ),
];
