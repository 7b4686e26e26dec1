// worker_pool_test.ts: pools of threads.

import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
} from "@std/assert";
import { all, settled, until } from "./_ports_testing.ts";
import { holding, reasonOf, tick, waiting } from "./_testing.ts";
import type { Order } from "./_thread_testing.ts";
import { Channel, ChannelError, merge } from "./mod.ts";
import type { PoolOptions } from "./worker.ts";
import { pool } from "./worker.ts";

const WORKER = new URL("./_thread_testing.ts", import.meta.url);

function squares(...numbers: number[]): Order[] {
  return numbers.map((n) => ({ act: "square", n }));
}

/** A closed channel of orders. */
function ordersOf(...orders: Order[]): Channel<Order> {
  const channel = holding(...orders);
  channel.close();
  return channel;
}

/** Has `start` called before each web worker is made. */
function replacedWorker(start: () => void, Base = Worker): Disposable {
  const { Worker } = globalThis;
  globalThis.Worker = class extends Base {
    constructor(url: string | URL, options?: WorkerOptions) {
      start();
      super(url, options);
    }
  };
  return {
    [Symbol.dispose]() {
      globalThis.Worker = Worker;
    },
  };
}

const NUMBERS = Array.from({ length: 50 }, (_, n) => n);

for (const size of [1, 2, 3]) {
  for (const window of [1, 2, 8]) {
    Deno.test(`pool() works on every value (size ${size}, window ${window})`, async () => {
      const source = ordersOf(...squares(...NUMBERS));
      const results = pool<Order, number>(source, WORKER, { size, window });
      const expected = NUMBERS.map((n) => n * n);
      assertEquals((await all(results)).sort((a, b) => a - b), expected);
      await source.join();
      assert(source.drained);
    });
  }
}

Deno.test("pool() gives results in order if asked to", async () => {
  const source = ordersOf(...squares(...NUMBERS));
  const results = pool<Order, number>(source, WORKER, {
    size: 2,
    ordered: true,
  });
  assertEquals(await all(results), NUMBERS.map((n) => n * n));
});

Deno.test("pool() gives results as they come if not asked to", async () => {
  const slow: Order = { act: "slow square", n: 9 };
  for (const ordered of [false, true]) {
    const source = ordersOf(slow, ...squares(1, 2, 3, 4, 5, 6));
    const results = await all(
      pool<Order, number>(source, WORKER, { size: 2, window: 1, ordered }),
    );
    assertEquals(results.indexOf(81), ordered ? 0 : 6);
  }
});

Deno.test("pool() of an empty source ends, and so do its threads", async () => {
  assertEquals(await all(pool(ordersOf(), WORKER, { size: 2 })), []);
});

Deno.test("pool() uses all its threads", async () => {
  const source = ordersOf(...NUMBERS.map(() => ({ act: "thread" } as const)));
  const threads = new Set(
    await all(pool<Order, number>(source, WORKER, { size: 2, window: 1 })),
  );
  assertEquals(threads.size, 2);
});

Deno.test("join() of the source waits until the results are there", async () => {
  const flag = new SharedArrayBuffer(4);
  const source = ordersOf({ act: "wait", flag });
  const results = pool<Order, number>(source, WORKER, { size: 1 });
  let joined = false;
  source.join().then(() => joined = true);
  await until(() => new Int32Array(flag)[0] === 1);
  await settled();
  assertEquals(joined, false);
  results.close();
  // It goes back to the source, which is closed, and can still be received.
  await until(() => source.size === 1);
  assertEquals(joined, false);
  source.drain();
  await source.join();
});

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

Deno.test("pool() uses worker_threads where there are no web workers", async () => {
  const source = ordersOf(...squares(1, 2), { act: "die" });
  const { Worker } = globalThis;
  const results = pool<Order, number>(source, WORKER, { size: 1 });
  Reflect.deleteProperty(globalThis, "Worker");
  try {
    const results = pool<Order, number>(
      ordersOf(...squares(1, 2, 3)),
      WORKER,
      { size: 1 },
    );
    assertEquals(await all(results), [1, 4, 9]);
    await assertRejects(() => all(pool(source, WORKER, { size: 1 })));
  } finally {
    globalThis.Worker = Worker;
  }
  results.close();
});

