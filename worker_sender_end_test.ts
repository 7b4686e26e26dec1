// worker_sender_end_test.ts: how the sending end of a channel in another thread ends, and what is refused.

import {
  assert,
  assertEquals,
  assertFalse,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
} from "@std/assert";
import { all, reach, reachOpenly, settled, until } from "./_ports_testing.ts";
import {
  assertAtRest,
  closed,
  holding,
  isPending,
  reasonOf,
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

Deno.test("sendAll() stops at a value that cannot be cloned, and tells of those behind it", async () => {
  const channel = new Channel<unknown>(Infinity);
  const lost: unknown[] = [];
  const { end } = await reach<unknown>(channel, 64, {
    onLost: (value) => lost.push(value),
  });
  let taken = 0;
  let returned = false;
  const source = function* () {
    try {
      while (taken < 1_000) yield ++taken === 3 ? () => {} : taken;
    } finally {
      returned = true;
    }
  };
  const error = await reasonOf(end.sendAll(source())) as Error;
  assertEquals(error.name, "DataCloneError");
  assert(returned && taken < 64);
  await settled();
  const sent = channel.drain();
  assertEquals(sent.slice(0, 3), [1, 2, 4]);
  assertEquals(sent.length + 1 + lost.length, taken);
  assertEquals(lost, [taken]);
  end.close();
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
