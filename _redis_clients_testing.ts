// _redis_clients_testing.ts: the channel that the tests of ./redis share, and clients that meddle.

import type { TestServer } from "./_redis_testing.ts";
import type {
  RedisLike,
  RemoteChannel,
  RemoteChannelOptions,
} from "./redis.ts";
import { openChannel } from "./redis.ts";

/** Opens the channel `jobs`, by a client of its own unless one is given. */
export function open(
  from: TestServer | RedisLike,
  options?: Partial<RemoteChannelOptions<number>>,
): Promise<RemoteChannel<number>> {
  const client = "client" in from ? from.client() : from;
  return openChannel(client, "jobs", { capacity: 100, ...options });
}

/** A client that does something else instead of some calls. */
export function meddling(
  client: RedisLike,
  meddle: (args: string[], call: () => Promise<unknown>) => unknown,
): RedisLike {
  return {
    ...client,
    command: async (args) => await meddle(args, () => client.command(args)),
  };
}

/** A client whose answers wait while a gate is shut; and what shuts it, and gives what opens it. */
export function gated(client: RedisLike): [RedisLike, () => () => void] {
  let shut: Promise<void> | undefined;
  const slow = meddling(client, async (_, call) => {
    const reply = await call();
    await shut;
    return reply;
  });
  return [slow, () => {
    let release!: () => void;
    shut = new Promise((resolve) => release = resolve);
    return release;
  }];
}
