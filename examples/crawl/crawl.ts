// Prints what digest.ts prints, by processes that share two channels on a server of their own: one walks, the
// others hash, and any of those may be killed. Run: deno task crawl [DIR]

import { byBytes, type Digest, lineOf, misuse } from "../digest.ts";
import type { Result } from "../digest.ts";
import { openAll } from "./channels.ts";
import { startServer } from "./server.ts";

/** Starts a part of the program as a process of its own. */
function start(part: string, ...args: string[]): Deno.ChildProcess {
  const program = new URL(`${part}.ts`, import.meta.url).href;
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "-A", program, ...args],
    stdin: "null",
    stdout: "null",
  }).spawn();
}

async function main(folder = ".", ...more: string[]): Promise<number> {
  const fault = await misuse(folder, more);
  if (fault !== "") {
    console.error(`crawl: ${fault}\nUsage: deno task crawl [DIR]`);
    return 2;
  }
  await using server = await startServer();
  await using channels = await openAll(server.port);
  const { paths, results } = channels;
  const children = new Set<Deno.ChildProcess>();
  let working = true;

  // Whoever is killed is replaced; what it held goes to another in a moment.
  const employ = async () => {
    while (working) {
      const worker = start("worker", `${server.port}`);
      children.add(worker);
      console.error(`crawl: worker ${worker.pid}`);
      await worker.status;
      children.delete(worker);
    }
  };
  const walker = start("walker", `${server.port}`, folder);
  const walked = walker.status.then(async ({ success }) => {
    if (!success) await paths.close(new Error("The walker has failed"));
  });
  const workers = Array.from(
    { length: navigator.hardwareConcurrency },
    employ,
  );
  const ended = paths.join().then(async () => {
    working = false;
    await walked;
    await results.close();
  });

  // At least once: a worker that dies may have told its result already.
  const byPath = new Map<string, Result>();
  for await (const result of results) byPath.set(result.path, result);
  await Promise.all([ended, ...workers]);

  const digests: Digest[] = [];
  let problems = 0;
  for (const result of byPath.values()) {
    if ("hash" in result) digests.push(result);
    else {
      problems++;
      console.error(`crawl: ${result.path}: ${result.problem}`);
    }
  }
  const text = digests.sort(byBytes).map(lineOf).join("");
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length;) {
    at += await Deno.stdout.write(bytes.subarray(at));
  }
  return Math.min(problems, 1);
}

if (import.meta.main) Deno.exit(await main(...Deno.args));
