// worker_pool_ends_test.ts: how pools of threads end: errors, deaths, signals.

import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertStrictEquals,
} from "@std/assert";
import { all, settled, trap, until } from "./_ports_testing.ts";
import { holding, reasonOf, tick, unhandledIn, waiting } from "./_testing.ts";
import type { Order } from "./_thread_testing.ts";
import { Channel, ChannelError } from "./mod.ts";
import type { PoolOptions } from "./worker.ts";
import { pool } from "./worker.ts";
import {
  IDLE_DEATH,
  ordersOf,
  replacedWorker,
  squares,
  WORKER,
} from "./_pool_testing.ts";

Deno.test("an error of the handler ends the pool, and the value goes back", async () => {
  const error = new RangeError("bad", { cause: "deep" });
  const source = new Channel<Order>(4);
  const order: Order = { act: "fail", error };
  source.sendNow(order);
  const results = pool<Order, number>(source, WORKER, { size: 1 });
  const reason = await reasonOf(results.receive()) as Error;
  assertInstanceOf(reason, RangeError);
  assertEquals([reason.message, reason.cause], ["bad", "deep"]);
  await until(() => source.size === 1);
  assertStrictEquals(source.receiveNow(), order);
  assert(source.closed);
  await source.join();
});

Deno.test("a result that cannot be cloned is an error of its own", async () => {
  const source = ordersOf({ act: "function" });
  const reason = await reasonOf(all(pool(source, WORKER, { size: 1 })));
  assertEquals((reason as Error).name, "DataCloneError");
  source.drain();
});

Deno.test("a value that cannot be cloned ends the pool, and goes back", async () => {
  const source = holding<unknown>(() => {});
  const results = pool(source, WORKER, { size: 1 });
  assertEquals(
    (await reasonOf(results.receive()) as Error).name,
    "DataCloneError",
  );
  await until(() => source.size === 1);
});

Deno.test("the values of a thread that dies go to another one", async () => {
  const counter = new SharedArrayBuffer(4);
  const source = ordersOf(
    ...squares(1),
    { act: "die once", counter },
    ...squares(2, 3, 4, 5),
  );
  const results = await all(pool(source, WORKER, { size: 2, ordered: true }));
  assertEquals(results, [1, "alive", 4, 9, 16, 25]);
  await source.join();
});

Deno.test("a value that kills three threads ends the pool, and goes back", async () => {
  const source = ordersOf({ act: "die" }, ...squares(1));
  const results = pool(source, WORKER, { size: 1, window: 1 });
  const reason = await reasonOf(all(results)) as Error;
  assertInstanceOf(reason, ChannelError);
  assert(reason.message.startsWith("Cannot work: a worker has died"));
  await until(() => source.size === 2);
  assertEquals(source.drain().map(({ act }) => act), ["die", "square"]);
  await source.join();
});

Deno.test("a module that cannot be loaded ends the pool", async () => {
  const source = ordersOf(...squares(1));
  const nowhere = new URL("./_no_such_module.ts", import.meta.url);
  const reason = await reasonOf(all(pool(source, nowhere, { size: 2 })));
  assertInstanceOf(reason, ChannelError);
  await until(() => source.size === 1);
  source.drain();
});

Deno.test("a signal ends the pool, and handlers hear of it", async () => {
  const flag = new SharedArrayBuffer(4);
  const source = new Channel<Order>(2);
  source.sendNow({ act: "wait", flag });
  const controller = new AbortController();
  const results = pool(source, WORKER, { size: 1, signal: controller.signal });
  await until(() => new Int32Array(flag)[0] === 1);
  controller.abort("enough");
  assertEquals(await reasonOf(results.receive()), "enough");
  await until(() => new Int32Array(flag)[0] === 2);
  await until(() => source.size === 1);
  assert(source.closed);
});

Deno.test("a signal that is aborted already starts no thread", async () => {
  const source = ordersOf(...squares(1));
  using _ = replacedWorker(() => {
    throw new Error("started");
  });
  const signal = AbortSignal.abort("before");
  const results = pool(source, WORKER, { size: 2, signal });
  assertEquals(await reasonOf(results.receive()), "before");
  assertEquals(source.size, 1);
});

Deno.test("a thread that cannot be started ends the pool", async () => {
  const source = ordersOf(...squares(1));
  using _ = replacedWorker(() => {
    throw new Error("forbidden");
  });
  const results = pool(source, WORKER, { size: 2 });
  assertEquals(`${await reasonOf(results.receive())}`, "Error: forbidden");
  await until(() => source.size === 1);
  source.drain();
});

Deno.test("a thread that cannot be replaced ends the pool", async () => {
  const source = ordersOf(...squares(1), { act: "die" });
  let started = 0;
  using _ = replacedWorker(() => {
    if (started++ > 0) throw new Error("forbidden");
  });
  const results = pool<Order, number>(source, WORKER, { size: 1 });
  assertEquals(await results.receive(), 1);
  assertEquals(`${await reasonOf(results.receive())}`, "Error: forbidden");
  await until(() => source.size === 1);
  source.drain();
});

Deno.test("threads that die idle, again and again, end the pool", async () => {
  const source = new Channel<Order>(1);
  let started = 0;
  using _ = replacedWorker(() => started++);
  const results = pool<Order, number>(source, IDLE_DEATH, { size: 2 });
  const reason = await reasonOf(results.receive()) as Error;
  assertInstanceOf(reason, ChannelError);
  assert(/a worker has died/.test(reason.message), reason.message);
  assert(source.closed);
  assert(started <= 7); // two, and one for each of five deaths
});

