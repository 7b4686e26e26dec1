// worker.ts: hashes files until there are no more. A path is acknowledged once its result was sent.

import { ChannelClosedError } from "../../redis.ts";
import { digest } from "../digest.ts";
import { openAll } from "./channels.ts";

const [port] = Deno.args as [string];
await using channels = await openAll(Number(port));
const { paths, results } = channels;
const buffer = new Uint8Array(65536);
const { signal } = new AbortController();
try {
  await paths.consume(async (path) => {
    await results.send(await digest(path, buffer, signal));
  });
} catch (error) {
  // Somebody else has told the result of what came back too late.
  if (!(error instanceof ChannelClosedError)) throw error;
}
