/**
 * Go-style channels that can be closed for good.
 *
 * A {@linkcode Channel} takes a finite amount of work from producers to consumers:
 * with backpressure, with cancellation that loses nothing, and with an end that
 * everybody sees. {@linkcode select} waits for several channels and does one thing.
 *
 * @example Workers that end when the work does
 * ```ts
 * import { Channel } from "@sluice/channel";
 * import { assertEquals } from "@std/assert";
 *
 * const jobs = new Channel<number>(8);
 * const squares: number[] = [];
 * const worker = async () => {
 *   for await (const job of jobs) squares.push(job * job);
 * };
 * const workers = [worker(), worker(), worker()];
 *
 * for (let job = 1; job <= 4; job++) await jobs.send(job);
 * jobs.close();
 * await Promise.all(workers);
 * assertEquals(squares, [1, 4, 9, 16]);
 * ```
 *
 * @module
 */
export * from "./channel.ts";
export * from "./flow.ts";
export type { Producer } from "./producer.ts";
export * from "./select.ts";
export { Channel, type ChannelConstructor } from "./streams.ts";
export * from "./time.ts";
