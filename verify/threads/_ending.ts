// _ending.ts: the ways in which a thread comes to its end.

import { runtime } from "../runtimes/shim.ts";

/** `terminate` is the host's; the others are the thread's own. */
export type Way = "terminate" | "exit" | "throw";

interface Host {
  readonly process?: { exit(code: number): void };
  close?(): void;
}

/** An error that nobody catches ends no worker of a browser. */
export const OWN_WAYS: readonly Way[] = runtime === "browser"
  ? ["exit"]
  : ["exit", "throw"];

export const WAYS: readonly Way[] = ["terminate", ...OWN_WAYS];

/** Ends this thread; resolves never. */
export function endThread(way: Way): Promise<never> {
  const host = globalThis as Host;
  if (way === "throw") {
    setTimeout(() => {
      throw new Error("thrown on purpose");
    });
  } else if (runtime === "node" || runtime === "bun") host.process!.exit(0);
  else host.close!();
  return new Promise(() => {});
}
