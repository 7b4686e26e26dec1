// memory_test.ts: what is done with is retained by nobody. Needs --expose-gc.

import { assert, assertEquals, assertLess } from "@std/assert";
import { collect, CountedController, tick } from "./_testing.ts";
import { Channel } from "./channel.ts";
import { select, selectEach, sending, trySelect } from "./select.ts";
import { stopwatch } from "./verify/cases/_ratio.ts";

const MB = 2 ** 20;
const REASON = { why: "enough" };

/** Bytes that live objects take. */
function heap(): number {
  collect();
  return Deno.memoryUsage().heapUsed;
}

/** What a test hangs on to while the values should go: if any of it retains one, it is seen. */
interface Kept {
  channel: Channel<object>;
  controller: CountedController;
  others: unknown[];
}

/** Uses up a channel's values, or all sent to it. `fill` sends three new ones without waiting. */
type Path = (kept: Kept, fill: () => Promise<void>[]) => Promise<void>;

const taking: Record<string, (kept: Kept) => Promise<unknown>> = {
  "receive()": ({ channel }) => channel.receive(),
  "receive() with a signal": ({ channel, controller: { signal } }) =>
    channel.receive({ signal }),
  "receiveMany()": ({ channel }) => channel.receiveMany(1),
  "next()": ({ channel, others }) => {
    const iterator = channel.values();
    others.push(iterator);
    return iterator.next();
  },
  "next() of batches()": ({ channel, others }) => {
    const iterator = channel.batches();
    others.push(iterator);
    return iterator.next();
  },
  "next() with a signal": ({ channel, controller: { signal }, others }) => {
    const iterator = channel.values({ signal });
    others.push(iterator);
    return iterator.next();
  },
  "select()": ({ channel, controller: { signal } }) =>
    select({ channel, never: new Channel() }, { signal }),
  "tryReceive()": ({ channel }) => Promise.resolve(channel.tryReceive()),
  "receiveNow()": ({ channel }) =>
    Promise.resolve().then(() => channel.receiveNow()).catch(() => {}),
  "trySelect()": ({ channel }) => Promise.resolve(trySelect([channel])),
  "drain()": ({ channel }) => Promise.resolve(channel.drain()),
};

const paths: Record<string, Path> = {
  "close() that rejects waiting senders": async ({ channel }, fill) => {
    const sent = fill();
    channel.close();
    channel.drain();
    await Promise.allSettled(sent);
  },
  "cancel()": async ({ channel }, fill) => {
    const sent = fill();
    channel.cancel();
    await Promise.allSettled(sent);
  },
  "a send that was aborted": async ({ channel, controller }, fill) => {
    const sent = fill();
    controller.abort(REASON);
    await Promise.allSettled(sent);
    channel.drain();
  },
  "a refused send": async ({ channel }, fill) => {
    channel.close();
    await Promise.allSettled(fill());
  },
};

for (const [name, take] of Object.entries(taking)) {
  paths[`${name} after the send`] = async (kept, fill) => {
    const sent = fill();
    while (kept.channel.peek().state === "ok") await take(kept);
    await Promise.all(sent);
  };
  if (/try|Now|drain/.test(name)) continue;
  paths[`${name} before the send`] = async (kept, fill) => {
    const taken = [take(kept), take(kept), take(kept)];
    await Promise.all([...fill(), ...taken]);
  };
}

for (const capacity of [0, 1, 3, Infinity]) {
  for (const [name, path] of Object.entries(paths)) {
    Deno.test(`${name} retains no value (case 143, capacity ${capacity})`, async () => {
      const kept: Kept = {
        channel: new Channel<object>(capacity),
        controller: new CountedController(),
        others: [],
      };
      const { channel, controller: { signal } } = kept;
      const references: WeakRef<object>[] = [];
      await path(kept, () => {
        const values = [{}, {}, {}];
        for (const value of values) references.push(new WeakRef(value));
        return values.map((value) => channel.send(value, { signal }));
      });
      await tick();
      await tick();
      collect();
      assertEquals(references.map((reference) => reference.deref()), [
        undefined,
        undefined,
        undefined,
      ]);
      assertEquals(kept.controller.listeners, 0);
      assertEquals(channel.size, 0);
    });
  }
}

