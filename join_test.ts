// join_test.ts: waiting for the end (group F of the cases; case 58 is in close_test.ts).

import { assert, assertEquals } from "@std/assert";
import {
  CountedController,
  filled,
  isPending,
  reasonOf,
  SettleLog,
  tick,
  unhandledIn,
} from "./_testing.ts";
import { Channel } from "./channel.ts";
import { select } from "./select.ts";

Deno.test("Channel.join() waits for the close of an empty channel (case 56)", async () => {
  for (const capacity of [0, 1, 3, Infinity]) {
    const channel = new Channel(capacity);
    const joined = channel.join();
    assert(await isPending(joined));
    channel.close();
    await joined;
  }
});

Deno.test("Channel.join() resolves at once after that, for everybody (case 57)", async () => {
  const channel = filled(1, 1);
  channel.close();
  await channel.receive();
  await channel.join();
  await Promise.all([channel.join(), channel.join(), channel.join()]);
});

Deno.test("Channel.join() waits for a late reader (case 59)", async () => {
  const channel = filled(1, 1);
  channel.close();
  const joined = channel.join();
  for (let i = 0; i < 20; i++) await tick();
  assert(await isPending(joined));
  assertEquals(channel.size, 1);
  await channel.receive();
  await joined;
});

Deno.test("Channel.join() waits for the close of a drained channel (case 60)", async () => {
  const channel = filled(1, 1);
  const joined = channel.join();
  await channel.receive();
  assert(await isPending(joined));
  channel.close();
  await joined;
});

Deno.test("Channel.join() does not wait for senders that close() refused (case 61)", async () => {
  const channel = new Channel<number>();
  const log = new SettleLog();
  log.add("sent", channel.send(1));
  log.add("joined", channel.join());
  channel.close();
  assert(channel.drained);
  await tick();
  assertEquals(log.entries.sort(), ["joined", "sent!ChannelClosedError"]);
});

Deno.test("Channel.join() resolves whatever the reason (case 62)", async () => {
  const unhandled = await unhandledIn(async () => {
    for (const reason of [new Error("reason"), "reason", 0, null, undefined]) {
      const channel = new Channel();
      const joined = channel.join();
      channel.close(reason);
      assertEquals(await joined, undefined);
      channel.join();
    }
  });
  assertEquals(unhandled, []);
});

Deno.test("Channel.join() rejects by its own signal alone (case 63)", async () => {
  const drained = new Channel();
  drained.close();
  const aborted = AbortSignal.abort("aborted");
  assertEquals(await reasonOf(drained.join({ signal: aborted })), "aborted");
  const channel = new Channel();
  const controller = new CountedController();
  const log = new SettleLog();
  log.add("before", channel.join());
  log.add("aborted", channel.join({ signal: controller.signal }));
  log.add("after", channel.join());
  controller.abort("stop");
  await tick();
  assertEquals(log.entries, ["aborted!stop"]);
  channel.close();
  await tick();
  assertEquals(log.entries, ["aborted!stop", "before", "after"]);
  assertEquals(controller.listeners, 0);
});

Deno.test("Channel.join() resolves when what it waits for comes before the abort of the same turn (case 74)", async () => {
  const ends: Record<string, (channel: Channel<number>) => void> = {
    "close": (channel) => {
      channel.drain();
      channel.close();
    },
    "drain": (channel) => {
      channel.close();
      channel.drain();
    },
    "cancel": (channel) => channel.cancel(),
  };
  for (const [name, end] of Object.entries(ends)) {
    const channel = filled(2, 1, 2);
    const controller = new CountedController();
    const { signal } = controller;
    const log = new SettleLog();
    log.add("with a signal", channel.join({ signal }));
    log.add("without", channel.join());
    end(channel);
    log.add("late", channel.join({ signal }));
    log.add("later", channel.join());
    controller.abort("stop");
    await tick();
    assertEquals(
      log.entries,
      ["with a signal", "without", "late", "later"],
      name,
    );
    assertEquals(controller.listeners, 0);
  }
});

Deno.test("Channel.join() resolves for the signal of its own channel's end", async () => {
  const channel = new Channel();
  const joined = channel.join({ signal: channel.closeSignal });
  channel.close();
  await joined;
});

const LAST_RECEIVES: Record<
  string,
  (channel: Channel<number>) => Promise<unknown>
> = {
  receive: (channel) => channel.receive(),
  receiveMany: (channel) => channel.receiveMany(),
  iteration: (channel) => channel.values().next(),
  batches: (channel) => channel.batches().next(),
  select: (channel) => select([channel]),
};

/** Who settles first when the last value, after `others`, of a joined channel is received. */
async function orderOfEnd(
  receive: (channel: Channel<number>) => Promise<unknown>,
  others = 0,
): Promise<string[]> {
  const channel = new Channel<number>(1);
  for (let i = 0; i < others; i++) {
    channel.sendNow(i);
    channel.receiveNow();
  }
  channel.sendNow(1);
  channel.close();
  const order: string[] = [];
  const joined = channel.join().then(() => order.push("joined"));
  const received = receive(channel).then(() => order.push("received"));
  await Promise.all([joined, received]);
  return order;
}

for (const [name, receive] of Object.entries(LAST_RECEIVES)) {
  Deno.test(`Channel.join() resolves no earlier than the last receive (case 65, ${name})`, async () => {
    assertEquals(await orderOfEnd(receive), ["received", "joined"]);
  });

  Deno.test(`Channel.join() resolves no earlier than the last receive while the loop is busy (case 65, ${name})`, async () => {
    // Rule 9 has the receives of a busy channel wait for a turn of the event loop.
    const orders: Promise<string[]>[] = [];
    const start = performance.now();
    while (performance.now() - start < 30) {
      for (let i = 0; i < 10; i++) await null;
      orders.push(orderOfEnd(receive, orders.length % 100));
    }
    const early = (await Promise.all(orders)).filter(([first]) =>
      first === "joined"
    );
    assertEquals(early.length, 0);
  });
}

Deno.test("Channel.join() does not wait for a receive that was aborted (case 67)", async () => {
  const channel = new Channel();
  const controller = new AbortController();
  const received = reasonOf(channel.receive({ signal: controller.signal }));
  const joined = channel.join();
  controller.abort("stop");
  assertEquals(await received, "stop");
  channel.close();
  await joined;
});

Deno.test("join() resolves after the receive that takes the last value (case 65)", async () => {
  const takes: ((channel: Channel<number>) => Promise<unknown>)[] = [
    (channel) => channel.receive(),
    (channel) => channel.receiveMany(),
    (channel) => channel.values().next(),
    (channel) => channel.batches().next(),
  ];
  for (const take of takes) {
    const channel = new Channel<number>(1);
    channel.sendNow(1);
    channel.close();
    const order: string[] = [];
    channel.join().then(() => order.push("join"));
    take(channel).then(() => order.push("receive"));
    await tick();
    assertEquals(order, ["receive", "join"]);
  }
});

Deno.test("join() calls resolve in the order in which they were made (case 138)", async () => {
  const channel = new Channel<number>(1);
  channel.sendNow(1);
  channel.close();
  const order: string[] = [];
  channel.join().then(() => order.push("before"));
  channel.join().then(() => order.push("before too"));
  channel.receiveNow();
  channel.join().then(() => order.push("after"));
  await tick();
  assertEquals(order, ["before", "before too", "after"]);
});
