// parallel_digest_worker.ts: a thread of parallel_digest.ts, which hashes the files that it is given.

import { createHash } from "node:crypto"; // crypto.subtle.digest wants a file whole
import { receiver, serve } from "../worker.ts";
import type { Result } from "./digest.ts";
import { problemOf } from "./digest.ts";
import type { Job } from "./parallel_digest.ts";

serve<Job, Result>(async ({ path, chunks }) => {
  const hash = createHash("sha256");
  try {
    if (chunks) {
      const values = receiver<Uint8Array>(chunks, { window: 4 });
      for await (const chunk of values) hash.update(chunk);
    } else hash.update(await Deno.readFile(path));
    return { path, hash: hash.digest("hex") };
  } catch (error) {
    return { path, problem: problemOf(path, error) };
  }
});
