// worker_receiver_test.ts: the receiving end of a channel in another thread.

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
  lend,
  lendOpenly,
  messagesIn,
  settled,
  until,
} from "./_ports_testing.ts";
import {
  assertAtRest,
  filled,
  holding,
  reasonOf,
  unhandledIn,
  waiting,
} from "./_testing.ts";
import { take } from "./ends.ts";
import {
  broadcast,
  Channel,
  ChannelClosedError,
  ChannelError,
  map,
  merge,
  select,
  trySelect,
} from "./mod.ts";

for (const capacity of [0, 1, 3, Infinity]) {
  for (const window of [1, 2, 16, Infinity]) {
    Deno.test(`receiver() gets every value in order, and the end (capacity ${capacity}, window ${window})`, async () => {
      const channel = new Channel<number>(capacity);
      const { end } = lend(channel, { window });
      const sent = Array.from({ length: 100 }, (_, n) => n);
      channel.sendAll(sent).then(() => channel.close());
      assertEquals(await all(end), sent);
      await Promise.all([channel.join(), end.join()]);
      assert(end.closed && end.drained && channel.drained);
      assertAtRest(channel);
    });
  }
}

Deno.test("share() takes nothing before it is asked for", async () => {
  const channel = holding(1, 2);
  const { shared, end } = lend(channel);
  await settled();
  assertEquals(channel.size, 2);
  assertEquals(waiting(channel), [0, 0]);
  assertEquals(end.tryReceive(), { state: "empty" });
  shared[Symbol.dispose]();
  await settled();
});

