// signals_test.ts: one listener per signal, however many operations wait on it.

import {
  assert,
  assertEquals,
  assertLess,
  assertStrictEquals,
} from "@std/assert";
import {
  CountedController,
  isPending,
  random,
  reasonOf,
  tick,
} from "./_testing.ts";
import { Channel } from "./channel.ts";
import { select, sending } from "./select.ts";
import { withClock } from "./verify/_clock.ts";
import { ratioOf, stopwatch } from "./verify/cases/_ratio.ts";

type Operation = (signal: AbortSignal) => Promise<unknown>;

/** Every way to wait; each waits for ever on `channel`, whose buffer is full or empty. */
function operations(
  empty: Channel<number>,
  full: Channel<number>,
): Record<string, Operation> {
  return {
    "receive()": (signal) => empty.receive({ signal }),
    "receiveMany()": (signal) => empty.receiveMany(2, { signal }),
    "values()": (signal) => empty.values({ signal }).next(),
    "send()": (signal) => full.send(7, { signal }),
    "sendAll()": (signal) => full.sendAll([7], { signal }),
    "join()": (signal) => empty.join({ signal }),
    "select()": (signal) =>
      select({ empty, out: sending(full, 7) }, { signal }),
  };
}

const names = Object.keys(operations(new Channel(), new Channel()));

/** An empty channel, a full one, and the operation that waits on one of them. */
function setUp(name: string): {
  empty: Channel<number>;
  full: Channel<number>;
  operation: Operation;
} {
  const empty = new Channel<number>();
  const full = new Channel<number>();
  const operation = operations(empty, full)[name]!;
  return { empty, full, operation };
}

function waiting(...channels: Channel<number>[]): number {
  return channels.map((channel) => channel.stats()).reduce(
    (sum, stats) => sum + stats.waitingReceivers + stats.waitingSenders,
    0,
  );
}

const REASON = { why: "enough" };

/** A signal written by hand: a plain array of listeners, and deaf to options. */
class PlainSignal {
  aborted = false;
  reason: unknown = undefined;
  readonly listeners: (() => void)[] = [];

  addEventListener(_type: string, listener: () => void): void {
    this.listeners.push(listener);
  }

  removeEventListener(_type: string, listener: () => void): void {
    const i = this.listeners.indexOf(listener);
    if (i >= 0) this.listeners.splice(i, 1);
  }

  abort(reason: unknown): void {
    this.aborted = true;
    this.reason = reason;
    for (const listener of [...this.listeners]) listener();
  }

  get signal(): AbortSignal {
    return this as unknown as AbortSignal;
  }
}

for (const name of names) {
  Deno.test(`${name} waits on a signal written by hand, and leaves no listener on it`, async () => {
    const { empty, full, operation } = setUp(name);
    const plain = new PlainSignal();
    const first = operation(plain.signal);
    const second = operation(plain.signal);
    assertEquals(plain.listeners.length, 1);
    plain.abort(REASON);
    plain.listeners.forEach((listener) => listener());
    for (const promise of [first, second]) {
      assertStrictEquals(await promise.catch((reason) => reason), REASON);
    }
    assertEquals(waiting(empty, full), 0);
    await tick();
    assertEquals(plain.listeners, []);
  });

  Deno.test(`${name} rejects with what addEventListener throws, and nothing stays parked`, async () => {
    const { empty, full, operation } = setUp(name);
    const plain = new PlainSignal();
    const error = new Error("No listeners here");
    plain.addEventListener = () => {
      throw error;
    };
    for (let round = 0; round < 2; round++) {
      const promise = operation(plain.signal);
      assertEquals(waiting(empty, full), 0);
      assertStrictEquals(await promise.catch((reason) => reason), error);
    }
    // It was the signal's fault alone: without it, the same waits.
    const next = operation(new AbortController().signal);
    assert(await isPending(next));
    empty.close();
    full.close();
    await next.catch(() => {});
  });

  Deno.test(`${name} rejects when addEventListener itself aborts the signal`, async () => {
    const { empty, full, operation } = setUp(name);
    const plain = new PlainSignal();
    plain.addEventListener = (type: string, listener: () => void) => {
      PlainSignal.prototype.addEventListener.call(plain, type, listener);
      plain.abort(REASON);
    };
    const promise = operation(plain.signal);
    assertStrictEquals(await promise.catch((reason) => reason), REASON);
    assertEquals(waiting(empty, full), 0);
    await tick();
    assertEquals(plain.listeners, []);
  });

  Deno.test(`${name} leaves no listener on its signal after 1,000 that were settled by a partner or by close (case 79)`, async () => {
    const controller = new CountedController();
    for (let round = 0; round < 1000; round++) {
      const { empty, full, operation } = setUp(name);
      const promise = operation(controller.signal).catch(() => {});
      assert(controller.listeners <= 1, `${controller.listeners} listeners`);
      if (round % 2 === 0) {
        empty.trySend(1);
        full.tryReceive();
      }
      empty.close();
      full.close("closing");
      await promise;
    }
    await tick();
    assertEquals(controller.listeners, 0);
    assert(controller.added > 0);
  });
}

