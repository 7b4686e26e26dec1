// streams_pipe_test.ts: channels in pipelines of the platform's streams.

import {
  assert,
  assertEquals,
  assertFalse,
  assertInstanceOf,
  assertStrictEquals,
} from "@std/assert";
import { holding, random, reasonOf, tick, waiting } from "./_testing.ts";
import { Channel, ChannelClosedError } from "./mod.ts";

type Bytes = Uint8Array<ArrayBuffer>;

const REASONS = [new Error("reason"), "reason", null];

/** A stream of 1, 2, 3 and so on, made one by one as they are asked for. */
interface Numbers {
  readonly stream: ReadableStream<number>;
  /** How many were made. */
  made: number;
  /** What it was cancelled with, if it was. */
  cancelled: unknown[];
}

/** @param end What to do after the last one; there is none without it. */
function numbers(
  last = Infinity,
  end?: (controller: ReadableStreamDefaultController<number>) => void,
): Numbers {
  const stream = new ReadableStream<number>({
    pull(controller) {
      if (result.made < last) controller.enqueue(++result.made);
      else return end ? end(controller) : new Promise(() => {});
    },
    cancel(reason) {
      result.cancelled.push(reason);
    },
  }, { highWaterMark: 0 });
  const result: Numbers = { stream, made: 0, cancelled: [] };
  return result;
}

/** Reads to the end, into `into`. */
async function read<T>(
  stream: ReadableStream<T>,
  into: T[] = [],
): Promise<T[]> {
  const reader = stream.getReader();
  for (let step; !(step = await reader.read()).done;) into.push(step.value);
  return into;
}

/** Receives to the end, into `into`. */
async function receive<T>(channel: Channel<T>, into: T[] = []): Promise<T[]> {
  for await (const value of channel) into.push(value);
  return into;
}

Deno.test("toReadableStream().pipeTo() takes a value when the other end has room for it", async () => {
  const channel = holding(1, 2, 3, 4, 5);
  const written: number[] = [];
  const wakes: (() => void)[] = [];
  const piped = channel.toReadableStream().pipeTo(
    new WritableStream({
      write(value) {
        written.push(value);
        return new Promise((wake) => wakes.push(wake));
      },
    }),
  );
  channel.close();
  for (let n = 1; n <= 5; n++) {
    await tick();
    assertEquals([written.length, channel.size], [n, 5 - n]);
    wakes[n - 1]!();
  }
  await piped;
  assertEquals(written, [1, 2, 3, 4, 5]);
});

Deno.test("toReadableStream().pipeTo() closes the channel with the error of the other end", async () => {
  for (const reason of REASONS) {
    const channel = holding(1, 2, 3);
    const piped = channel.toReadableStream().pipeTo(
      new WritableStream({
        write: (value) => value === 2 ? Promise.reject(reason) : undefined,
      }),
    );
    assertStrictEquals(await reasonOf(piped), reason);
    assertEquals(channel.drain(), [3]);
    assertStrictEquals(await reasonOf(channel.receive()), reason);
  }
});

Deno.test("toReadableStream().pipeTo() withdraws the read that waits when its signal aborts", async () => {
  const channel = new Channel<number>(1);
  const controller = new AbortController();
  const { signal } = controller;
  const piped = channel.toReadableStream().pipeTo(new WritableStream(), {
    signal,
  });
  const reason = reasonOf(piped);
  await tick();
  assertEquals(waiting(channel), [0, 1]);
  controller.abort("enough");
  assertEquals(await reason, "enough");
  assertEquals(waiting(channel), [0, 0]);
  assertEquals(await reasonOf(channel.receive()), "enough");
});

for (const capacity of [0, 1, 3]) {
  Deno.test(`pipeTo(toWritableStream()) asks its source for what the channel accepts, and one more (capacity ${capacity})`, async () => {
    const source = numbers();
    const channel = new Channel<number>(capacity);
    const piped = reasonOf(source.stream.pipeTo(channel.toWritableStream()));
    for (let received = 0; received < 4; received++) {
      await tick();
      assertEquals(source.made, capacity + 1 + received);
      assertEquals(channel.size, capacity);
      assertEquals(waiting(channel), [1, 0]);
      assertEquals(await channel.receive(), received + 1);
    }
    channel.close("enough");
    assertEquals(await piped, "enough");
  });
}

Deno.test("pipeTo(toWritableStream()) closes the channel at the end of its source, unless told not to", async () => {
  for (const preventClose of [false, true]) {
    const { stream } = numbers(3, (controller) => controller.close());
    const channel = new Channel<number>(3);
    await stream.pipeTo(channel.toWritableStream(), { preventClose });
    assertEquals(channel.closed, !preventClose);
    channel.close();
    assertEquals(await receive(channel), [1, 2, 3]);
  }
});

Deno.test("pipeTo(toWritableStream()) closes the channel with the error of its source, unless told not to", async () => {
  for (const reason of [...REASONS, undefined]) {
    for (const preventAbort of [false, true]) {
      const { stream } = numbers(2, (controller) => controller.error(reason));
      const channel = new Channel<number>(3);
      const piped = stream.pipeTo(channel.toWritableStream(), { preventAbort });
      assertStrictEquals(await reasonOf(piped), reason);
      assertEquals(channel.closed, !preventAbort);
      if (preventAbort) continue;
      const seen: number[] = [];
      assertStrictEquals(await reasonOf(receive(channel, seen)), reason);
      assertEquals(seen, [1, 2]);
    }
  }
});

