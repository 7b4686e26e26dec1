// streams_types_test.ts: what the types of streams.ts promise, next to the same at run time.

import {
  assert,
  assertEquals,
  assertFalse,
  assertInstanceOf,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import type {
  Channel as StdChannel,
  ChannelOptions as StdChannelOptions,
} from "@std/async/channel";
import { assertType } from "@std/testing/types";
import type { IsExact } from "@std/testing/types";
import { Channel as Core } from "./channel.ts";
import type {
  ChannelConstructor,
  ChannelOptions,
  Producer,
  Receiver,
  Sender,
} from "./mod.ts";
import { Channel } from "./mod.ts";

interface Animal {
  name: string;
}

interface Dog extends Animal {
  barks: true;
}

const REX: Dog = { name: "Rex", barks: true };

/** Whether a value of the one type can stand where the other is asked for. */
type IsAssignable<From, To> = [From] extends [To] ? true : false;

/** The public part of std's channel; its private part is std's alone. */
type StdShape<T> = Pick<StdChannel<T>, keyof StdChannel<T>>;

Deno.test("Channel has all that the one in @std/async has, its stream included", async () => {
  assertType<IsAssignable<Channel<Dog>, StdShape<Dog>>>(true);
  // std's own ends, as a function may ask for them.
  type StdReceiver<T> = Pick<
    StdShape<T>,
    "receive" | "tryReceive" | "toReadableStream" | typeof Symbol.asyncIterator
  >;
  type StdSender<T> = Pick<StdShape<T>, "send" | "trySend" | "close">;
  assertType<IsAssignable<Channel<Dog>, StdReceiver<Animal>>>(true);
  assertType<IsAssignable<Channel<Dog>, StdSender<Dog>>>(true);
  const make: new <T>(options?: StdChannelOptions) => StdShape<T> = Channel;
  const channel = new make<Dog>({ capacity: 1 });
  assert(channel.trySend(REX));
  const read = (from: StdReceiver<Animal>) =>
    from.toReadableStream().getReader().read();
  assertEquals((await read(channel)).value?.name, "Rex");
});

Deno.test("Channel is one class, whichever entry point it comes from", () => {
  assertStrictEquals<unknown>(Channel, Core);
  assertType<IsAssignable<Channel<Dog>, Core<Dog>>>(true);
  assertType<IsAssignable<Core<Dog>, Channel<Dog>>>(false);
  const core: Core<Dog> = new Channel<Dog>();
  assertInstanceOf(core, Channel);
  // The type of an instance that was found is the whole one.
  assertEquals(core.producer().closed, false);
});

Deno.test("Channel lists none of its members as its own", () => {
  for (const one of [Channel, Channel.prototype, new Channel()]) {
    assertEquals(Object.keys(one), []);
  }
});

Deno.test("Channel of the main entry point is invariant, and both of its ends", () => {
  assertType<IsAssignable<Channel<Dog>, Channel<Animal>>>(false);
  assertType<IsAssignable<Channel<Animal>, Channel<Dog>>>(false);
  assertType<IsAssignable<Channel<Dog>, Receiver<Animal>>>(true);
  assertType<IsAssignable<Channel<Dog>, Sender<Animal>>>(false);
  assertType<IsAssignable<Channel<Animal>, Sender<Dog>>>(true);
  assertEquals(new Channel<Dog>().closed, false);
});

Deno.test("Producer is contravariant, and a sender that can be disposed", () => {
  assertType<IsAssignable<Producer<Animal>, Producer<Dog>>>(true);
  assertType<IsAssignable<Producer<Dog>, Producer<Animal>>>(false);
  assertType<IsAssignable<Producer<Animal>, Sender<Dog>>>(true);
  assertType<IsAssignable<Producer<Dog>, Sender<Animal>>>(false);
  assertType<IsAssignable<Producer<Dog>, Disposable & AsyncDisposable>>(true);
  assertType<IsAssignable<Producer<Dog>, Receiver<unknown>>>(false);
  const animals = new Channel<Animal>(1);
  assertType<
    IsExact<ReturnType<typeof animals.producer>, Producer<Animal>>
  >(true);
  const dogs: Producer<Dog> = animals.producer();
  // @ts-expect-error Not every animal is a dog.
  assert(dogs.trySend({ name: "Tom" }));
  // @ts-expect-error One reason.
  dogs.close(1, 2);
  assert(animals.closed);
});

Deno.test("Channel has streams of its values", () => {
  const dogs = new Channel<Dog>(1);
  assertType<
    IsExact<ReturnType<typeof dogs.toReadableStream>, ReadableStream<Dog>>
  >(true);
  assertType<
    IsExact<ReturnType<typeof dogs.toWritableStream>, WritableStream<Dog>>
  >(true);
  assertInstanceOf(dogs.toReadableStream(), ReadableStream);
  assertInstanceOf(dogs.toWritableStream(), WritableStream);
});

Deno.test("Channel can be extended", async () => {
  class Counted<T> extends Channel<T> {
    sent = 0;

    override trySend(value: T): boolean {
      const accepted = super.trySend(value);
      if (accepted) this.sent++;
      return accepted;
    }
  }
  const dogs = new Counted<Dog>({ capacity: 2 });
  assertType<IsAssignable<Counted<Dog>, Channel<Dog>>>(true);
  assertType<IsAssignable<Counted<Dog>, Receiver<Animal>>>(true);
  const producer = dogs.producer();
  assert(producer.trySend(REX));
  producer.close();
  assertEquals([dogs.sent, dogs.closed], [1, true]);
  assertInstanceOf(dogs, Channel);
  const seen: Dog[] = [];
  for await (const dog of dogs) seen.push(dog);
  assertEquals(seen, [REX]);
  // What fills itself is a plain channel.
  assertType<IsExact<ReturnType<typeof Counted.from<Dog>>, Channel<Dog>>>(true);
  assertFalse(Counted.from([REX]) instanceof Counted);
});

Deno.test("ChannelConstructor is the type of the class", () => {
  assertType<IsExact<typeof Channel, ChannelConstructor>>(true);
  assertType<IsExact<InstanceType<typeof Channel>, Channel<unknown>>>(true);
  const make = <T>(Class: ChannelConstructor, values: T[]): Channel<T> => {
    const channel = new Class<T>({ capacity: values.length });
    for (const value of values) channel.sendNow(value);
    return channel;
  };
  assertEquals(make(Channel, [REX]).drain(), [REX]);
  const byDrop = new Channel({ capacity: 2, onDrop: (_: Dog) => {} });
  assertType<IsExact<typeof byDrop, Channel<Dog>>>(true);
  type Given = ConstructorParameters<typeof Channel>[0];
  assertType<IsExact<Given, number | ChannelOptions<unknown> | undefined>>(
    true,
  );
});

Deno.test("Channel.from() infers its values from the source", async () => {
  const ofArray = Channel.from([REX]);
  assertType<IsExact<typeof ofArray, Channel<Dog>>>(true);
  const ofText = Channel.from("Rex");
  assertType<IsExact<typeof ofText, Channel<string>>>(true);
  const ofMap = Channel.from(new Map([["Rex", REX]]));
  assertType<IsExact<typeof ofMap, Channel<[string, Dog]>>>(true);
  const ofGenerator = Channel.from((function* () {
    yield 1;
  })());
  assertType<IsExact<typeof ofGenerator, Channel<number>>>(true);
  const ofLater = Channel.from((async function* () {
    yield REX;
  })());
  assertType<IsExact<typeof ofLater, Channel<Dog>>>(true);
  const ofStream = Channel.from(new Blob(["Rex"]).stream());
  assertType<IsExact<typeof ofStream, Channel<Uint8Array<ArrayBuffer>>>>(true);
  const ofChannel = Channel.from(Channel.from([REX]).toReadableStream());
  assertType<IsExact<typeof ofChannel, Channel<Dog>>>(true);
  const ofPromises = Channel.from([Promise.resolve(REX)]);
  assertType<IsExact<typeof ofPromises, Channel<Promise<Dog>>>>(true);
  const wider = Channel.from<Animal>([REX]);
  assertType<IsExact<typeof wider, Channel<Animal>>>(true);
  assertEquals((await wider.receive()).name, "Rex");
  assertEquals((await ofChannel.receive()).barks, true);
  assertEquals((await ofStream.receive()).length, 3);
});

Deno.test("Channel.from() takes the options of the constructor", () => {
  const dropped: Dog[] = [];
  const dogs = Channel.from([REX], {
    capacity: 1,
    overflow: "drop-oldest",
    onDrop: (dog) => dropped.push(dog),
  });
  assertType<IsExact<typeof dogs, Channel<Dog>>>(true);
  dogs.cancel();
  assertEquals(dropped, [REX]);
  // @ts-expect-error A capacity is a number.
  assertThrows(() => Channel.from([REX], "1"), TypeError);
  // @ts-expect-error No such policy.
  assertThrows(() => Channel.from([REX], { overflow: "drop" }), TypeError);
  // @ts-expect-error Not iterable.
  assertThrows(() => Channel.from(REX), TypeError);
  // @ts-expect-error A source is needed.
  assertThrows(() => Channel.from(), TypeError);
});
