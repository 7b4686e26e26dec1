// batch_test.ts: receiving many values at once: drain, receiveMany, batches.

import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { CountedController, isPending, SettleLog, tick } from "./_testing.ts";
import { Channel, ChannelClosedError } from "./channel.ts";
import { select, sending } from "./select.ts";

/** A channel that holds `values`; those without room wait, and `log` sees them accepted. */
function loaded(capacity: number, values: number[]) {
  const channel = new Channel<number>(capacity);
  const log = new SettleLog();
  for (const value of values) log.add(`sent ${value}`, channel.send(value));
  return { channel, log };
}

const ALL = [0, 1, 2, 3, 4];
const ALL_SENT = ALL.map((value) => `sent ${value}`);

for (const capacity of [0, 1, 3, Infinity]) {
  Deno.test(`Channel.drain() takes all, of waiting senders too (capacity ${capacity})`, async () => {
    const { channel, log } = loaded(capacity, ALL);
    assertEquals(channel.drain(), ALL);
    assertEquals([channel.size, channel.stats().waitingSenders], [0, 0]);
    await tick();
    assertEquals(log.entries, ALL_SENT);
    assertEquals(channel.drain(), []);
    const received = channel.receive();
    await channel.send(5);
    assertEquals(await received, 5);
  });

  Deno.test(`Channel.receiveMany() takes all, of waiting senders too (capacity ${capacity})`, async () => {
    const { channel, log } = loaded(capacity, ALL);
    assertEquals(await channel.receiveMany(), ALL);
    await tick();
    assertEquals(log.entries, ALL_SENT);
    assertEquals(channel.tryReceive(), { state: "empty" });
  });

  Deno.test(`Channel.receiveMany() takes up to max (capacity ${capacity})`, async () => {
    const { channel } = loaded(capacity, ALL);
    assertEquals(await channel.receiveMany(2), [0, 1]);
    assertEquals(await channel.receiveMany(1), [2]);
    assertEquals(await channel.receiveMany(9), [3, 4]);
  });

  Deno.test(`Channel.batches() yields what is there, up to max (capacity ${capacity})`, async () => {
    const { channel } = loaded(capacity, ALL);
    const seen: number[][] = [];
    for await (const batch of channel.batches(2)) {
      seen.push(batch);
      // Not before the senders are through: close() would refuse them.
      if (seen.length === 3) channel.close();
    }
    assertEquals(seen, [[0, 1], [2, 3], [4]]);
  });

  Deno.test(`Channel.batches() yields all without max (capacity ${capacity})`, async () => {
    const { channel } = loaded(capacity, ALL);
    assertEquals(await channel.batches().next(), { value: ALL, done: false });
  });

  Deno.test(`Channel.receiveMany() waits for one value (capacity ${capacity})`, async () => {
    const channel = new Channel<number>(capacity);
    const received = channel.receiveMany(3);
    assert(await isPending(received));
    await channel.send(1);
    assertEquals(await received, [1]);
  });
}

Deno.test("Channel.drain() takes the value of a waiting select", async () => {
  const channel = new Channel<number>();
  const other = new Channel<number>();
  const chosen = select({ one: sending(channel, 1), other });
  assertEquals(channel.drain(), [1]);
  assertEquals((await chosen).key, "one");
  assertEquals(other.stats().waitingReceivers, 0);
});

Deno.test("Channel.drain() keeps values as they are", () => {
  const channel = new Channel<unknown>(3);
  const values = [Promise.resolve(1), undefined, { then: () => {} }];
  for (const value of values) channel.sendNow(value);
  for (const [i, value] of channel.drain().entries()) {
    assertStrictEquals(value, values[i]);
  }
});

Deno.test("Channel.drain() takes the last of a closed channel and lets join resolve", async () => {
  const channel = new Channel<number>(2);
  channel.sendNow(1);
  channel.sendNow(2);
  channel.close("reason");
  const joined = channel.join();
  assert(await isPending(joined));
  assertEquals(channel.drain(), [1, 2]);
  assert(channel.drained);
  await joined;
  assertEquals(channel.drain(), []);
});

Deno.test("Channel.receiveMany() takes its turn among the receivers", async () => {
  const channel = new Channel<number>(3);
  const log = new SettleLog();
  log.add("a", channel.receive());
  log.add("b", channel.receiveMany());
  log.add("c", channel.receive());
  for (const value of [1, 2, 3]) channel.sendNow(value);
  await tick();
  assertEquals(log.entries, ["a=1", "b=2", "c=3"]);
});

