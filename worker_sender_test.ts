// worker_sender_test.ts: the sending end of a channel in another thread.

import { assert, assertEquals, assertFalse } from "@std/assert";
import { all, messagesIn, reach, settled, until } from "./_ports_testing.ts";
import {
  assertAtRest,
  CountedController,
  holding,
  isPending,
  reasonOf,
  tick,
  waiting,
} from "./_testing.ts";
import { Channel, type ChannelClosedError, select, sending } from "./mod.ts";

const NUMBERS = Array.from({ length: 100 }, (_, n) => n);

for (const capacity of [0, 1, 3, Infinity]) {
  for (const window of [1, 2, 64]) {
    Deno.test(`sender() sends every value in order (capacity ${capacity}, window ${window})`, async () => {
      const channel = new Channel<number>(capacity);
      const { end } = await reach(channel, window);
      const received = all(channel);
      for (const n of NUMBERS.slice(0, 10)) await end.send(n);
      await end.sendAll(NUMBERS.slice(10, 60));
      const rest = NUMBERS.slice(60).map((n) => end.send(n));
      end.close();
      await Promise.all(rest);
      assertEquals(await received, NUMBERS);
      assert(end.closed);
      assertAtRest(channel);
      await end[Symbol.asyncDispose]();
    });
  }
}

Deno.test("send() resolves once the channel has accepted the value", async () => {
  const channel = new Channel<string>();
  const { end } = await reach(channel);
  const sent = end.send("a");
  await settled();
  assert(await isPending(sent));
  assertEquals(waiting(channel), [1, 0]);
  assertEquals(await channel.receive(), "a");
  await sent;
  end.close();
  await channel.join();
  await settled();
});

Deno.test("no more values are on their way than the window", async () => {
  const channel = new Channel<number>(2);
  const { end } = await reach(channel, 3);
  const sent = NUMBERS.slice(0, 10).map((n) => end.send(n));
  await settled();
  assertEquals(channel.size, 2);
  assertEquals(end.trySend(0), false);
  // One of those on their way waits in the channel; none of those that wait here.
  assertEquals(waiting(channel), [1, 0]);
  assertEquals(await Promise.all([sent[0], sent[1]]), [undefined, undefined]);
  assert(await isPending(sent[2]!));
  end.close();
  assertEquals(await all(channel), NUMBERS.slice(0, 10));
  await Promise.all(sent);
  await settled();
});

Deno.test("send() that waits here is given up at once, and sends nothing", async () => {
  const channel = new Channel<number>();
  const { end } = await reach(channel, 1);
  const controller = new CountedController();
  const first = end.send(1);
  const second = end.send(2, { signal: controller.signal });
  const third = end.send(3);
  controller.abort("enough");
  assertEquals(await reasonOf(second), "enough");
  assertEquals(await channel.receive(), 1);
  assertEquals(await channel.receive(), 3);
  await Promise.all([first, third]);
  await tick();
  assertEquals(controller.listeners, 0);
  end.close();
  await settled();
});

for (const posted of [false, true]) {
  Deno.test(`send() that is on its way is given up in time, and delivers nothing (posted: ${posted})`, async () => {
    const channel = new Channel<number>();
    const { end } = await reach(channel, 4);
    const controller = new CountedController();
    const sent = [1, 2, 3].map((n) =>
      end.send(n, n === 2 ? { signal: controller.signal } : undefined)
    );
    if (posted) await settled();
    controller.abort("enough");
    assertEquals(await reasonOf(sent[1]!), "enough");
    assertEquals(await channel.receive(), 1);
    assertEquals(await channel.receive(), 3);
    await Promise.all([sent[0], sent[2]]);
    await tick();
    assertEquals(controller.listeners, 0);
    assertEquals(end.trySend(9), true);
    end.close();
    assertEquals(await all(channel), [9]);
    await settled();
  });
}

Deno.test("the head of those that wait for room can be given up too", async () => {
  const channel = holding(0);
  const { end } = await reach(channel, 4);
  const controller = new AbortController();
  const first = end.send(1, controller);
  const second = end.send(2);
  await settled();
  assertEquals(waiting(channel), [1, 0]);
  controller.abort("enough");
  assertEquals(await reasonOf(first), "enough");
  assertEquals(waiting(channel), [1, 0]);
  end.close();
  assertEquals(await all(channel), [0, 2]);
  await second;
  await settled();
});

Deno.test("what is given up in time makes room for the next", async () => {
  const channel = new Channel<number>();
  const { end } = await reach(channel, 1);
  const controller = new AbortController();
  const first = end.send(1, controller);
  const second = end.send(2);
  await settled();
  controller.abort("enough");
  assertEquals(await reasonOf(first), "enough");
  assertEquals(await channel.receive(), 2);
  await second;
  end.close();
  await settled();
});

Deno.test("values that come one after the other wait in order", async () => {
  const channel = holding(0);
  const { end } = await reach(channel, 4);
  const sent: Promise<void>[] = [];
  for (const n of [1, 2, 3]) {
    sent.push(end.send(n));
    await settled();
    assertEquals(waiting(channel), [1, 0]);
  }
  end.close();
  assertEquals(await all(channel), [0, 1, 2, 3]);
  await Promise.all(sent);
  await settled();
});