Deno.test("removeEventListener that throws on one signal leaves no listener on another", async () => {
  const wrong = new PlainSignal();
  wrong.removeEventListener = () => {
    throw new Error("No removing here");
  };
  const right = new PlainSignal();
  const swallow = (event: PromiseRejectionEvent | ErrorEvent) =>
    event.preventDefault();
  globalThis.addEventListener("unhandledrejection", swallow);
  globalThis.addEventListener("error", swallow);
  const channel = new Channel<number>();
  const received = [wrong, right].map(({ signal }) =>
    channel.receive({ signal })
  );
  channel.trySend(1);
  channel.trySend(2);
  assertEquals(await Promise.all(received), [1, 2]);
  await tick();
  globalThis.removeEventListener("unhandledrejection", swallow);
  globalThis.removeEventListener("error", swallow);
  assertEquals(right.listeners, []);
});

Deno.test("a loop that waits on one signal again and again adds a listener once, and leaves none", async () => {
  const channel = new Channel<number>();
  const controller = new CountedController();
  await withClock("frozen", async () => {
    for (let i = 0; i < 1000; i++) {
      const received = channel.receive({ signal: controller.signal });
      assert(channel.trySend(i));
      assertEquals(await received, i);
    }
  });
  assertEquals(controller.added, 1);
  await tick();
  assertEquals(controller.listeners, 0);
});

Deno.test("waits on a signal that takes no property can be aborted", async () => {
  const channel = new Channel<number>();
  const plain = Object.preventExtensions(new PlainSignal());
  const { signal } = plain;
  const waits = [1, 2].map(() => channel.receive({ signal }));
  plain.abort(REASON);
  for (const wait of waits) assertEquals(await reasonOf(wait), REASON);
  await tick();
  assertEquals(plain.listeners, []);
});

/** Parks `n` receives on one signal, and aborts them. Returns how long each took, in ms. */
async function oneSignal(n: number): Promise<{ park: number; abort: number }> {
  const channel = new Channel<number>();
  const controller = new CountedController();
  const read = stopwatch();
  const promises: Promise<unknown>[] = [];
  for (let i = 0; i < n; i++) {
    promises.push(
      channel.receive({ signal: controller.signal }).catch(same),
    );
  }
  const park = read();
  assertEquals(controller.listeners, 1);
  assertEquals(controller.added, 1);
  controller.abort(REASON);
  const reasons = await Promise.all(promises);
  const abort = read() - park;
  assert(reasons.every((reason) => reason === REASON));
  assertEquals(waiting(channel), 0);
  await tick();
  assertEquals(controller.listeners, 0);
  return { park, abort };
}

/** How long it takes, in ms, that `n` waits by signals of their own are aborted newest first. */
async function ownSignals(
  n: number,
  wait: (signal: AbortSignal) => Promise<unknown>,
): Promise<number> {
  const controllers = Array.from({ length: n }, () => new AbortController());
  const read = stopwatch();
  const promises = controllers.map(({ signal }) => wait(signal).catch(same));
  for (let i = n; i-- > 0;) controllers[i]!.abort(REASON);
  await Promise.all(promises);
  return read();
}

/** The floor of a wait with a signal: a bare listener that rejects a promise. */
function bareWait(signal: AbortSignal): Promise<unknown> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason));
  });
}

function same<T>(reason: T): T {
  return reason;
}

Deno.test("receive() parks and aborts 50,000 on one signal in under 1 s each, with one listener (case 77)", async () => {
  const { park, abort } = await oneSignal(50_000);
  assertLess(park, 1000);
  assertLess(abort, 1000);
});

