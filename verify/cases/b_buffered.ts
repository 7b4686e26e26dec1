// b_buffered.ts: acceptance cases 11 to 20: order, backpressure and direct hand-over.

import { assert, assertEquals, assertFalse } from "@std/assert";
import {
  isPending,
  random,
  reasonOf,
  SettleLog,
  tick,
} from "../../_testing.ts";
import type { BaseChannel, Case, Kit } from "./_kit.ts";
import { base } from "./_kit.ts";

/** The parts of Go's TestChan, each on a channel of its own, for one capacity. */
const PARTS: readonly ((kit: Kit, capacity: number) => Promise<void>)[] = [
  async function receiveWaitsWhileEmpty(kit, capacity) {
    const channel = kit.channel<number>(capacity);
    const received = channel.receive();
    assertEquals(channel.tryReceive(), { state: "empty" });
    assert(await isPending(received), "a receive from an empty channel waits");
    assert(channel.trySend(1));
    assertEquals(await received, 1);
  },
  async function sendWaitsWhileFull(kit, capacity) {
    const channel = kit.filled(capacity, ...numbers(capacity));
    const sent = channel.send(capacity);
    assertFalse(channel.trySend(-1));
    assert(await isPending(sent), "a send to a full channel waits");
    for (const value of numbers(capacity + 1)) {
      assertEquals(await channel.receive(), value);
    }
    await sent;
  },
  async function bufferSurvivesClose(kit, capacity) {
    const channel = kit.filled(capacity, ...numbers(capacity));
    channel.close();
    for (const value of numbers(capacity)) {
      assertEquals(await channel.receive(), value);
    }
    assertEquals(channel.tryReceive(), { state: "closed" });
  },
  async function closeFreesTheReceiver(kit, capacity) {
    const channel = kit.channel<number>(capacity);
    const refused = reasonOf(channel.receive());
    channel.close();
    assert(await refused instanceof kit.ChannelClosedError);
  },
  async function keepsTheOrder(kit, capacity) {
    const channel = kit.channel<number>(capacity);
    const sent = sendEach(channel, numbers(100));
    for (const value of numbers(100)) {
      assertEquals(await channel.receive(), value);
    }
    await sent;
  },
  async function servesManyTasks(kit, capacity) {
    const channel = kit.channel<number>(capacity);
    const times = new Uint8Array(1000);
    const receive = async () => {
      for (let i = 0; i < 1000; i++) times[await channel.receive()]!++;
    };
    const tasks = [1, 2, 3, 4].flatMap(() => [
      sendEach(channel, numbers(1000)),
      receive(),
    ]);
    await Promise.all(tasks);
    assert(times.every((count) => count === 4));
  },
  async function countsItsValues(kit, capacity) {
    const channel = kit.channel<number>(capacity);
    for (const value of numbers(capacity)) {
      assertEquals(channel.size, value);
      await channel.send(value);
    }
    assertEquals([channel.size, channel.capacity], [capacity, capacity]);
  },
];

/** 0, 1 and so on. */
function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}

async function sendEach(
  channel: BaseChannel<number>,
  values: readonly number[],
): Promise<void> {
  for (const value of values) await channel.send(value);
}

export const cases: readonly Case[] = [
  base(11, "Go's TestChan, at every capacity up to 20", async (kit) => {
    for (const capacity of numbers(21)) {
      await Promise.all(PARTS.map((part) => part(kit, capacity)));
    }
  }),

  base(12, "Sends that find room need no receiver", async (kit) => {
    const channel = kit.channel<number>(3);
    await sendEach(channel, [1, 2, 3]);
    assertEquals(channel.size, 3);
    for (const value of [1, 2, 3]) {
      assertEquals(await channel.receive(), value);
    }
    assertEquals(channel.size, 0);
  }),

  base(13, "The order holds round the end of the buffer", async (kit) => {
    const small = kit.channel<number>(2);
    await sendEach(small, [1, 2]);
    assertEquals(await small.receive(), 1);
    await small.send(3);
    assertEquals([await small.receive(), await small.receive()], [2, 3]);

    for (const capacity of [1, 2, 3, 7, 8, 17]) {
      const channel = kit.channel<number>(capacity);
      const next = random(capacity);
      let [sent, received] = [0, 0];
      for (let i = 0; i < 10_000; i++) {
        const level = Math.floor(next() * (capacity + 1));
        while (channel.size < level) assert(channel.trySend(sent++));
        while (channel.size > level) {
          const result = channel.tryReceive();
          if (result.state !== "ok" || result.value !== received++) {
            throw new Error(`received ${JSON.stringify(result)}`);
          }
        }
      }
    }
  }),

  base(14, "A receive lets the next sender's value move up", async (kit) => {
    const channel = kit.filled(1, 1);
    const sent = channel.send(2);
    assert(await isPending(sent));
    assertEquals(await channel.receive(), 1);
    assertEquals(channel.size, 1);
    await sent;
    assertEquals(channel.tryReceive(), { state: "ok", value: 2 });
  }),

  base(15, "Waiting senders move up, and settle, in order", async (kit) => {
    const channel = kit.filled(2, 0, 1);
    const log = new SettleLog();
    for (const value of [2, 3, 4]) {
      log.add(`sent ${value}`, channel.send(value));
    }
    for (const value of numbers(5)) {
      assertEquals(await channel.receive(), value);
      assertEquals(channel.size, Math.min(2, 4 - value));
    }
    await tick();
    assertEquals(log.entries, ["sent 2", "sent 3", "sent 4"]);
  }),

  base(18, "Waiting receivers are served in order", async (kit) => {
    for (const capacity of kit.capacities) {
      const channel = kit.channel<number>(capacity);
      const received = [1, 2, 3].map(() => channel.receive());
      for (const value of [10, 20, 30]) await channel.send(value);
      assertEquals(await Promise.all(received), [10, 20, 30]);
    }
  }),

  base(19, "A waiting receiver gets the value past the buffer", async (kit) => {
    for (const way of ["send", "trySend"] as const) {
      const channel = kit.channel<number>(2);
      const received = channel.receive();
      channel[way](1);
      assertEquals(channel.size, 0);
      assertEquals(await received, 1);
    }
  }),

  base(20, "The size leaves waiting senders out", async (kit) => {
    for (const capacity of [0, 2]) {
      const channel = kit.channel<number>(capacity);
      const sent = numbers(5).map((value) => channel.send(value));
      assertEquals(channel.size, capacity);
      for (const value of numbers(5)) {
        assertEquals(await channel.receive(), value);
      }
      await Promise.all(sent);
      assertEquals(channel.size, 0);
    }
  }),
];
