// redis_bench.ts: what a channel on a server costs, beside a client alone and BullMQ, in one run.
//
//     deno task redis:bench [--full] [--json file]
//
// Starts a redis-server of its own, without persistence. Contenders take turns, and medians
// of the rounds are shown; --full has more rounds, and sends 1,000,000 values through one
// channel to see whether the server's memory stays bounded.

import { parseArgs } from "node:util";
import { withServer } from "../_redis_testing.ts";
import {
  bullmq,
  connect,
  idle,
  latencies,
  memory,
  ours,
  raw,
  rawLatencies,
} from "./redis.ts";

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

await withServer(async ({ port, command }) => {
  const [sender, receiver] = [await connect(port), await connect(port)];
  const perSecond: Record<string, number[]> = { raw: [], ours: [] };
  for (let round = -1; round < ROUNDS; round++) {
    const results = {
      raw: COUNT / await raw(sender, receiver, COUNT),
      ours: COUNT / await ours(sender, receiver, COUNT),
    };
    await command("FLUSHALL");
    if (round < 0) continue; // the engine is still learning
    for (const [who, rate] of Object.entries(results)) {
      perSecond[who]!.push(1_000 * rate);
    }
  }
  perSecond.bullmq = (await bullmq(port, BULL_COUNT, ROUNDS))
    .map((ms) => 1_000 * BULL_COUNT / ms);
  const rates = Object.fromEntries(
    Object.entries(perSecond).map(([who, all]) => [who, median(all)]),
  ) as Record<"raw" | "ours" | "bullmq", number>;
  const ratios = perSecond.ours!.map((rate, i) => rate / perSecond.raw![i]!);
  console.log("| throughput | values a second | ours is |");
  console.log("| --- | --- | --- |");
  console.log(
    `| the client alone | ${whole(rates.raw)} | ${
      median(ratios).toFixed(2)
    } times as fast |`,
  );
  console.log(`| ours | ${whole(rates.ours)} | |`);
  console.log(
    `| BullMQ | ${whole(rates.bullmq)} | ${
      (rates.ours / rates.bullmq).toFixed(1)
    } times as fast |`,
  );

  const percentiles = (sorted: readonly number[]) => ({
    p50: sorted[Math.floor(sorted.length * 0.5)]!,
    p99: sorted[Math.floor(sorted.length * 0.99)]!,
  });
  await latencies(sender, receiver, 200);
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
