// nonblock_test.ts: answers to Go's test/chan/nonblock.go.
//
// What a channel does when it is only asked and never waited for, with values
// of several types: nothing is there, somebody waits, somebody has sent.

import { assertEquals, assertLess } from "@std/assert";
import type { Receiver, Sender } from "../../mod.ts";
import { Channel, sending, trySelect } from "../../mod.ts";
import { assertAtRest, tick } from "../../_testing.ts";

// A task needs a turn or two. (Go, whose scheduler owes nobody a turn, allows 10,000.)
const MAX_TRIES = 100;

/** To send and receive without waiting. What is received is `undefined` if nothing is. */
interface Way {
  send(channel: Channel<unknown>, value: unknown): boolean;
  receive(channel: Channel<unknown>): unknown;
}

const WAYS: Record<string, Way> = {
  "trySelect()": {
    send: (channel, value) =>
      trySelect([sending(channel, value)]) !== undefined,
    receive: (channel) => {
      const result = trySelect([channel]);
      return result?.state === "ok" ? result.value : undefined;
    },
  },
  "trySend() and tryReceive()": {
    send: (channel, value) => channel.trySend(value),
    receive: (channel) => {
      const result = channel.tryReceive();
      return result.state === "ok" ? result.value : undefined;
    },
  },
};

/** What is sent to a waiting receiver, and what a waiting sender sends. */
const VALUES: Record<string, [there: unknown, back: unknown]> = {
  number: [123, 234],
  bigint: [123456n, 234567n],
  boolean: [true, true],
  string: ["hello", "hello again"],
};

// These two begin a turn later than they are started, as goroutines do.
async function receiveOne(
  channel: Receiver<unknown>,
  expected: unknown,
  strobe: Sender<void>,
) {
  await tick();
  assertEquals(await channel.receive(), expected);
  await strobe.send();
}

async function sendOne(
  channel: Sender<unknown>,
  value: unknown,
  strobe: Sender<void>,
) {
  await tick();
  await channel.send(value);
  await strobe.send();
}

/** Tries until it works. Only a buffer makes that happen while nobody waits. */
async function insist<R>(capacity: number, attempt: () => R): Promise<R> {
  for (let failed = 0;;) {
    const result = attempt();
    if (result !== undefined && result !== false) {
      assertEquals(failed === 0, capacity > 0);
      return result;
    }
    assertLess(++failed, MAX_TRIES);
    await tick();
  }
}

for (const [name, way] of Object.entries(WAYS)) {
  for (const capacity of [0, 1]) {
    for (const [type, [there, back]] of Object.entries(VALUES)) {
      Deno.test(`${name} without waiting (case 150, nonblock, ${type}, capacity ${capacity})`, async () => {
        const channel = new Channel<unknown>(capacity);
        const strobe = new Channel<void>();
        const send = async () => {
          await insist(capacity, () => way.send(channel, there));
          await strobe.receive();
        };
        const receive = async () => {
          // A buffer lets the sender go on before anybody receives.
          if (capacity > 0) await strobe.receive();
          const value = await insist(capacity, () => way.receive(channel));
          assertEquals(value, back);
          if (capacity === 0) await strobe.receive();
        };
        assertEquals(way.receive(channel), undefined);
        await Promise.all([receiveOne(channel, there, strobe), send()]);
        await Promise.all([sendOne(channel, back, strobe), receive()]);
        assertEquals(way.receive(channel), undefined);
        assertAtRest(channel, strobe);
      });
    }
  }
}
