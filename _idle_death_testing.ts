// _idle_death_testing.ts: a thread that squares, and dies while it has nothing to do.

import type { Order } from "./_thread_testing.ts";
import { serve } from "./worker.ts";

let timer = setTimeout(close, 400);

serve((order: Order) => {
  clearTimeout(timer);
  timer = setTimeout(close, 50);
  return order.act === "square" ? order.n * order.n : 0;
});
