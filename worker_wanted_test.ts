// worker_wanted_test.ts: who no longer wants a value of a channel in another thread takes none.

import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import { all, lend, settled, until } from "./_ports_testing.ts";
import { assertAtRest, filled, holding, reasonOf, tick } from "./_testing.ts";
import type { Receiver } from "./mod.ts";
import { broadcast, Channel, ChannelError, map, merge, select } from "./mod.ts";
import { receiver, share } from "./worker.ts";

for (const window of [1, 2, 16]) {
  for (const capacity of [0, 1]) {
    const name = `(window ${window}, capacity ${capacity})`;
    Deno.test(`a select that has lost leaves the next value to others ${name}`, async () => {
      const channel = new Channel<number>(capacity);
      const other = new Channel<string>(1);
      const { end } = lend(channel, { window });
      const selected = select({ end, other });
      await settled();
      other.sendNow("first");
      assertEquals((await selected).key, "other");
      await settled();
      assertEquals(channel.trySend(7), capacity === 1);
      const received = channel.receive();
      if (capacity === 0) await channel.send(7);
      assertEquals(await received, 7);
      // And it is able to go on.
      const next = end.receive();
      await channel.send(8);
      assertEquals(await next, 8);
      channel.close();
      await end.join();
      assertAtRest(channel);
    });

    Deno.test(`an aborted receive leaves the next value to others ${name}`, async () => {
      const channel = new Channel<number>(capacity);
      const controller = new AbortController();
      const { end } = lend(channel, { window });
      const received = end.receive({ signal: controller.signal });
      await settled();
      controller.abort("enough");
      assertEquals(await reasonOf(received), "enough");
      const sent = channel.send(7); // it may be on the way already
      assertEquals(await channel.receive(), 7);
      await sent;
      channel.close();
      await end.join();
      assertAtRest(channel);
    });
  }
}

Deno.test("receives that come and go get every value, in order", async () => {
  const channel = new Channel<number>(4);
  const { end } = lend(channel, { window: 2 });
  const sent = Array.from({ length: 300 }, (_, n) => n);
  channel.sendAll(sent).then(() => channel.close());
  const got: number[] = [];
  for (let round = 0; got.length < sent.length; round++) {
    const controller = new AbortController();
    const { signal } = controller;
    const received = end.receive({ signal })
      .then((n) => got.push(n), () => {});
    if (round % 3 === 0) controller.abort();
    else if (round % 3 === 1) tick().then(() => controller.abort());
    await received;
  }
  await end.join();
  assertEquals(got, sent);
});

Deno.test("map() that is left early leaves the other values to others", async () => {
  const channel = holding(1, 2, 3, 4, 5, 6);
  channel.close();
  const { end } = lend(channel, { window: 4 });
  for await (const value of map(end, (n) => n)) {
    assertEquals(value, 1);
    break;
  }
  await until(() => channel.size === 5);
  assertEquals(channel.snapshot(), [2, 3, 4, 5, 6]);
  channel.drain();
  await end.join();
});

Deno.test("what merge() and broadcast() have asked for ahead goes back when their source is disposed", async () => {
  for (
    const stage of [merge, (end: Receiver<number>) => broadcast(end, 1)[0]!]
  ) {
    const channel = holding(1, 2, 3, 4, 5, 6);
    const { end } = lend(channel, { window: 4 });
    for await (const value of stage(end)) {
      assertEquals(value, 1);
      break;
    }
    await end[Symbol.asyncDispose]();
    await until(() => channel.size >= 5);
    assertEquals(channel.drain().slice(-5), [2, 3, 4, 5, 6]);
  }
});

Deno.test("what a thread lends on and gets back goes back to its head", async () => {
  const channel = holding(0, 1, 2, 3, 4, 5);
  const middle = lend(channel, { window: 4 });
  const { end } = lend(middle.end, { window: 1 });
  for await (const value of end) if (value === 1) break;
  await until(() => channel.size === 5);
  assertEquals(channel.snapshot(), [1, 2, 3, 4, 5]);
  channel.close();
  channel.drain();
  await channel.join();
});

Deno.test("what a thread has lent on comes back in order when that is disposed", async () => {
  const channel = filled(4, 1, 2);
  const middle = lend(channel, { window: 4 });
  const leaf = lend(middle.end, { window: 4 });
  assertEquals((await leaf.end.values().next()).value, 1);
  await settled();
  leaf.shared[Symbol.dispose]();
  await until(() => channel.size === 2);
  assertEquals(channel.snapshot(), [1, 2]);
  channel.close();
  channel.drain();
  await channel.join();
});

Deno.test("waits that are given up one after the other are all revoked", async () => {
  const channel = new Channel<number>(1);
  const { end } = lend(channel);
  for (let n = 0; n < 3; n++) {
    const controller = new AbortController();
    const received = end.receive({ signal: controller.signal });
    for (let turns = 0; turns < 8; turns++) await null; // it is asked for
    controller.abort("enough");
    assertEquals(await reasonOf(received), "enough");
    for (let turns = 0; turns < 8; turns++) await null; // and revoked
  }
  await settled();
  await channel.send(7);
  assertEquals(channel.size, 1);
  const received = end.receive();
  assertEquals(await received, 7);
  channel.close();
  await end.join();
});

Deno.test("who begins a loop is done with what it has received before", async () => {
  const channel = holding("header", "a", "b");
  channel.close();
  const { end } = lend(channel);
  assertEquals(await end.receive(), "header");
  assertEquals(await all(end), ["a", "b"]);
  await channel.join();
});

Deno.test("who joins is done with what it has received", async () => {
  const channel = holding(1, 2);
  channel.close();
  const { end } = lend(channel, { window: 3 });
  let got = 0;
  while (got < 2) got += (await end.receiveMany()).length;
  await end.join();
  assert(channel.drained);
});

Deno.test("tryReceive() is done with what was received before", async () => {
  const channel = holding(1);
  channel.close();
  const { end } = lend(channel);
  assertEquals(await end.receive(), 1);
  end.tryReceive();
  await channel.join();
  await until(() => end.drained);
  assertEquals(end.tryReceive(), { state: "closed" });
});

Deno.test("who joins at the second port is told that the first is lost", async () => {
  const channel = holding(1, 2, 3);
  const shared = share(channel, { as: "receiver" });
  const middle = receiver<number>(shared.port);
  const leaf = receiver<number>(share(middle, { as: "receiver" }).port);
  const joined = reasonOf(leaf.join());
  const loop = leaf.values();
  assertEquals((await loop.next()).value, 1);
  shared[Symbol.dispose]();
  assertInstanceOf(await joined, ChannelError);
  assertInstanceOf(await reasonOf(leaf.join()), ChannelError);
  assertEquals(channel.snapshot(), [1, 2, 3]);
});
