// _bullmq.mjs: what redis_bench.ts does, by BullMQ: `addBulk`, 500 at a time, and a worker of 100 at once.
//
// Runs in Node, since Deno cannot leave out what BullMQ says is optional. Arguments: the
// folder where it is installed, the server's port, values, rounds. Prints what each round
// took, in ms, as JSON.

import { createRequire } from "node:module";
import { argv, exit } from "node:process";

const [folder, port, count, rounds] = [argv[2], ...argv.slice(3).map(Number)];
const { Queue, Worker } = createRequire(`${folder}/index.js`)("bullmq");
const connection = { host: "127.0.0.1", port, maxRetriesPerRequest: null };
const text = "x".repeat(80);
const CHUNK = 500;

async function run(name) {
  const queue = new Queue(name, {
    connection,
    defaultJobOptions: { removeOnComplete: true, removeOnFail: true },
  });
  await queue.waitUntilReady();
  let [sum, seen] = [0, 0];
  let finish;
  const finished = new Promise((resolve) => finish = resolve);
  const worker = new Worker(name, (job) => {
    sum += job.data.id;
    return Promise.resolve();
  }, { connection, concurrency: 100 });
  worker.on("completed", () => ++seen === count && finish());
  await worker.waitUntilReady();
  const start = performance.now();
  for (let id = 0; id < count; id += CHUNK) {
    await queue.addBulk(Array.from(
      { length: Math.min(CHUNK, count - id) },
      (_, i) => ({ name: "job", data: { id: id + i, text } }),
    ));
  }
  await finished;
  const took = performance.now() - start;
  if (sum !== count * (count - 1) / 2) throw new Error("Values are missing");
  await worker.close();
  await queue.close();
  return took;
}

const took = [];
await run("warm-up");
for (let round = 0; round < rounds; round++) took.push(await run(`r${round}`));
console.log(JSON.stringify(took));
exit(0);
