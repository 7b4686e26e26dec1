// ends_test.ts: the protocol that select and transports speak with a channel.

import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
} from "@std/assert";
import { CountedController, isPending, SettleLog, tick } from "./_testing.ts";
import { over, Waiter, withdraw, woken } from "./_waiter.ts";
import { Channel, ChannelClosedError } from "./channel.ts";
import {
  available,
  ended,
  giveBack,
  lease,
  park,
  sendable,
  take,
} from "./ends.ts";
import { select } from "./select.ts";

const capacities = [0, 1, 3, Infinity];

/** A channel into which the values were sent; those without room have senders that wait. */
function holding(
  values: number[],
  capacity: number,
  onDrop?: (value: number) => void,
): Channel<number> {
  const channel = new Channel<number>({ capacity, onDrop });
  for (const value of values) channel.send(value).catch(() => {});
  return channel;
}

/** Takes up to `max` values, as leases: all that may be taken, less what was not there. */
function leased<T>(channel: Channel<T>, max: number): T[] {
  channel[lease](max);
  const values = channel[take](max) as T[];
  channel[lease](values.length - max);
  return values;
}

/** A channel of two values, both leased. */
function leasedOut(capacity = 2, dropped?: number[]): Channel<number> {
  const channel = holding([1, 2], capacity, (value) => dropped?.push(value));
  assertEquals(leased(channel, 2), [1, 2]);
  return channel;
}

/** A waiter that puts what happens to it in a promise. */
function promised(): { waiter: Waiter; promise: Promise<unknown> } {
  let waiter: Waiter;
  const promise = new Promise((resolve, reject) => {
    waiter = new Waiter(resolve, reject);
  });
  return { waiter: waiter!, promise };
}

for (const capacity of capacities) {
  Deno.test(`lease takes up to n values, oldest first, waiting senders' included (capacity ${capacity})`, () => {
    const channel = holding([1, 2, 3], capacity);
    assertEquals(leased(channel, 2), [1, 2]);
    assertEquals(leased(channel, 0), []);
    assertEquals(leased(channel, 2), [3]);
    assertEquals(leased(channel, 5), []);
    assertEquals(channel.size, 0);
  });

  Deno.test(`giveBack puts values in front of all others in the order given, above the capacity too (capacity ${capacity})`, async () => {
    const channel = holding([1, 2, 3, 4, 5], capacity);
    const values = leased(channel, 3);
    const later = channel.send(6);
    channel[giveBack](values);
    assert(channel.size >= 3);
    assertEquals(channel.snapshot().slice(0, 3), [1, 2, 3]);
    const got: number[] = [];
    while (!channel.empty || channel.stats().waitingSenders > 0) {
      got.push(channel.receiveNow());
    }
    assertEquals(got, [1, 2, 3, 4, 5, 6]);
    await later;
  });

  Deno.test(`giveBack makes senders wait until the values above the capacity are gone (capacity ${capacity})`, async () => {
    const channel = holding([1, 2, 3, 4], capacity);
    channel[giveBack](leased(channel, 4));
    const log = new SettleLog();
    log.add("sent", channel.send(5));
    for (const value of [1, 2, 3, 4]) {
      await tick();
      assertEquals(log.entries, 5 - value < capacity ? ["sent"] : []);
      assertEquals(channel.receiveNow(), value);
    }
    assertEquals(channel.receiveNow(), 5);
    await tick();
    assertEquals(log.entries, ["sent"]);
  });

  Deno.test(`giveBack hands over to parked receivers, oldest first, and keeps the rest (capacity ${capacity})`, async () => {
    const channel = holding([1, 2, 3], capacity);
    const values = leased(channel, 3);
    const received = [channel.receive(), channel.receive()];
    channel[giveBack](values);
    assertEquals(await Promise.all(received), [1, 2]);
    assertEquals(channel.drain(), [3]);
    const more = channel.receive();
    assert(channel.trySend(4));
    assertEquals(await more, 4);
  });

  Deno.test(`join() and drained wait on a closed channel until leases are acknowledged (capacity ${capacity})`, async () => {
    const channel = leasedOut(capacity);
    channel.close();
    const joined = channel.join();
    assertEquals(channel.drained, false);
    channel[lease](-1);
    assert(await isPending(joined));
    assertEquals(channel.drained, false);
    channel[lease](-1);
    assertEquals(channel.drained, true);
    await joined;
  });

  Deno.test(`receivers of a closed channel wait while leases are out, and end with the last (capacity ${capacity})`, async () => {
    for (const reason of [[], ["reason"]] as [][]) {
      const channel = leasedOut(capacity);
      const early = channel.receive();
      channel.close(...reason);
      const late = channel.receive();
      const next = channel.values().next();
      const batch = channel.receiveMany();
      const selected = select({ channel });
      assertEquals(channel.tryReceive(), { state: "empty" });
      assertEquals(channel.stats().waitingReceivers, 5);
      assert(
        await isPending(Promise.race([early, late, next, batch, selected])),
      );
      channel[lease](-2);
      assertEquals(channel.tryReceive(), { state: "closed" });
      assertEquals(channel.stats().waitingReceivers, 0);
      for (const receive of [early, late, batch]) {
        const error = await receive.catch((error) => error);
        if (reason.length > 0) assertStrictEquals(error, "reason");
        else assertInstanceOf(error, ChannelClosedError);
      }
      const end = await next.catch((error) => error);
      if (reason.length > 0) assertEquals(end, "reason");
      else assertEquals(end, { done: true, value: undefined });
      assertEquals((await selected).state, "closed");
    }
  });

  Deno.test(`iteration of a closed channel reads what is given back, then ends (capacity ${capacity})`, async () => {
    const channel = leasedOut(capacity);
    channel.close();
    const got: number[] = [];
    const reading = (async () => {
      for await (const value of channel) got.push(value);
    })();
    const joined = channel.join();
    assert(await isPending(Promise.race([reading, joined])));
    channel[giveBack]([1, 2]);
    await Promise.all([reading, joined]);
    assertEquals(got, [1, 2]);
  });

  Deno.test(`cancel() with leases out ends receivers at once, drops what comes back and lets join() wait (capacity ${capacity})`, async () => {
    const dropped: number[] = [];
    const channel = leasedOut(capacity, dropped);
    const received = channel.receive();
    const joined = channel.join();
    channel.cancel();
    await assertRejects(() => received, ChannelClosedError);
    await assertRejects(() => channel.receive(), ChannelClosedError);
    assertEquals(channel.tryReceive(), { state: "closed" });
    assertEquals(channel.drained, false);
    channel[giveBack]([1]);
    assertEquals(dropped, [1]);
    assertEquals(channel.size, 0);
    assert(await isPending(joined));
    channel[lease](-1);
    await joined;
    assertEquals(dropped, [1]);
  });

  Deno.test(`cancel() after close() ends the receivers that waited for leases (capacity ${capacity})`, async () => {
    const dropped: number[] = [];
    const channel = leasedOut(capacity, dropped);
    channel.close("first");
    const received = channel.receive();
    assert(await isPending(received));
    channel.cancel("second");
    assertStrictEquals(await received.catch((reason) => reason), "first");
    channel[giveBack]([1, 2]);
    assertEquals(dropped, [1, 2]);
    await channel.join();
  });

  Deno.test(`lease counts the value that a parked waiter was woken with (capacity ${capacity})`, async () => {
    const channel = new Channel<number>(capacity);
    const { waiter, promise } = promised();
    waiter.owner = {
      [woken](waiter, value) {
        channel[lease](1);
        waiter.resolve(value);
      },
      [over]: (waiter) => waiter.reject("ended"),
    };
    channel[park](waiter, false);
    assert(channel.trySend(1));
    channel.close();
    const joined = channel.join();
    assertEquals(await promise, 1);
    assertEquals(channel.drained, false);
    assert(await isPending(joined));
    channel[lease](-1);
    await joined;
  });
}

