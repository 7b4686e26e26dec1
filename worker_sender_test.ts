// worker_sender_test.ts: the sending end of a channel in another thread.

import {
  assert,
  assertEquals,
  assertFalse,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
} from "@std/assert";
import {
  all,
  messagesIn,
  reach,
  reachOpenly,
  settled,
  until,
} from "./_ports_testing.ts";
import {
  assertAtRest,
  closed,
  CountedController,
  holding,
  isPending,
  reasonOf,
  tick,
  waiting,
} from "./_testing.ts";
import {
  Channel,
  ChannelClosedError,
  select,
  sending,
  trySelect,
} from "./mod.ts";
import { sender } from "./worker.ts";

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

Deno.test("send() that comes when the channel is closed is refused", async () => {
  const channel = new Channel<number>(1);
  const { end } = await reach(channel);
  const sent = end.send(1);
  channel.close();
  assertEquals((await reasonOf(sent) as ChannelClosedError).value, 1);
  await settled();
});

Deno.test("send() looks at its signal first, then at the close", async () => {
  const { end } = await reach(closed<number>());
  await until(() => end.closed);
  const signal = AbortSignal.abort("before");
  assertEquals(await reasonOf(end.send(1, { signal })), "before");
  const error = await reasonOf(end.send(1)) as ChannelClosedError;
  assertInstanceOf(error, ChannelClosedError);
  assertEquals(error.value, 1);
  await assertRejects(
    () => end.send(1, { signal: {} as AbortSignal }),
    TypeError,
  );
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

Deno.test("sendAll() stops at the close, and its error holds a value that was not sent", async () => {
  const lost: number[] = [];
  const channel = new Channel<number>(2);
  const { end } = await reach(channel, 4, { onLost: (n) => lost.push(n) });
  const sent = end.sendAll(NUMBERS);
  await settled();
  channel.close();
  const error = await reasonOf(sent) as ChannelClosedError;
  assertInstanceOf(error, ChannelClosedError);
  assertEquals(channel.drain(), [0, 1]);
  assertEquals([error.value as number, ...lost].sort(), [2, 3, 4, 5, 6]);
  await settled();
});

Deno.test("sendAll() rejects with the error of its source, after what came before", async () => {
  const channel = new Channel<number>(8);
  const { end } = await reach(channel);
  const source = function* () {
    yield 1;
    yield 2;
    throw new Error("source");
  };
  await assertRejects(() => end.sendAll(source()), Error, "source");
  end.close();
  assertEquals(await all(channel), [1, 2]);
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

Deno.test("close() closes the channel behind everything that was sent", async () => {
  const channel = new Channel<number>(1);
  const { end } = await reach(channel, 2);
  const sent = [1, 2, 3, 4].map((n) => end.send(n));
  end.close("done");
  end.close("again");
  assert(end.closed);
  assertEquals(end.closeSignal.reason, "done");
  await assertRejects(() => end.send(5), ChannelClosedError);
  await settled();
  assertFalse(channel.closed);
  const values: number[] = [];
  const reason = await reasonOf((async () => {
    for await (const value of channel) values.push(value);
  })());
  assertEquals(values, [1, 2, 3, 4]);
  assertEquals(reason, "done");
  await Promise.all(sent);
  await settled();
});

Deno.test("close() without a reason is a plain end, and closeSignal tells of it", async () => {
  const channel = new Channel<number>();
  const { end } = await reach(channel);
  const signal = end.closeSignal;
  assertFalse(signal.aborted);
  end.close();
  assert(signal.aborted);
  assertInstanceOf(signal.reason, ChannelClosedError);
  assertStrictEquals(end.closeSignal, signal);
  assertEquals(await all(channel), []);
  await settled();
});

Deno.test("when the channel closes, what was not accepted is refused with its value", async () => {
  const channel = new Channel<number>(1);
  const { end } = await reach(channel, 2);
  const { closeSignal } = end;
  const sent = [1, 2, 3, 4].map((n) => end.send(n));
  const fate = Promise.allSettled(sent);
  await settled();
  channel.close(new RangeError("full"));
  const [first, ...others] = await fate;
  assertEquals(first!.status, "fulfilled");
  const errors = others.map((other) => (other as PromiseRejectedResult).reason);
  assertEquals(errors.map(({ value }) => value), [2, 3, 4]);
  for (const error of errors) assertInstanceOf(error, ChannelClosedError);
  assert(end.closed);
  assert(closeSignal.aborted);
  assertInstanceOf(closeSignal.reason, RangeError);
  assertFalse(end.trySend(5));
  assertEquals(channel.drain(), [1]);
  await settled();
});

Deno.test("a value that nobody waits for and that comes too late goes to onLost", async () => {
  const lost: unknown[] = [];
  const channel = holding(0);
  const { end } = await reach(channel, 4, {
    onLost: (value, reason) => lost.push(value, (reason as Error).name),
  });
  assert(end.trySend(1));
  assertEquals(trySelect([sending(end, 2)])?.state, "ok");
  await settled();
  channel.close();
  await settled();
  assertEquals(lost, [1, "ChannelClosedError", 2, "ChannelClosedError"]);
  channel.drain();
});

Deno.test("a value that cannot be cloned rejects its own send, and nobody else's", async () => {
  const channel = new Channel<unknown>(8);
  const { end } = await reach(channel);
  const sent = [end.send(1), end.send(() => {}), end.send(3)];
  const [first, second, third] = await Promise.allSettled(sent);
  assertEquals([first!.status, third!.status], ["fulfilled", "fulfilled"]);
  assertEquals((second as PromiseRejectedResult).reason.name, "DataCloneError");
  assertFalse(end.trySend(() => {}));
  const selected = await reasonOf(select([sending(end, () => {})]));
  assertEquals(
    `${selected}`,
    "ChannelError: Cannot send: the value was refused",
  );
  end.close();
  assertEquals(await all(channel), [1, 3]);
  await settled();
});

Deno.test("a select that waits rejects if its value cannot be cloned", async () => {
  const channel = new Channel<unknown>(1);
  const { end } = await reach(channel, 1);
  const first = end.send(1);
  const selected = reasonOf(select([sending(end, () => {})]));
  assertEquals((await selected as Error).name, "DataCloneError");
  await first;
  end.close();
  assertEquals(await all(channel), [1]);
  await settled();
});

Deno.test("what is transferred arrives, and is not here any more", async () => {
  const channel = new Channel<ArrayBuffer>(4);
  const { end } = await reach(channel, 4, { transfer: (buffer) => [buffer] });
  const buffer = new ArrayBuffer(8);
  await end.send(buffer);
  assertEquals(buffer.byteLength, 0);
  assertEquals((await channel.receive()).byteLength, 8);
  end.close();
  await settled();
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

Deno.test("a producer for each thread: the last that closes closes the channel", async () => {
  const channel = new Channel<number>(8);
  const { end: a } = await reach(channel.producer());
  const { end: b } = await reach(channel.producer());
  await a.send(1);
  await a[Symbol.asyncDispose]();
  await settled();
  assertFalse(channel.closed);
  await b.send(2);
  await b[Symbol.asyncDispose]();
  assertEquals(await all(channel), [1, 2]);
});

Deno.test("a producer whose thread has ended is closed, a channel is not", async () => {
  const channel = new Channel<number>(1);
  const producer = await reachOpenly(channel.producer(), 4);
  const sent = Promise.allSettled([1, 2].map((n) => producer.end.send(n)));
  await settled();
  producer.host.dispatchEvent(new Event("close"));
  assertFalse(channel.closed);
  assertEquals(await all(channel), [1, 2]); // what had come by then is accepted
  const plain = new Channel<number>(1);
  const open = await reachOpenly(plain);
  open.host.dispatchEvent(new Event("close"));
  await settled();
  assertFalse(plain.closed);
  for (const { end } of [producer, open]) end.close();
  await sent;
  await settled();
});

Deno.test("disposing what share() returned refuses what was not accepted", async () => {
  const channel = new Channel<number>();
  const { shared, end } = await reach(channel, 2);
  const sent = Promise.allSettled([1, 2, 3].map((n) => end.send(n)));
  await settled();
  shared[Symbol.dispose]();
  shared[Symbol.dispose]();
  assertAtRest(channel);
  const reasons = (await sent).map((one) =>
    (one as PromiseRejectedResult).reason
  );
  assertEquals(reasons.map(({ value }) => value), [1, 2, 3]);
  for (const reason of reasons) assertInstanceOf(reason, ChannelClosedError);
  assert(end.closed);
  assertFalse(channel.closed);
  await end[Symbol.asyncDispose]();
});

Deno.test("disposing a sender resolves when everything that was sent is settled", async () => {
  const channel = new Channel<number>();
  const { end } = await reach(channel, 2);
  const sent = [1, 2, 3].map((n) => end.send(n));
  const disposed = end[Symbol.asyncDispose]();
  await settled();
  assert(await isPending(Promise.resolve(disposed)));
  assertEquals(await all(channel), [1, 2, 3]);
  await disposed;
  await Promise.all(sent);
});

Deno.test("a channel that closes leaves no listener, and no sender waits in it", async () => {
  const channel = new Channel<number>();
  const { shared, end } = await reach(channel);
  const sent = reasonOf(end.send(1));
  await settled();
  channel.close();
  assertEquals((await sent as ChannelClosedError).value, 1);
  assertAtRest(channel);
  shared[Symbol.dispose]();
  await settled();
});

Deno.test("a send that the other side does not answer rejects when that is gone", async () => {
  const { port1, port2 } = new MessageChannel();
  const end = sender<number>(port2);
  const say = (...words: unknown[]) =>
    port1.postMessage(["@sluice/channel", ...words]);
  say("hello", [1, "intake"]);
  say("window", 2);
  await settled();
  const sent = end.send(1);
  say("closed", { value: "over" });
  await until(() => end.closed);
  assert(await isPending(sent));
  say("bye");
  const error = await reasonOf(sent) as ChannelClosedError;
  assertEquals(error.message, "Cannot send: the other thread is gone");
  assertEquals(error.value, 1);
  assertEquals(end.closeSignal.reason, "over");
  port1.close();
  await settled();
});
