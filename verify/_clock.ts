// _clock.ts: turns that come fast, and a clock that the programs own.
//
// The library looks at the clock so that timers get their turn while channels are
// busy (rule 9). With a clock that stands still it never finds them late; with one
// that runs 3 ms at each look, it finds so again and again.

/** How the clock runs: as it does, not at all, or 3 ms at each look. */
export type Pace = "real" | "frozen" | "wild";

const STRIDE = 3; // ms; over the millisecond that makes the library look at every operation

/** Gives the clock a pace while `body` runs. Call it before anything else is measured. */
export async function withClock<R>(
  pace: Pace,
  body: () => Promise<R>,
): Promise<R> {
  if (pace === "real") return await body();
  await turn(); // with what the library began to time before
  const own = Object.getOwnPropertyDescriptor(performance, "now");
  let time = performance.now();
  const now = () => pace === "wild" ? time += STRIDE : time;
  Object.defineProperty(performance, "now", { value: now, configurable: true });
  try {
    return await body();
  } finally {
    if (own) Object.defineProperty(performance, "now", own);
    else delete (performance as { now?: () => number }).now;
  }
}

const { setImmediate = (wake) => setTimeout(wake, 0) } = globalThis as {
  setImmediate?: (wake: () => void) => unknown;
};

/** Lets all microtasks run, and one turn of the event loop; cheaper than a timer. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
