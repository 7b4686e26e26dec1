// main.ts: where a process or a page begins: does one part of the work in this thread, or has a worker do it.

import type { Report } from "./driver.ts";
import { drive } from "./driver.ts";
import { runtime, textOf } from "./shim.ts";

interface Host {
  location?: { search: string; replace(address: string): void };
  process?: { argv: string[] };
}

/** The common part of the web's workers and of Node's. */
interface AnyWorker {
  postMessage(job: [thread: string, part: string]): void;
}

interface NodeWorker extends AnyWorker {
  on(event: "message", listener: (report: Report) => void): void;
  on(event: "error", listener: (error: unknown) => void): void;
}

const { location, process } = globalThis as Host;

/** A page is told by its address, a process by its last arguments. */
function job(): [thread: string, part: string] {
  if (runtime !== "browser") {
    return process!.argv.slice(-2) as [string, string];
  }
  const search = new URLSearchParams(location!.search);
  return [search.get("thread")!, search.get("part")!];
}

/** Has a worker do it; resolves to its report. */
function inWorker(job: [thread: string, part: string]): Promise<Report> {
  const url = new URL("./worker.js", import.meta.url);
  return new Promise((resolve) => {
    const crash = (error: unknown) =>
      resolve({ kind: "crash", message: textOf(error) });
    if (runtime === "node") {
      const name = "node:worker_threads"; // not for the bundler
      import(name).then((threads) => {
        const worker: NodeWorker = new threads.Worker(url);
        worker.on("message", resolve);
        worker.on("error", crash);
        worker.postMessage(job);
      });
    } else {
      const worker = new Worker(url, { type: "module" });
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = (event) => {
        event.preventDefault();
        crash(event.message);
      };
      worker.postMessage(job);
    }
  });
}

const [thread, part] = job();
const report = thread === "worker"
  ? await inWorker([thread, part])
  : await drive(import.meta.url, thread, part);
const text = JSON.stringify(report);
if (runtime === "browser") {
  // The answer comes when there is more to do.
  const answer = await fetch("/report", { method: "POST", body: text });
  location!.replace(await answer.text());
} else console.log(`@runtimes ${text}`);
