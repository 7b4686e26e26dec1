// channel_test.ts: making a channel, sending, receiving (groups A to C of the cases).

import {
  assert,
  assertEquals,
  assertFalse,
  assertLess,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import {
  collect,
  filled,
  isPending,
  random,
  SettleLog,
  tick,
} from "./_testing.ts";
import { Channel, ChannelClosedError } from "./channel.ts";

const CAPACITIES = [0, 1, 3, Infinity];

function range(length: number): number[] {
  return Array.from({ length }, (_, i) => i);
}

Deno.test("Channel() makes an open, empty, unbuffered channel (case 1)", () => {
  const { capacity, size, closed } = new Channel();
  assertEquals({ capacity, size, closed }, {
    capacity: 0,
    size: 0,
    closed: false,
  });
});

Deno.test("Channel() takes the capacity as a number or as an option (case 2)", () => {
  assertEquals(new Channel(3).capacity, 3);
  assertEquals(new Channel({ capacity: 3 }).capacity, 3);
});

Deno.test("Channel() is unbuffered when no capacity is given (case 3)", () => {
  for (const options of [{}, undefined, { capacity: undefined }]) {
    assertEquals(new Channel(options).capacity, 0);
  }
});

Deno.test("Channel() is unbounded with capacity Infinity (case 4)", async () => {
  const channel = new Channel<number>(Infinity);
  assertEquals(channel.capacity, Infinity);
  await Promise.all(range(10_000).map((i) => channel.send(i)));
  assertEquals(channel.size, 10_000);
  assertEquals(channel.snapshot(), range(10_000));
});

Deno.test("Channel() refuses numbers that are no capacity (cases 5, 7)", () => {
  for (const capacity of [-1, 1.5, NaN, -Infinity, 2 ** 53, 1e300]) {
    for (const options of [capacity, { capacity }]) {
      assertThrows(() => new Channel(options), RangeError, `${capacity}`);
    }
  }
});

Deno.test("Channel() refuses capacities that are no numbers (case 6)", () => {
  for (const capacity of ["3", 3n, null, true, [], Symbol()]) {
    for (const options of [capacity, { capacity }]) {
      const { message } = assertThrows(
        () => new Channel(options as never),
        TypeError,
      );
      assertStringIncludes(message, "capacity must be a whole number");
    }
  }
});

Deno.test("Channel.capacity is 0 for -0 (case 7)", () => {
  assert(Object.is(new Channel(-0).capacity, 0));
  assert(Object.is(new Channel({ capacity: -0 }).capacity, 0));
});

for (const capacity of [1e7, Number.MAX_SAFE_INTEGER]) {
  Deno.test(`Channel() allocates nothing for values to come (case 8, capacity ${capacity})`, () => {
    collect();
    const before = Deno.memoryUsage();
    const channel = filled(capacity, 1);
    const after = Deno.memoryUsage();
    assertLess(after.heapUsed - before.heapUsed, 1 << 20);
    assertLess(after.external - before.external, 1 << 20);
    assertEquals([channel.capacity, channel.size], [capacity, 1]);
  });
}

Deno.test("Channel properties cannot be assigned (case 9)", () => {
  const channel = filled(3, 1);
  for (const name of ["size", "capacity", "closed"] as const) {
    const before = channel[name];
    assertThrows(() => Object.assign(channel, { [name]: 7 }), TypeError);
    assertEquals(channel[name], before);
  }
});

async function receiveWaitsWhileEmpty(capacity: number): Promise<void> {
  const channel = new Channel<number>(capacity);
  const received = [channel.receive(), channel.receive()];
  assert(await isPending(Promise.race(received)));
  assertEquals(channel.tryReceive(), { state: "empty" });
  await channel.send(0);
  await channel.send(1);
  assertEquals(await Promise.all(received), [0, 1]);
}

async function sendWaitsWhileFull(capacity: number): Promise<void> {
  const channel = filled(capacity, ...range(capacity));
  assertEquals([channel.size, channel.capacity], [capacity, capacity]);
  const sent = channel.send(capacity);
  assert(await isPending(sent));
  assertFalse(channel.trySend(-1));
  assertEquals(await channel.receive(), 0);
  await sent;
  assertEquals(channel.drain(), range(capacity).map((i) => i + 1));
}

async function bufferSurvivesClose(capacity: number): Promise<void> {
  const channel = filled(capacity, ...range(capacity));
  channel.close();
  for (const i of range(capacity)) assertEquals(await channel.receive(), i);
  await assertRejects(() => channel.receive(), ChannelClosedError);
  const waited = new Channel<number>(capacity);
  const received = waited.receive();
  assert(await isPending(received));
  waited.close();
  await assertRejects(() => received, ChannelClosedError);
}

async function hundredInOrder(capacity: number): Promise<void> {
  const channel = new Channel<number>(capacity);
  const sent = (async () => {
    for (const i of range(100)) await channel.send(i);
  })();
  for (const i of range(100)) assertEquals(await channel.receive(), i);
  await sent;
}

async function manyToMany(capacity: number): Promise<void> {
  const channel = new Channel<number>(capacity);
  const seen: number[] = new Array(1000).fill(0);
  await Promise.all(
    range(8).map(async (task) => {
      for (const i of range(1000)) {
        if (task < 4) await channel.send(i);
        else seen[await channel.receive()]!++;
      }
    }),
  );
  assertEquals(seen, new Array(1000).fill(4));
  assertEquals(channel.size, 0);
}

for (const capacity of range(21)) {
  Deno.test(`Channel passes Go's TestChan (case 11, capacity ${capacity})`, async () => {
    await receiveWaitsWhileEmpty(capacity);
    await sendWaitsWhileFull(capacity);
    await bufferSurvivesClose(capacity);
    await hundredInOrder(capacity);
    await manyToMany(capacity);
  });
}

Deno.test("Channel.send() needs no receiver while there is room (case 12)", async () => {
  const channel = new Channel<number>(3);
  for (const value of [1, 2, 3]) await channel.send(value);
  assertEquals(channel.size, 3);
  for (const value of [1, 2, 3]) assertEquals(await channel.receive(), value);
  assertEquals(channel.size, 0);
});

Deno.test("Channel keeps the order when the buffer wraps round (case 13)", async () => {
  const channel = filled(2, 1, 2);
  assertEquals(await channel.receive(), 1);
  await channel.send(3);
  assertEquals(await channel.receive(), 2);
  assertEquals(await channel.receive(), 3);
});

for (const capacity of [1, 2, 3, 16, 17, 100]) {
  Deno.test(`Channel keeps the order at any fill level (case 13, capacity ${capacity})`, async () => {
    const chance = random(capacity);
    const channel = new Channel<number>(capacity);
    let sent = 0;
    let received = 0;
    while (received < 10_000) {
      const level = Math.floor(chance() * (capacity + 1));
      while (channel.size < level) await channel.send(sent++);
      while (channel.size > level) {
        assertEquals(await channel.receive(), received++);
      }
      assertEquals(channel.size, sent - received);
    }
  });
}

Deno.test("Channel.send() waits while full (case 14, capacity 1)", async () => {
  const channel = filled(1, 1);
  const sent = channel.send(2);
  assert(await isPending(sent));
  const received = channel.receive();
  assertEquals(channel.size, 1);
  assertEquals(await received, 1);
  await sent;
  assertEquals(await channel.receive(), 2);
});

Deno.test("Channel.receive() lets the waiting senders in oldest first (case 15)", async () => {
  const channel = filled(2, 0, 1);
  const log = new SettleLog();
  for (const value of [2, 3, 4]) log.add(`sent ${value}`, channel.send(value));
  for (const value of range(5)) assertEquals(await channel.receive(), value);
  await tick();
  assertEquals(log.entries, ["sent 2", "sent 3", "sent 4"]);
});

for (const capacity of CAPACITIES) {
  Deno.test(`Channel.send() serves the waiting receivers oldest first (case 18, capacity ${capacity})`, async () => {
    const channel = new Channel<number>(capacity);
    const log = new SettleLog();
    for (const name of "abc") log.add(name, channel.receive());
    for (const value of [10, 20, 30]) await channel.send(value);
    await tick();
    assertEquals(log.entries, ["a=10", "b=20", "c=30"]);
  });

  Deno.test(`Channel.send() hands over to a waiting receiver past the buffer (case 19, capacity ${capacity})`, async () => {
    const channel = new Channel<number>(capacity);
    const received = channel.receive();
    const sent = channel.send(1);
    assertEquals(channel.size, 0);
    await sent;
    assertEquals(await received, 1);
  });
}

Deno.test("Channel.size leaves the waiting senders out (case 20)", () => {
  for (const capacity of [0, 2]) {
    const channel = new Channel<number>(capacity);
    for (const i of range(5)) channel.send(i);
    assertEquals(channel.size, capacity);
    assertEquals(channel.stats().waitingSenders, 5 - capacity);
  }
});

Deno.test("Channel.send() waits for the receiver when unbuffered (case 21)", async () => {
  const channel = new Channel<{ id: number }>();
  const value = { id: 1 };
  const sent = channel.send(value);
  assert(await isPending(sent));
  assert(await channel.receive() === value);
  assertFalse(await isPending(sent));
});

Deno.test("Channel.send() settles in a tick when a receiver waits (case 22)", async () => {
  const channel = new Channel<number>();
  const received = channel.receive();
  assert(await isPending(received));
  assertFalse(await isPending(channel.send(1)));
  assertEquals(await received, 1);
});

Deno.test("Channel.receive() resolves the waiting senders in order (case 23)", async () => {
  const channel = new Channel<number>();
  const log = new SettleLog();
  for (const value of [1, 2, 3]) log.add(`sent ${value}`, channel.send(value));
  for (const value of [1, 2, 3]) assertEquals(await channel.receive(), value);
  await tick();
  assertEquals(log.entries, ["sent 1", "sent 2", "sent 3"]);
});

for (const capacity of CAPACITIES) {
  Deno.test(`Channel never has a sender and a receiver waiting at once (case 24, capacity ${capacity})`, async () => {
    const chance = random(24);
    const channel = new Channel<number>(capacity);
    const controllers: AbortController[] = [];
    const signal = () => {
      const controller = new AbortController();
      controllers.push(controller);
      return controller.signal;
    };
    const acts: (() => unknown)[] = [
      () => channel.send(0, { signal: signal() }).catch(() => {}),
      () => channel.receive({ signal: signal() }).catch(() => {}),
      () => channel.trySend(0),
      () => channel.tryReceive(),
      () => controllers.splice(chance() * controllers.length, 1)[0]?.abort(),
    ];
    for (let i = 0; i < 5000; i++) {
      acts[Math.floor(chance() * acts.length)]!();
      if (chance() < 0.1) await null;
      const { waitingSenders, waitingReceivers } = channel.stats();
      assertEquals(Math.min(waitingSenders, waitingReceivers), 0);
      if (waitingSenders > 0) assertEquals(channel.size, capacity);
      if (waitingReceivers > 0) assertEquals(channel.size, 0);
    }
    channel.close();
  });
}

Deno.test("Channel keeps two tasks in step (case 25, 100,000 rounds)", async () => {
  const ping = new Channel<number>();
  const pong = new Channel<number>();
  const rounds = 100_000;
  const echo = (async () => {
    for (let i = 0; i < rounds; i++) await pong.send(await ping.receive());
  })();
  let wrong = 0;
  for (let i = 0; i < rounds; i++) {
    await ping.send(i);
    if (await pong.receive() !== i) wrong++;
  }
  await echo;
  assertEquals(wrong, 0);
});

Deno.test("Channel links a chain of 10,000 tasks (case 26)", async () => {
  const leftmost = new Channel<number>();
  let left = leftmost;
  for (let i = 0; i < 10_000; i++) {
    const right = new Channel<number>();
    const to = left;
    right.receive().then((value) => to.send(1 + value));
    left = right;
  }
  left.send(1);
  assertEquals(await leftmost.receive(), 10_001);
});

for (const first of ["receiver", "sender"]) {
  Deno.test(`Channel.send() returns when a receiver has the value (case 27, ${first} first)`, async () => {
    const channel = new Channel<string>();
    const log = new SettleLog();
    const receive = () => log.add("received", channel.receive());
    if (first === "receiver") receive();
    const sent = channel.send("x");
    if (first === "sender") receive();
    await sent;
    // Microtasks only: the receive may not need another turn of the event loop.
    for (let i = 0; i < 5; i++) await null;
    assertEquals(log.entries, ["received=x"]);
  });
}
