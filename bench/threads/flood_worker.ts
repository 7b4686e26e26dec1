// flood_worker.ts: the slow consumer of flood.ts.

import { parentOf } from "../../_thread.ts";
import { receiver } from "../../worker.ts";
import type { FloodOrder } from "./flood.ts";

/** How long it works on a value, in ms. */
const SLOW = 0.05;

parentOf()!.listen(async (data) => {
  const { port, window, counter } = data as FloodOrder;
  const count = new Uint32Array(counter);
  const work = () => {
    const end = performance.now() + SLOW;
    while (performance.now() < end);
    Atomics.add(count, 0, 1);
  };
  if (!window) port.onmessage = work;
  else for await (const _ of receiver(port, { window })) work();
});