Deno.test("threads that die idle after they have worked are replaced", async () => {
  const source = new Channel<Order>(1);
  let started = 0;
  using _ = replacedWorker(() => started++);
  const results = pool<Order, number>(source, IDLE_DEATH, { size: 1 });
  for (let n = 1; n <= 5; n++) {
    await source.send({ act: "square", n });
    assertEquals(await results.receive(), n * n);
    await until(() => started > n);
  }
  source.close();
  await source.join();
});

for (const by of ["transfer", "a value"]) {
  let results: ReturnType<typeof pool<unknown, unknown>>;
  Deno.test(`a pool that ${by} ends while jobs are posted goes on with none`, async () => {
    const values = [1, 2, 3] as unknown[];
    const act = (): void => results.close();
    if (by === "a value") values[0] = trap(act);
    const source = holding(...values);
    const unhandled = await unhandledIn(async () => {
      results = pool<unknown, unknown>(source, WORKER, {
        size: 1,
        window: 3,
        transfer: by === "transfer"
          ? (value) => (value === 1 && act(), [])
          : undefined,
      });
      await reasonOf(results.receive());
      await until(() => source.size === 3);
    });
    assertEquals(unhandled, []);
    assertEquals(source.snapshot(), values);
    source.drain();
  });
}

Deno.test("a transfer that returns no array ends the pool, and the value goes back", async () => {
  const source = holding(1);
  const transfer = () => new Set() as unknown as Transferable[];
  const results = pool(source, WORKER, { size: 1, transfer });
  assertEquals(
    `${await reasonOf(results.receive())}`,
    "TypeError: Cannot transfer: transfer must return an array",
  );
  await until(() => source.size === 1);
  source.drain();
});

const ENDS: Record<string, [() => Event, string]> = {
  "that tells of its end": [
    () => new Event("close"),
    "Cannot work: a worker has died",
  ],
  "with an error": [
    () =>
      new ErrorEvent("error", { error: new Error("bad"), cancelable: true }),
    "Cannot work: a worker has died: bad",
  ],
  "with a message": [
    () => new ErrorEvent("error", { message: "bad", cancelable: true }),
    "Cannot work: a worker has died: bad",
  ],
  "with nothing": [
    () => new ErrorEvent("error", { cancelable: true }),
    "Cannot work: a worker has died: it could not be loaded",
  ],
};

for (const [name, [event, message]] of Object.entries(ENDS)) {
  Deno.test(`a thread that dies before it is ready ends the pool (${name})`, async () => {
    const { Worker } = globalThis;
    const threads: Worker[] = [];
    class Kept extends Worker {
      constructor(url: string | URL, options?: WorkerOptions) {
        super(url, options);
        threads.push(this);
      }
    }
    using _ = replacedWorker(() => {}, Kept);
    const source = ordersOf(...squares(1));
    const results = pool(source, WORKER, { size: 1 });
    threads[0]!.dispatchEvent(event());
    const error = await reasonOf(results.receive()) as Error;
    assertInstanceOf(error, ChannelError);
    assertEquals(error.message, message);
    await until(() => source.size === 1);
    source.drain();
  });
}

Deno.test("a thread that dies while the pool waits for it is let go", async () => {
  const flag = new SharedArrayBuffer(4);
  const source = ordersOf({ act: "die at the end", flag });
  const results = pool(source, WORKER, { size: 1 });
  await until(() => new Int32Array(flag)[0] === 1);
  results.close();
  await until(() => source.size === 1);
  await settled();
});

Deno.test("leaving the loop over the results ends the pool", async () => {
  const source = new Channel<Order>(10);
  for (const order of squares(1, 2, 3, 4, 5, 6)) source.sendNow(order);
  const results = pool<Order, number>(source, WORKER, { size: 1, window: 1 });
  for await (const result of results) if (result === 1) break;
  assert(source.closed);
  await tick();
  assertEquals(waiting(source), [0, 0]);
  source.cancel();
  await source.join();
});

Deno.test("what is transferred to a thread that dies is lost, and ends the pool", async () => {
  const lost: Order[] = [];
  const options: PoolOptions<Order> = {
    size: 1,
    transfer: (order) => order.act === "length" ? [order.buffer] : [],
    onLost: (order) => lost.push(order),
  };
  const lengths = ordersOf({ act: "length", buffer: new ArrayBuffer(7) });
  assertEquals(await all(pool(lengths, WORKER, options)), [7]);
  await lengths.join();
  assertEquals(lost, []);
  const order: Order = { act: "length", buffer: new ArrayBuffer(7) };
  const source = ordersOf({ act: "die" }, order);
  assertInstanceOf(
    await reasonOf(all(pool(source, WORKER, options))),
    ChannelError,
  );
  await until(() => lost.length === 1);
  assertStrictEquals(lost[0], order);
  assertEquals(source.drain().map(({ act }) => act), ["die"]);
  await source.join();
});

Deno.test("what onLost throws does not hide why a pool has ended", async () => {
  const error = new Error("from onLost");
  const unhandled = await unhandledIn(async () => {
    const source = ordersOf(
      { act: "die" },
      { act: "length", buffer: new ArrayBuffer(7) },
    );
    const results = pool<Order, number>(source, WORKER, {
      size: 1,
      transfer: (order) => order.act === "length" ? [order.buffer] : [],
      onLost() {
        throw error;
      },
    });
    assertInstanceOf(await reasonOf(all(results)), ChannelError);
    await until(() => source.size === 1);
  });
  assertEquals(unhandled, [error]);
});
