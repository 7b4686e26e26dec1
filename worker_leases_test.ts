// worker_leases_test.ts: what another thread has received and is not done with.

import {
  assert,
  assertEquals,
  assertFalse,
  assertInstanceOf,
  assertRejects,
} from "@std/assert";
import { all, lend, lendOpenly, settled, until } from "./_ports_testing.ts";
import {
  assertAtRest,
  filled,
  holding,
  isPending,
  reasonOf,
} from "./_testing.ts";
import {
  Channel,
  ChannelClosedError,
  ChannelError,
  consume,
  merge,
} from "./mod.ts";

Deno.test("join() waits until a loop has asked for what follows its last value", async () => {
  const channel = holding(1);
  const { end } = lend(channel);
  channel.close();
  const loop = end.values();
  await loop.next();
  const joined = channel.join();
  const joinedHere = end.join();
  await settled();
  assert(await isPending(joined));
  assert(await isPending(joinedHere));
  assertFalse(channel.drained);
  assertEquals(await loop.next(), { value: undefined, done: true });
  await Promise.all([joined, joinedHere]);
});

Deno.test("the end of iteration waits for values that another thread has", async () => {
  const channel = holding(1);
  const [first, second] = [lend(channel), lend(channel)];
  const loop = first.end.values();
  await loop.next();
  channel.close();
  const rest = all(second.end);
  assert(await isPending(rest));
  await settled();
  await loop.return!(); // not done with it
  assertEquals(await rest, [1]);
  await Promise.all([channel.join(), first.end.join(), second.end.join()]);
});

for (const way of ["break", "throw"]) {
  Deno.test(`leaving a loop by ${way} gives back its value and those asked for ahead`, async () => {
    const channel = filled(10, 1, 2, 3, 4, 5, 6);
    const { end } = lend(channel, { window: 4 });
    try {
      for await (const value of end) {
        if (value < 3) continue;
        if (way === "break") break;
        throw new Error("left");
      }
    } catch {
      // as it should
    }
    await until(() => channel.size === 4);
    assertEquals(channel.snapshot(), [3, 4, 5, 6]);
    await end[Symbol.asyncDispose]();
    await settled();
  });
}

Deno.test("return() of one of two loops leaves to the other what was asked for ahead", async () => {
  const channel = filled(10, 1, 2, 3, 4, 5, 6);
  const { end } = lend(channel, { window: 4 });
  const [a, b] = [end.values(), end.values()];
  assertEquals((await a.next()).value, 1);
  assertEquals((await b.next()).value, 2);
  await a.return!();
  await until(() => channel.snapshot()[0] === 1);
  assertEquals((await b.next()).value, 3);
  await end[Symbol.asyncDispose]();
  await until(() => channel.size === 5);
  assertEquals(channel.snapshot().sort(), [1, 3, 4, 5, 6]);
});

Deno.test("return() settles a next() that waits, and the next value stays", async () => {
  const channel = new Channel<number>(4);
  const { end } = lend(channel);
  const loop = end.values();
  const next = loop.next();
  await settled();
  assertEquals(await loop.return!(), { value: undefined, done: true });
  assertEquals(await next, { value: undefined, done: true });
  await end[Symbol.asyncDispose]();
  await settled();
  channel.sendNow(1);
  assertEquals(channel.size, 1);
  assertAtRest(channel);
});

Deno.test("after the last loop was left nothing is asked for, until there is another", async () => {
  const channel = new Channel<number>(10);
  const { end } = lend(channel, { window: 3 });
  const controller = new AbortController();
  const aborted = end.values({ signal: controller.signal }).next();
  await settled();
  controller.abort("enough");
  assertEquals(await reasonOf(aborted), "enough");
  const left = end.values();
  const next = left.next();
  await settled();
  await left.return!();
  assertEquals(await next, { value: undefined, done: true });
  await settled();
  for (let n = 1; n <= 10; n++) channel.sendNow(n);
  await settled();
  assertEquals(channel.size, 10);
  const loop = end.values();
  assertEquals((await loop.next()).value, 1);
  await settled();
  assertEquals(channel.size, 7);
  await loop.return!();
  await until(() => channel.size === 10);
  await end[Symbol.asyncDispose]();
  await settled();
});

Deno.test("a loop whose signal aborts leaves, and what was asked for ahead goes back", async () => {
  const channel = holding(1, 2);
  const { end } = lend(channel, { window: 4 });
  const controller = new AbortController();
  const loop = end.values({ signal: controller.signal });
  assertEquals((await loop.next()).value, 1);
  assertEquals((await loop.next()).value, 2);
  const next = loop.next();
  controller.abort("enough");
  assertEquals(await reasonOf(next), "enough");
  await end[Symbol.asyncDispose]();
  await settled();
  channel.close();
  await channel.join(); // both were acknowledged
});

Deno.test("consume() of a receiver gives back the value that its handler failed at", async () => {
  const channel = holding(1, 2, 3, 4);
  const { end } = lend(channel);
  await assertRejects(
    () =>
      consume(end, (n) => {
        if (n === 3) throw new Error("bad");
      }),
    Error,
    "bad",
  );
  await until(() => channel.size === 2);
  assertEquals(channel.snapshot(), [3, 4]);
  await end[Symbol.asyncDispose]();
  await settled();
});

