// channels.ts: the two channels that the processes of crawl.ts share.

import { Redis } from "ioredis";
import type { RemoteChannel } from "../../redis.ts";
import { fromIoredis, openChannel } from "../../redis.ts";
import type { Result } from "../digest.ts";

/** What is to be hashed, and what came of it. */
export interface Channels extends AsyncDisposable {
  readonly paths: RemoteChannel<string>;
  readonly results: RemoteChannel<Result>;
}

/** Connects to the server, and opens both. */
export async function openAll(port: number): Promise<Channels> {
  const redis = new Redis(port, "127.0.0.1");
  const client = fromIoredis(redis);
  // A file is worked on for moments, so a dead worker is noticed soon; and a worker holds
  // few, so that a large file does not keep others from the small ones behind it.
  const options = { visibility: 1_000, window: 4 };
  const paths = await openChannel<string>(client, "paths", {
    ...options,
    capacity: 256,
  });
  const results = await openChannel<Result>(client, "results", {
    ...options,
    capacity: 256,
  });
  return {
    paths,
    results,
    async [Symbol.asyncDispose]() {
      await paths[Symbol.asyncDispose]();
      await results[Symbol.asyncDispose]();
      redis.disconnect();
    },
  };
}
