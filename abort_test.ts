// abort_test.ts: giving up a wait by its signal. Many waiters on signals: signals_test.ts.

import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { CountedController, isPending, tick } from "./_testing.ts";
import { Channel, ChannelClosedError } from "./channel.ts";
import { select, sending } from "./select.ts";

type Operation = (
  channel: Channel<number>,
  signal?: AbortSignal | null,
) => Promise<unknown>;

/** Every way to wait for a value. */
const receives: Record<string, Operation> = {
  "receive()": (channel, signal) => channel.receive({ signal }),
  "receiveMany()": (channel, signal) => channel.receiveMany(2, { signal }),
  // Async, so that a bad signal rejects here too; the call itself throws.
  "values()": async (channel, signal) =>
    await channel.values({ signal }).next(),
  "select() of a receive": (channel, signal) => select({ channel }, { signal }),
};

const ASYNC = "sendAll() of an async source";

/** Every way to wait for room; each sends 7. */
const sends: Record<string, Operation> = {
  "send()": (channel, signal) => channel.send(7, { signal }),
  "sendAll()": (channel, signal) => channel.sendAll([7], { signal }),
  [ASYNC]: (channel, signal) => channel.sendAll(lasting([7]), { signal }),
  "select() of a send": (channel, signal) =>
    select({ out: sending(channel, 7) }, { signal }),
};

const operations: Record<string, Operation> = {
  ...receives,
  ...sends,
  "join()": (channel, signal) => channel.join({ signal }),
};

const REASON = { why: "enough" };

async function* lasting<T>(
  values: Iterable<T>,
): AsyncGenerator<T, void, unknown> {
  yield* values;
}

function abortedSignal(): AbortSignal {
  return AbortSignal.abort(REASON);
}

/** A channel whose buffer holds 0, 1, …, up to its capacity. */
function filled(capacity: number): Channel<number> {
  const channel = new Channel<number>(capacity);
  for (let i = 0; i < capacity; i++) channel.sendNow(i);
  return channel;
}

/** A channel on which the operation has to wait. */
function waitingChannel(name: string): Channel<number> {
  return name in sends ? filled(1) : new Channel<number>(1);
}

async function assertReason(
  promise: Promise<unknown>,
  reason: unknown = REASON,
): Promise<void> {
  const outcome = await promise.then(
    () => "resolved",
    (error) => ({ error }),
  );
  assert(typeof outcome === "object", `${outcome}, not rejected`);
  assertStrictEquals(outcome.error, reason);
}

function assertNobodyWaits(channel: Channel<number>): void {
  const { waitingReceivers, waitingSenders } = channel.stats();
  assertEquals({ waitingReceivers, waitingSenders }, {
    waitingReceivers: 0,
    waitingSenders: 0,
  });
}

/** Lets listeners that nobody needs any more go, and sees that they did. */
async function assertAtRest(...signals: CountedController[]): Promise<void> {
  await tick();
  assertEquals(signals.map(({ listeners }) => listeners), signals.map(() => 0));
}