Deno.test("a send case of select() that loses retains no value (case 143)", async () => {
  const [full, winner] = [new Channel<object>(), new Channel<object>()];
  const reference = await (async () => {
    const value = {};
    const selected = select({ out: sending(full, value), winner });
    winner.trySend({});
    await selected;
    return new WeakRef(value);
  })();
  await tick();
  collect();
  assertEquals(reference.deref(), undefined);
  assertEquals(full.stats().waitingSenders, 0);
  assertEquals(winner.size, 0);
});

Deno.test("trySend() that is refused, and a value that overflows, are retained by nobody (case 143)", async () => {
  const full = new Channel<object>();
  const dropping = (["drop-oldest", "drop-incoming"] as const).map((overflow) =>
    new Channel<object>({ capacity: 1, overflow })
  );
  const references = (() => {
    const values = [{}, {}, {}];
    assertEquals(full.trySend(values[0]!), false);
    dropping[0]!.sendNow(values[1]!);
    dropping[0]!.sendNow({});
    dropping[1]!.sendNow({});
    dropping[1]!.sendNow(values[2]!);
    return values.map((value) => new WeakRef(value));
  })();
  await tick();
  collect();
  assertEquals(references.map((reference) => reference.deref()), [
    undefined,
    undefined,
    undefined,
  ]);
  assertEquals(dropping.map((channel) => channel.size), [1, 1]);
  assertEquals(full.size, 0);
});

Deno.test("receive() that is aborted is retained by nobody, though its signal and channel stay (case 143)", async () => {
  const channel = new Channel<number>();
  const controller = new CountedController();
  const staying = channel.receive();
  const reference = await (async () => {
    const promise = channel.receive({ signal: controller.signal });
    controller.abort(REASON);
    await promise.catch(() => {});
    return new WeakRef(promise);
  })();
  await tick();
  collect();
  assertEquals(reference.deref(), undefined);
  assertEquals(controller.listeners, 0);
  channel.trySend(1);
  await staying;
});

Deno.test("a long-lived signal retains no settled operation while another one waits on it (case 143)", async () => {
  const controller = new CountedController();
  const { signal } = controller;
  const [waiting, channel] = [new Channel<number>(), new Channel<object>()];
  const staying = waiting.receive({ signal });
  const references = await (async () => {
    const value = {};
    const received = channel.receive({ signal });
    await channel.send(value, { signal });
    assertEquals(await received, value);
    return [new WeakRef(value), new WeakRef<object>(received)];
  })();
  await tick();
  collect();
  assertEquals(references.map((reference) => reference.deref()), [
    undefined,
    undefined,
  ]);
  assertEquals(controller.listeners, 1);
  waiting.trySend(1);
  await staying;
});

Deno.test("a channel that is dropped goes, though receives wait on it with a signal that is gone too (case 143)", async () => {
  const reference = await (async () => {
    const channel = new Channel<number>();
    channel.receive({ signal: new AbortController().signal });
    channel.receive();
    channel.values().next();
    await tick();
    return new WeakRef(channel);
  })();
  await tick();
  collect();
  assertEquals(reference.deref(), undefined);
});

const drains: Record<string, (channel: Channel<object>) => Promise<number>> = {
  "tryReceive()": (channel) => {
    let taken = 0;
    while (channel.tryReceive().state === "ok") taken++;
    return Promise.resolve(taken);
  },
  "receive()": async (channel) => {
    let taken = 0;
    for (; !channel.empty; taken++) await channel.receive();
    return taken;
  },
  "for await": async (channel) => {
    let taken = 0;
    channel.close();
    for await (const _ of channel) taken++;
    return taken;
  },
  "drain()": (channel) => Promise.resolve(channel.drain().length),
};

for (const [name, drain] of Object.entries(drains)) {
  Deno.test(`${name} takes 1e6 buffered values in under 2 s, and the heap is back (case 144)`, async () => {
    const channel = new Channel<object>(Infinity);
    const before = heap();
    for (let i = 0; i < 1e6; i++) channel.sendNow({ i });
    const taken = stopwatch();
    assertEquals(await drain(channel), 1e6);
    assertLess(taken(), 2000);
    await tick();
    assertLess(heap() - before, 2 * MB);
    assertEquals(channel.size, 0);
  });
}

