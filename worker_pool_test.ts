// worker_pool_test.ts: pools of threads.

import { assert, assertEquals, assertRejects } from "@std/assert";
import { all, settled, until } from "./_ports_testing.ts";
import { holding, reasonOf, waiting } from "./_testing.ts";
import type { Order } from "./_thread_testing.ts";
import { Channel, merge } from "./mod.ts";
import type { PoolOptions } from "./worker.ts";
import { pool } from "./worker.ts";
import { ordersOf, replacedWorker, squares, WORKER } from "./_pool_testing.ts";

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

Deno.test("a module serves once", async () => {
  const results = pool(ordersOf({ act: "serve again" }), WORKER, { size: 1 });
  assertEquals(await all(results), [
    "ChannelError: Cannot serve: it does already",
  ]);
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

Deno.test("pool() takes any receiver", async () => {
  const [a, b] = [ordersOf(...squares(1, 2)), ordersOf(...squares(3))];
  const results = pool<Order, number>(merge(a, b), WORKER, { size: 1 });
  assertEquals((await all(results)).sort(), [1, 4, 9]);
  await Promise.all([a.join(), b.join()]);
});

Deno.test("pool() refuses what it cannot work with, and starts nothing", async () => {
  const source = holding<Order>(...squares(1));
  const bad: [unknown, unknown, unknown, string][] = [
    [{}, WORKER, {}, "Cannot pool: source is not a receiver"],
    [null, WORKER, {}, "Cannot pool: source is not a receiver"],
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
