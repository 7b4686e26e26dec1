// flow_types_test.ts: what the types of merge, broadcast, map and consume promise, next to the same at run time.

import { assert, assertEquals, assertFalse, assertThrows } from "@std/assert";
import { assertType } from "@std/testing/types";
import type { IsExact } from "@std/testing/types";
import { holding, reasonOf, tick } from "./_testing.ts";
import type {
  BroadcastOptions,
  ChannelOptions,
  ClosableReceiver,
  ConsumeOptions,
  MapOptions,
  ReceivedBy,
  Receiver,
  Sender,
  Tuple,
} from "./mod.ts";
import {
  after,
  broadcast,
  Channel,
  consume,
  map,
  merge,
  never,
  select,
  ticker,
} from "./mod.ts";

interface Animal {
  name: string;
}

interface Dog extends Animal {
  barks: true;
}

const REX: Dog = { name: "Rex", barks: true };

type IsAssignable<From, To> = [From] extends [To] ? true : false;

/** A closed channel that holds these values. */
function ending<T>(...values: T[]) {
  const channel = holding(...values);
  channel.close();
  return channel;
}

Deno.test("merge() receives what any of its sources gives", async () => {
  const numbers: Receiver<number> = ending(1);
  const texts: Receiver<string> = ending("a");
  const merged = merge(numbers, texts);
  assertType<IsExact<typeof merged, Receiver<number | string>>>(true);
  const value = await merged.receive();
  assertType<IsExact<typeof value, number | string>>(true);
  for await (const rest of merged) {
    assertType<IsExact<typeof rest, number | string>>(true);
  }
  assertEquals(value, 1);
});

Deno.test("merge() infers from every kind of receiver", () => {
  const dogs = new Channel<Dog>();
  const lengths = map(ending("a"), (text) => text.length);
  const mixed = merge(dogs, lengths, after(1), ticker(1), never());
  assertType<IsExact<typeof mixed, Receiver<Dog | number | void>>>(true);
  const nested = merge(merge(dogs), merge(ending("a")));
  assertType<IsExact<typeof nested, Receiver<Dog | string>>>(true);
  const list: Receiver<Dog>[] = [dogs];
  const listed = merge(...list);
  assertType<IsExact<typeof listed, Receiver<Dog>>>(true);
  const nothing = merge();
  assertType<IsExact<typeof nothing, Receiver<never>>>(true);
  assertEquals(nothing.tryReceive(), { state: "closed" });
});

Deno.test("merge() of dogs is a receiver of animals, and no sender", () => {
  const dogs = new Channel<Dog>();
  const merged: Receiver<Animal> = merge(dogs);
  assertType<IsAssignable<typeof merged, Receiver<Dog>>>(false);
  assertType<IsAssignable<typeof merged, Sender<never>>>(false);
  assertType<IsAssignable<typeof merged, ClosableReceiver<Animal>>>(false);
  assertFalse("send" in merged);
  assertFalse("close" in merged);
});

Deno.test("merge() takes receivers only", () => {
  const sender: Sender<Dog> = new Channel<Dog>();
  // @ts-expect-error Not a receiver. At run time a channel is both.
  assert(merge(sender));
  // @ts-expect-error Not a receiver.
  assertThrows(() => merge([1]), TypeError);
  // @ts-expect-error Not receivers but an array of them.
  assertThrows(() => merge([new Channel<Dog>()]), TypeError);
  // @ts-expect-error Not a case that is switched off, as in a select.
  assertThrows(() => merge(null), TypeError);
});

Deno.test("map() gives what fn returns, or what that resolves to", async () => {
  const source = ending(1);
  const sync = map(source, (n) => `${n}`);
  assertType<IsExact<typeof sync, ClosableReceiver<string>>>(true);
  assertEquals(await sync.receive(), "1");

  const async = map(ending(1), async (n) => await Promise.resolve([n]));
  assertType<IsExact<typeof async, ClosableReceiver<number[]>>>(true);
  assertEquals(await async.receive(), [1]);

  const like: (n: number) => PromiseLike<Dog> = () => Promise.resolve(REX);
  const dogs = map(ending(1), like);
  assertType<IsExact<typeof dogs, ClosableReceiver<Dog>>>(true);
  assertEquals(await dogs.receive(), REX);

  const either = map(ending(1), (n) => n > 1 ? n : Promise.resolve(n));
  assertType<IsExact<typeof either, ClosableReceiver<number>>>(true);
  assertEquals(await either.receive(), 1);

  const nothing = map(ending(1), () => {});
  assertType<IsExact<typeof nothing, ClosableReceiver<void>>>(true);
  assertEquals(await nothing.receive(), undefined);
});