for (const left of [0, 1, 100]) {
  Deno.test(`a burst of 1e6 values costs no memory during steady use afterwards (case 144, ${left} values left)`, async () => {
    const channel = new Channel<number>(Infinity);
    const before = heap();
    for (let i = 0; i < 1e6; i++) channel.sendNow(i);
    assert(heap() - before > 4 * MB, "the burst was to be seen");
    while (channel.size > left) channel.receiveNow();
    for (let i = 0; i < 1e5; i++) {
      channel.sendNow(i);
      channel.receiveNow();
    }
    await tick();
    assertLess(heap() - before, MB / 2);
    assertEquals(channel.size, left);
  });
}

Deno.test("a channel of great capacity takes memory for what it holds only", () => {
  const before = heap();
  const channels = Array.from(
    { length: 10 },
    () => new Channel<number>(Number.MAX_SAFE_INTEGER),
  );
  for (const channel of channels) channel.sendNow(1);
  assertLess(heap() - before, MB);
  assertEquals(channels.length, 10);
});

Deno.test("1e6 waiting senders and receivers go without a trace", async () => {
  const channel = new Channel<number>();
  const before = heap();
  for (let i = 0; i < 5e5; i++) channel.send(i);
  assertEquals(channel.drain().length, 5e5);
  for (let i = 0; i < 5e5; i++) channel.receive();
  for (let i = 0; i < 5e5; i++) channel.trySend(i);
  await tick();
  assertLess(heap() - before, 2 * MB);
  assertEquals(channel.trySend(1), false);
});

/** Bytes by which 100,000 more polls make the heap grow. */
async function growth(poll: () => Promise<void>): Promise<number> {
  const polls = async () => {
    for (let i = 0; i < 100_000; i++) await poll();
    await tick();
    return heap();
  };
  // The engine's own tables have their size after the first hundred thousand.
  const before = await polls();
  return await polls() - before;
}

Deno.test("receive() polled with 100,000 signals leaves no waiter and a flat heap (case 146)", async () => {
  const channel = new Channel<number>();
  const grown = await growth(async () => {
    const controller = new AbortController();
    const promise = channel.receive({ signal: controller.signal });
    controller.abort(REASON);
    await promise.catch(() => {});
  });
  assertLess(grown, MB / 2);
  assertEquals(channel.stats().waitingReceivers, 0);
});

Deno.test("next() that is given up 100,000 times leaves no waiter and a flat heap (case 146)", async () => {
  const channel = new Channel<number>();
  const controller = new CountedController();
  const { signal } = controller;
  const grown = await growth(async () => {
    const iterator = channel.values({ signal });
    const pending = iterator.next();
    iterator.return!();
    await pending;
  });
  assertLess(grown, MB / 2);
  assertEquals(channel.stats().waitingReceivers, 0);
  assertEquals(controller.listeners, 0);
});

Deno.test("select() that loses on one channel 100,000 times leaves no waiter there and a flat heap (case 146)", async () => {
  const [loser, full, winner] = [0, 0, 0].map(() => new Channel<number>());
  const controller = new CountedController();
  const cases = { loser: loser!, out: sending(full!, 1), winner: winner! };
  const grown = await growth(async () => {
    const selected = select(cases, { signal: controller.signal });
    winner!.trySend(1);
    await selected;
  });
  assertLess(grown, MB / 2);
  assertEquals(loser!.stats().waitingReceivers, 0);
  assertEquals(full!.stats().waitingSenders, 0);
  assertEquals(controller.listeners, 0);
});

Deno.test("selectEach() retains nothing of what it has given", async () => {
  const channel = new Channel<object>(1);
  const results = selectEach({ channel });
  const given = await (async () => {
    channel.sendNow({});
    const { value } = await results.next();
    return new WeakRef(value.state === "ok" ? value.value : {});
  })();
  await tick();
  collect();
  assertEquals(given.deref(), undefined);
  assertEquals(channel.closed, false);
});
