// pool.ts: a thread of a pool dies in the middle of its work.

import { Channel } from "../../streams.ts";
import { pool } from "../../worker.ts";
import type { Way } from "./_ending.ts";
import { OWN_WAYS } from "./_ending.ts";
import { must, random, within } from "./_hired.ts";
import type { Deadly } from "./_jobs.ts";

const VALUES = 10_000;
const WINDOW = 8;

/** One run; resolves to the number of values that were given to two threads. */
async function lose(way: Way, ordered: boolean): Promise<number> {
  const deadly = random(0, VALUES);
  let given = 0;
  let deaths = 0;
  // What is posted is cloned, and that reads its getters: so the value itself learns
  // that it is given away, and ends the first thread that gets it, but no other.
  function* values(): Generator<Deadly> {
    for (let number = 0; number < VALUES; number++) {
      yield {
        number,
        get dies() {
          given++;
          return number === deadly && deaths++ === 0 ? way : undefined;
        },
      };
    }
  }
  const source = new Channel<Deadly>(64);
  const url = new URL("./serving_worker.js", import.meta.url);
  const options = { size: 2, window: WINDOW, capacity: 64, ordered };
  const results = pool<Deadly, number>(source, url, options);
  const times = new Uint8Array(VALUES);
  let next = 0;
  let inOrder = true;
  const state = () =>
    `${way} at ${deadly}${ordered ? ", ordered" : ""}: ` +
    `${source.stats().size} in the channel, ${given} given away, ${next} results`;
  const read = async () => {
    for await (const number of results) {
      times[number]!++;
      if (number !== next++) inOrder = false;
    }
  };
  const sending = source.sendAll(values()).then(() => source.close());
  try {
    await within(
      Promise.all([sending, read()]),
      "end of the results",
      state,
    );
    await within(source.join(), "join of the source", state);
  } finally {
    results.close();
  }
  const lost = times.reduce((sum, n) => sum + (n === 0 ? 1 : 0), 0);
  must(lost === 0 && next === VALUES, `${lost} lost: ${state()}`);
  must(deaths > 0, `nobody died: ${state()}`);
  must(inOrder || !ordered, `out of order: ${state()}`);
  must(given - VALUES <= WINDOW, `more given away than allowed: ${state()}`);
  return given - VALUES;
}

/** A thread of a pool dies. */
export async function crashInPool(times: number): Promise<string> {
  let most = 0;
  let sum = 0;
  for (let run = 0; run < times; run++) {
    const way = OWN_WAYS[run % OWN_WAYS.length]!;
    const again = await lose(way, Math.floor(run / OWN_WAYS.length) % 2 === 1);
    most = Math.max(most, again);
    sum += again;
  }
  return `${times} runs (${
    OWN_WAYS.join(", ")
  }) of ${VALUES} values: lost 0, ` +
    `given to two threads ${sum} in all and ${most} at most`;
}