Deno.test("map() gives fn a value of its source and a signal", async () => {
  const results = map(merge(ending(REX), ending("a")), (value, signal) => {
    assertType<IsExact<typeof value, Dog | string>>(true);
    assertType<IsExact<typeof signal, AbortSignal>>(true);
    return typeof value === "string" ? value : value.name;
  });
  assertEquals(await results.receive(), "Rex");
  const rest = await select({ results });
  assert(rest.state === "ok");
  assertType<IsExact<typeof rest.value, string>>(true);
  assertEquals(rest.value, "a");
});

Deno.test("map() takes a function of anything wider than its source", () => {
  const nameOf = ({ name }: Animal) => name;
  assert(map(new Channel<Dog>(), nameOf));
  // @ts-expect-error Not every animal is a dog.
  assert(map(new Channel<Animal>(), (dog: Dog) => dog.barks));
  // @ts-expect-error A string is not a number.
  assert(map(new Channel<string>(), (n: number) => n));
  const sender: Sender<Dog> = new Channel<Dog>();
  // @ts-expect-error Not a receiver. At run time a channel is both.
  assert(map(sender, nameOf));
  // @ts-expect-error No function.
  assertThrows(() => map(new Channel<Dog>()), TypeError);
});

Deno.test("map() refuses options of other types", () => {
  const none = () => new Channel<number>();
  const same = (n: number) => n;
  assertThrows(
    // @ts-expect-error A number.
    () => map(none(), same, { concurrency: "2" }),
    TypeError,
  );
  // @ts-expect-error A number, unlike the options of a channel.
  assertThrows(() => map(none(), same, { capacity: "2" }), TypeError);
  assertThrows(
    // @ts-expect-error A signal, not its controller.
    () => map(none(), same, { signal: new AbortController() }),
    TypeError,
  );
  // @ts-expect-error No such option.
  assert(map(none(), same, { limit: 2 }));
  const options: MapOptions = {
    concurrency: undefined,
    ordered: undefined,
    capacity: undefined,
    signal: undefined,
  };
  assert(map(none(), same, options));
});

Deno.test("ClosableReceiver is covariant, and cannot send", () => {
  assertType<
    IsAssignable<ClosableReceiver<Dog>, ClosableReceiver<Animal>>
  >(true);
  assertType<
    IsAssignable<ClosableReceiver<Animal>, ClosableReceiver<Dog>>
  >(false);
  assertType<IsAssignable<ClosableReceiver<Dog>, Receiver<Animal>>>(true);
  assertType<IsAssignable<Receiver<Dog>, ClosableReceiver<Dog>>>(false);
  assertType<IsAssignable<Channel<Dog>, ClosableReceiver<Animal>>>(true);
  assertType<IsAssignable<ClosableReceiver<Dog>, Sender<never>>>(false);
  const results = map(new Channel<Dog>(), (dog) => dog);
  const two: [unknown, unknown] = [1, 2];
  // @ts-expect-error One reason.
  results.close(...two);
  assert(results.closed);
});

Deno.test("broadcast() gives a tuple of as many as were asked for", () => {
  const source = new Channel<Dog>();
  const one = broadcast(source, 1);
  assertType<IsExact<typeof one, readonly [ClosableReceiver<Dog>]>>(true);
  const [first, second, ...none] = broadcast(source, 2);
  assertType<IsExact<typeof first, ClosableReceiver<Dog>>>(true);
  assertType<IsExact<typeof second, ClosableReceiver<Dog>>>(true);
  assertType<IsExact<typeof none, []>>(true);
  const five = broadcast(source, { subscribers: 5, capacity: 2 });
  assertType<IsExact<typeof five["length"], 5>>(true);
  assertType<IsExact<typeof five[4], ClosableReceiver<Dog>>>(true);
  assertEquals([one.length, none.length, five.length], [1, 0, 5]);
  // @ts-expect-error There are no more.
  assertEquals(one[1], undefined);
  const animals: readonly Receiver<Animal>[] = five;
  assertEquals(animals.length, 5);
});

Deno.test("broadcast() gives an array when the number is not known", () => {
  const source = new Channel<Dog>();
  const count: number = 2;
  const some = broadcast(source, count);
  assertType<IsExact<typeof some, readonly ClosableReceiver<Dog>[]>>(true);
  const options: BroadcastOptions<Dog> = { subscribers: count };
  const others = broadcast(source, options);
  assertType<IsExact<typeof others, readonly ClosableReceiver<Dog>[]>>(true);
  const list: ChannelOptions<Dog>[] = [{ capacity: 1 }, {}];
  const listed = broadcast(source, { subscribers: list });
  const same: readonly ClosableReceiver<Dog>[] = listed;
  assertEquals([some.length, others.length, same.length], [2, 2, 2]);
});

