// streams_writable_test.ts: a channel as a writable stream.

import {
  assert,
  assertEquals,
  assertFalse,
  assertInstanceOf,
  assertStrictEquals,
} from "@std/assert";
import {
  isPending,
  reasonOf,
  SettleLog,
  tick,
  unhandledIn,
  waiting,
} from "./_testing.ts";
import { Channel, ChannelClosedError } from "./mod.ts";
import { withClock } from "./verify/_clock.ts";

const CAPACITIES = [0, 1, 3, Infinity];
const REASONS = [new Error("reason"), "reason", 0, null];

/** Receives to the end, into `into`. */
async function receive<T>(channel: Channel<T>, into: T[] = []): Promise<T[]> {
  for await (const value of channel) into.push(value);
  return into;
}

/** A writer of a new stream. Its promises are looked at by the test, or not at all. */
function writerOf<T>(channel: Channel<T>): WritableStreamDefaultWriter<T> {
  return channel.toWritableStream().getWriter();
}

/** Fails unless it is the error of a send on a closed channel, with or without a value. */
function assertClosed(error: unknown, ...value: unknown[]): void {
  assertInstanceOf(error, ChannelClosedError);
  assertEquals(error.message, "Cannot send: channel is closed");
  assertEquals("value" in error ? [error.value] : [], value);
}

for (const capacity of CAPACITIES) {
  Deno.test(`toWritableStream() sends what is written, in order (capacity ${capacity})`, async () => {
    const channel = new Channel<number>(capacity);
    const received = receive(channel);
    const writer = writerOf(channel);
    for (const value of [1, 2, 3, 4, 5]) await writer.write(value);
    for (const value of [6, 7, 8]) writer.write(value);
    await writer.close();
    assertEquals(await received, [1, 2, 3, 4, 5, 6, 7, 8]);
  });

  Deno.test(`toWritableStream() is done with a write when its value is accepted (capacity ${capacity})`, async () => {
    const channel = new Channel<number>(capacity);
    const writer = writerOf(channel);
    const log = new SettleLog();
    for (const value of [1, 2, 3, 4]) log.add(`${value}`, writer.write(value));
    for (let received = 0; received <= 4; received++) {
      await tick();
      const accepted = Math.min(received + capacity, 4);
      assertEquals(log.entries.length, accepted);
      // The stream holds the others back: one at a time waits on the channel.
      assertEquals(waiting(channel), [accepted < 4 ? 1 : 0, 0]);
      if (received < 4) assertEquals(channel.receiveNow(), received + 1);
    }
    assertEquals(log.entries, ["1", "2", "3", "4"]);
  });

  Deno.test(`toWritableStream() gives values to who waits for them (capacity ${capacity})`, async () => {
    const channel = new Channel<number>(capacity);
    const received = [channel.receive(), channel.receive()];
    const writer = writerOf(channel);
    await writer.write(1);
    await writer.write(2);
    assertEquals(await Promise.all(received), [1, 2]);
    assertEquals(channel.size, 0);
  });

  Deno.test(`toWritableStream() closes the channel after all that was written (capacity ${capacity})`, async () => {
    const channel = new Channel<number>(capacity);
    const writer = writerOf(channel);
    for (const value of [1, 2, 3]) writer.write(value);
    const closed = writer.close();
    await tick();
    assertEquals(channel.closed, capacity >= 3);
    assertEquals(await receive(channel), [1, 2, 3]);
    await Promise.all([closed, writer.closed, writer.ready]);
    assert(channel.drained);
  });

  Deno.test(`toWritableStream() takes back the write that waits when it is aborted (capacity ${capacity})`, async () => {
    for (const reason of REASONS) {
      const channel = new Channel<number>(capacity);
      const writer = writerOf(channel);
      const writes = [1, 2, 3, 4, 5].map((value) => writer.write(value));
      const settled = Promise.allSettled(writes);
      await tick();
      const accepted = Math.min(5, capacity);
      await writer.abort(reason);
      assertEquals(waiting(channel), [0, 0]);
      for (const [i, write] of (await settled).entries()) {
        assertEquals(write.status === "fulfilled", i < accepted);
        if (write.status === "rejected") {
          assertStrictEquals(write.reason, reason);
        }
      }
      assertEquals(channel.drain(), [1, 2, 3, 4, 5].slice(0, accepted));
      assertStrictEquals(await reasonOf(channel.receive()), reason);
    }
  });

  for (const act of ["close", "cancel"] as const) {
    Deno.test(`toWritableStream() errors on ${act}(reason), and keeps no value back (capacity ${capacity})`, async () => {
      for (const given of [[], ...REASONS.map((reason) => [reason])]) {
        const dropped: number[] = [];
        const channel = new Channel<number>({
          capacity,
          onDrop: (value) => dropped.push(value),
        });
        const writer = writerOf(channel);
        const writes = [1, 2, 3, 4].map((value) => writer.write(value));
        const settled = Promise.allSettled(writes);
        const closed = reasonOf(writer.closed);
        await tick();
        channel[act](...given as [unknown]);
        const told = given.length > 0
          ? (error: unknown) => assertStrictEquals(error, given[0])
          : assertClosed;
        told(await closed);
        told(await reasonOf(writer.write(5)));
        const accepted = [1, 2, 3, 4].slice(0, capacity);
        for (const [i, write] of (await settled).entries()) {
          assertEquals(write.status === "fulfilled", i < capacity);
          if (write.status === "fulfilled") continue;
          // The send that waited gives its value back.
          if (i === capacity) assertClosed(write.reason, i + 1);
          else told(write.reason);
        }
        assertEquals([...channel.drain(), ...dropped], accepted);
        assertEquals(writer.desiredSize, null);
      }
    });
  }
}

