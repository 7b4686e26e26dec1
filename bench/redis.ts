// redis.ts: the workloads of redis_bench.ts: ours, a client alone, and BullMQ, on one server.
//
// The client alone sends by XADD, 500 at a time, and takes by XREADGROUP and XACK: no
// capacity, no end, nothing is renewed, and nothing is ever deleted.

import { createClient } from "redis";
import type { RemoteChannel, RemoteChannelOptions } from "../redis.ts";
import { fromNodeRedis, openChannel } from "../redis.ts";

/** What is sent: about 100 bytes of JSON. */
export interface Job {
  readonly id: number;
  readonly text: string;
}

/** A client, as each contender has two of: one sends, one receives. */
export type Client = Awaited<ReturnType<typeof connect>>;

const CHUNK = 500;
const TEXT = "x".repeat(80);

/** Connects to the server of a run. */
export async function connect(port: number) {
  const client = createClient({ url: `redis://127.0.0.1:${port}` });
  await client.connect();
  return client;
}

function* jobs(count: number): Generator<Job> {
  for (let id = 0; id < count; id++) yield { id, text: TEXT };
}

/** Sends and receives `count` values by the client alone; resolves to ms. */
export async function raw(
  sender: Client,
  receiver: Client,
  count: number,
): Promise<number> {
  const [key, group] = ["raw", "g"];
  await sender.del(key);
  await sender.sendCommand(["XGROUP", "CREATE", key, group, "0", "MKSTREAM"]);
  const start = performance.now();
  const sending = (async () => {
    let batch: Promise<unknown>[] = [];
    for (const job of jobs(count)) {
      batch.push(
        sender.sendCommand(["XADD", key, "*", "v", JSON.stringify(job)]),
      );
      if (batch.length === CHUNK) {
        await Promise.all(batch);
        batch = [];
      }
    }
    await Promise.all(batch);
  })();
  let sum = 0;
  let acknowledged: Promise<unknown> | undefined;
  for (let seen = 0; seen < count;) {
    const reply = await receiver.sendCommand<Record<string, Entry[]> | null>([
      ...["XREADGROUP", "GROUP", group, "a", "COUNT", `${CHUNK}`],
      ...["BLOCK", "1000", "STREAMS", key, ">"],
    ]);
    const entries = Object.values(reply ?? {})[0] ?? [];
    for (const [, [, text]] of entries) sum += (JSON.parse(text) as Job).id;
    seen += entries.length;
    const ids = entries.map(([id]) => id);
    acknowledged = receiver.sendCommand(["XACK", key, group, ...ids]);
  }
  await Promise.all([sending, acknowledged]);
  check(sum, count);
  return performance.now() - start;
}

type Entry = [id: string, fields: [string, string]];

const BUSY = { capacity: 10_000, window: 1_000 };
const QUIET = { capacity: 100 };
let names = 0;

/** What opens handles on a channel of its own. */
function opener<T>(
  options: RemoteChannelOptions<T>,
): (client: Client) => Promise<RemoteChannel<T>> {
  const name = `bench ${names++}`;
  return (client) => openChannel<T>(fromNodeRedis(client), name, options);
}

/** The same by a channel: a loop over one handle, `sendAll` of the other. */
export async function ours(
  sender: Client,
  receiver: Client,
  count: number,
): Promise<number> {
  const open = opener<Job>(BUSY);
  await using out = await open(sender);
  await using source = await open(receiver);
  const start = performance.now();
  const sending = out.sendAll(jobs(count)).then(() => out.close());
  let sum = 0;
  for await (const job of source) sum += job.id;
  await sending;
  check(sum, count);
  return performance.now() - start;
}

