// redis_bench.ts: what a channel on a server costs, beside a client alone and BullMQ, in one run.
//
//     deno task redis:bench [--full] [--json file]
//
// Starts a redis-server of its own, without persistence. Contenders take turns, in another
// order from round to round, each in a thread of its own and on an empty server, and medians
// of the rounds are shown; --full has more rounds, and sends 1,000,000 values through one
// channel to see whether the server's memory stays bounded.

import process from "node:process";
import { parseArgs } from "node:util";
import { withServer } from "../_redis_testing.ts";
import {
  bullmq,
  connect,
  idle,
  latencies,
  memory,
  rawLatencies,
} from "./redis.ts";
import type { Asked } from "./_redis_contender.ts";

const { values: options } = parseArgs({
  options: {
    full: { type: "boolean", default: false },
    json: { type: "string" },
  },
});

const [COUNT, BULL_COUNT] = [100_000, 10_000];
const ROUNDS = options.full ? 9 : 5;
const IDLE = 50;
const LATENCIES = 1_000;

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1]!;
}

function whole(number: number): string {
  return Math.round(number).toLocaleString("en");
}

type Command = (...args: string[]) => Promise<unknown>;

/** Of one value: how long until the next, and the time of a processor that it takes, in µs. */
interface Cost {
  readonly wall: number;
  /** Of this process, which sends and receives. */
  readonly here: number;
  readonly server: number;
}

/** The time of a processor that the server has used, in µs. */
async function serverTime(command: Command): Promise<number> {
  const info = String(await command("INFO", "cpu"));
  const seconds = (what: string) =>
    Number(new RegExp(`used_cpu_${what}:([\\d.]+)`).exec(info)![1]);
  return 1e6 * (seconds("user") + seconds("sys"));
}

function ownTime(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** Asks a contender's thread; resolves to its answer. */
function ask(thread: Worker, asked: Asked): Promise<unknown> {
  return new Promise((resolve, reject) => {
    thread.onmessage = ({ data }) => resolve(data);
    thread.onerror = ({ message }) => reject(new Error(message));
    thread.postMessage(asked);
  });
}

async function hire(who: "raw" | "ours", port: number): Promise<Worker> {
  const module = new URL("_redis_contender.ts", import.meta.url);
  const thread = new Worker(module, { type: "module" });
  await ask(thread, { who, port });
  return thread;
}

/** What `COUNT` values cost on an empty server. */
async function costOf(command: Command, thread: Worker): Promise<Cost> {
  await command("FLUSHALL");
  const [own, server] = [ownTime(), await serverTime(command)];
  const wall = 1_000 * (await ask(thread, COUNT) as number);
  return {
    wall: wall / COUNT,
    here: (ownTime() - own) / COUNT,
    server: (await serverTime(command) - server) / COUNT,
  };
}

await withServer(async ({ port, command }) => {
  const [sender, receiver] = [await connect(port), await connect(port)];
  const names = ["raw", "ours"] as const;
  const threads = {
    raw: await hire("raw", port),
    ours: await hire("ours", port),
  };
  const costs: Record<"raw" | "ours", Cost[]> = { raw: [], ours: [] };
  for (let round = -1; round < ROUNDS; round++) {
    for (const who of round % 2 === 0 ? names : names.toReversed()) {
      const cost = await costOf(command, threads[who]);
      if (round >= 0) costs[who].push(cost); // the engine learns before
    }
  }
  for (const who of names) threads[who].terminate();
  await command("FLUSHALL");
  const bull = await bullmq(port, BULL_COUNT, ROUNDS);
  const rates = {
    raw: 1e6 / median(costs.raw.map(({ wall }) => wall)),
    ours: 1e6 / median(costs.ours.map(({ wall }) => wall)),
    bullmq: 1_000 * BULL_COUNT / median(bull),
  };
  const processor = (who: "raw" | "ours") => ({
    here: median(costs[who].map(({ here }) => here)),
    server: median(costs[who].map(({ server }) => server)),
  });
  const used = { raw: processor("raw"), ours: processor("ours") };
  const ratios = costs.ours.map(({ wall }, i) => costs.raw[i]!.wall / wall);
  const time = (who: "raw" | "ours") =>
    `${used[who].here.toFixed(1)} + ${used[who].server.toFixed(1)} µs`;
  console.log(
    "| throughput | values a second | ours is | processor time a value, here + server |",
  );
  console.log("| --- | --- | --- | --- |");
  console.log(
    `| the client alone | ${whole(rates.raw)} | ${
      median(ratios).toFixed(2)
    } times as fast | ${time("raw")} |`,
  );
  console.log(`| ours | ${whole(rates.ours)} | | ${time("ours")} |`);
  console.log(
    `| BullMQ | ${whole(rates.bullmq)} | ${
      (rates.ours / rates.bullmq).toFixed(1)
    } times as fast | |`,
  );

  const percentiles = (sorted: readonly number[]) => ({
    p50: sorted[Math.floor(sorted.length * 0.5)]!,
    p99: sorted[Math.floor(sorted.length * 0.99)]!,
  });
  await rawLatencies(sender, receiver, LATENCIES); // the engine learns
  await latencies(sender, receiver, LATENCIES);
  const latency = {
    raw: percentiles(await rawLatencies(sender, receiver, LATENCIES)),
    ours: percentiles(await latencies(sender, receiver, LATENCIES)),
  };
  console.log("\n| one value, to a consumer that waits | p50 | p99 |");
  console.log("| --- | --- | --- |");
  for (const [who, { p50, p99 }] of Object.entries(latency)) {
    console.log(`| ${who} | ${p50.toFixed(2)} ms | ${p99.toFixed(2)} ms |`);
  }

  const waiting = await idle(sender, receiver, IDLE);
  console.log(
    `\n${IDLE} idle consumers: each ${
      whole(waiting.bytes)
    } bytes on the server, ` +
      `${waiting.calls.toFixed(2)} calls and ${
        whole(waiting.cpu)
      } µs of its time a second; ` +
      `one of them has a value after ${waiting.wake.toFixed(2)} ms`,
  );

  let bytes: number[] | undefined;
  if (options.full) {
    await command("FLUSHALL");
    const watcher = await connect(port);
    bytes = await memory(sender, receiver, watcher, 1_000_000);
    watcher.destroy();
    console.log(
      `\n1,000,000 values, capacity 10,000: the server used at most, by tenths, ${
        bytes.map((n) => `${(n / 2 ** 20).toFixed(1)}`).join(", ")
      } MiB`,
    );
  }
  if (options.json) {
    const info = String(await command("INFO", "server"));
    const report = {
      date: new Date().toISOString().slice(0, 10),
      deno: Deno.version.deno,
      server: /redis_version:(\S+)/.exec(info)?.[1],
      rounds: ROUNDS,
      perSecond: rates,
      ratioToRaw: median(ratios),
      ratioToBullmq: rates.ours / rates.bullmq,
      processor: used,
      latency,
      idle: { consumers: IDLE, ...waiting },
      ...bytes && { memory: bytes },
    };
    await Deno.writeTextFile(
      options.json,
      `${JSON.stringify(report, undefined, 2)}\n`,
    );
  }
  sender.destroy();
  receiver.destroy();
});
