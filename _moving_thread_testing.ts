// _moving_thread_testing.ts: a thread that makes buffers, and moves them.

import { serve } from "./worker.ts";

// A port that is not the global scope waits until it is told to start.
Object.assign(globalThis, { start() {} });

serve((size: number) => new ArrayBuffer(size), {
  transfer: (buffer) => [buffer],
});
