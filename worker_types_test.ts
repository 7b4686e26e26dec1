// worker_types_test.ts: the types of the ends that are in other threads.

import { assertType } from "@std/testing/types";
import type { IsExact } from "@std/testing/types";
import type { Animal, Dog, IsAssignable } from "./_testing.ts";
import type { ClosableReceiver, Receiver, Sender } from "./mod.ts";
import { Channel, select, sending } from "./mod.ts";
import type {
  PoolOptions,
  PortSenderOptions,
  Shared,
  ShareReceiverOptions,
} from "./worker.ts";
import { pool, receiver, sender, serve, share } from "./worker.ts";

// Called by nobody: what is checked is that it compiles.
async function compiled(port: MessagePort, url: URL): Promise<void> {
  const dogs = receiver<Dog>(port);
  assertType<IsExact<typeof dogs, Receiver<Dog> & AsyncDisposable>>(true);
  const out = sender<Animal>(port, { transfer: ({ name }) => [name as never] });
  assertType<IsExact<typeof out, Sender<Animal> & AsyncDisposable>>(true);

  const result = await select({ dog: dogs, out: sending(out, { name: "a" }) });
  if (result.key === "dog" && result.state === "ok") {
    assertType<IsExact<typeof result.value, Dog>>(true);
  }
  for await (const dog of dogs) assertType<IsExact<typeof dog, Dog>>(true);

  const lengths = pool<Dog, number>(dogs, url, { size: 2, transfer: () => [] });
  assertType<IsExact<typeof lengths, ClosableReceiver<number>>>(true);

  const channel = new Channel<Dog>();
  share(channel, {
    as: "receiver",
    transfer(dog) {
      assertType<IsExact<typeof dog, Dog>>(true);
      return [];
    },
  });
  const shared = share(channel.producer(), { as: "sender", window: 2 });
  assertType<IsExact<typeof shared, Shared>>(true);
  // @ts-expect-error: a producer has nothing to receive
  share(channel.producer(), { as: "receiver" });
  // @ts-expect-error: transfer is of the thread that sends
  share(channel, { as: "sender", transfer: () => [] });
  // @ts-expect-error: it must be said which end
  share(channel, {});
  // @ts-expect-error: a path is no URL
  pool(dogs, "./worker.ts");
  // @ts-expect-error: a handler takes a value
  serve("handler");
  serve((dog: Dog, signal) => {
    assertType<IsExact<typeof signal, AbortSignal>>(true);
    return dog.name.length;
  }, {
    transfer(length) {
      assertType<IsExact<typeof length, number>>(true);
      return [];
    },
  });
  serve(async (dog: Dog) => await Promise.resolve(dog), {
    transfer(dog) {
      assertType<IsExact<typeof dog, Dog>>(true);
      return [];
    },
  });
}

Deno.test("the ends in other threads have the types of the ends", () => {
  assertType<IsExact<typeof compiled, typeof compiled>>(true);
});

Deno.test("options that take a value are contravariant in it", () => {
  assertType<
    IsAssignable<ShareReceiverOptions<Animal>, ShareReceiverOptions<Dog>>
  >(true);
  assertType<
    IsAssignable<ShareReceiverOptions<Dog>, ShareReceiverOptions<Animal>>
  >(false);
  assertType<IsAssignable<PortSenderOptions<Animal>, PortSenderOptions<Dog>>>(
    true,
  );
  assertType<IsAssignable<PortSenderOptions<Dog>, PortSenderOptions<Animal>>>(
    false,
  );
  assertType<IsAssignable<PoolOptions<Animal>, PoolOptions<Dog>>>(true);
  assertType<IsAssignable<PoolOptions<Dog>, PoolOptions<Animal>>>(false);
});
