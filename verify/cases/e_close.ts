// e_close.ts: acceptance cases 38 to 55: closing a channel.

import {
  assert,
  assertEquals,
  assertFalse,
  assertInstanceOf,
  assertStrictEquals,
} from "@std/assert";
import { isPending, reasonOf, SettleLog, tick } from "../../_testing.ts";
import type { BaseChannel, Case, Kit } from "./_kit.ts";
import { base } from "./_kit.ts";
import { END, takes } from "./_ways.ts";

const REASONS: readonly unknown[] = [new Error("reason"), "reason", 0, null];

/** Fails unless a promise rejects as a send to a closed channel does, with the value unsent. */
async function assertUnsent(
  kit: Kit,
  sent: Promise<void>,
  value: unknown,
): Promise<void> {
  const error = await reasonOf(sent);
  assertInstanceOf(error, kit.ChannelClosedError);
  assert("value" in error, "the error has no value");
  assertStrictEquals(error.value, value);
}

/** All that a loop receives, and what it throws, if it does. */
async function loopOver(
  channel: AsyncIterable<unknown>,
): Promise<[seen: unknown[], ...thrown: unknown[]]> {
  const seen: unknown[] = [];
  try {
    for await (const value of channel) seen.push(value);
  } catch (error) {
    return [seen, error];
  }
  return [seen];
}

