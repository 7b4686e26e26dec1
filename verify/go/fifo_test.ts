// fifo_test.ts: answers to Go's test/chan/fifo.go.
//
// Values leave in the order in which they were sent: out of a buffer, and out
// of a rendezvous that is read by a chain of tasks, each for one value.

import { assertEquals } from "@std/assert";
import type { Receiver, Sender } from "../../mod.ts";
import { Channel } from "../../mod.ts";
import { assertAtRest } from "../../_testing.ts";

const VALUES = Array.from({ length: 10 }, (_, i) => i);

/** Waits for its turn, takes one value, and gives the turn to the next. */
async function takeInTurn(
  channel: Receiver<number>,
  expected: number,
  turn: Receiver<void>,
  next: Sender<void>,
) {
  await turn.receive();
  assertEquals(await channel.receive(), expected);
  await next.send();
}

/** Starts a task for each value. Returns both ends of the chain of turns. */
function chain(channel: Receiver<number>) {
  const turns = [new Channel<void>()];
  const tasks = VALUES.map((value, i) => {
    const next = turns[i + 1] = new Channel<void>();
    return takeInTurn(channel, value, turns[i]!, next);
  });
  return { turns, tasks, first: turns[0]!, last: turns.at(-1)! };
}

Deno.test("Channel with a buffer is first in, first out (case 150, fifo)", async () => {
  const channel = new Channel<number>(VALUES.length);
  for (const value of VALUES) await channel.send(value);
  for (const value of VALUES) assertEquals(await channel.receive(), value);
  assertAtRest(channel);
});

Deno.test("Channel without a buffer is first in, first out (case 150, fifo)", async () => {
  const channel = new Channel<number>();
  const { turns, tasks, first, last } = chain(channel);
  const feed = async () => {
    await first.send();
    for (const value of VALUES) await channel.send(value);
    await last.receive();
  };
  await Promise.all([feed(), ...tasks]);
  assertAtRest(channel, ...turns);
});

Deno.test("Channel without a buffer serves waiting senders in order (case 150, fifo)", async () => {
  const channel = new Channel<number>();
  const { turns, tasks, first, last } = chain(channel);
  const accepted: number[] = [];
  const sends = VALUES.map((value) =>
    channel.send(value).then(() => accepted.push(value))
  );
  await Promise.all([first.send(), last.receive(), ...sends, ...tasks]);
  assertEquals(accepted, VALUES);
  assertAtRest(channel, ...turns);
});

Deno.test("Channel without a buffer serves waiting receivers in order (case 150, fifo)", async () => {
  const channel = new Channel<number>();
  const received = VALUES.map(() => channel.receive());
  for (const value of VALUES) await channel.send(value);
  assertEquals(await Promise.all(received), VALUES);
  assertAtRest(channel);
});
