// pool.ts: pools of threads.

import { checkOptions, checkWait, checkWhole } from "./_checks.ts";
import type { Task } from "./_crew.ts";
import { Crew } from "./_crew.ts";
import { lose } from "./_crossing.ts";
import type { Loan } from "./_loans.ts";
import { Loans, returnLoans, settleLoans } from "./_loans.ts";
import { startServing } from "./_serving.ts";
import { checkReceiver } from "./_stage.ts";
import { countCores } from "./_thread.ts";
import { checkFunctions, checkObject, windowOf } from "./_worker_checks.ts";
import type { ClosableReceiver, Receiver, Sender } from "./ends.ts";
import { map } from "./flow.ts";

/**
 * Options of {@linkcode pool}.
 *
 * @typeParam T The type of the values.
 */
export interface PoolOptions<in T> {
  /**
   * How many threads.
   *
   * @default {navigator.hardwareConcurrency}
   */
  size?: number | undefined;
  /**
   * How many values a thread has: the one that it works on, and those that wait there.
   *
   * @default {2}
   */
  window?: number | undefined;
  /**
   * How many results may wait to be received.
   *
   * @default {0}
   */
  capacity?: number | undefined;
  /**
   * Whether results come in the order of the values.
   *
   * @default {false}
   */
  ordered?: boolean | undefined;
  /** Ends the pool with the signal's reason. `null` means none. */
  signal?: AbortSignal | null | undefined;
  /**
   * What of a value is transferred and not cloned. If its thread dies, the pool fails.
   *
   * @default {() => []}
   */
  transfer?: ((value: T) => Transferable[]) | undefined;
  /** Is told of a value that was transferred, and was not worked on to the end. */
  onLost?: ((value: T, reason: unknown) => void) | undefined;
}

/**
 * Options of {@linkcode serve}.
 *
 * @typeParam R The type of the results.
 */
export interface ServeOptions<in R> {
  /**
   * What of a result is transferred and not cloned.
   *
   * @default {() => []}
   */
  transfer?: ((result: R) => Transferable[]) | undefined;
}

/**
 * `map` whose work is done by threads: each runs the module `worker`, which calls
 * {@linkcode serve}. They start at once, and end when the results do.
 *
 * A value counts for the source's `join` until its result is there. When a thread dies
 * another takes its place and its values: **at-least-once**. A value that was under way
 * in three threads that died, a thread that dies before it is ready, threads that die with
 * nothing to do (three for each of `size`, without a result in between), and an error of
 * the handler end the pool, as an error ends a `map`; the values under way go back to the
 * head of the source. (A thread that calls `close()` before `serve` is not noticed in Deno
 * and browsers.)
 *
 * @typeParam T The type of the values.
 * @typeParam R The type of the results.
 * @param source What to receive from.
 * @param worker The module, as `new URL("./worker.ts", import.meta.url)`.
 * @param options How many threads, and as for `map`.
 * @returns The results.
 * @throws {TypeError} If `source` is not a receiver, `worker` not a URL, or an option of
 * the wrong type.
 * @throws {RangeError} If `size` or `window` is not a whole number >= 1, or as the
 * channel's constructor.
 */
export function pool<T, R>(
  source: Receiver<T>,
  worker: URL,
  options: PoolOptions<T> = {},
): ClosableReceiver<R> {
  checkObject("pool", options);
  const { size = countCores(), capacity = 0, ordered, signal, transfer } =
    options;
  checkReceiver("pool", source);
  if (!(worker instanceof URL)) {
    throw new TypeError("Cannot pool: worker must be a URL");
  }
  checkWhole("Cannot pool: size", size, 1);
  if (size === Infinity) {
    throw new RangeError("Cannot pool: size must be finite");
  }
  const window = windowOf("pool", options.window, 2);
  checkOptions(capacity, "wait", undefined);
  checkFunctions("pool", options, ["transfer", "onLost"]);
  checkWait(signal);

  const crew = new Crew<T, R>(
    worker,
    { size, window, transfer },
    (reason) => results.close(reason),
  );
  const results = map<Loan<T>, R>(new Loans(source), work, {
    concurrency: size * window,
    ordered,
    capacity,
    signal,
  }) as ClosableReceiver<R> & Sender<R>;
  if (results.closed) return results;
  const { closeSignal } = results;
  closeSignal.addEventListener(
    "abort",
    () => crew.stop(closeSignal.reason),
    { once: true },
  );
  crew.start();
  return results;

  async function work(loan: Loan<T>): Promise<R> {
    const task: Task<T> = { value: loan.value, gone: false };
    try {
      const result = await crew.run(task);
      settleLoans(source, [loan]);
      return result;
    } catch (error) {
      if (task.gone) settleLoans(source, [loan]);
      const lost = task.gone ? [loan] : returnLoans(source, [loan]);
      for (const { value } of lost) lose(options, value, error);
      throw error;
    }
  }
}

/**
 * Works for a {@linkcode pool}: calls `handler` with each value, one after the other.
 * Call it once, in the module that the pool was given, whenever it is ready.
 *
 * @typeParam T The type of the values.
 * @typeParam R The type of the results.
 * @param handler Makes a result of a value. Its `signal` aborts when the pool ends early;
 * a second later the thread is ended.
 * @param options What of a result is transferred.
 * @throws {TypeError} If `handler` is not a function, or an option of the wrong type.
 * @throws {ChannelError} If this is no worker, or serves already.
 */
export function serve<T, R>(
  handler: (value: T, signal: AbortSignal) => R | PromiseLike<R>,
  options?: ServeOptions<R>,
): void {
  if (typeof handler !== "function") {
    throw new TypeError("Cannot serve: handler must be a function");
  }
  checkObject("serve", options);
  checkFunctions("serve", options, ["transfer"]);
  startServing({ handler, transfer: options?.transfer });
}