export const cases: readonly Case[] = [
  base(38, "close() closes at once", (kit) => {
    const channel = kit.channel();
    assertFalse(channel.closed);
    assertStrictEquals(channel.close(), undefined);
    assert(channel.closed);
  }),

  base(39, "A second close() does nothing", async (kit) => {
    for (const act of ["send", "receive"] as const) {
      const channel = kit.channel<number>();
      const waiting = [1, 2].map((value) =>
        reasonOf(channel[act](value as never))
      );
      channel.close();
      channel.close();
      for (const error of await Promise.all(waiting)) {
        assertInstanceOf(error, kit.ChannelClosedError);
      }
      channel.close();
    }
  }),

  base(40, "The first reason stays", async (kit) => {
    const plain = kit.closed();
    plain.close("late");
    const error = await reasonOf(plain.receive());
    assertInstanceOf(error, kit.ChannelClosedError);
    assertEquals(await loopOver(plain), [[]]);
    const reasoned = kit.closed("first");
    reasoned.close("late");
    reasoned.close();
    assertEquals(await reasonOf(reasoned.receive()), "first");
    assertEquals(await loopOver(reasoned), [[], "first"]);
  }),

  base(41, "A send after the close gives the value back", async (kit) => {
    for (const capacity of kit.capacities) {
      const channel = kit.channel<object>(capacity);
      channel.close();
      const value = { value: 1 };
      await assertUnsent(kit, channel.send(value), value);
      assertEquals(channel.size, 0);
      assertEquals(channel.tryReceive(), { state: "closed" });
    }
  }),

  base(42, "After the close receivers drain the buffer", async (kit) => {
    for (const capacity of [3, 10]) {
      const channel = kit.filled(capacity, 1, 2, 3);
      channel.close();
      for (const value of [1, 2, 3]) {
        assertEquals(await channel.receive(), value);
      }
      for (let i = 0; i < 4; i++) {
        const error = await reasonOf(channel.receive());
        assertInstanceOf(error, kit.ChannelClosedError);
      }
    }
  }),

  base(43, "So they do by every way to receive", async (kit) => {
    for (const [way, take] of takes(kit)) {
      const channel = kit.filled(3, 1, 2, 3);
      channel.close();
      const seen: unknown[] = [];
      for (let i = 0; i < 7; i++) seen.push(await take(channel));
      assertEquals(seen, [1, 2, 3, END, END, END, END], way);
    }
  }),

  base(44, "The close rejects waiting receivers in order", async (kit) => {
    for (const capacity of kit.capacities) {
      const channel = kit.channel<number>(capacity);
      const log = new SettleLog();
      for (const name of "abcde") log.add(name, channel.receive());
      channel.close();
      await tick();
      const expected = [..."abcde"].map((name) => `${name}!ChannelClosedError`);
      assertEquals(log.entries, expected);
    }
  }),

  base(
    45,
    "The close gives waiting senders their values back in order",
    async (kit) => {
      for (const capacity of [0, 1]) {
        const channel = kit.channel<string>(capacity);
        if (capacity === 1) channel.trySend("kept");
        const log = new SettleLog();
        const values = [..."abcde"];
        const sent = values.map((value) => log.add(value, channel.send(value)));
        channel.close();
        for (const [i, value] of values.entries()) {
          await assertUnsent(kit, sent[i]!, value);
        }
        assertEquals(log.entries.map((entry) => entry[0]), values);
        if (capacity === 1) assertEquals(await channel.receive(), "kept");
        assertEquals(channel.tryReceive(), { state: "closed" });
      }
    },
  ),

  base(47, "A reason reaches every receiver as it is", async (kit) => {
    for (const reason of REASONS) {
      const channel = kit.channel();
      const waiting = [channel.receive(), channel.receive()].map(reasonOf);
      channel.close(reason);
      for (const got of await Promise.all(waiting)) {
        assertStrictEquals(got, reason);
      }
      assertStrictEquals(await reasonOf(channel.receive()), reason);
    }
  }),

  base(48, "undefined, when given, is a reason", async (kit) => {
    const reasoned = kit.closed(undefined);
    assertStrictEquals(await reasonOf(reasoned.receive()), undefined);
    assertEquals(await loopOver(reasoned), [[], undefined]);
    assertEquals(await loopOver(kit.closed()), [[]]);
  }),

  base(49, "Senders are told of the close, not of its reason", async (kit) => {
    for (const reason of [...REASONS, undefined]) {
      const channel = kit.channel<string>();
      const waiting = channel.send("waiting");
      channel.close(reason);
      await assertUnsent(kit, waiting, "waiting");
      await assertUnsent(kit, channel.send("late"), "late");
    }
  }),

  base(51, "Only the error of a send has a value", async (kit) => {
    const channel = kit.channel<undefined>();
    const waiting = channel.send(undefined);
    channel.close();
    await assertUnsent(kit, waiting, undefined);
    await assertUnsent(kit, channel.send(undefined), undefined);
    const other = kit.channel();
    const received = reasonOf(other.receive());
    other.close();
    for (const error of [await received, await reasonOf(other.receive())]) {
      assertInstanceOf(error, kit.ChannelClosedError);
      assertFalse("value" in error, "the error of a receive has a value");
    }
  }),

  base(
    52,
    "A loop that closes its channel receives what is left",
    async (kit) => {
      const channel = kit.filled(3, 1, 2, 3);
      const seen: number[] = [];
      for await (const value of channel) {
        seen.push(value);
        channel.close();
      }
      assertEquals(seen, [1, 2, 3]);
    },
  ),

  base(54, "The end of a scope closes, and the values stay", async (kit) => {
    const channels: BaseChannel<number>[] = [];
    {
      using first = kit.filled(1, 1);
      await using second = kit.filled(1, 2);
      channels.push(first, second);
      assertFalse(first.closed || second.closed);
    }
    assertEquals(channels.map(({ closed }) => closed), [true, true]);
    const values = channels.map((channel) => channel.receive());
    assertEquals(await Promise.all(values), [1, 2]);
  }),

  base(
    55,
    "A refused send that nobody watches is one unhandled rejection",
    async (kit) => {
      const unwatched = kit.channel<number>();
      unwatched.send(1);
      unwatched.close();
      const [error, ...others] = await kit.unhandled();
      assertInstanceOf(error, kit.ChannelClosedError);
      assertEquals([error.value, others], [1, []]);
      const watched = kit.channel<number>();
      const sent = watched.send(1);
      sent.catch(() => {});
      watched.close();
      assertFalse(await isPending(sent));
      assertEquals(await kit.unhandled(), []);
    },
  ),
];