Deno.test("toWritableStream() sends nothing and waits for nothing before a write", async () => {
  const channel = new Channel<number>();
  const received = channel.receive();
  channel.toWritableStream();
  writerOf(channel);
  assert(await isPending(received));
  assertEquals(waiting(channel), [0, 1]);
  assert(channel.trySend(1));
});

Deno.test("toWritableStream() says by `ready` and `desiredSize` whether a write would wait", async () => {
  const channel = new Channel<number>(1);
  const writer = writerOf(channel);
  await writer.ready;
  assertEquals(writer.desiredSize, 1);
  await writer.write(1);
  assertEquals(writer.desiredSize, 1);
  writer.write(2);
  assertEquals(writer.desiredSize, 0);
  const { ready } = writer;
  assert(await isPending(ready));
  assertEquals(await channel.receive(), 1);
  await ready;
  assertEquals(writer.desiredSize, 1);
});

Deno.test("toWritableStream() sends values as they are", async () => {
  const values = [
    Promise.resolve(1),
    new Promise(() => {}),
    { then: () => assert(false, "was asked") },
    undefined,
    null,
    NaN,
  ];
  for (const capacity of [0, 9]) {
    const channel = new Channel<unknown>(capacity);
    const received = receive(channel);
    const writer = writerOf(channel);
    for (const value of values) await writer.write(value);
    await writer.close();
    const got = await received;
    assertEquals(got.length, values.length);
    for (const [i, value] of values.entries()) assert(Object.is(got[i], value));
  }
});

Deno.test("toWritableStream() waits behind the senders that are there", async () => {
  const channel = new Channel<number>();
  const sent = channel.send(1);
  const written = writerOf(channel).write(2);
  await tick();
  const other = channel.send(3);
  assertEquals(channel.drain(), [1, 2, 3]);
  await Promise.all([sent, written, other]);
});

Deno.test("toWritableStream() never waits when the channel drops values", async () => {
  const dropped: number[] = [];
  const channel = new Channel<number>({
    capacity: 2,
    overflow: "drop-oldest",
    onDrop: (value) => dropped.push(value),
  });
  const writer = writerOf(channel);
  for (const value of [1, 2, 3, 4, 5]) await writer.write(value);
  await writer.close();
  assertEquals(await receive(channel), [4, 5]);
  assertEquals(dropped, [1, 2, 3]);
});

