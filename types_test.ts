// types_test.ts: what the types promise, next to the same at run time.

import { assert, assertEquals, assertThrows } from "@std/assert";
import type { Animal, Dog, IsAssignable } from "./_testing.ts";
import { holding, REX } from "./_testing.ts";
import type {
  Channel as StdChannel,
  ChannelOptions as StdChannelOptions,
  ChannelReceiveResult as StdChannelReceiveResult,
} from "@std/async/channel";
import { assertType } from "@std/testing/types";
import type { IsExact } from "@std/testing/types";
import type {
  ChannelEmptyError,
  ChannelError,
  ChannelFullError,
  ChannelOptions,
  ChannelReceiveResult,
  ClosableReceiver,
  Receiver,
  SelectResult,
  SendCase,
  Sender,
} from "./mod.ts";
import {
  Channel,
  ChannelClosedError,
  select,
  selectEach,
  sending,
  trySelect,
} from "./mod.ts";

Deno.test("Receiver is covariant", async () => {
  assertType<IsAssignable<Receiver<Dog>, Receiver<Animal>>>(true);
  assertType<IsAssignable<Receiver<Animal>, Receiver<Dog>>>(false);
  assertType<IsAssignable<Channel<Dog>, Receiver<Animal>>>(true);
  assertType<IsAssignable<Channel<Animal>, Receiver<Dog>>>(false);
  const animals: Receiver<Animal> = holding(REX);
  assertEquals((await animals.receive()).name, "Rex");
});

Deno.test("Sender is contravariant", () => {
  assertType<IsAssignable<Sender<Animal>, Sender<Dog>>>(true);
  assertType<IsAssignable<Sender<Dog>, Sender<Animal>>>(false);
  assertType<IsAssignable<Channel<Animal>, Sender<Dog>>>(true);
  assertType<IsAssignable<Channel<Dog>, Sender<Animal>>>(false);
  const animals = new Channel<Animal>(1);
  const dogs: Sender<Dog> = animals;
  assert(dogs.trySend(REX));
  // @ts-expect-error Not every animal is a dog.
  assert(!dogs.trySend({ name: "Tom" }));
});

Deno.test("Channel is invariant, and assignable to its own ends", () => {
  assertType<IsAssignable<Channel<Dog>, Channel<Animal>>>(false);
  assertType<IsAssignable<Channel<Animal>, Channel<Dog>>>(false);
  assertType<IsAssignable<Channel<Dog>, Channel<Dog>>>(true);
  assertType<IsAssignable<Channel<Dog>, Sender<Dog> & Receiver<Dog>>>(true);
  const feed = (to: Sender<Animal>) => to.trySend({ name: "Tom" });
  // @ts-expect-error A channel of dogs cannot take any animal.
  assert(feed(new Channel<Dog>(1)));
});

Deno.test("ClosableReceiver is covariant, and closes", () => {
  type Closable<T> = ClosableReceiver<T>;
  assertType<IsAssignable<Closable<Dog>, Closable<Animal>>>(true);
  assertType<IsAssignable<Closable<Animal>, Closable<Dog>>>(false);
  assertType<IsAssignable<Channel<Dog>, Closable<Animal>>>(true);
  assertType<IsAssignable<Closable<Dog>, Sender<Dog>>>(false);
  const dogs = holding(REX);
  const animals: ClosableReceiver<Animal> = dogs;
  animals.close("over");
  assert(dogs.closed);
});

Deno.test("an interface can extend both ends", () => {
  interface Duplex<T> extends Sender<T>, Receiver<T> {
    readonly name: string;
  }
  const duplex: Duplex<Dog> = Object.assign(new Channel<Dog>(1), {
    name: "dogs",
  });
  assertType<IsAssignable<Duplex<Dog>, Receiver<Animal>>>(true);
  assertType<IsAssignable<Duplex<Dog>, Sender<Animal>>>(false);
  assert(duplex.trySend(REX));
});

