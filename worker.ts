/**
 * The two ends of a channel in two threads, and pools of threads: {@linkcode share},
 * {@linkcode receiver}, {@linkcode sender}; {@linkcode pool} and {@linkcode serve}.
 *
 * Threads are web workers in Deno, Bun and browsers, and `worker_threads` in Node. What
 * crosses is cloned, or transferred. A value that a thread takes with it when it dies
 * is given to another one: delivery is **at-least-once**.
 *
 * @example The receiving end in another thread
 * ```ts
 * import { Channel } from "@sluice/channel";
 * import { receiver, share } from "@sluice/channel/worker";
 * import { assertEquals } from "@std/assert";
 *
 * const jobs = new Channel<number>(8);
 * const { port } = share(jobs, { as: "receiver" });
 * jobs.sendAll([1, 2, 3]).then(() => jobs.close());
 *
 * // Usually in a worker, to which the port was posted and transferred.
 * let sum = 0;
 * for await (const job of receiver<number>(port)) sum += job;
 * assertEquals(sum, 6);
 * await jobs.join(); // the other side has done with all of them
 * ```
 *
 * @module
 */

export type * from "./ends.ts";
export * from "./errors.ts";
export * from "./pool.ts";
export * from "./share.ts";
