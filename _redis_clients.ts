// _redis_clients.ts: what the usual clients look like from here.

import type { RedisConnection, RedisLike } from "./_redis_options.ts";

/** A client of the package `redis` (node-redis), as far as it is needed here. */
export interface NodeRedisClient {
  /** Sends one command. */
  sendCommand(args: string[]): Promise<unknown>;
  /** Makes another client with the same settings. */
  duplicate(): NodeRedisClient;
  /** Connects it. */
  connect(): Promise<unknown>;
  /** Ends the connection at once. */
  destroy(): unknown;
  /** Without a listener, an error of the connection would end the process. */
  on(event: "error", listener: () => void): unknown;
}

/** A client, or a cluster, of the package `ioredis` or `iovalkey`, as far as it is needed here. */
export interface IoredisClient {
  /** Sends one command. */
  call(command: string, args: string[]): Promise<unknown>;
  /** Makes another client with the same settings, which connects by itself. */
  duplicate(): IoredisClient;
  /** Ends the connection at once. */
  disconnect(): unknown;
  /** Without a listener, an error of the connection would be printed. */
  on(event: "error", listener: () => void): unknown;
}

/**
 * Adapts a client of the package `redis` (node-redis), 5 or later.
 *
 * @param client The client; it is the caller's to connect, to listen to and to close.
 * @returns What `openChannel` takes.
 */
export function fromNodeRedis(client: NodeRedisClient): RedisLike {
  return {
    command: (args) => client.sendCommand(args),
    // At once, so that what cannot connect can be closed.
    duplicate: (): RedisConnection => {
      const own = client.duplicate();
      own.on("error", ignore);
      const connected = own.connect();
      connected.catch(ignore);
      return {
        command: async (args) => {
          await connected;
          return await own.sendCommand(args);
        },
        close: () => own.destroy(),
      };
    },
  };
}

/**
 * Adapts a client, or a cluster, of the package `ioredis`, 5 or later, or `iovalkey`.
 *
 * @param client The client; it is the caller's to listen to and to close.
 * @returns What `openChannel` takes.
 */
export function fromIoredis(client: IoredisClient): RedisLike {
  const call = (to: IoredisClient, [name, ...args]: string[]) =>
    to.call(name!, args);
  return {
    command: (args) => call(client, args),
    duplicate: (): RedisConnection => {
      const own = client.duplicate();
      own.on("error", ignore);
      return {
        command: (args) => call(own, args),
        close: () => own.disconnect(),
      };
    },
  };
}

// The command that was under way, or waited for the connection, rejects with it too.
function ignore(): void {}