Deno.test("Receiver cannot send, Sender cannot receive", () => {
  assertType<IsAssignable<Receiver<Dog>, Sender<never>>>(false);
  assertType<IsAssignable<Sender<Dog>, Receiver<unknown>>>(false);
  const names = (end: Receiver<Dog> | Sender<Dog>): string[] => [
    // @ts-expect-error A receiver has no `trySend`.
    typeof (end as Receiver<Dog>).trySend,
    // @ts-expect-error A sender has no `tryReceive`.
    typeof (end as Sender<Dog>).tryReceive,
  ];
  assertEquals(names(new Channel<Dog>()), ["function", "function"]);
});

Deno.test("new Channel() infers its values from the options", () => {
  const byDefault = new Channel();
  assertType<IsExact<typeof byDefault, Channel<unknown>>>(true);
  const byCapacity = new Channel({ capacity: 2 });
  assertType<IsExact<typeof byCapacity, Channel<unknown>>>(true);
  const byDrop = new Channel({ capacity: 2, onDrop: (_: Dog) => {} });
  assertType<IsExact<typeof byDrop, Channel<Dog>>>(true);
  const byContext: Channel<Dog> = new Channel({
    capacity: 1,
    overflow: "drop-oldest",
  });
  assert(byContext.trySend(REX));
  const byOptions = new Channel<Dog>({ onDrop: (dog) => dog.barks });
  assertType<IsExact<typeof byOptions, Channel<Dog>>>(true);
});

Deno.test("new Channel() refuses options of other types", () => {
  // @ts-expect-error A capacity is a number.
  assertThrows(() => new Channel("3"), TypeError);
  // @ts-expect-error A capacity is a number.
  assertThrows(() => new Channel({ capacity: 3n }), TypeError);
  // @ts-expect-error No such policy.
  assertThrows(() => new Channel({ capacity: 1, overflow: "drop" }), TypeError);
  // @ts-expect-error Not a function.
  assertThrows(() => new Channel({ capacity: 1, onDrop: "log" }), TypeError);
  // @ts-expect-error No such option.
  assertEquals(new Channel({ size: 3 }).capacity, 0);
});

Deno.test("Channel has read-only properties", () => {
  const channel = new Channel<Dog>(2);
  // @ts-expect-error Read-only.
  assertThrows(() => channel.size = 1, TypeError);
  // @ts-expect-error Read-only.
  assertThrows(() => channel.capacity = 1, TypeError);
  // @ts-expect-error Read-only.
  assertThrows(() => channel.closed = true, TypeError);
  assertEquals([channel.size, channel.capacity, channel.closed], [0, 2, false]);
});

Deno.test("tryReceive() is narrowed by its state", () => {
  const result = holding(REX).tryReceive();
  assertType<IsExact<typeof result, ChannelReceiveResult<Dog>>>(true);
  assertType<IsExact<typeof result.state, "ok" | "empty" | "closed">>(true);
  assert(result.state === "ok");
  assertType<IsExact<typeof result.value, Dog>>(true);
  const nothing = new Channel<Dog>().tryReceive();
  assert(nothing.state !== "ok");
  // @ts-expect-error Nothing was received.
  assertEquals(nothing.value, undefined);
});

Deno.test("Receiver gives values of its type on every path", async () => {
  const dogs = holding(REX);
  assertType<IsExact<ReturnType<typeof dogs.receive>, Promise<Dog>>>(true);
  assertType<IsExact<ReturnType<typeof dogs.receiveNow>, Dog>>(true);
  assertType<IsExact<ReturnType<typeof dogs.receiveMany>, Promise<Dog[]>>>(
    true,
  );
  assertType<IsExact<ReturnType<typeof dogs.drain>, Dog[]>>(true);
  assertType<IsExact<ReturnType<typeof dogs.snapshot>, Dog[]>>(true);
  assertType<IsExact<ReturnType<typeof dogs.peek>, ChannelReceiveResult<Dog>>>(
    true,
  );
  dogs.close();
  for await (const dog of dogs) assertType<IsExact<typeof dog, Dog>>(true);
  for await (const batch of dogs.batches()) {
    assertType<IsExact<typeof batch, Dog[]>>(true);
  }
  assert(dogs.drained);
});