Deno.test("broadcast() gives a tuple of as many as have options", () => {
  const source = new Channel<Dog>();
  const [all, newest, ...none] = broadcast(source, {
    subscribers: [
      {},
      {
        capacity: 1,
        overflow: "drop-oldest",
        onDrop: (dog) => assertType<IsExact<typeof dog, Dog>>(true),
      },
    ],
  });
  assertType<IsExact<typeof all, ClosableReceiver<Dog>>>(true);
  assertType<IsExact<typeof newest, ClosableReceiver<Dog>>>(true);
  assertType<IsExact<typeof none, []>>(true);
  assertEquals([all.closed, newest.closed, none.length], [false, false, 0]);
});

Deno.test("broadcast() gives no tuple for what is no count", () => {
  type Some = readonly Dog[];
  assertType<IsExact<Tuple<Dog, -1>, Some>>(true);
  assertType<IsExact<Tuple<Dog, 1.5>, Some>>(true);
  assertType<IsExact<Tuple<Dog, 1e21>, Some>>(true);
  assertType<IsExact<Tuple<Dog, number>, Some>>(true);
  assertType<IsExact<Tuple<Dog, 3>, readonly [Dog, Dog, Dog]>>(true);
  assertType<IsExact<Tuple<Dog, 100>["length"], 100>>(true);
  assertThrows(() => broadcast(new Channel<Dog>(), -1), RangeError);
  assertThrows(() => broadcast(new Channel<Dog>(), 1.5), RangeError);
});

Deno.test("broadcast() knows the values that its options see", async () => {
  const dropped: string[] = [];
  const [all] = broadcast(ending(REX, REX), {
    subscribers: 1,
    capacity: 1,
    overflow: "drop-oldest",
    onDrop: (dog) => {
      assertType<IsExact<typeof dog, Dog>>(true);
      dropped.push(dog.name);
    },
  });
  assertType<IsExact<typeof all, ClosableReceiver<Dog>>>(true);
  await tick();
  assertEquals(dropped, ["Rex"]);
});

Deno.test("broadcast() refuses options of other types", () => {
  const source = new Channel<Dog>();
  // @ts-expect-error How many?
  assertThrows(() => broadcast(source), TypeError);
  // @ts-expect-error A number.
  assertThrows(() => broadcast(source, "2"), TypeError);
  // @ts-expect-error How many?
  assertThrows(() => broadcast(source, { capacity: 2 }), TypeError);
  assertThrows(
    // @ts-expect-error No such policy.
    () => broadcast(source, { subscribers: 2, overflow: "drop" }),
    TypeError,
  );
  // @ts-expect-error Not a receiver.
  assertThrows(() => broadcast([REX], 2), TypeError);
});

Deno.test("consume() resolves to nothing and takes any handler", async () => {
  const work = consume(ending(REX), (dog, signal) => {
    assertType<IsExact<typeof dog, Dog>>(true);
    assertType<IsExact<typeof signal, AbortSignal>>(true);
    return dog.name;
  });
  assertType<IsExact<typeof work, Promise<void>>>(true);
  const result: unknown = await work;
  assertEquals(result, undefined);
  const options: ConsumeOptions = { concurrency: undefined, signal: null };
  await consume(ending(REX), (_: Animal) => Promise.resolve(1), options);
  // @ts-expect-error Not every animal is a dog.
  await consume(ending<Animal>(REX), (dog: Dog) => dog.barks);
  // @ts-expect-error It has no results to order.
  await consume(ending(REX), () => {}, { ordered: true });
});

Deno.test("consume() refuses arguments of other types", async () => {
  // @ts-expect-error No handler.
  assert(await reasonOf(consume(ending(REX))) instanceof TypeError);
  // @ts-expect-error Not a receiver.
  assert(await reasonOf(consume([REX], () => {})) instanceof TypeError);
  const many = "2" as unknown;
  // @ts-expect-error A number.
  const work = consume(ending(REX), () => {}, { concurrency: many });
  assert(await reasonOf(work) instanceof TypeError);
});

Deno.test("ReceivedBy is the type of the values of a receiver", () => {
  assertType<IsExact<ReceivedBy<Receiver<Dog>>, Dog>>(true);
  assertType<IsExact<ReceivedBy<Channel<Dog>>, Dog>>(true);
  assertType<
    IsExact<ReceivedBy<Receiver<Dog> | Receiver<string>>, Dog | string>
  >(true);
  assertType<IsExact<ReceivedBy<string>, never>>(true);
});

Deno.test("broadcast() returns an array where the number is great or in doubt", () => {
  const few = (source: Receiver<number>, count: 1 | 2) =>
    broadcast(source, count);
  assertType<
    IsExact<
      ReturnType<typeof few>,
      | readonly [ClosableReceiver<number>]
      | readonly [ClosableReceiver<number>, ClosableReceiver<number>]
    >
  >(true);
  const many = (source: Receiver<number>) => broadcast(source, 1_000);
  assertType<
    IsExact<ReturnType<typeof many>, readonly ClosableReceiver<number>[]>
  >(true);
});
