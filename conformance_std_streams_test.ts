// conformance_std_streams_test.ts: as conformance_std_test.ts: the channel as a stream.

import {
  assert,
  assertEquals,
  assertFalse,
  assertInstanceOf,
  assertStrictEquals,
} from "@std/assert";
import { isPending, reasonOf, tick } from "./_testing.ts";
import type { Implementation } from "./_std_testing.ts";
import { OURS, THEIRS } from "./_std_testing.ts";

/** Reads a stream to its end: its values, then its error if it has one. */
async function read<T>(
  stream: ReadableStream<T>,
): Promise<[T[], ...unknown[]]> {
  const seen: T[] = [];
  const reader = stream.getReader();
  try {
    for (let step; !(step = await reader.read()).done;) seen.push(step.value);
  } catch (error) {
    return [seen, error];
  }
  return [seen];
}

/** A test that both have to pass. */
function test(
  name: string,
  run: (implementation: Implementation) => void | Promise<void>,
): void {
  for (const implementation of [OURS, THEIRS]) {
    Deno.test(`${implementation.name}: ${name}`, () => run(implementation));
  }
}

test("toReadableStream() gives what the buffer of a closed channel holds, then closes", async ({ Channel }) => {
  for (const values of [[], [1], [1, 2, 3]]) {
    const channel = new Channel<number>({ capacity: 3 });
    for (const value of values) await channel.send(value);
    channel.close();
    assertEquals(await read(channel.toReadableStream()), [values]);
    assertEquals(channel.size, 0);
  }
});

test("toReadableStream() keeps step with a producer", async ({ Channel }) => {
  for (const capacity of [0, 2]) {
    const channel = new Channel<number>({ capacity });
    const seen = read(channel.toReadableStream());
    for (const value of [0, 1, 2, 3, 4, 5]) await channel.send(value);
    assert(await isPending(seen));
    channel.close();
    assertEquals(await seen, [[0, 1, 2, 3, 4, 5]]);
  }
});

test("toReadableStream() errors with the reason of close(reason), after the last value", async ({ Channel }) => {
  for (const reason of [new Error("reason"), "reason", undefined]) {
    for (const waits of [false, true]) {
      const channel = new Channel<number>({ capacity: 2 });
      await channel.send(1);
      const stream = channel.toReadableStream();
      const reading = waits ? read(stream) : undefined;
      await tick();
      channel.close(reason);
      const [seen, ...errors] = await (reading ?? read(stream));
      assertEquals([seen, errors.length], [[1], 1]);
      assertStrictEquals(errors[0], reason);
    }
  }
});

test("toReadableStream() closes the channel when it is cancelled", async ({ Channel, ChannelClosedError }) => {
  for (const reads of [false, true]) {
    const channel = new Channel<number>({ capacity: 2 });
    const reader = channel.toReadableStream().getReader();
    const reading = reads && reader.read();
    await tick();
    assertFalse(channel.closed);
    await reader.cancel();
    assert(channel.closed);
    assertInstanceOf(await reasonOf(channel.send(1)), ChannelClosedError);
    if (reading) assertEquals((await reading).done, true);
  }
});

test("toReadableStream() hands the reason of cancel(reason) on to close()", async ({ Channel, ChannelClosedError }) => {
  for (const reason of [new Error("reason"), "reason", null]) {
    const channel = new Channel<number>({ capacity: 1 });
    await channel.toReadableStream().cancel(reason);
    assertStrictEquals(await reasonOf(channel.receive()), reason);
    assertInstanceOf(await reasonOf(channel.send(1)), ChannelClosedError);
  }
});

test("toReadableStream() closes without a reason when it is cancelled without one", async ({ Channel, ChannelClosedError }) => {
  for (const reason of [[], [undefined]]) {
    const channel = new Channel<number>();
    await channel.toReadableStream().cancel(...reason);
    assertInstanceOf(await reasonOf(channel.receive()), ChannelClosedError);
    assertEquals(await read(channel.toReadableStream()), [[]]);
  }
});

test("toReadableStream() gives two streams that share the values in turn", async ({ Channel }) => {
  const channel = new Channel<number>({ capacity: 6 });
  const readers = [channel, channel].map((one) =>
    one.toReadableStream().getReader()
  );
  const seen: (number | undefined)[] = [];
  for (let value = 0; value < 6; value++) {
    await channel.send(value);
    seen.push((await readers[value % 2]!.read()).value);
  }
  channel.close();
  for (const reader of readers) assertEquals((await reader.read()).done, true);
  assertEquals(seen, [0, 1, 2, 3, 4, 5]);
});

Deno.test("[≠std] toReadableStream() takes no value before it is asked; std takes one ahead", async () => {
  for (const [{ Channel }, left] of [[OURS, 2], [THEIRS, 1]] as const) {
    const channel = new Channel<number>({ capacity: 2 });
    for (const value of [1, 2]) await channel.send(value);
    const stream = channel.toReadableStream();
    await tick();
    assertEquals(channel.size, left);
    await stream.cancel();
    assertEquals(channel.size, left);
  }
});