Deno.test("receive() with 80,000 signals, aborted newest first, costs a small multiple of bare listeners and grows linearly (case 78)", async () => {
  const receives = (n: number) => () => {
    const channel = new Channel<number>();
    return ownSignals(n, (signal) => channel.receive({ signal }));
  };
  assertLess(await ratioOf(receives(80_000), receives(20_000)), 8);
  const floor = () => ownSignals(80_000, bareWait);
  assertLess(await ratioOf(receives(80_000), floor), 5);
});

/** Does one step after the other until its signal, which it gives to each, aborts. */
class Task extends AbortController {
  readonly done: Promise<void>;

  constructor(step: (signal: AbortSignal) => Promise<void>) {
    super();
    this.done = this.#run(step);
  }

  async #run(step: (signal: AbortSignal) => Promise<void>): Promise<void> {
    try {
      while (true) await step(this.signal);
    } catch (error) {
      assertStrictEquals(error, REASON);
    }
  }
}

for (const capacity of [3, Infinity]) {
  Deno.test(`receive() neither loses nor doubles a value in a storm of aborts (case 80, capacity ${capacity})`, async () => {
    for (let seed = 0; seed < 100; seed++) {
      const next = random(seed);
      const channel = new Channel<number>(capacity);
      const controller = new CountedController();
      const got: number[] = [];
      let settled = 0;
      for (let i = 0; i < 1000; i++) {
        const signal = next() < 0.5 ? controller.signal : null;
        channel.receive({ signal }).then((value) => got.push(value), () => {})
          .then(() => settled++);
      }
      const abortAt = Math.floor(next() * 1000);
      const accepted: number[] = [];
      for (let i = 0; i < 1000; i++) {
        if (i === abortAt) controller.abort(REASON);
        if (next() < 0.01) await Promise.resolve();
        if (channel.trySend(i)) accepted.push(i);
      }
      channel.close();
      const drained = channel.drain();
      await tick();
      assertEquals([...got, ...drained], accepted, `seed ${seed}`);
      if (capacity === Infinity) assertEquals(accepted.length, 1000);
      assertEquals(settled, 1000, `seed ${seed}`);
      assertEquals(controller.listeners, 0);
    }
  });
}

for (const capacity of [0, 1, 3]) {
  Deno.test(`send() and receive() keep the balance while tasks are aborted and restarted (case 81, capacity ${capacity})`, async () => {
    const next = random(81 + capacity);
    const channel = new Channel<number>(capacity);
    const sent: number[] = [];
    const received: number[] = [];
    let value = 0;
    let refused = 0;
    const start = {
      send: () =>
        new Task(async (signal) => {
          const mine = value++;
          refused++;
          await channel.send(mine, { signal });
          refused--;
          sent.push(mine);
        }),
      receive: () =>
        new Task(async (signal) => {
          received.push(await channel.receive({ signal }));
        }),
    };
    const tasks = { send: start.send(), receive: start.receive() };
    for (let round = 0; round < 20_000; round++) {
      const task = next() < 0.5 ? "send" : "receive";
      const act = next();
      if (act < 0.4) tasks[task].abort(REASON);
      else if (act < 0.8 && tasks[task].signal.aborted) {
        await tasks[task].done;
        tasks[task] = start[task]();
      }
      for (let yields = next() * 8; yields >= 1; yields--) await undefined;
    }
    for (const task of Object.values(tasks)) {
      task.abort(REASON);
      await task.done;
    }
    assertEquals(sent.length - received.length, channel.size);
    received.push(...channel.drain());
    assertEquals(received, sent);
    assert(refused > 1000 && sent.length > 1000);
    const { waitingReceivers, waitingSenders } = channel.stats();
    assertEquals([waitingReceivers, waitingSenders], [0, 0]);
  });
}

Deno.test("options.signal is read once, so that no getter can change it on the way", async () => {
  const channel = new Channel<number>();
  let reads = 0;
  const options = {
    get signal() {
      if (++reads > 1) throw new Error("read twice");
      return new AbortController().signal;
    },
  };
  const waiting = channel.receive(options);
  assertEquals(reads, 1);
  assert(channel.trySend(1));
  assertEquals(await waiting, 1);
});