Deno.test("close() and cancel() take one reason at most", () => {
  assertType<IsExact<Parameters<Sender<Dog>["close"]>, [reason: unknown] | []>>(
    true,
  );
  new Channel<Dog>().close();
  new Channel<Dog>().close(undefined);
  new Channel<Dog>().close(new Error("over"));
  new Channel<Dog>().cancel("over");
  const channel = new Channel<Dog>();
  // @ts-expect-error One reason.
  channel.close(1, 2);
  // @ts-expect-error One reason.
  channel.cancel(1, 2);
  assert(channel.closed);
});

Deno.test("ChannelClosedError.value is unknown", () => {
  const error = new ChannelClosedError("Cannot send: channel is closed", REX);
  assertType<IsExact<typeof error.value, unknown>>(true);
  // @ts-expect-error Unknown, so it has no known properties.
  assertEquals(error.value.name, "Rex");
  // @ts-expect-error Read-only.
  assertThrows(() => error.value = 1, TypeError);
  const two: [unknown, unknown] = [1, 2];
  // @ts-expect-error One value.
  assert(new ChannelClosedError("Cannot send", ...two) instanceof Error);
  assertType<IsAssignable<ChannelClosedError, ChannelError>>(true);
  assertType<IsAssignable<ChannelFullError, ChannelError>>(true);
  assertType<IsAssignable<ChannelEmptyError, ChannelError>>(true);
});

Deno.test("select() over a record is narrowed by key and state", async () => {
  const out = new Channel<boolean>();
  const cases = {
    dog: holding(REX),
    count: new Channel<number>(),
    out: sending(out, true),
  };
  const result = await select(cases);
  type Expected =
    | { key: "dog"; state: "ok"; value: Dog }
    | { key: "dog"; state: "closed"; reason: unknown }
    | { key: "count"; state: "ok"; value: number }
    | { key: "count"; state: "closed"; reason: unknown }
    | { key: "out"; state: "ok"; value: undefined };
  assertType<IsExact<typeof result, Expected>>(true);
  assertType<IsExact<SelectResult<typeof cases>, Expected>>(true);
  switch (result.key) {
    case "dog":
      if (result.state === "ok") {
        assertType<IsExact<typeof result.value, Dog>>(true);
        assertEquals(result.value.name, "Rex");
      } else {
        assertType<IsExact<typeof result.reason, unknown>>(true);
        // @ts-expect-error An end has no value.
        assertEquals(result.value, undefined);
      }
      break;
    case "count":
      if (result.state === "ok") {
        assertType<IsExact<typeof result.value, number>>(true);
      }
      // @ts-expect-error Not every result has a value.
      throw new Error(result.value);
    case "out":
      assertType<IsExact<typeof result.state, "ok">>(true);
      assertType<IsExact<typeof result.value, undefined>>(true);
      throw new Error("sent");
    default:
      assertType<IsExact<typeof result, never>>(true);
  }
});

Deno.test("select() over a tuple is narrowed by its index", async () => {
  const result = await select([holding(REX), new Channel<number>()]);
  assertType<IsExact<typeof result.key, 0 | 1>>(true);
  assert(result.key === 0 && result.state === "ok");
  assertType<IsExact<typeof result.value, Dog>>(true);
  assertEquals(result.value, REX);
  const given = [new Channel<number>(), holding(REX)] as const;
  const second = await select(given);
  assert(second.key === 1 && second.state === "ok");
  assertType<IsExact<typeof second.value, Dog>>(true);
});

Deno.test("select() over a plain array has a number for a key", async () => {
  const dogs: Channel<Dog>[] = [Channel.from([REX])];
  const result = await select(dogs);
  assertType<IsExact<typeof result.key, number>>(true);
  assert(result.state === "ok");
  assertType<IsExact<typeof result.value, Dog>>(true);
  const readonlyDogs: readonly (Receiver<Dog> | null)[] = [null, holding(REX)];
  const other = await select(readonlyDogs);
  assertType<
    IsExact<
      typeof other,
      typeof result | { key: number; state: "closed"; reason: unknown }
    >
  >(true);
  assertEquals(other.key, 1);
});

Deno.test("select() over a record of any size has a string for a key", async () => {
  const dogs: Record<string, Receiver<Dog>> = { rex: holding(REX) };
  const result = await select(dogs);
  assertType<IsExact<typeof result.key, string>>(true);
  assertEquals(result.key, "rex");
  const numbered = await select({ 7: holding(REX) });
  assertType<IsExact<typeof numbered.key, "7">>(true);
  assertEquals(numbered.key, "7");
});

