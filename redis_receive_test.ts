// redis_receive_test.ts: receiving leases: acknowledging, giving back, running out.

import { assert, assertEquals } from "@std/assert";
import { meddling, open } from "./_redis_clients_testing.ts";
import type { TestServer } from "./_redis_testing.ts";
import { redisTest } from "./_redis_testing.ts";
import { CountedController, isPending, reasonOf, tick } from "./_testing.ts";
import { Channel } from "./channel.ts";
import { consume, map, merge } from "./flow.ts";
import type { RemoteChannel, RemoteChannelOptions } from "./redis.ts";
import { select } from "./select.ts";

const visibility = 300; // ms

/** A channel whose process stands still: it asks nothing more of the server. */
async function frozen(
  server: TestServer,
  options?: Partial<RemoteChannelOptions<number>>,
): Promise<[RemoteChannel<number>, (freezes: boolean) => void]> {
  let thaw: (() => void) | undefined;
  let ice: Promise<void> | undefined;
  const client = meddling(server.client(), async (_, call) => {
    await ice;
    return call();
  });
  const channel = await open(client, { visibility, ...options });
  return [channel, (freezes) => {
    thaw?.();
    ice = freezes ? new Promise((resolve) => thaw = resolve) : undefined;
  }];
}

redisTest("receive() waits for a value of another process", async (server) => {
  await using one = await open(server, { visibility });
  await using other = await open(server, { visibility });
  const received = one.receive();
  assert(await isPending(received));
  await other.send(7);
  const lease = await received;
  assertEquals([lease.value, lease.deliveries], [7, 1]);
  assert(/^\d+-\d+$/.test(lease.id));
  assertEquals(await lease.ack(), true);
  assertEquals(await lease.ack(), true);
  assertEquals(await lease.giveBack(), false);
  assertEquals((await one.stats()).size, 0);
});

redisTest("receive() serves those who wait oldest first", async (server) => {
  await using channel = await open(server, { visibility });
  const waits = [channel.receive(), channel.receive(), channel.receive()];
  await channel.sendAll([0, 1, 2]);
  const leases = await Promise.all(waits);
  assertEquals(leases.map(({ value }) => value), [0, 1, 2]);
});

redisTest(
  "receive() gives each value to one of many consumers",
  async (server) => {
    const handles = await Promise.all(
      [1, 2, 3, 4].map(() => open(server, { visibility, window: 2 })),
    );
    const got: number[] = [];
    const loops = handles.map(async (one) => {
      for await (const value of one) {
        got.push(value);
        if (value % 7 === 0) await tick();
      }
    });
    await handles[0]!.sendAll(Array.from({ length: 500 }, (_, n) => n));
    await handles[1]!.close();
    await Promise.all(loops);
    assertEquals(
      got.sort((a, b) => a - b),
      Array.from({ length: 500 }, (_, n) => n),
    );
    for (const one of handles) await one[Symbol.asyncDispose]();
  },
);

redisTest("receive() leases no more than window values", async (server) => {
  await using channel = await open(server, { visibility, window: 3 });
  await channel.sendAll([0, 1, 2, 3, 4]);
  const leases = [];
  for (let i = 0; i < 3; i++) leases.push(await channel.receive());
  const fourth = channel.receive();
  await channel.stats();
  assert(await isPending(fourth));
  assertEquals((await channel.stats()).leased, 3);
  await leases[0]!.ack();
  assertEquals((await fourth).value, 3);
});

redisTest("receive() by its signal takes nothing", async (server) => {
  await using channel = await open(server, { visibility });
  const controller = new CountedController();
  const received = channel.receive({ signal: controller.signal });
  await channel.stats();
  controller.abort("enough");
  assertEquals(await reasonOf(received), "enough");
  await channel.send(1);
  assertEquals((await channel.receive()).value, 1);
  assertEquals(controller.listeners, 0);
});

redisTest(
  "giveBack() puts the value in front, and counts the delivery",
  async (server) => {
    await using one = await open(server, { visibility, window: 2 });
    await using other = await open(server, { visibility });
    await one.sendAll([0, 1, 2, 3]);
    const [first, second] = [await one.receive(), await one.receive()];
    assertEquals(await second.giveBack(), true);
    assertEquals(await first.giveBack(), true);
    assertEquals(await first.ack(), false);
    const again = [];
    for (let i = 0; i < 4; i++) again.push(await other.receive());
    assertEquals(again.map(({ value, deliveries }) => [value, deliveries]), [
      [0, 2],
      [1, 2],
      [2, 1],
      [3, 1],
    ]);
  },
);