Deno.test("pool() says so where there are no threads", async () => {
  const source = ordersOf(...squares(1));
  const { Worker } = globalThis;
  const { process } = globalThis as unknown as {
    process: { getBuiltinModule?: unknown };
  };
  const { getBuiltinModule } = process;
  Reflect.deleteProperty(globalThis, "Worker");
  process.getBuiltinModule = undefined;
  try {
    const results = pool(source, WORKER, { size: 1 });
    assertEquals(
      `${await reasonOf(results.receive())}`,
      "ChannelError: Cannot start a thread: this runtime has none",
    );
  } finally {
    globalThis.Worker = Worker;
    process.getBuiltinModule = getBuiltinModule;
  }
  await until(() => source.size === 1);
  source.drain();
});

Deno.test("a thread keeps the process alive while it starts or works, where that can be chosen", async () => {
  const { Worker } = globalThis;
  const log: string[] = [];
  using _ = replacedWorker(
    () => log.push("start"),
    class extends Worker {
      ref() {
        log.push("ref");
      }
      unref() {
        log.push("unref");
      }
    },
  );
  const source = new Channel<Order>();
  const results = pool<Order, number>(source, WORKER, { size: 1 });
  await until(() => log.length === 2);
  for (const order of squares(1, 2)) {
    await source.send(order);
    await results.receive();
  }
  source.close();
  await results.join();
  assertEquals(log, ["start", "unref", "ref", "unref", "ref", "unref"]);
});

Deno.test("pool() has a thread for each core if not told otherwise", async () => {
  let started = 0;
  using _ = replacedWorker(() => started++);
  const results = pool<Order, number>(ordersOf(...squares(1, 2)), WORKER);
  assertEquals((await all(results)).sort(), [1, 4]);
  assertEquals(started, navigator.hardwareConcurrency);
});

Deno.test("results can be moved", async () => {
  const worker = new URL("./_moving_thread_testing.ts", import.meta.url);
  const sizes = holding(3, 5);
  sizes.close();
  const results = pool<number, ArrayBuffer>(sizes, worker, {
    size: 1,
    ordered: true,
  });
  const buffers = await all(results);
  assertEquals(buffers.map(({ byteLength }) => byteLength), [3, 5]);
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

Deno.test("a module serves once", async () => {
  const results = pool(ordersOf({ act: "serve again" }), WORKER, { size: 1 });
  assertEquals(await all(results), [
    "ChannelError: Cannot serve: it does already",
  ]);
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

Deno.test("no more values are out than size times window", async () => {
  const flags = NUMBERS.slice(0, 12).map(() => new SharedArrayBuffer(4));
  const source = ordersOf(
    ...flags.map((flag) => ({ act: "wait", flag } as const)),
  );
  const results = pool(source, WORKER, { size: 2, window: 3 });
  await until(() => flags.some((flag) => new Int32Array(flag)[0] === 1));
  await settled();
  assertEquals(source.size, 6);
  results.close();
  await until(() => source.size === 12);
  source.drain();
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

Deno.test("pool() takes any receiver", async () => {
  const [a, b] = [ordersOf(...squares(1, 2)), ordersOf(...squares(3))];
  const results = pool<Order, number>(merge(a, b), WORKER, { size: 1 });
  assertEquals((await all(results)).sort(), [1, 4, 9]);
  await Promise.all([a.join(), b.join()]);
});

Deno.test("pool() refuses what it cannot work with, and starts nothing", async () => {
  const source = holding<Order>(...squares(1));
  const bad: [unknown, unknown, unknown, string][] = [
    [{}, WORKER, {}, "Cannot pool: not a receiver"],
    [null, WORKER, {}, "Cannot pool: not a receiver"],
    [source, "./worker.ts", {}, "Cannot pool: worker must be a URL"],
    [source, WORKER, null, "Cannot pool: options must be an object"],
    [source, WORKER, { size: 0 }, "Cannot pool: size must be a whole number"],
    [source, WORKER, { size: NaN }, "Cannot pool: size must be"],
    [source, WORKER, { size: Infinity }, "Cannot pool: size must be finite"],
    [source, WORKER, { size: "2" }, "Cannot pool: size must be"],
    [source, WORKER, { window: 0 }, "Cannot pool: window must be"],
    [source, WORKER, { capacity: -1 }, "Cannot create channel: capacity"],
    [source, WORKER, { signal: {} }, "Cannot wait: invalid signal"],
    [source, WORKER, { transfer: 1 }, "Cannot pool: transfer must be"],
    [source, WORKER, { onLost: 1 }, "Cannot pool: onLost must be"],
  ];
  for (const [from, worker, options, message] of bad) {
    await assertRejects(
      async () =>
        await pool(
          from as Channel<Order>,
          worker as URL,
          options as PoolOptions<Order>,
        ).receive(),
      Error,
      message,
    );
  }
  assertEquals(source.size, 1);
  assertEquals(waiting(source), [0, 0]);
});