for (const window of [1, 2, 3, 5]) {
  Deno.test(`a loop has no more values out than its window (${window})`, async () => {
    const channel = filled(10, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
    const { end } = lend(channel, { window });
    const loop = end.values();
    for (let n = 1; n <= 5; n++) {
      assertEquals(await loop.next(), { value: n, done: false });
      await settled();
      assert(channel.size >= 10 - n - (window - 1));
      if (window < 3) assertEquals(channel.size, 10 - n - (window - 1));
    }
    await loop.return!();
    await until(() => channel.size === 6);
    assertEquals(channel.snapshot(), [5, 6, 7, 8, 9, 10]);
    await end[Symbol.asyncDispose]();
    await settled();
  });
}

Deno.test("two loops that wait have a value each, though the window is 1", async () => {
  const channel = new Channel<number>();
  const { end } = lend(channel, { window: 1 });
  const [a, b] = [end.values(), end.values()];
  const got = Promise.all([a.next(), b.next()]);
  await channel.send(1);
  await channel.send(2);
  assertEquals((await got).map(({ value }) => value), [1, 2]);
  await end[Symbol.asyncDispose]();
  await until(() => channel.size === 2);
});

Deno.test("receive(), tryReceive() and receiveMany() acknowledge what they gave before", async () => {
  const channel = filled(10, 1, 2, 3, 4, 5);
  const { end } = lend(channel, { window: 3 });
  assertEquals(await end.receive(), 1);
  await until(() => trySelect([end], { priority: true })?.state === "ok"); // 2
  assertEquals(await end.receiveMany(1), [3]);
  assertEquals((await end.receiveMany()).length > 0, true);
  await end[Symbol.asyncDispose]();
  await settled();
  assert(!channel.snapshot().includes(3), `${channel.snapshot()}`);
});

Deno.test("tryReceive() takes what has come, and asks for more", async () => {
  const channel = filled(10, 1, 2, 3);
  channel.close();
  const { end } = lend(channel, { window: 2 });
  assertEquals(end.tryReceive(), { state: "empty" }); // nobody has asked yet
  assertEquals(await end.receive(), 1);
  for (const value of [2, 3]) {
    await settled();
    assertEquals(end.tryReceive(), { state: "ok", value });
  }
  await settled();
  assertEquals(end.tryReceive(), { state: "empty" }); // 3 is not done with
  await assertRejects(() => end.receive(), ChannelClosedError);
  assertEquals(end.tryReceive(), { state: "closed" });
  await end.join();
});

/** Shares a channel, and calls `act` in the turn in which values are taken. */
function lendTaking<T>(channel: Channel<T>, act: () => void) {
  const taking = new Proxy(channel, {
    get(target, key) {
      const member = Reflect.get(target, key, target);
      if (key === take) queueMicrotask(act);
      return typeof member === "function" ? member.bind(target) : member;
    },
  });
  return lend(taking, { window: 2 });
}

Deno.test("what was taken in the turn in which the other side goes is not lost", async () => {
  const channel = filled(10, 1, 2, 3);
  const { shared, end } = lendTaking(channel, () => shared[Symbol.dispose]());
  await reasonOf(end.receive());
  assertEquals(channel.snapshot(), [1, 2, 3]);
  await settled();
});

Deno.test("receiveMany() takes what has come, up to max", async () => {
  const channel = filled(10, 1, 2, 3, 4, 5);
  const { end } = lend(channel, { window: 5 });
  assertEquals(await end.receiveMany(2), [1]);
  await settled();
  assertEquals(await end.receiveMany(2), [2, 3]);
  await end[Symbol.asyncDispose]();
  await until(() => channel.size === 4);
  assertEquals(channel.snapshot(), [2, 3, 4, 5]);
});

Deno.test("batches() gives every value, and acknowledges a batch when asked for the next", async () => {
  const channel = filled(10, 1, 2, 3, 4, 5);
  const { end } = lend(channel, { window: 5 });
  channel.close();
  const values: number[] = [];
  for await (const batch of end.batches(2)) {
    assert(batch.length <= 2);
    values.push(...batch);
  }
  assertEquals(values, [1, 2, 3, 4, 5]);
  await channel.join();
});

Deno.test("receive() gives up by its signal, and the value stays for the next one", async () => {
  const channel = new Channel<number>();
  const { end } = lend(channel);
  const controller = new AbortController();
  const first = end.receive({ signal: controller.signal });
  const second = end.receive();
  controller.abort("enough");
  assertEquals(await reasonOf(first), "enough");
  await channel.send(1);
  assertEquals(await second, 1);
  await end[Symbol.asyncDispose]();
  await settled();
});

Deno.test("select() of a receiver takes nothing if it loses", async () => {
  const channel = new Channel<number>(1);
  const quit = holding("now");
  const { end } = lend(channel);
  const result = await select({ job: end, quit });
  assertEquals(result.key, "quit");
  const won = select({ job: end, quit: new Channel<string>() });
  await channel.send(7);
  assertEquals(await won, { key: "job", state: "ok", value: 7 });
  channel.close("over");
  assertEquals(await select({ job: end }), {
    key: "job",
    state: "closed",
    reason: "over",
  });
  await end.join();
});

Deno.test("map() of a receiver acknowledges a value when its function is done", async () => {
  const channel = holding(1, 2, 3, 4);
  channel.close();
  const { end } = lend(channel, { window: 1 });
  assertEquals(
    (await all(map(end, (n) => n * 10, { concurrency: 3 }))).sort(),
    [10, 20, 30, 40],
  );
  await channel.join();
});

Deno.test("merge() and broadcast() take receivers", async () => {
  const [a, b] = [holding(1, 2), holding(3)];
  a.close();
  b.close();
  const [one, two] = broadcast(merge(lend(a).end, lend(b).end), 2);
  const [first, second] = await Promise.all([all(one), all(two)]);
  assertEquals(first.sort(), [1, 2, 3]);
  assertEquals(second.sort(), [1, 2, 3]);
  await Promise.all([a.join(), b.join()]);
});

Deno.test("a receiver that is drained lets go of its port", async () => {
  const channel = holding(1);
  channel.close();
  const { end, host } = lendOpenly(channel);
  const said: string[] = [];
  host.addEventListener("message", ({ data }) => said.push(data[1]));
  assertEquals(await all(end), [1]);
  await end.join();
  await until(() => said.includes("bye"));
});

Deno.test("closed is true once the channel is, though values are left", async () => {
  const channel = holding(1, 2, 3);
  const { end } = lend(channel, { window: 1 });
  await settled();
  assertFalse(end.closed);
  channel.close();
  await until(() => end.closed);
  assertFalse(end.drained);
  assertEquals(await all(end), [1, 2, 3]);
  await end.join();
});

Deno.test("the values of one turn are one message", async () => {
  const channel = new Channel<number>(1000);
  const { end } = lend(channel, { window: 1000 });
  const loop = end.values();
  const first = loop.next();
  await settled();
  const messages = await messagesIn(async () => {
    for (let n = 0; n < 500; n++) await channel.send(n);
    await first;
    for (let n = 1; n < 500; n++) assertEquals((await loop.next()).value, n);
    await settled();
  });
  assert(messages <= 50, `${messages} messages`);
  await end[Symbol.asyncDispose]();
  await settled();
});

Deno.test("what is transferred is not here any more, and is lost with the other thread", async () => {
  const lost: [ArrayBuffer, unknown][] = [];
  const channel = new Channel<ArrayBuffer>(4);
  const buffers = [8, 16, 32].map((size) => new ArrayBuffer(size));
  await channel.sendAll(buffers);
  const { shared, end } = lend(channel, { window: 2 }, {
    transfer: (buffer) => buffer.byteLength === 16 ? [] : [buffer],
    onLost: (value, reason) => lost.push([value, reason]),
  });
  assertEquals((await end.receive()).byteLength, 8);
  await settled();
  assertEquals(buffers.map(({ byteLength }) => byteLength), [0, 16, 32]);
  shared[Symbol.dispose]();
  assertEquals(channel.snapshot(), buffers.slice(1));
  assertEquals(lost.length, 1);
  assertStrictEquals(lost[0]![0], buffers[0]);
  assertInstanceOf(lost[0]![1], ChannelError);
  channel.close();
  channel.drain();
  await channel.join();
  await settled();
});

for (const window of [1, 3]) {
  Deno.test(`a value that cannot be cloned is lost alone (window ${window})`, async () => {
    const lost: [unknown, unknown][] = [];
    const channel = new Channel<unknown>(4);
    const alone = () => {};
    await channel.sendAll([1, alone, 3]);
    channel.close();
    const { end } = lend(channel, { window }, {
      onLost: (value, reason) => lost.push([value, reason]),
    });
    assertEquals(await all(end), [1, 3]);
    await channel.join();
    assertStrictEquals(lost[0]![0], alone);
    assertEquals((lost[0]![1] as Error).name, "DataCloneError");
    assertEquals(lost.length, 1);
  });
}

Deno.test("a transfer that throws loses its value alone", async () => {
  const lost: unknown[] = [];
  const channel = holding(1, 2, 3);
  channel.close();
  const { end } = lend(channel, { window: 3 }, {
    transfer: (value) => {
      if (value === 2) throw new Error("bad");
      return [];
    },
    onLost: (value, reason) => lost.push([value, String(reason)]),
  });
  assertEquals(await all(end), [1, 3]);
  assertEquals(lost, [[2, "Error: bad"]]);
  await channel.join();
});

Deno.test("a value that cannot be cloned is an unhandled rejection if nobody is told", async () => {
  const reasons = await unhandledIn(async () => {
    const channel = holding<unknown>(1, () => {});
    channel.close();
    const { end } = lend(channel);
    assertEquals(await all(end), [1]);
    await channel.join();
  });
  assertEquals(reasons.map((reason) => (reason as Error).name), [
    "DataCloneError",
  ]);
});