redisTest(
  "a lease that is not renewed goes to another consumer, and what is late does nothing",
  async (server) => {
    const [one, freeze] = await frozen(server, { window: 1 });
    await using other = await open(server, { visibility });
    await one.send(7);
    const lease = await one.receive();
    freeze(true);
    const late = lease.ack();
    const start = performance.now();
    const again = await other.receive();
    const waited = performance.now() - start;
    assert(waited < 4 * visibility, `${waited}`);
    assertEquals([again.value, again.deliveries, again.id], [7, 2, lease.id]);
    freeze(false);
    assertEquals(await late, false);
    assertEquals((await other.stats()).size, 1);
    assertEquals(await again.ack(), true);
    assertEquals((await other.stats()).size, 0);
    await one[Symbol.asyncDispose]();
  },
);

redisTest(
  "a lease that came back to the same consumer is not the one before",
  async (server) => {
    const [one, freeze] = await frozen(server);
    await one.send(7);
    const first = await one.receive();
    freeze(true);
    await using other = await open(server, { visibility });
    const second = await other.receive();
    await second.giveBack();
    freeze(false);
    await other[Symbol.asyncDispose]();
    const third = await one.receive();
    assertEquals([third.value, third.deliveries], [7, 3]);
    assertEquals(await first.ack(), false);
    assertEquals((await one.stats()).size, 1);
    assertEquals(await third.ack(), true);
    assertEquals((await one.stats()).size, 0);
    await one[Symbol.asyncDispose]();
  },
);

redisTest("a lease is renewed while its value is worked on", async (server) => {
  await using one = await open(server, { visibility });
  await using other = await open(server, { visibility });
  await one.send(7);
  const lease = await one.receive();
  const waiting = other.receive();
  await new Promise((resolve) => setTimeout(resolve, 4 * visibility));
  assert(await isPending(waiting));
  assertEquals(await lease.ack(), true);
  await one.send(8);
  assertEquals((await waiting).value, 8);
});

redisTest(
  "what was leased ahead and nobody asks for goes back unseen",
  async (server) => {
    await using one = await open(server, { visibility, window: 10 });
    await using other = await open(server, { visibility });
    await one.sendAll([0, 1, 2]);
    assertEquals((await one.values().next()).value, 0);
    const next = [await other.receive(), await other.receive()];
    assertEquals(next.map(({ value, deliveries }) => [value, deliveries]), [
      [1, 1],
      [2, 1],
    ]);
  },
);

redisTest(
  "values() acknowledges by asking, and gives back by leaving",
  async (server) => {
    await using channel = await open(server, { visibility });
    await channel.sendAll([0, 1, 2]);
    for await (const value of channel) if (value === 1) break;
    assertEquals((await channel.stats()).leased <= 1, true);
    const again = await channel.receive();
    assertEquals([again.value, again.deliveries], [1, 2]);
    await again.ack();
    const thrown = async () => {
      for await (const value of channel) throw value;
    };
    assertEquals(await reasonOf(thrown()), 2);
    const last = await channel.receive();
    assertEquals([last.value, last.deliveries], [2, 2]);
  },
);

redisTest("values() by its signal gives back and throws", async (server) => {
  await using channel = await open(server, { visibility });
  await channel.send(7);
  const controller = new AbortController();
  const { signal } = controller;
  const loop = channel.values({ signal });
  assertEquals(await loop.next(), { value: 7, done: false });
  controller.abort("enough");
  assertEquals(await reasonOf(loop.next()), "enough");
  assertEquals((await loop.next()).done, true);
  assertEquals((await channel.stats()).size, 0); // to ask for the next is to acknowledge
});

redisTest(
  "values() waits for what another holds, since it may come back",
  async (server) => {
    await using one = await open(server, { visibility });
    await using other = await open(server, { visibility });
    await one.send(7);
    const lease = await one.receive();
    await one.close();
    const loop = (async () => {
      const got = [];
      for await (const value of other) got.push(value);
      return got;
    })();
    await other.stats();
    assert(await isPending(loop));
    await lease.giveBack();
    assertEquals(await loop, [7]);
  },
);

redisTest(
  "leases take part in select, merge, map and consume",
  async (server) => {
    await using channel = await open(server, { visibility });
    const local = new Channel<string>();
    await channel.sendAll([0, 1, 2, 3, 4, 5]);
    const result = await select({ job: channel.leases, quit: local });
    assert(result.key === "job" && result.state === "ok");
    assertEquals(result.value.value, 0);
    await result.value.ack();
    const merged = await merge(channel.leases).receive();
    assertEquals(merged.value, 1);
    await merged.ack();
    await channel.close();
    const doubled = map(channel.leases, async (lease) => {
      await lease.ack();
      return 2 * lease.value;
    });
    const got: number[] = [];
    await consume(doubled, (value) => void got.push(value));
    assertEquals(got, [4, 6, 8, 10]);
    const over = await select({ job: channel.leases });
    assertEquals(over.state, "closed");
  },
);

redisTest("a select that loses has taken nothing", async (server) => {
  await using one = await open(server, { visibility });
  const local = new Channel<string>(1);
  const selected = select({ job: one.leases, local });
  await one.stats();
  local.sendNow("first");
  assertEquals((await selected).key, "local");
  await one.send(7);
  assertEquals((await one.receive()).deliveries, 1);
});