Deno.test("Channel.receiveMany() drains a closed channel, then rejects", async () => {
  for (const reason of [[], ["reason"]]) {
    const channel = new Channel<number>(3);
    for (const value of [1, 2, 3]) channel.sendNow(value);
    channel.close(...reason as [unknown]);
    const joined = channel.join();
    assertEquals(await channel.receiveMany(2), [1, 2]);
    assert(await isPending(joined));
    assertEquals(await channel.receiveMany(2), [3]);
    await joined;
    const error = await channel.receiveMany().catch((error) => error);
    if (reason.length === 0) assertInstanceOf(error, ChannelClosedError);
    else assertEquals(error, "reason");
  }
});

const NOT_MAX = [[0, -1, 1.5, NaN, -Infinity], ["3", null, 3n, {}]];
for (const [i, Error] of [RangeError, TypeError].entries()) {
  Deno.test(`Channel.receiveMany() and batches() refuse a bad max (${Error.name})`, async () => {
    for (const max of NOT_MAX[i]! as number[]) {
      const channel = new Channel<number>(1);
      await assertRejects(() => channel.receiveMany(max), Error);
      assertThrows(() => channel.batches(max), Error);
      assertEquals(channel.stats().waitingReceivers, 0);
      channel.sendNow(1);
      await assertRejects(() => channel.receiveMany(max), Error);
      assertEquals(channel.size, 1);
    }
  });
}

Deno.test("Channel.receiveMany() looks at max, then the signal, then the channel", async () => {
  const channel = new Channel<number>(1);
  channel.sendNow(1);
  const signal = AbortSignal.abort("stop");
  await assertRejects(() => channel.receiveMany(0, { signal }), RangeError);
  const receive = () => channel.receiveMany(1, { signal });
  assertEquals(await receive().catch((reason) => reason), "stop");
  assertEquals(channel.drain(), [1]);
  channel.close();
  assertEquals(await receive().catch((reason) => reason), "stop");
});

Deno.test("Channel.receiveMany() takes nothing when aborted while it waits", async () => {
  const channel = new Channel<number>(1);
  const controller = new CountedController();
  const received = channel.receiveMany(2, { signal: controller.signal });
  assert(await isPending(received));
  assertEquals(controller.listeners, 1);
  controller.abort("stop");
  channel.sendNow(1);
  assertEquals(await received.catch((reason) => reason), "stop");
  assertEquals(channel.drain(), [1]);
  await tick();
  assertEquals(controller.listeners, 0);
});

Deno.test("Channel.receiveMany() keeps a batch that was delivered before the abort", async () => {
  const channel = new Channel<number>();
  const controller = new CountedController();
  const received = channel.receiveMany(2, { signal: controller.signal });
  assert(channel.trySend(1));
  controller.abort("stop");
  assertEquals(await received, [1]);
  await tick();
  assertEquals(controller.listeners, 0);
});

Deno.test("Channel.batches() ends when a waiting channel is closed", async () => {
  const channel = new Channel<number>();
  const batches = channel.batches();
  const next = batches.next();
  assert(await isPending(next));
  channel.close();
  const end = { value: undefined, done: true as const };
  assertEquals(await next, end);
  assertEquals(await batches.next(), end);
});

Deno.test("Channel.batches() throws the reason after the last batch", async () => {
  const channel = new Channel<number>(3);
  const reason = new Error("reason");
  for (const value of [1, 2, 3]) channel.sendNow(value);
  channel.close(reason);
  const seen: number[][] = [];
  const error = await (async () => {
    for await (const batch of channel.batches(2)) seen.push(batch);
  })().catch((error) => error);
  assertStrictEquals(error, reason);
  assertEquals(seen, [[1, 2], [3]]);
});

Deno.test("Channel.batches() loses nothing when the loop is left", async () => {
  const channel = new Channel<number>(5);
  for (const value of ALL) channel.sendNow(value);
  for await (const batch of channel.batches(2)) {
    assertEquals(batch, [0, 1]);
    break;
  }
  assertEquals([channel.closed, channel.drain()], [false, [2, 3, 4]]);
});

Deno.test("Channel.batches() withdraws a next that waits on return()", async () => {
  const channel = new Channel<number>(1);
  const batches = channel.batches();
  const next = batches.next();
  assert(await isPending(next));
  assertEquals((await batches.return!()).done, true);
  assertEquals((await next).done, true);
  channel.sendNow(1);
  assertEquals(channel.drain(), [1]);
});

Deno.test("Channel.batches() takes nothing before it is asked", async () => {
  const { channel } = loaded(3, [1, 2, 3]);
  const batches = channel.batches(1);
  await tick();
  assertEquals(channel.size, 3);
  await batches.next();
  await tick();
  assertEquals(channel.snapshot(), [2, 3]);
});