Deno.test("select() leaves cases that are never ready out of its result", async () => {
  const maybe = holding(REX) as Channel<Dog> | null | undefined | false;
  const result = await select({
    maybe,
    none: null,
    nor: undefined,
    no: false,
    nowhere: sending(null as Sender<Dog> | null, REX),
  });
  assertType<IsExact<typeof result.key, "maybe" | "nowhere">>(true);
  assert(result.key === "maybe" && result.state === "ok");
  assertType<IsExact<typeof result.value, Dog>>(true);
});

Deno.test("select() takes the ends alone, and refuses the wrong end", () => {
  const dogs = new Channel<Dog>();
  const receiver: Receiver<Dog> = dogs;
  const sender: Sender<Dog> = dogs;
  assertEquals(trySelect({ receiver, out: sending(sender, REX) }), undefined);
  // @ts-expect-error Not a receive case.
  assertEquals(trySelect({ sender }), undefined);
  // @ts-expect-error Not a receive case.
  assertEquals(trySelect([sender]), undefined);
  // @ts-expect-error Not an end to send to.
  assertEquals(trySelect([sending(receiver, REX)]), undefined);
  // @ts-expect-error Not a case.
  assertThrows(() => trySelect([1]), TypeError);
});

Deno.test("sending() takes what its sender takes", () => {
  const animals = new Channel<Animal>(2);
  assertType<IsAssignable<ReturnType<typeof sending<Dog>>, SendCase<Animal>>>(
    true,
  );
  assertEquals(trySelect({ out: sending(animals, REX) })?.key, "out");
  const dogs = new Channel<Dog>();
  // @ts-expect-error Not a dog.
  assertEquals(trySelect([sending(dogs, { name: "Tom" })]), undefined);
  // @ts-expect-error Not a dog.
  assertEquals(trySelect([sending(dogs, "Rex")]), undefined);
  // @ts-expect-error A value is needed.
  assertEquals(trySelect([sending(dogs)]), undefined);
  const read: unknown = sending(dogs, REX).value;
  assertEquals(read, REX);
});

Deno.test("trySelect() may find nothing", () => {
  const cases = { dog: new Channel<Dog>() };
  const result = trySelect(cases);
  assertType<IsExact<typeof result, SelectResult<typeof cases> | undefined>>(
    true,
  );
  // @ts-expect-error There may be no result.
  assertThrows(() => result.key, TypeError);
  // @ts-expect-error It does not wait, so it takes no signal.
  assertEquals(trySelect(cases, { signal: null }), undefined);
});

Deno.test("selectEach() iterates over what select() gives", async () => {
  const cases = { dog: holding(REX), none: null };
  cases.dog.close();
  const iterator = selectEach(cases);
  assertType<
    IsExact<typeof iterator, AsyncIterableIterator<SelectResult<typeof cases>>>
  >(true);
  let values = 0;
  for await (const result of iterator) {
    assertType<
      IsExact<
        typeof result,
        | { key: "dog"; state: "ok"; value: Dog }
        | { key: "dog"; state: "closed"; reason: unknown }
      >
    >(true);
    if (result.state === "ok") values++;
  }
  assertEquals(values, 1);
});

Deno.test("Channel takes the place of the one in @std/async", async () => {
  assertType<IsAssignable<StdChannelOptions, ChannelOptions>>(true);
  assertType<IsAssignable<StdChannelOptions, ChannelOptions<Dog>>>(true);
  assertType<IsExact<ChannelReceiveResult<Dog>, StdChannelReceiveResult<Dog>>>(
    true,
  );
  // Its private part is std's alone.
  type StdShape = Pick<StdChannel<Dog>, keyof StdChannel<Dog>>;
  assertType<IsAssignable<Channel<Dog>, StdShape>>(true);
  const options: StdChannelOptions = { capacity: 1 };
  const channel: StdShape = new Channel<Dog>(options);
  const { signal } = new AbortController();
  await channel.send(REX, { signal });
  assertEquals(await channel.receive({ signal }), REX);
});
