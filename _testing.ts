// _testing.ts: what the tests share.

/** Lets all microtasks run, and one turn of the event loop. */
export function tick(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

/** Whether a promise is still unsettled after a tick. */
export async function isPending(promise: Promise<unknown>): Promise<boolean> {
  const pending = Symbol();
  const first = await Promise.race([
    promise.catch(() => undefined),
    tick().then(() => pending),
  ]);
  return first === pending;
}

/** Writes down, in order, how promises settle. */
export class SettleLog {
  /** One entry for each settled promise: `name`, `name=value` or `name!reason`. */
  readonly entries: string[] = [];

  /** Watches a promise under a name, and returns it. */
  add<T>(name: string, promise: Promise<T>): Promise<T> {
    promise.then(
      (value) =>
        this.entries.push(value === undefined ? name : `${name}=${value}`),
      (reason) => this.entries.push(`${name}!${reason?.name ?? reason}`),
    );
    return promise;
  }
}

/** An abort controller whose signal counts the listeners that it has. */
export class CountedController extends AbortController {
  /** Listeners on the signal now. */
  listeners = 0;
  /** Listeners that were ever added. */
  added = 0;

  constructor() {
    super();
    const signal = this.signal;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...args: Parameters<typeof add>) => {
      this.listeners++;
      this.added++;
      add(...args);
    };
    signal.removeEventListener = (...args: Parameters<typeof remove>) => {
      this.listeners--;
      remove(...args);
    };
  }
}

/** Runs `body` and returns the reasons of the rejections that nobody handled. */
export async function unhandledIn(
  body: () => void | Promise<void>,
): Promise<unknown[]> {
  const reasons: unknown[] = [];
  const listener = (event: PromiseRejectionEvent) => {
    event.preventDefault();
    reasons.push(event.reason);
  };
  globalThis.addEventListener("unhandledrejection", listener);
  try {
    await body();
    await tick();
    await tick();
  } finally {
    globalThis.removeEventListener("unhandledrejection", listener);
  }
  return reasons;
}

/** A small generator of pseudo-random numbers in [0, 1), the same for the same seed. */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let x = Math.imul(state ^ (state >>> 15), state | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return ((x ^ (x >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Collects garbage where the runtime lets us (`--expose-gc`). */
export function collect(): void {
  const gc = (globalThis as { gc?: () => void }).gc;
  if (gc === undefined) throw new Error("Cannot collect: run with --expose-gc");
  gc();
}

/** Median milliseconds that `body` takes, of `rounds` runs after one to warm up. */
export async function medianMs(
  body: () => void | Promise<void>,
  rounds = 5,
): Promise<number> {
  const times: number[] = [];
  for (let i = -1; i < rounds; i++) {
    const start = performance.now();
    await body();
    if (i >= 0) times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b)[rounds >> 1]!;
}