/** The same by BullMQ, in a process of Node's; resolves to ms for each round. */
export async function bullmq(
  port: number,
  count: number,
  rounds: number,
): Promise<number[]> {
  const folder = await Deno.makeTempDir({ prefix: "sluice-bullmq-" });
  try {
    await run("npm", [
      ...["install", "--no-audit", "--no-fund", "--silent"],
      ...["--prefix", folder, "bullmq@6", "ioredis@5"],
    ]);
    const program = new URL("_bullmq.mjs", import.meta.url).pathname;
    const args = [program, folder, ...[port, count, rounds].map(String)];
    return JSON.parse(await run("node", args));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function run(command: string, args: string[]): Promise<string> {
  const { success, stdout } = await new Deno.Command(command, {
    args,
    stdin: "null",
    stderr: "inherit",
  }).output();
  if (!success) throw new Error(`Cannot measure: ${command} failed`);
  return new TextDecoder().decode(stdout);
}

function check(sum: number, count: number): void {
  if (sum !== count * (count - 1) / 2) throw new Error("Values are missing");
}

/** How long a value takes from `send` to the consumer that waits for it, in ms, sorted. */
export async function latencies(
  sender: Client,
  receiver: Client,
  count: number,
): Promise<number[]> {
  const open = opener<number>(QUIET);
  await using out = await open(sender);
  await using source = await open(receiver);
  const took: number[] = [];
  let arrived: (() => void) | undefined;
  const work = source.consume((sent) => {
    took.push(performance.now() - sent);
    arrived?.();
  });
  for (let i = 0; i < count; i++) {
    const arrival = new Promise<void>((resolve) => arrived = resolve);
    await out.send(performance.now());
    await arrival;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await out.close();
  await work;
  return took.sort((a, b) => a - b);
}

/** The same by the client alone: XADD, and XREADGROUP with BLOCK. */
export async function rawLatencies(
  sender: Client,
  receiver: Client,
  count: number,
): Promise<number[]> {
  const key = `raw ${names++}`;
  await sender.sendCommand(["XGROUP", "CREATE", key, "g", "0", "MKSTREAM"]);
  const took: number[] = [];
  for (let i = 0; i < count; i++) {
    const received = receiver.sendCommand([
      ...["XREADGROUP", "GROUP", "g", "a", "COUNT", "1"],
      ...["BLOCK", "1000", "STREAMS", key, ">"],
    ]);
    await new Promise((resolve) => setTimeout(resolve, 1));
    const start = performance.now();
    const added = sender.sendCommand(["XADD", key, "*", "v", "1"]);
    await received;
    took.push(performance.now() - start);
    await added;
  }
  return took.sort((a, b) => a - b);
}

/** What consumers cost that wait, each for all. */
export interface Idle {
  /** On the server, for each, in bytes. */
  readonly bytes: number;
  /** Calls to the server in a second, for each. */
  readonly calls: number;
  /** CPU of the server in a second, for each, in µs. */
  readonly cpu: number;
  /** From `send` to whichever is first, in ms: the median. */
  readonly wake: number;
}

/** Has so many consumers wait on one channel. */
export async function idle(
  sender: Client,
  receiver: Client,
  count: number,
): Promise<Idle> {
  const info = async (section: string, field: string) =>
    Number(
      new RegExp(`^${field}:([\\d.]+)`, "m").exec(
        String(await sender.sendCommand(["INFO", section])),
      )![1],
    );
  const open = opener<number>(QUIET);
  await using out = await open(sender);
  const before = await info("memory", "used_memory");
  const handles: RemoteChannel<number>[] = [];
  const work: Promise<void>[] = [];
  const took: number[] = [];
  let arrived: (() => void) | undefined;
  for (let i = 0; i < count; i++) {
    const handle = await open(receiver);
    handles.push(handle);
    work.push(handle.consume((sent) => {
      took.push(performance.now() - sent);
      arrived?.();
    }));
  }
  const second = () => new Promise((resolve) => setTimeout(resolve, 1_000));
  await second();
  const bytes = await info("memory", "used_memory") - before;
  const [calls, cpu] = [
    await info("stats", "total_commands_processed"),
    await info("cpu", "used_cpu_user") + await info("cpu", "used_cpu_sys"),
  ];
  for (let i = 0; i < 5; i++) await second();
  const idleCalls = await info("stats", "total_commands_processed") - calls;
  const idleCpu = await info("cpu", "used_cpu_user") +
    await info("cpu", "used_cpu_sys") - cpu;
  for (let i = 0; i < 50; i++) {
    const arrival = new Promise<void>((resolve) => arrived = resolve);
    await out.send(performance.now());
    await arrival;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await out.close();
  await Promise.all(work);
  for (const handle of handles) await handle[Symbol.asyncDispose]();
  took.sort((a, b) => a - b);
  return {
    bytes: bytes / count,
    calls: idleCalls / 5 / count,
    cpu: idleCpu * 1e6 / 5 / count,
    wake: took[took.length >> 1]!,
  };
}

/** The most memory that the server uses while `count` values pass, in bytes, by tenths. */
export async function memory(
  sender: Client,
  receiver: Client,
  watcher: Client,
  count: number,
): Promise<number[]> {
  const open = opener<Job>(BUSY);
  await using out = await open(sender);
  await using source = await open(receiver);
  const most: number[] = new Array(10).fill(0);
  let seen = 0;
  let going = true;
  const watching = (async () => {
    while (going) {
      const info = String(await watcher.sendCommand(["INFO", "memory"]));
      const used = Number(/used_memory:(\d+)/.exec(info)![1]);
      const tenth = Math.min(9, Math.floor(10 * seen / count));
      most[tenth] = Math.max(most[tenth]!, used);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  })();
  const sending = out.sendAll(jobs(count)).then(() => out.close());
  for await (const _ of source) seen++;
  await sending;
  going = false;
  await watching;
  return most;
}
