// _redis_contender.ts: one contender of redis_bench.ts, in a thread: what it leaves on its
// heap is collected in its own time.

/// <reference lib="deno.worker" />

import { connect, ours, raw } from "./redis.ts";

/** Who it is, and on which server; then, each time, how many values. */
export type Asked =
  | { readonly who: "raw" | "ours"; readonly port: number }
  | number;

const CONTENDERS = { raw, ours };

let run: ((count: number) => Promise<number>) | undefined;

self.onmessage = async ({ data }: MessageEvent<Asked>) => {
  if (typeof data === "number") return self.postMessage(await run!(data));
  const { who, port } = data;
  const [sender, receiver] = [await connect(port), await connect(port)];
  run = (count) => CONTENDERS[who](sender, receiver, count);
  self.postMessage("ready");
};