for (const [name, operation] of Object.entries(operations)) {
  Deno.test(`${name} rejects with the reason of a signal aborted before, and queues nothing (case 68)`, async () => {
    const channel = new Channel<number>();
    await assertReason(operation(channel, abortedSignal()));
    assertNobodyWaits(channel);
    const partner = name in sends ? channel.receive() : channel.send(1);
    assert(await isPending(partner));
    if (name in sends) channel.sendNow(1);
    else channel.receiveNow();
    await partner;
  });

  Deno.test(`${name} rejects with the reason of an aborted signal on a closed channel (case 71)`, async () => {
    for (const reason of [[], ["closing"]] as [unknown?][]) {
      const channel = new Channel<number>(1);
      channel.close(...reason as []);
      await assertReason(operation(channel, abortedSignal()));
    }
  });

  Deno.test(`${name} rejects with the reason when aborted while it waits (case 72)`, async () => {
    const controller = new CountedController();
    const channel = waitingChannel(name);
    const promise = operation(channel, controller.signal);
    assert(await isPending(promise));
    assertEquals(controller.listeners, 1);
    controller.abort(REASON);
    assertNobodyWaits(channel);
    await assertReason(promise);
    assertEquals(channel.snapshot(), name in sends ? [0] : []);
    await assertAtRest(controller);
  });

  Deno.test(`${name} rejects with an AbortError when aborted without a reason (case 72)`, async () => {
    const controller = new AbortController();
    const promise = operation(waitingChannel(name), controller.signal);
    controller.abort();
    const error = await assertRejects(() => promise, DOMException);
    assertEquals(error.name, "AbortError");
  });

  Deno.test(`${name} rejects with TypeError for what is no signal, and registers nothing (case 82)`, async () => {
    const wrong = [new AbortController(), {}, 1, "", false, {
      aborted: false,
      addEventListener() {},
    }, { aborted: 0, addEventListener() {}, removeEventListener() {} }];
    for (const signal of wrong) {
      const channel = new Channel<number>(1);
      await assertRejects(
        () => operation(channel, signal as unknown as AbortSignal),
        TypeError,
      );
      assertNobodyWaits(channel);
      assert(channel.trySend(1));
      assertEquals(channel.drain(), [1]);
    }
  });

  Deno.test(`${name} waits as without a signal when that is undefined or null (case 83)`, async () => {
    for (const signal of [undefined, null]) {
      const channel = waitingChannel(name);
      const promise = operation(channel, signal);
      assert(await isPending(promise));
      if (name in receives) channel.sendNow(1);
      else channel.drain();
      channel.close();
      await promise;
    }
  });

  Deno.test(`${name} gives up by AbortSignal.timeout and AbortSignal.any (case 85)`, async () => {
    const timeout = AbortSignal.timeout(1);
    const error = await assertRejects(
      () => operation(waitingChannel(name), timeout),
      DOMException,
    );
    assertEquals(error.name, "TimeoutError");

    const controller = new AbortController();
    const any = AbortSignal.any([
      controller.signal,
      new AbortController().signal,
    ]);
    const channel = waitingChannel(name);
    const promise = operation(channel, any);
    controller.abort(REASON);
    await assertReason(promise);
    assertNobodyWaits(channel);
  });
}

for (const capacity of [1, 3, Infinity]) {
  for (const [name, receive] of Object.entries(receives)) {
    Deno.test(`${name} rejects when the signal was aborted before, though a value is there (case 69, capacity ${capacity})`, async () => {
      const channel = new Channel<number>(capacity);
      channel.sendNow(1);
      await assertReason(receive(channel, abortedSignal()));
      assertEquals(channel.size, 1);
      assertEquals(await channel.receive(), 1);
    });
  }

  for (const [name, send] of Object.entries(sends)) {
    Deno.test(`${name} rejects when the signal was aborted before, though there is room (case 70, capacity ${capacity})`, async () => {
      const channel = new Channel<number>(capacity);
      await assertReason(send(channel, abortedSignal()));
      assertEquals(channel.drain(), []);
    });
  }
}

for (const [name, receive] of Object.entries(receives)) {
  Deno.test(`${name} rejects when the signal was aborted before, though a sender waits (case 69)`, async () => {
    const channel = new Channel<number>();
    const sent = channel.send(1);
    await assertReason(receive(channel, abortedSignal()));
    assert(await isPending(sent));
    assertEquals(channel.receiveNow(), 1);
  });

  Deno.test(`${name} keeps the value when it is delivered before the abort of the same turn (case 74)`, async () => {
    const channel = new Channel<number>();
    const controller = new CountedController();
    const promise = receive(channel, controller.signal);
    assert(channel.trySend(1));
    controller.abort(REASON);
    assertEquals(numberIn(await promise), 1);
    assertEquals(channel.drain(), []);
    await assertAtRest(controller);
  });

  Deno.test(`${name} leaves the value when the abort comes before it in the same turn (case 75)`, async () => {
    for (const capacity of [0, 1, 3, Infinity]) {
      const channel = new Channel<number>(capacity);
      const controller = new AbortController();
      const promise = receive(channel, controller.signal);
      controller.abort(REASON);
      const sent = channel.send(1);
      await assertReason(promise);
      assertEquals(await isPending(sent), capacity === 0);
      assertEquals(channel.receiveNow(), 1);
    }
  });

  Deno.test(`${name} keeps the value that an earlier abort listener delivers`, async () => {
    const channel = new Channel<number>();
    const controller = new CountedController();
    let delivered = false;
    controller.signal.addEventListener("abort", () => {
      delivered = channel.trySend(1);
    });
    const promise = receive(channel, controller.signal);
    controller.abort(REASON);
    assert(delivered);
    assertEquals(numberIn(await promise), 1);
    assertEquals(channel.drain(), []);
  });
}

/** The one number in what a receive gives, whatever its shape. */
function numberIn(result: unknown): number | undefined {
  if (typeof result === "number") return result;
  const value = Array.isArray(result)
    ? result[0]
    : (result as { value: unknown }).value;
  return value as number | undefined;
}

