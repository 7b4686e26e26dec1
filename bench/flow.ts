// flow.ts: F1 to F4: stages between sources and loops, and the streams of the platform.
//
// Where there is no floor's `map`, `merge` or `broadcast`, there is a loop that gets
// the same results without: what who needs no stage would write.

import { check, sumBelow } from "./_check.ts";
import type {
  Chan,
  Group,
  Kit,
  MapOptions,
  Target,
  Values,
  Work,
  Workload,
} from "./_kit.ts";

const N = 10_000;
/** Of a channel that a task sends into. */
const CAPACITY = 16;

const STAGE: readonly Target[] = [{ against: "std", must: 1, goal: 0.8 }];
const STREAM: readonly Target[] = [{ against: "floor", must: 1.5, goal: 1.2 }];

export const groups: readonly Group[] = [
  ...[1, 8, 64].map((concurrency): Group => ({
    name: `F1 map, concurrency ${concurrency}`,
    floor: "queue",
    targets: STAGE,
    asks: ["map"],
    make: (kit) => mapped(kit, { concurrency, ordered: true }),
  })),
  {
    name: "F1 map, concurrency 8, in any order",
    floor: "queue",
    targets: STAGE,
    asks: ["map"],
    make: (kit) => mapped(kit, { concurrency: 8, ordered: false }),
  },
  ...[2, 10].map((width): Group => ({
    name: `F2 merge of ${width}`,
    floor: "queue",
    targets: STAGE,
    asks: ["merge"],
    make: (kit) => merged(kit, width),
  })),
  {
    name: "F2 merge of 2 channels",
    floor: "queue",
    targets: STAGE,
    asks: ["merge", "loop"],
    make: (kit) => mergedChannels(kit, 2),
  },
  {
    name: "F3 broadcast to 2",
    floor: "queue",
    targets: STAGE,
    asks: ["broadcast"],
    make: (kit) => broadcasted(kit, 2),
  },
  {
    name: "F3 broadcast of a channel to 2",
    floor: "queue",
    targets: STAGE,
    asks: ["broadcast", "loop"],
    make: (kit) => broadcastedChannel(kit, 2),
  },
  {
    name: "F4a stream of a channel, by a reader",
    floor: "queue",
    targets: STREAM,
    asks: ["stream", "try"],
    make: (kit) => streamed(kit, sumByReader),
  },
  {
    name: "F4a stream of a channel, by for await",
    floor: "queue",
    targets: STREAM,
    asks: ["stream", "try"],
    make: (kit) => streamed(kit, sumOf),
  },
  {
    name: "F4b pipe into a channel",
    floor: "queue",
    targets: STREAM,
    asks: ["stream", "loop"],
    make: piped,
  },
  {
    name: "F4c channel from a stream",
    floor: "queue",
    targets: STREAM,
    asks: ["stream", "loop"],
    make: filled,
  },
];

/** From 0 to n - 1. */
async function* generate(n: number): AsyncGenerator<number> {
  for (let i = 0; i < n; i++) yield i;
}

/** The same, as a stream that makes each when it is asked for. */
function streamOf(n: number): ReadableStream<number> {
  let i = 0;
  return new ReadableStream<number>({
    pull(controller) {
      if (i < n) controller.enqueue(i++);
      else controller.close();
    },
  }, { highWaterMark: 0 });
}

/** A channel that a task sends into, and closes. */
function channelOf(kit: Kit, n: number): Chan {
  const channel = kit.make(CAPACITY);
  produce(channel, n);
  return channel;
}

async function produce(channel: Chan, n: number): Promise<void> {
  for (let i = 0; i < n; i++) await channel.send(i);
  channel.close();
}

async function sumOf(values: Values): Promise<number> {
  let sum = 0;
  for await (const value of values) sum += value;
  return sum;
}

async function sumByReader(stream: ReadableStream<number>): Promise<number> {
  const reader = stream.getReader();
  let sum = 0;
  while (true) {
    const { done, value } = await reader.read();
    if (done) return sum;
    sum += value;
  }
}

/** Work that is done as soon as it is asked for. */
// deno-lint-ignore require-await -- as what people pass
const work: Work = async (value) => value;

function mapped(kit: Kit, options: MapOptions): Workload {
  return {
    n: N,
    async run() {
      const source = generate(N);
      const sum = kit.map
        ? await sumOf(kit.map(source, work, options))
        : await sumOfWork(source);
      check(sum === sumBelow(N));
    },
  };
}

async function sumOfWork(source: Values): Promise<number> {
  let sum = 0;
  for await (const value of source) sum += await work(value);
  return sum;
}

function merged(kit: Kit, width: number): Workload {
  return mergedSources(kit, width, generate);
}

function mergedChannels(kit: Kit, width: number): Workload {
  return mergedSources(kit, width, (n) => channelOf(kit, n));
}

/** The unit is a value that comes out. */
function mergedSources(
  kit: Kit,
  width: number,
  make: (n: number) => Values,
): Workload {
  const n = N / width;
  return {
    n: N,
    async run() {
      const sources = Array.from({ length: width }, () => make(n));
      const sum = kit.merge
        ? await sumOf(kit.merge(sources))
        : await sumOfEach(sources);
      check(sum === width * sumBelow(n));
    },
  };
}

async function sumOfEach(sources: readonly Values[]): Promise<number> {
  const sums = await Promise.all(sources.map(sumOf));
  return sums.reduce((a, b) => a + b);
}

function broadcasted(kit: Kit, loops: number): Workload {
  return broadcastedSource(kit, loops, generate);
}

function broadcastedChannel(kit: Kit, loops: number): Workload {
  return broadcastedSource(kit, loops, (n) => channelOf(kit, n));
}

/** The unit is a value that goes in. */
function broadcastedSource(
  kit: Kit,
  loops: number,
  make: (n: number) => Values,
): Workload {
  return {
    n: N,
    async run() {
      const source = make(N);
      const sum = kit.broadcast
        ? await sumOfEach(kit.broadcast(source, loops))
        : loops * await sumOf(source);
      check(sum === loops * sumBelow(N));
    },
  };
}

/** All values are there before the stream is. */
function streamed(
  kit: Kit,
  sum: (stream: ReadableStream<number>) => Promise<number>,
): Workload {
  return {
    n: N,
    async run() {
      const channel = kit.make(Infinity);
      for (let i = 0; i < N; i++) channel.trySend(i);
      channel.close();
      check(await sum(kit.readable!(channel)) === sumBelow(N));
    },
  };
}

function piped(kit: Kit): Workload {
  return {
    n: N,
    async run() {
      const channel = kit.make(CAPACITY);
      const sent = streamOf(N).pipeTo(kit.writable!(channel));
      check(await sumOf(channel) === sumBelow(N));
      await sent;
    },
  };
}

/** By a loop that sends, for who cannot do it itself. */
function filled(kit: Kit): Workload {
  return {
    n: N,
    async run() {
      const stream = streamOf(N);
      const channel = kit.from ? kit.from(stream) : kit.make(0);
      if (!kit.from) sendFrom(stream, channel);
      check(await sumOf(channel) === sumBelow(N));
    },
  };
}

async function sendFrom(
  stream: ReadableStream<number>,
  channel: Chan,
): Promise<void> {
  const reader = stream.getReader();
  while (true) {
    const { done, value } = await reader.read();
    if (done) return channel.close();
    await channel.send(value);
  }
}