Deno.test("toWritableStream() closes the channel with the reason of abort(), undefined included", async () => {
  for (const reason of [...REASONS, undefined]) {
    const channel = new Channel<number>(2);
    const writer = writerOf(channel);
    await writer.write(1);
    const received = receive(channel);
    await writer.abort(reason);
    assertStrictEquals(await reasonOf(received), reason);
    assertClosed(await reasonOf(channel.send(2)), 2);
  }
});

Deno.test("toWritableStream() has one outcome when a receive and an abort come in one turn", async () => {
  const channel = new Channel<number>();
  const writer = writerOf(channel);
  const [first, second] = [1, 2].map((value) => writer.write(value));
  const rejected = reasonOf(second!);
  await tick();
  const received = channel.receive();
  const aborted = writer.abort("enough");
  assertEquals(await received, 1);
  await first;
  assertEquals(await rejected, "enough");
  await aborted;
  assertEquals(await reasonOf(channel.receive()), "enough");

  const other = new Channel<number>();
  const waits = writerOf(other);
  const write = reasonOf(waits.write(1));
  await tick();
  waits.abort("enough");
  const late = reasonOf(other.receive());
  assertEquals(await write, "enough");
  assertEquals(await late, "enough");
});

Deno.test("toWritableStream() is in error from the start if the channel is closed", async () => {
  for (const given of [[], ["over"]]) {
    const channel = new Channel<number>(1);
    channel.close(...given as [unknown]);
    const writer = writerOf(channel);
    for (const act of [writer.write(1), writer.closed, writer.close()]) {
      const error = await reasonOf(act);
      if (given.length > 0) assertEquals(error, "over");
      else assertClosed(error);
    }
    assertEquals(channel.size, 0);
  }
});

Deno.test("toWritableStream() errors when another stream of the channel is closed", async () => {
  const channel = new Channel<number>(4);
  const [one, other] = [writerOf(channel), writerOf(channel)];
  await one.write(1);
  await other.write(2);
  await one.close();
  assertClosed(await reasonOf(other.closed));
  assertClosed(await reasonOf(other.write(3)));
  assertEquals(await receive(channel), [1, 2]);
});

Deno.test("toWritableStream() lets the channel be closed by those who receive, as they leave", async () => {
  const channel = new Channel<number>();
  const writer = writerOf(channel);
  const seen: number[] = [];
  const reading = (async () => {
    using _ = channel;
    for await (const value of channel) {
      seen.push(value);
      if (value === 2) break;
    }
  })();
  await writer.write(1);
  await writer.write(2);
  await reading;
  assertClosed(await reasonOf(writer.write(3)));
  assertEquals(seen, [1, 2]);
});

Deno.test("toWritableStream() lets timers run while it is written", () =>
  withClock("wild", async () => {
    const writer = writerOf(new Channel<number>(Infinity));
    let fired = false;
    setTimeout(() => fired = true);
    for (let value = 0; !fired && value < 50_000; value++) {
      await writer.write(value);
    }
    assert(fired);
  }));

Deno.test("toWritableStream() leaves no rejection that nobody can handle", async () => {
  const unhandled = await unhandledIn(async () => {
    for (const act of ["close", "cancel"] as const) {
      const channel = new Channel<number>(1);
      channel.toWritableStream();
      const writer = writerOf(channel);
      await writer.write(1);
      channel[act]("reason");
      assertFalse(await isPending(writer.closed));
      new Channel<number>().toWritableStream().abort("reason");
    }
  });
  assertEquals(unhandled, []);
});

Deno.test("toWritableStream() errors with the reason of a close, whatever it is", async () => {
  for (
    const reason of [new ChannelClosedError("mine"), "enough", undefined, null]
  ) {
    const channel = new Channel<number>();
    const writer = channel.toWritableStream().getWriter();
    channel.close(reason);
    const [closed] = await Promise.allSettled([writer.closed]);
    assertEquals(closed, { status: "rejected", reason });
  }
});