Deno.test("disposing a receiver gives back what it has, and what waits rejects", async () => {
  const channel = filled(10, 1, 2, 3);
  const { end } = lend(channel, { window: 3 });
  assertEquals(await end.receive(), 1);
  await settled();
  const other = lend(new Channel<number>());
  const waits = other.end.receive();
  const joins = other.end.join();
  await end[Symbol.asyncDispose]();
  await other.end[Symbol.asyncDispose]();
  for (const promise of [waits, joins, other.end.receive(), end.join()]) {
    const error = await reasonOf(promise);
    assertInstanceOf(error, ChannelError);
    assertFalse(error instanceof ChannelClosedError);
    assertEquals(error.message, "Cannot receive: the receiver is disposed");
  }
  await until(() => channel.size === 3);
  assertEquals(channel.snapshot(), [1, 2, 3]);
  assert(end.closed);
  assertFalse(end.drained);
  await end[Symbol.asyncDispose]();
});

Deno.test("disposing what share() returned takes everything back at once, and late words do nothing", async () => {
  const channel = filled(10, 1, 2, 3);
  const { shared, end } = lend(channel, { window: 2 });
  const loop = end.values();
  assertEquals((await loop.next()).value, 1);
  const before = loop.next(); // acknowledges 1, and asks
  shared[Symbol.dispose]();
  assertEquals(channel.snapshot(), [1, 2, 3]);
  assertEquals((await before).value, 2); // it was there
  const error = await reasonOf(loop.next()) as Error;
  assertEquals(error.message, "Cannot receive: the other thread is gone");
  shared[Symbol.dispose]();
  assertEquals(channel.snapshot(), [1, 2, 3]);
  assertAtRest(channel);
});

Deno.test("a port whose thread has ended gives back what that had", async () => {
  const channel = filled(10, 1, 2, 3);
  const { shared, end, host } = lendOpenly(channel, { window: 2 });
  await end.receive();
  await settled();
  assertEquals(channel.snapshot(), [3]);
  host.dispatchEvent(new Event("close"));
  assertEquals(channel.snapshot(), [1, 2, 3]);
  host.dispatchEvent(new Event("close"));
  shared[Symbol.dispose]();
  assertEquals(channel.snapshot(), [1, 2, 3]);
  await end[Symbol.asyncDispose]();
});

Deno.test("values that come back go to who waits longest, in order", async () => {
  const channel = filled(10, 1, 2, 3, 4);
  const { shared, end } = lend(channel, { window: 4 });
  await end.receive();
  await settled();
  const got = [channel.receive(), channel.receive()];
  shared[Symbol.dispose]();
  assertEquals(await Promise.all(got), [1, 2]);
  assertEquals(channel.drain(), [3, 4]);
  await settled();
});

Deno.test("cancel() ends the other side, and what comes back goes to onDrop", async () => {
  const dropped: number[] = [];
  const channel = new Channel<number>({
    capacity: 10,
    onDrop: (value) => dropped.push(value),
  });
  for (const value of [1, 2, 3, 4]) channel.sendNow(value);
  const { end } = lend(channel, { window: 2 });
  const loop = end.values();
  await loop.next();
  await settled();
  channel.cancel();
  await settled();
  assert(end.closed);
  await loop.return!();
  await until(() => dropped.length === 4);
  assertEquals(dropped.sort(), [1, 2, 3, 4]);
  await Promise.all([channel.join(), end.join()]);
});

Deno.test("a receiver can be shared on, and what is given back goes all the way", async () => {
  const channel = filled(10, 1, 2, 3, 4);
  const { end } = lend(channel, { window: 2 });
  const { shared, end: farther } = lend(end, { window: 2 });
  const loop = farther.values();
  assertEquals((await loop.next()).value, 1);
  assertEquals((await loop.next()).value, 2);
  await settled();
  shared[Symbol.dispose]();
  await end[Symbol.asyncDispose]();
  await until(() => channel.size === 3);
  channel.close();
  const last = lend(lend(channel).end);
  assertEquals((await all(last.end)).sort(), [2, 3, 4]);
  await channel.join();
  await settled();
});

Deno.test("a merged end can be shared, and takes back what it gave", async () => {
  const [a, b] = [holding(1), holding(2)];
  const { shared, end } = lend(merge(a, b), { window: 3 });
  assertEquals(await end.receive(), 1);
  await settled();
  assertEquals([a.size, b.size], [0, 0]);
  shared[Symbol.dispose]();
  assertEquals([a.snapshot(), b.snapshot()], [[1], [2]]);
  a.close();
  b.close();
  assertEquals(await all(lend(merge(a, b)).end), [1, 2]);
  await Promise.all([a.join(), b.join()]);
  await settled();
});

Deno.test("a merged end gives back to the source that a value has come from", async () => {
  const [a, b] = [new Channel<number>(1), new Channel<number>(1)];
  const { shared, end } = lend(merge(a, b), { window: 1 });
  for (const from of [b, a, b]) {
    const received = end.receive();
    await settled();
    from.sendNow(1);
    await received;
  }
  shared[Symbol.dispose]();
  assertEquals([a.size, b.size], [0, 1]);
  await settled();
});

Deno.test("a source that takes nothing back has onLost told", async () => {
  const { after } = await import("./mod.ts");
  const lost: unknown[] = [];
  const { shared, end } = lend(after(0), {}, {
    onLost: (value, reason) => lost.push([value, String(reason)]),
  });
  assertEquals(await end.receive(), undefined);
  shared[Symbol.dispose]();
  await settled();
  assertEquals(lost, [[
    undefined,
    "ChannelError: Cannot take back: the source takes nothing back",
  ]]);
});