for (const act of ["close", "cancel"] as const) {
  for (const waits of ["write", "source"]) {
    Deno.test(`pipeTo(toWritableStream()) cancels its source on ${act}(reason), while the ${waits} waits`, async () => {
      for (const reason of REASONS) {
        const source = numbers(waits === "source" ? 1 : 9);
        const channel = new Channel<number>(1);
        const piped = source.stream.pipeTo(channel.toWritableStream());
        const failed = reasonOf(piped);
        await tick();
        assertEquals(waiting(channel), [waits === "write" ? 1 : 0, 0]);
        channel[act](reason);
        assertStrictEquals(await failed, reason);
        assertEquals(source.cancelled.length, 1);
        assertStrictEquals(source.cancelled[0], reason);
        assertEquals(channel.drain(), act === "close" ? [1] : []);
      }
    });
  }

  Deno.test(`pipeTo(toWritableStream()) cancels its source with a ChannelClosedError on ${act}()`, async () => {
    const source = numbers();
    const channel = new Channel<number>(1);
    const failed = reasonOf(source.stream.pipeTo(channel.toWritableStream()));
    await tick();
    channel[act]();
    const error = await failed;
    assertInstanceOf(error, ChannelClosedError);
    assertEquals(source.cancelled, [error]);
  });
}

Deno.test("pipeTo(toWritableStream()) cancels its source when the channel is closed already", async () => {
  const channel = new Channel<number>(1);
  channel.close("over");
  const source = numbers();
  const piped = source.stream.pipeTo(channel.toWritableStream());
  assertEquals(await reasonOf(piped), "over");
  assertEquals(source.cancelled, ["over"]);
  assertEquals(channel.size, 0);
});

/** A channel as a stage of a pipeline. */
function stage(channel: Channel<number>): ReadableWritablePair<number, number> {
  return {
    writable: channel.toWritableStream(),
    readable: channel.toReadableStream(),
  };
}

Deno.test("pipeThrough() takes a channel for a stage", async () => {
  const source = numbers(100, (controller) => controller.close());
  const doubled = source.stream
    .pipeThrough(stage(new Channel(2)))
    .pipeThrough(
      new TransformStream({
        transform: (value, controller) => controller.enqueue(2 * value),
      }),
    )
    .pipeThrough(stage(new Channel()));
  const expected = Array.from({ length: 100 }, (_, i) => 2 * (i + 1));
  assertEquals(await read(doubled), expected);
});

Deno.test("pipeThrough() carries an error down and a cancel up, by their reasons", async () => {
  for (const reason of REASONS) {
    const failing = numbers(2, (controller) => controller.error(reason));
    const down = failing.stream.pipeThrough(stage(new Channel(4)))
      .pipeThrough(stage(new Channel(4)));
    assertStrictEquals(await reasonOf(read(down)), reason);

    const source = numbers();
    const channels = [new Channel<number>(1), new Channel<number>(1)];
    const reader = source.stream.pipeThrough(stage(channels[0]!))
      .pipeThrough(stage(channels[1]!)).getReader();
    assertEquals((await reader.read()).value, 1);
    await reader.cancel(reason);
    await tick();
    for (const channel of channels) {
      channel.drain();
      assertStrictEquals(await reasonOf(channel.receive()), reason);
    }
    assertEquals(source.cancelled.length, 1);
    assertStrictEquals(source.cancelled[0], reason);
  }
});

Deno.test("pipeThrough() asks no more of an endless source than the stages hold", async () => {
  const source = numbers();
  const last = source.stream.pipeThrough(stage(new Channel(2)))
    .pipeThrough(stage(new Channel(3)));
  await tick();
  await tick();
  // A channel holds what fits its buffer, and one that waits for room.
  assertEquals(source.made, 2 + 1 + 3 + 1);
  const reader = last.getReader();
  assertEquals((await reader.read()).value, 1);
  await tick();
  assertEquals(source.made, 2 + 1 + 3 + 1 + 1);
  await reader.cancel();
});

Deno.test("toReadableStream().pipeTo(toWritableStream()) joins two channels", async () => {
  const [from, to] = [holding(1, 2, 3), new Channel<number>()];
  const piped = from.toReadableStream().pipeTo(to.toWritableStream());
  const received = receive(to);
  await from.send(4);
  assertFalse(to.closed);
  from.close();
  await piped;
  assertEquals(await received, [1, 2, 3, 4]);
  assert(to.drained);
});

Deno.test("1 MB through two channels and CompressionStream comes back as it was", async () => {
  const next = random(1);
  const bytes = new Uint8Array(2 ** 20).map(() => next() * 256);
  const [plain, packed] = [new Channel<Bytes>(2), new Channel<Bytes>()];
  const [unpacked] = await Promise.all([
    read(
      packed.toReadableStream().pipeThrough(new DecompressionStream("gzip")),
    ),
    plain.toReadableStream().pipeThrough(new CompressionStream("gzip"))
      .pipeTo(packed.toWritableStream()),
    new Blob([bytes]).stream().pipeTo(plain.toWritableStream()),
  ]);
  const back = new Uint8Array(await new Blob(unpacked).arrayBuffer());
  assertEquals(back.length, bytes.length);
  assert(back.every((byte, i) => byte === bytes[i]));
  assert(plain.drained && packed.drained);
});
