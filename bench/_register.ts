// _register.ts: a family of workloads, for `deno bench`.

import type { Family } from "./_families.ts";
import { load, prepare, RIVALS } from "./_families.ts";

/** Its polyfill slows down every promise of the process; `deno task bench` gives it one. */
const ALONE = ["async-csp"];

/**
 * Registers all contenders of all groups. One iteration is a sample of many
 * operations; the name says how many. Averages move from hour to hour: what counts is
 * the ratios within one group of one run.
 */
export async function register(family: Family): Promise<void> {
  const rivals = Object.keys(RIVALS).filter((name) => !ALONE.includes(name));
  for (const { name, full } of await load(family, "all")) {
    if (full) continue;
    for (const contender of ["floor", "ours", "std", ...rivals]) {
      const workload = await prepare(family, name, contender);
      if (workload === undefined) continue;
      const { n, prepare: before, run } = workload;
      Deno.bench({
        name: `${name}: ${contender} (× ${n.toLocaleString("en")})`,
        group: name,
        baseline: contender === "ours",
        async fn(timer) {
          await before?.();
          timer.start();
          await run();
          timer.end();
        },
      });
    }
  }
}
