// Prints what digest.ts prints, with the hashing in a pool of threads. A small file is read where it is hashed. A large
// one is read here: its chunks are transferred, through a channel of its own, to the thread that got the file as a job.
// Run: deno run --allow-read examples/parallel_digest.ts [DIR]

import { Channel } from "../mod.ts";
import { pool, share } from "../worker.ts";
import type { Digest } from "./digest.ts";
import { byBytes, escape, lineOf } from "./digest.ts";

/** A file to hash; if it is large, with the port where its chunks come. */
export type Job = { path: string; chunks?: MessagePort };
export type Problem = { path: string; problem: string };

const LARGE = 2 ** 22; // bytes, as is
const CHUNK = 2 ** 20;
const NOT_UTF8 = "Name is not valid UTF-8";

/** Yields a job for every regular file, as `find` finds and names them. */
async function* walk(
  folder: string,
  report: (one: Problem) => void,
): AsyncGenerator<Job> {
  const garbled = new Set<string>();
  const prefix = folder.endsWith("/") ? folder : `${folder}/`;
  try {
    for await (const { name, isDirectory, isFile } of Deno.readDir(folder)) {
      const path = prefix + name;
      // Deno reads what is not UTF-8 as U+FFFD: two names may come out as one.
      if (name.includes("\uFFFD") && garbled.size === garbled.add(name).size) {
        report({ path, problem: NOT_UTF8 });
      } else if (isDirectory) yield* walk(path, report);
      else if (isFile) yield await jobOf(path);
    }
  } catch (error) {
    report({ path: folder, problem: (error as Error).message });
  }
}

async function jobOf(path: string): Promise<Job> {
  // A file that does not even tell its size is a problem for who hashes it.
  const { size } = await Deno.stat(path).catch(() => ({ size: 0 }));
  if (size < LARGE) return { path };
  const { port } = share(Channel.from(chunksOf(path)), {
    as: "receiver",
    transfer: ({ buffer }) => [buffer],
  });
  return { path, chunks: port };
}

/** Reads ahead of the hashing by what the thread asks for, and no more. */
async function* chunksOf(
  path: string,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  using file = await Deno.open(path);
  while (true) {
    const chunk = new Uint8Array(CHUNK);
    const size = await file.read(chunk);
    if (size === null) return;
    yield chunk.subarray(0, size);
  }
}

export async function main(folder = ".", threads?: number): Promise<number> {
  let code = 0;
  const report = ({ path, problem }: Problem) => {
    code = 1;
    const missing = /\(os error [23]\)/.test(problem);
    const text = missing && path.includes("\uFFFD")
      ? NOT_UTF8
      : problem.replace(/ \(os error \d+\).*/s, "");
    console.error("%s", `digest: ${escape(path)}: ${text}`);
  };
  const worker = new URL("parallel_digest_worker.ts", import.meta.url);
  const jobs = Channel.from(walk(folder, report));
  const results = pool<Job, Digest | Problem>(jobs, worker, {
    size: threads,
    window: 4,
    transfer: ({ chunks }) => chunks ? [chunks] : [],
  });
  const digests: Digest[] = [];
  for await (const result of results) {
    if ("hash" in result) digests.push(result);
    else report(result);
  }
  const text = digests.sort(byBytes).map(lineOf).join("");
  await new Blob([text]).stream().pipeTo(Deno.stdout.writable);
  return code;
}

if (import.meta.main) {
  const [folder, threads] = Deno.args;
  Deno.exit(await main(folder, threads ? Number(threads) : undefined));
}
