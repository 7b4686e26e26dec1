// Prints what digest.ts prints, with the hashing in a pool of threads. A small file is read where it is hashed. A large
// one is read here: its chunks are transferred, through a channel of its own, to the thread that got the file as a job.
// Run: deno run --allow-read examples/parallel_digest.ts [DIR]

import { Channel, map, merge } from "../mod.ts";
import { pool, share } from "../worker.ts";
import type { Digest, Result } from "./digest.ts";
import { byBytes, escape, lineOf, walk } from "./digest.ts";

/** A file to hash; if it is large, with the port where its chunks come. */
export type Job = { path: string; chunks?: MessagePort };

const LARGE = 2 ** 22; // bytes, as is
const CHUNK = 2 ** 20;

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

/** Finds the files, and has them hashed; in no order. */
function digestAll(folder: string, threads?: number): AsyncIterable<Result> {
  const paths = new Channel<string>();
  const problems = new Channel<Result>();
  walk(folder, paths, problems).then(
    () => problems.close(),
    (reason) => problems.close(reason),
  ).finally(() => paths.close());
  const worker = new URL("parallel_digest_worker.ts", import.meta.url);
  const hashed = pool<Job, Result>(map(paths, jobOf), worker, {
    size: threads,
    window: 4,
    transfer: ({ chunks }) => chunks ? [chunks] : [],
  });
  return merge(problems, hashed);
}

export async function main(folder = ".", threads?: number): Promise<number> {
  const digests: Digest[] = [];
  let code = 0;
  for await (const result of digestAll(folder, threads)) {
    if ("hash" in result) digests.push(result);
    else {
      code = 1;
      const path = escape(result.path);
      console.error("%s", `digest: ${path}: ${result.problem}`);
    }
  }
  const text = digests.sort(byBytes).map(lineOf).join("");
  await new Blob([text]).stream().pipeTo(Deno.stdout.writable);
  return code;
}

if (import.meta.main) {
  const [folder, threads] = Deno.args;
  Deno.exit(await main(folder, threads ? Number(threads) : undefined));
}
