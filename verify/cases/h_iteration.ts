// h_iteration.ts: acceptance cases 87 to 99: loops, iterators and streams over a channel.

import {
  assert,
  assertEquals,
  assertFalse,
  assertNotStrictEquals,
  assertStrictEquals,
} from "@std/assert";
import { isPending, reasonOf, tick } from "../../_testing.ts";
import type { BaseChannel, Case } from "./_kit.ts";
import { base, beyond } from "./_kit.ts";

const OVER = { value: undefined, done: true } as const;

function iterate<T>(channel: BaseChannel<T>): AsyncIterableIterator<T> {
  return channel[Symbol.asyncIterator]();
}

/** Loops over a channel until it ends; `seen` fills meanwhile. */
async function loop<T>(channel: BaseChannel<T>, seen: T[]): Promise<void> {
  for await (const value of channel) seen.push(value);
}

export const cases: readonly Case[] = [
  base(
    87,
    "A loop receives what is left after the close, then ends",
    async (kit) => {
      const channel = kit.filled(3, 1, 2);
      channel.close();
      const seen: number[] = [];
      await loop(channel, seen);
      await loop(channel, seen);
      await loop(kit.closed(), seen);
      assertEquals(seen, [1, 2]);
    },
  ),

  base(88, "A loop that waits ends with the close", async (kit) => {
    const channel = kit.channel<number>();
    const looped = loop(channel, []);
    assert(await isPending(looped));
    channel.close();
    await looped;
  }),

  base(89, "A loop throws the reason after what is left", async (kit) => {
    for (const reason of [new Error("reason"), "reason", 0, undefined]) {
      for (const waits of [true, false]) {
        const channel = kit.channel<number>(2);
        const seen: number[] = [];
        const looped = reasonOf(loop(channel, seen));
        if (waits) await tick();
        channel.trySend(1);
        channel.trySend(2);
        channel.close(reason);
        assertStrictEquals(await looped, reason);
        assertEquals(seen, [1, 2]);
      }
    }
  }),

  base(
    90,
    "A loop that is left takes nothing ahead and closes nothing",
    async (kit) => {
      const channel = kit.filled(3, 1, 2, 3);
      for await (const value of channel) {
        assertEquals(value, 1);
        break;
      }
      assertFalse(channel.closed);
      assertEquals(channel.size, 2);
      assertEquals(await channel.receive(), 2);
    },
  ),

  base(
    91,
    "An error in the body reaches the caller, and loses nothing",
    async (kit) => {
      const channel = kit.filled(3, 1, 2, 3);
      const failure = new Error("in the body");
      const fail = async () => {
        for await (const _ of channel) throw failure;
      };
      assertStrictEquals(await reasonOf(fail()), failure);
      const first = async () => {
        for await (const value of channel) return value;
        return undefined;
      };
      assertEquals(await first(), 2);
      assertEquals(await channel.receive(), 3);
      assertFalse(channel.closed);
    },
  ),

  base(92, "Two loops share the values", async (kit) => {
    const channel = kit.channel<number>(2);
    const seen: number[] = [];
    const loops = [loop(channel, seen), loop(channel, seen)];
    for (let value = 0; value < 1000; value++) await channel.send(value);
    channel.close();
    await Promise.all(loops);
    seen.sort((a, b) => a - b);
    assertEquals(seen, Array.from({ length: 1000 }, (_, i) => i));
  }),

  base(93, "Five loops take turns", async (kit) => {
    const channel = kit.channel<number>();
    const seen: number[][] = [[], [], [], [], []];
    const loops = seen.map((values) => loop(channel, values));
    for (let value = 0; value < 10; value++) {
      await tick();
      await channel.send(value);
    }
    channel.close();
    await Promise.all(loops);
    assertEquals(seen, [[0, 5], [1, 6], [2, 7], [3, 8], [4, 9]]);
  }),

  base(
    94,
    "return() settles a next() that waits, and withdraws it",
    async (kit) => {
      const channel = kit.channel<number>();
      const iterator = iterate(channel);
      const next = iterator.next();
      const returned = iterator.return!();
      assertFalse(await isPending(returned), "return() waits for a value");
      assertEquals(await next, OVER);
      assertEquals((await returned).done, true);
      assertFalse(channel.trySend(1), "the next value is swallowed");
    },
  ),

  base(95, "Calls of next() wait side by side, in order", async (kit) => {
    const channel = kit.channel<number>();
    const iterator = iterate(channel);
    const results = [iterator.next(), iterator.next(), iterator.next()];
    const sent = [1, 2, 3].filter((value) => channel.trySend(value));
    assertEquals(sent.length, 3, "sends that find a receiver");
    const values = (await Promise.all(results)).map(({ value }) => value);
    assertEquals(values, [1, 2, 3]);
  }),

  base(
    96,
    "An iterator that is over stays over, and takes nothing",
    async (kit) => {
      const channel = kit.filled(2, 1, 2);
      const left = iterate(channel);
      assertEquals((await left.next()).value, 1);
      await left.return!();
      const ended = iterate(kit.closed());
      for (let i = 0; i < 3; i++) {
        assertEquals<unknown>(await left.next(), OVER);
        assertEquals<unknown>(await ended.next(), OVER);
      }
      assertEquals(channel.size, 1);
    },
  ),

  base(98, "An iterator is its own, and no other's", async (kit) => {
    const channel = kit.filled(1, 1);
    const [one, other] = [iterate(channel), iterate(channel)];
    assertStrictEquals(one[Symbol.asyncIterator](), one);
    assertNotStrictEquals(one, other);
    await one.return!();
    assertEquals<unknown>(await other.next(), { value: 1, done: false });
  }),

  beyond(
    ["streams"],
    99,
    "A stream takes nothing before it is asked to",
    async (kit) => {
      const unread = kit.filled(3, 1, 2, 3);
      unread.toReadableStream();
      await tick();
      assertEquals(
        unread.size,
        3,
        "values left beside a stream that nobody reads",
      );
      const reader = unread.toReadableStream().getReader();
      assertEquals(await reader.read(), { value: 1, done: false });
      await tick();
      assertEquals(unread.size, 2, "values left after one was read");
      await reader.cancel();
      assertEquals(unread.tryReceive(), { state: "ok", value: 2 });
    },
  ),
];