Deno.test("those who send here and there wait side by side", async () => {
  const channel = holding(0);
  const { end } = await reach(channel, 4);
  const first = end.send(1);
  await settled();
  const here = channel.send(10);
  const second = end.send(2);
  await settled();
  assertEquals(waiting(channel), [2, 0]);
  const received: number[] = [];
  while (received.length < 4) received.push(await channel.receive());
  assertEquals(received.sort(), [0, 1, 10, 2]);
  await Promise.all([first, here, second]);
  end.close();
  await settled();
});

Deno.test("trySend() does not overtake a send of the same turn", async () => {
  const channel = new Channel<number>(4);
  const { end } = await reach(channel);
  const sent = end.send(1);
  assert(end.trySend(2));
  await sent;
  end.close();
  assertEquals(await all(channel), [1, 2]);
  await settled();
});

Deno.test("of values that come together those before the close are accepted", async () => {
  class Closing extends Channel<number> {
    override trySend(value: number): boolean {
      if (value === 2) this.close();
      return super.trySend(value);
    }
  }
  const channel = new Closing(4);
  const { end } = await reach(channel);
  const [first, second] = await Promise.allSettled(
    [1, 2].map((n) => end.send(n)),
  );
  assertEquals(first!.status, "fulfilled");
  assertEquals((second as PromiseRejectedResult).reason.value, 2);
  assertEquals(channel.drain(), [1]);
  await settled();
});

Deno.test("a signal of many sends has no listener once they are settled", async () => {
  const channel = new Channel<number>(100);
  const { end } = await reach(channel, 8);
  const controller = new CountedController();
  await Promise.all(NUMBERS.map((n) => end.send(n, controller)));
  await settled();
  assertEquals([controller.listeners, channel.size], [0, 100]);
  end.close();
  channel.drain();
  await settled();
});

Deno.test("send() that is given up too late resolves: the value was delivered", async () => {
  const channel = new Channel<number>(1);
  const { end } = await reach(channel);
  const controller = new AbortController();
  const sent = end.send(1, controller);
  await until(() => channel.size === 1);
  controller.abort("late");
  const outcome = await sent.then(() => "sent", (reason) => reason);
  assertEquals(outcome, "sent");
  end.close();
  await settled();
});

Deno.test("send() that is given up as it is accepted resolves", async () => {
  const controller = new AbortController();
  class Aborting extends Channel<number> {
    override trySend(value: number): boolean {
      controller.abort("late");
      return super.trySend(value);
    }
  }
  const channel = new Aborting(1);
  const { end } = await reach(channel);
  assertEquals(await end.send(1, controller), undefined);
  assertEquals(channel.receiveNow(), 1);
  end.close();
  await settled();
});

Deno.test("trySend() is true while there is room on the way", async () => {
  const channel = new Channel<number>(1);
  const { end } = await reach(channel, 2);
  assertEquals([1, 2, 3].map((n) => end.trySend(n)), [true, true, false]);
  await settled();
  assertEquals(end.trySend(3), true);
  assertEquals(end.trySend(4), false);
  end.close();
  assertFalse(end.trySend(5));
  assertEquals(await all(channel), [1, 2, 3]);
  await settled();
});

Deno.test("select() sends by a sender only if that wins", async () => {
  const channel = new Channel<string>(1);
  const { end } = await reach(channel, 1);
  const quit = new Channel<never>();
  const first = await select({ out: sending(end, "a"), quit });
  assertEquals(first.key, "out");
  const waits = select({ out: sending(end, "b"), quit });
  assertEquals((await waits).key, "out");
  await settled();
  const loses = select({ out: sending(end, "c"), quit });
  assert(await isPending(loses));
  quit.close();
  assertEquals((await loses).key, "quit");
  end.close();
  assertEquals(await all(channel), ["a", "b"]);
  assertEquals(
    (await reasonOf(select([sending(end, "d")])) as ChannelClosedError).value,
    "d",
  );
  await settled();
});

Deno.test("sendAll() gives up by its signal: what was not accepted is not sent", async () => {
  const channel = new Channel<number>(2);
  const { end } = await reach(channel, 4);
  const controller = new CountedController();
  const sent = end.sendAll(NUMBERS, controller);
  await settled();
  controller.abort("enough");
  assertEquals(await reasonOf(sent), "enough");
  await settled();
  assertEquals(controller.listeners, 0);
  end.close();
  assertEquals(await all(channel), [0, 1]);
  await settled();
});

Deno.test("sendAll() resolves when the last value is accepted", async () => {
  const channel = new Channel<number>(1);
  const { end } = await reach(channel, 8);
  const sent = end.sendAll([1, 2, 3]);
  await settled();
  assert(await isPending(sent));
  assertEquals(channel.receiveNow(), 1);
  assertEquals(channel.receiveNow(), 2);
  await sent;
  await end.sendAll([]);
  end.close();
  await settled();
  channel.drain();
});

Deno.test("the values of one turn are one message", async () => {
  const channel = new Channel<number>(1000);
  const { end } = await reach(channel, 1000);
  const messages = await messagesIn(async () => {
    await end.sendAll(NUMBERS);
    await Promise.all(NUMBERS.map((n) => end.send(n)));
  });
  assert(messages <= 8, `${messages} messages`);
  end.close();
  await settled();
  assertEquals(channel.drain().length, 200);
});