for (const [name, send] of Object.entries(sends)) {
  Deno.test(`${name} rejects when the signal was aborted before, though a receiver waits (case 70)`, async () => {
    const channel = new Channel<number>();
    const received = channel.receive();
    await assertReason(send(channel, abortedSignal()));
    assert(await isPending(received));
    channel.sendNow(1);
    assertEquals(await received, 1);
  });

  Deno.test(`${name} withdraws the value when the abort comes before the receive in the same turn (case 75)`, async () => {
    const channel = new Channel<number>();
    const controller = new AbortController();
    const promise = send(channel, controller.signal);
    await tick();
    controller.abort(REASON);
    const received = channel.receive();
    await assertReason(promise);
    assert(await isPending(received));
    channel.sendNow(1);
    assertEquals(await received, 1);
  });

  // An async source has yet to say that this was its last value: that wait is given up.
  if (name === ASYNC) continue;

  Deno.test(`${name} resolves when the value is taken before the abort of the same turn (case 74)`, async () => {
    const channel = new Channel<number>();
    const controller = new CountedController();
    const promise = send(channel, controller.signal);
    await tick();
    assertEquals(channel.receiveNow(), 7);
    controller.abort(REASON);
    await promise;
    await assertAtRest(controller);
  });

  Deno.test(`${name} stands when an earlier abort listener takes the value`, async () => {
    const channel = new Channel<number>();
    const controller = new AbortController();
    let taken: unknown;
    controller.signal.addEventListener("abort", () => {
      taken = channel.tryReceive();
    });
    const promise = send(channel, controller.signal);
    await tick();
    controller.abort(REASON);
    assertEquals(taken, { state: "ok", value: 7 });
    await promise;
  });
}

for (
  const [position, name] of [[0, "first"], [2, "middle"], [4, "last"]] as const
) {
  Deno.test(`receive() serves the other four in order when the ${name} waiter of five is aborted (case 73)`, async () => {
    for (const capacity of [0, 1, 3, Infinity]) {
      const channel = new Channel<number>(capacity);
      const controller = new CountedController();
      const five = [0, 1, 2, 3, 4].map((i) =>
        channel.receive({ signal: i === position ? controller.signal : null })
      );
      controller.abort(REASON);
      for (let i = 0; i < 4; i++) assert(channel.trySend(i));
      const [aborted] = five.splice(position, 1);
      await assertReason(aborted!);
      assertEquals(await Promise.all(five), [0, 1, 2, 3]);
      await assertAtRest(controller);
    }
  });

  Deno.test(`send() serves the other four in order when the ${name} waiter of five is aborted (case 73)`, async () => {
    for (const capacity of [0, 1, 3]) {
      const channel = filled(capacity);
      const controller = new CountedController();
      const values = [10, 11, 12, 13, 14];
      const five = values.map((value, i) =>
        channel.send(value, {
          signal: i === position ? controller.signal : null,
        })
      );
      controller.abort(REASON);
      channel.snapshot().forEach(() => channel.receiveNow());
      const [aborted] = five.splice(position, 1);
      values.splice(position, 1);
      await assertReason(aborted!);
      assertEquals(channel.drain(), values);
      await Promise.all(five);
      await assertAtRest(controller);
    }
  });
}

Deno.test("join() of the others resolves when one joiner is aborted (case 63)", async () => {
  const channel = filled(1);
  channel.close();
  const controller = new CountedController();
  const others = [channel.join(), channel.join()];
  const aborted = channel.join({ signal: controller.signal });
  others.push(channel.join({ signal: new AbortController().signal }));
  controller.abort(REASON);
  await assertReason(aborted);
  assert(await isPending(Promise.race(others)));
  channel.receiveNow();
  await Promise.all(others);
  await assertAtRest(controller);
});

Deno.test("values() throws TypeError from the call itself for what is no signal (case 82)", () => {
  const signal = new AbortController() as unknown as AbortSignal;
  assertThrows(() => new Channel<number>().values({ signal }), TypeError);
});

Deno.test("send() with a signal rejects with the value when the channel closes while it waits", async () => {
  const channel = new Channel<number>();
  const controller = new CountedController();
  const promise = channel.send(7, { signal: controller.signal });
  channel.close("closing");
  controller.abort(REASON);
  const error = await assertRejects(() => promise, ChannelClosedError);
  assertInstanceOf(error, ChannelClosedError);
  assertEquals(error.value, 7);
  await assertAtRest(controller);
});
