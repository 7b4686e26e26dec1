/**
 * A closable channel between processes and machines, on Redis or Valkey: with bounded
 * capacity, backpressure, a permanent close, and a `join` that is exact wherever the
 * values were worked on. At least once, not exactly once: see {@linkcode RemoteChannel}.
 *
 * @example Two processes
 * ```ts ignore
 * import { fromNodeRedis, openChannel } from "@sluice/channel/redis";
 * import { createClient } from "redis";
 *
 * const client = await createClient().connect();
 * await using jobs = await openChannel<string>(fromNodeRedis(client), "jobs", {
 *   capacity: 1_000,
 *   producers: 1,
 * });
 *
 * if (process.argv[2] === "produce") {
 *   await jobs.sendAll(["a", "b", "c"]);
 *   await jobs.done();
 *   await jobs.join(); // every job was acknowledged, wherever that was
 * } else {
 *   await jobs.consume((job) => console.log(job), { concurrency: 4 });
 * }
 * ```
 *
 * @module
 */

import { Remote } from "./_redis_channel.ts";
import type { RedisLike, RemoteChannelOptions } from "./_redis_options.ts";
import { settingsOf } from "./_redis_options.ts";
import type { RemoteChannel } from "./_redis_types.ts";

export * from "./_redis_clients.ts";
export type {
  RedisConnection,
  RedisLike,
  RemoteChannelOptions,
  RemoteCodec,
} from "./_redis_options.ts";
export type * from "./_redis_types.ts";
export type * from "./ends.ts";
export * from "./errors.ts";

/**
 * Opens a channel on a server: makes it, or finds the one of this name. Each call gives out
 * a handle of its own.
 *
 * @example Retries and dead letters
 * ```ts ignore
 * const failed = await openChannel<Job>(client, "jobs-failed", { capacity: 10_000 });
 * const jobs = await openChannel<Job>(client, "jobs", {
 *   capacity: 1_000,
 *   maxDeliveries: 5,
 *   deadLetter: failed,
 * });
 * await jobs.consume(work, { onError: (error) => console.error(error) });
 * ```
 *
 * @typeParam T The type of the values.
 * @param client A client that is connected, or connects by itself.
 * @param name The channel's name: any characters but braces, in well-formed Unicode.
 * @param options `capacity`, and what is not as usual.
 * @returns The handle.
 * @throws {TypeError} If an argument has the wrong type, a client was not adapted, or
 * `deadLetter` is the channel itself. This and all below come as rejections; nothing has
 * changed then.
 * @throws {RangeError} If a number is out of its range, or the name is not as above.
 * @throws {ChannelError} If the server is older than Redis 7.0, a key of the channel holds
 * something else, or the channel is there with another capacity, visibility or number of
 * producers; or if the server refuses or does not answer.
 */
export async function openChannel<T>(
  client: RedisLike,
  name: string,
  options: RemoteChannelOptions<T>,
): Promise<RemoteChannel<T>> {
  const settings = settingsOf(client, name, options);
  const { deadLetter } = settings;
  if (deadLetter !== undefined && !(deadLetter instanceof Remote)) {
    throw new TypeError(
      "Cannot open channel: deadLetter was not made by openChannel",
    );
  }
  const remote = new Remote(client, name, settings);
  await remote.open();
  return remote;
}