Deno.test("giveBack serves a channel that waits twice in one select once", async () => {
  const channel = leasedOut();
  const selected = select([channel, channel]);
  channel[giveBack]([1, 2]);
  const result = await selected;
  assertEquals(result.state === "ok" && result.value, 1);
  assertEquals(channel.snapshot(), [2]);
});

Deno.test("giveBack serves the receiver behind a select that waits twice", async () => {
  const channel = leasedOut();
  const selected = select([channel, channel]);
  const received = channel.receive();
  channel[giveBack]([1, 2]);
  const result = await selected;
  assertEquals(result.state === "ok" && result.value, 1);
  assertEquals(await received, 2);
  assertEquals(channel.size, 0);
});

Deno.test("giveBack serves all kinds of receivers in the order in which they wait", async () => {
  const channel = new Channel<number>(8);
  for (const value of [1, 2, 3, 4, 5]) channel.sendNow(value);
  const values = leased(channel, 5);
  const log = new SettleLog();
  log.add("receive", channel.receive());
  log.add("select", select([channel]).then(() => {}));
  log.add("receiveMany", channel.receiveMany());
  log.add("next", channel.values().next().then(() => {}));
  log.add("last", channel.receive());
  channel[giveBack](values);
  await tick();
  assertEquals(log.entries.filter((entry) => !/select|next/.test(entry)), [
    "receive=1",
    "receiveMany=3",
    "last=5",
  ]);
  assertEquals(log.entries.length, 5);
});

Deno.test("giveBack lets user code in the middle find leases out, and loses nothing to it", async () => {
  const acts: Record<string, (channel: Channel<unknown>) => unknown> = {
    "nothing": () => {},
    "receive": (channel) => channel.receive().catch(() => {}),
    "cancel": (channel) => channel.cancel(),
    "giveBack of none": (channel) => channel[giveBack]([]),
  };
  for (const [name, act] of Object.entries(acts)) {
    const dropped: unknown[] = [];
    const channel = new Channel<unknown>({
      capacity: 3,
      onDrop: (value) => dropped.push(value),
    });
    let found: unknown;
    const value = {
      get then() {
        const { size, waitingReceivers } = channel.stats();
        found ??= [size, waitingReceivers, channel.drained];
        act(channel);
        return undefined;
      },
    };
    for (const each of [value, 2, 3]) channel.sendNow(each);
    const values = leased(channel, 3);
    channel.close();
    const first = channel.receive();
    const second = channel.receive().catch(() => "ended");
    channel[giveBack](values);
    assertEquals(found, [0, 1, false], name);
    assertStrictEquals(await first, value);
    const rest = [await second, ...channel.drain(), ...dropped];
    const kept = name === "cancel" ? ["ended", 2, 3] : [2, 3];
    if (name === "receive") kept.pop(); // the receive in the middle has it
    assertEquals(rest, kept, name);
    await channel.join();
  }
});

