// producer_ends_test.ts: the end of a producer, its part in a select, and its type.

import {
  assert,
  assertEquals,
  assertFalse,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { assertType } from "@std/testing/types";
import type { IsExact } from "@std/testing/types";
import type { Animal, Dog, IsAssignable } from "./_testing.ts";
import {
  assertAtRest,
  CountedController,
  holding,
  isPending,
  often,
  reasonOf,
  REX,
  SettleLog,
  tick,
  unhandledIn,
  waiting,
} from "./_testing.ts";
import type { Producer, Sender } from "./mod.ts";
import {
  Channel,
  ChannelClosedError,
  select,
  selectEach,
  sending,
  trySelect,
} from "./mod.ts";

/** A channel and two producers of it, the second of which keeps it open. */
function produced<T>(capacity = 0): [Channel<T>, Producer<T>, Producer<T>] {
  const channel = new Channel<T>(capacity);
  return [channel, channel.producer(), channel.producer()];
}

/** The channel's error that a promise rejects with, which holds the value. */
async function assertUnsent(
  promise: Promise<unknown>,
  value: unknown,
): Promise<void> {
  const error = await assertRejects(() => promise, ChannelClosedError);
  assert("value" in error);
  assertStrictEquals(error.value, value);
}

Deno.test("Producer is closed by using, await using, and however its scope is left", async () => {
  const channel = new Channel<number>(4);
  const producers: Producer<number>[] = [];
  const work = async (fails: boolean) => {
    using first = channel.producer();
    await using second = channel.producer();
    producers.push(first, second);
    await first.send(1);
    await second.send(2);
    if (fails) throw new Error("broken");
  };
  const staying = channel.producer();
  await work(false);
  await assertRejects(() => work(true), Error, "broken");
  assertEquals(producers.map((one) => one.closed), [true, true, true, true]);
  assertFalse(channel.closed);
  staying[Symbol.dispose]();
  assert(channel.closed);
  // To leave a scope is a plain close, by an error too.
  assertEquals(channel.drain(), [1, 2, 1, 2]);
  assertEquals((await channel.values().next()).done, true);
});

Deno.test("Producer is closed by asyncDispose before its promise resolves", async () => {
  const channel = new Channel<number>();
  const disposed = channel.producer()[Symbol.asyncDispose]();
  assert(channel.closed);
  assertStrictEquals(await disposed, undefined);
});

Deno.test("Producer.closed tells of its own close and of the channel's", () => {
  const [channel, one, other] = produced<number>();
  assertEquals([one.closed, other.closed], [false, false]);
  one.close();
  assertEquals([one.closed, other.closed], [true, false]);
  channel.close();
  assertEquals([one.closed, other.closed], [true, true]);
  const [cancelled, third] = produced<number>();
  cancelled.cancel();
  assert(third.closed);
});

Deno.test("Producer.closeSignal is the channel's, which the last close aborts", () => {
  const [channel, one, other] = produced<number>();
  const signal = one.closeSignal;
  assertStrictEquals(signal, channel.closeSignal);
  one.close();
  assertEquals([signal.aborted, other.closeSignal.aborted], [false, false]);
  other.close();
  assert(signal.aborted);
  assertInstanceOf(signal.reason, ChannelClosedError);
});

Deno.test("Producer.closeSignal stops the work of the others on close(reason)", async () => {
  const reason = new Error("broken");
  const [, one, other] = produced<number>();
  const upstream = new Channel<number>();
  const received = upstream.receive({ signal: other.closeSignal });
  one.close(reason);
  assertStrictEquals(await reasonOf(received), reason);
  assertAtRest(upstream);
});

Deno.test("Producer that is closed in a listener of closeSignal finds the channel closed", () => {
  const [channel, one, other] = produced<number>();
  const seen: boolean[] = [];
  channel.closeSignal.addEventListener("abort", () => {
    other.close("late");
    const late = channel.producer();
    seen.push(channel.closed, late.closed, late.trySend(1));
    late.close("later still");
  });
  one.close("first");
  assertEquals(seen, [true, true, false]);
  assertEquals(channel.closeSignal.reason, "first");
});

Deno.test("Channel.producer() of a closed channel is closed, and reopens nothing", async () => {
  for (const reason of [[], ["reason"]] as [unknown?][]) {
    const channel = new Channel<number>(1);
    channel.sendNow(1);
    channel.close(...reason as []);
    const producer = channel.producer();
    assert(producer.closed);
    assert(producer.closeSignal.aborted);
    assertFalse(producer.trySend(2));
    await assertUnsent(producer.send(2), 2);
    await assertUnsent(producer.sendAll([3, 4]), 3);
    producer.close("late");
    assertEquals(channel.drain(), [1]);
    const end = await reasonOf(channel.receive());
    if (reason.length) assertStrictEquals(end, "reason");
    else assertInstanceOf(end, ChannelClosedError);
  }
});

Deno.test("Channel.producer() after the last was closed comes too late", async () => {
  const channel = new Channel<number>(1);
  channel.producer().close();
  using late = channel.producer();
  assert(late.closed);
  await assertUnsent(late.send(1), 1);
});

Deno.test("Producer.close() leaves no rejection but those of the sends", async () => {
  const unhandled = await unhandledIn(async () => {
    const [channel, one, other] = produced<number>();
    const sent = [one.send(1), other.send(2), one.sendAll([3])];
    one.close();
    other.close("enough");
    channel.close();
    for (const promise of sent) await promise.catch(() => {});
  });
  assertEquals(unhandled, []);
});

Deno.test("Producer.send() drops by the channel's overflow policy", async () => {
  const dropped: number[] = [];
  const channel = new Channel<number>({
    capacity: 1,
    overflow: "drop-oldest",
    onDrop: (value) => dropped.push(value),
  });
  const producer = channel.producer();
  await producer.sendAll([1, 2, 3]);
  await tick();
  assertEquals([channel.snapshot(), dropped], [[3], [1, 2]]);
});

Deno.test("sending() to a producer wins a select that finds room, or a receiver", async () => {
  const [channel, one, other] = produced<string>(1);
  assertEquals<unknown>(await select({ out: sending(one, "a") }), {
    key: "out",
    state: "ok",
    value: undefined,
  });
  assertEquals(trySelect({ out: sending(other, "b") }), undefined);
  const selected = select({ out: sending(other, "b") });
  assert(await isPending(selected));
  assertEquals(channel.drain(), ["a", "b"]);
  assertEquals((await selected).key, "out");
  const received = channel.receive();
  assertEquals(trySelect([sending(one, "c")])?.key, 0);
  assertEquals(await received, "c");
});

Deno.test("sending() to a producer that loses is withdrawn, and sends nothing", async () => {
  const [channel, one] = produced<string>();
  const quit = new Channel<void>();
  const controller = new CountedController();
  const options = { signal: controller.signal };
  const lost = select({ out: sending(one, "a"), quit }, options);
  const aborted = select({ out: sending(one, "b"), never: null }, options);
  const loop = selectEach({ out: sending(one, "c") });
  loop.next();
  assertEquals(waiting(channel), [3, 0]);
  quit.close();
  assertEquals((await lost).key, "quit");
  await loop.return!();
  assertEquals(waiting(channel), [1, 0]);
  controller.abort("enough");
  assertEquals(await reasonOf(aborted), "enough");
  assertEquals(channel.drain(), []);
  assertAtRest(channel);
  assertEquals(controller.listeners, 0);
});

Deno.test("sending() to a closed producer rejects with ChannelClosedError, which holds the value", async () => {
  const [channel, one] = produced<object>(1);
  const lost = new Channel<object>().producer();
  one.close();
  lost.close();
  const value = {};
  for (const producer of [one, lost]) {
    const cases = { out: sending(producer, value) };
    await assertUnsent(select(cases), value);
    await assertUnsent(selectEach(cases).next(), value);
    const error = assertThrows(() => trySelect(cases), ChannelClosedError);
    assertStrictEquals(error.value, value);
  }
  assertEquals([channel.size, channel.closed], [0, false]);
});

Deno.test("sending() to a closed producer is as ready as the other cases", async () => {
  const [, one] = produced<number>();
  one.close();
  const seen = new Set<string>();
  await often(async () => {
    const cases = { out: sending(one, 1), job: holding("wash") };
    seen.add(await select(cases).then(({ key }) => key, () => "refused"));
  });
  assertEquals([...seen].sort(), ["job", "refused"]);
  const cases = [holding("wash"), sending(one, 1)] as const;
  assertEquals((await select(cases, { priority: true })).key, 0);
});

Deno.test("sending() that waits goes on when its producer closes, and rejects when the last does", async () => {
  const [channel, one, other] = produced<string>();
  const [first, second] = ["a", "b"].map((value) =>
    select([new Channel<number>(), sending(one, value)])
  );
  one.close();
  assert(await isPending(first!));
  assertEquals(await channel.receive(), "a");
  assertEquals((await first!).key, 1);
  other.close();
  await assertUnsent(second!, "b");
  assertAtRest(channel);
});

Deno.test("sending() to two producers of one channel sends one value", async () => {
  const seen = new Set<unknown>();
  await often(async () => {
    const [channel, one, other] = produced<string>();
    const selected = select([sending(one, "a"), sending(other, "b")]);
    const value = await channel.receive();
    assertEquals(["a", "b"][(await selected).key], value);
    seen.add(value);
    assertAtRest(channel);
  });
  assertEquals([...seen].sort(), ["a", "b"]);
});

Deno.test("sending() to a producer never pairs with a receive of its own select", async () => {
  const [channel, one, other] = produced<number>();
  const log = new SettleLog();
  const selected = select({ out: sending(one, 1), in: channel });
  log.add("select", selected.then(({ key }) => key));
  await tick();
  assertEquals(log.entries, []);
  assertEquals(waiting(channel), [1, 1]);
  await other.send(2);
  assertEquals<unknown>(await selected, { key: "in", state: "ok", value: 2 });
  assertAtRest(channel);
});

Deno.test("Producer is contravariant, and a sender", async () => {
  assertType<IsAssignable<Producer<Animal>, Producer<Dog>>>(true);
  assertType<IsAssignable<Producer<Dog>, Producer<Animal>>>(false);
  assertType<IsAssignable<Producer<Animal>, Sender<Dog>>>(true);
  assertType<IsAssignable<Producer<Dog>, Sender<Animal>>>(false);
  assertType<IsAssignable<Producer<Dog>, Disposable & AsyncDisposable>>(true);
  assertType<IsAssignable<Sender<Dog>, Producer<Dog>>>(false);
  const animals = new Channel<Animal>(4);
  const producer = animals.producer();
  assertType<IsExact<typeof producer, Producer<Animal>>>(true);
  const dogs: Sender<Dog> = producer;
  assert(dogs.trySend(REX));
  await select([sending(producer, REX)]);
  // @ts-expect-error Not every animal is a dog.
  assert(dogs.trySend({ name: "Tom" }));
  // @ts-expect-error A producer of dogs does not take any animal.
  const other: Sender<Animal> = new Channel<Dog>(1).producer();
  assertFalse(other.closed);
  assertEquals(animals.size, 3);
});

Deno.test("Producer cannot receive, and cannot be asked for another", () => {
  const producer = new Channel<Dog>().producer();
  assertEquals([
    // @ts-expect-error A producer has no `receive`.
    typeof producer.receive,
    // @ts-expect-error Further ones come from the channel.
    typeof producer.producer,
    // @ts-expect-error To discard is the channel's.
    typeof producer.cancel,
  ], ["undefined", "undefined", "undefined"]);
  assertThrows(() => trySelect([producer as never]), TypeError);
});
