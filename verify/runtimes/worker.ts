// worker.ts: where a worker begins: does the part of the work that it is sent.

import { drive } from "./driver.ts";
import { runtime } from "./shim.ts";

type Job = [thread: string, part: string];

interface NodePort {
  on(event: "message", listener: (job: Job) => void): void;
  postMessage(report: unknown): void;
}

if (runtime === "node") {
  const name = "node:worker_threads"; // not for the bundler
  const port: NodePort = (await import(name)).parentPort;
  port.on("message", async ([thread, part]) => {
    port.postMessage(await drive(import.meta.url, thread, part));
  });
} else {
  const self = globalThis as unknown as Worker;
  self.onmessage = async ({ data: [thread, part] }: MessageEvent<Job>) => {
    self.postMessage(await drive(import.meta.url, thread, part));
  };
}