Deno.test("giveBack of no values changes nothing", async () => {
  const channel = leasedOut();
  const received = channel.receive();
  channel[giveBack]([]);
  assert(await isPending(received));
  channel[giveBack]([1, 2]);
  assertEquals(await received, 1);
});

Deno.test("giveBack skips a receiver that was aborted, and leaves no listener", async () => {
  const channel = leasedOut();
  const controller = new CountedController();
  const { signal } = controller;
  const [aborted, received] = [channel.receive({ signal }), channel.receive()];
  controller.abort("enough");
  channel[giveBack]([1, 2]);
  assertStrictEquals(await aborted.catch((reason) => reason), "enough");
  assertEquals(await received, 1);
  assertEquals(channel.drain(), [2]);
  await tick();
  assertEquals(controller.listeners, 0);
});

Deno.test("a lease of the last value of a closed channel keeps join() pending", async () => {
  const channel = holding([1], 1);
  channel.close();
  const joined = channel.join();
  assertEquals(leased(channel, 1), [1]);
  assert(await isPending(joined));
  channel[lease](-1);
  await joined;
});

Deno.test("an open channel lets values flow past its leases", async () => {
  const channel = leasedOut();
  channel.sendNow(3);
  assertEquals(await channel.receive(), 3);
  const joined = channel.join();
  channel[lease](-2);
  assertEquals(channel.drained, false);
  assert(await isPending(joined));
  channel.close();
  await joined;
});

Deno.test("giveBack above the capacity of a drop-oldest channel drops nothing until the next send", () => {
  const dropped: number[] = [];
  const channel = new Channel<number>({
    capacity: 2,
    overflow: "drop-oldest",
    onDrop: (value) => dropped.push(value),
  });
  for (const value of [1, 2]) channel.sendNow(value);
  const values = leased(channel, 2);
  for (const value of [3, 4]) channel.sendNow(value);
  channel[giveBack](values);
  assertEquals(channel.snapshot(), [1, 2, 3, 4]);
  assertEquals(dropped, []);
  channel.sendNow(5);
  assertEquals(channel.snapshot(), [2, 3, 4, 5]);
  assertEquals(dropped, [1]);
});

Deno.test("available and ended tell a value, nothing yet and nothing ever again", () => {
  const channel = new Channel<number>(1);
  assertEquals(channel[available](), false);
  assertStrictEquals(channel[ended](), undefined);
  channel.sendNow(1);
  channel.close("reason");
  assertEquals(channel[available](), true);
  assertStrictEquals(channel[ended](), undefined);
  assertEquals(channel[take](), 1);
  assertEquals(channel[available](), false);
  assertEquals(channel[ended]()?.error, "reason");
  assertEquals(channel[ended]()?.plain, false);
});

Deno.test("take gives the oldest value, the waiting senders' included", async () => {
  for (const capacity of capacities) {
    const channel = new Channel<number>(capacity);
    const sent = [1, 2, 3].map((value) => channel.send(value));
    for (const value of [1, 2, 3]) {
      assertEquals(channel[available](), true);
      assertEquals(channel[take](), value);
    }
    assertEquals(channel[available](), false);
    await Promise.all(sent);
  }
});

Deno.test("sendable tells room or a receiver, none, and closed", () => {
  const channel = new Channel<number>(1);
  assertStrictEquals(channel[sendable](), true);
  channel.sendNow(1);
  assertStrictEquals(channel[sendable](), false);
  channel.drain();
  channel.close();
  assertStrictEquals(channel[sendable](), undefined);

  const rendezvous = new Channel<number>();
  assertStrictEquals(rendezvous[sendable](), false);
  const { waiter } = promised();
  rendezvous[park](waiter, false);
  assertStrictEquals(rendezvous[sendable](), true);
  rendezvous[withdraw](waiter);
  assertStrictEquals(rendezvous[sendable](), false);
});

Deno.test("park queues a value behind the senders that wait, and withdraw takes it out", async () => {
  const channel = holding([1, 2], 1);
  const [parked, withdrawn] = [promised(), promised()];
  withdrawn.waiter.value = 9;
  parked.waiter.value = 3;
  channel[park](withdrawn.waiter, true);
  channel[park](parked.waiter, true);
  channel[withdraw](withdrawn.waiter);
  assertEquals(channel.drain(), [1, 2, 3]);
  await parked.promise;
  assert(await isPending(withdrawn.promise));
});
