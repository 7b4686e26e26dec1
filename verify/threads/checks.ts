// checks.ts: all checks, by name. Each is given how often a thread is to die, and
// resolves to what it has seen, or rejects with what is wrong.

import { crash, dispose } from "./crash.ts";
import { ends, producers } from "./ends.ts";
import { flood } from "./flood.ts";
import { crashInPool } from "./pool.ts";
import { start } from "./start.ts";

export const CHECKS = {
  crash,
  pool: crashInPool,
  dispose,
  start,
  flood,
  producers,
  ends,
} satisfies Record<string, (times: number) => Promise<string>>;

export type CheckName = keyof typeof CHECKS;
