// _redis_testing.ts: a server of their own for the tests that need one, and clients that fail.

import { Redis } from "ioredis";
import { fromIoredis } from "./redis.ts";
import type { RedisLike } from "./redis.ts";

/** Whether the machine has a server. Where it has none, what needs one is not run. */
export const hasServer: boolean = await new Deno.Command("redis-server", {
  args: ["--version"],
  stdout: "null",
  stderr: "null",
}).output().then(({ success }) => success, () => false);

/** Runs a server until its input ends: so it does not outlive tests, however they end. */
const KILLED_WITH_US = 'redis-server "$@" & read -r _; kill -9 $!; wait $!';

/** A server. */
export interface TestServer {
  readonly port: number;
  /** A client in our terms, closed with the server; of a user, if one is named. */
  client(username?: string, password?: string): RedisLike;
  /** Sends one command. */
  command(name: string, ...args: string[]): Promise<unknown>;
  /** Kills the server for good. */
  stop(): Promise<void>;
  /** Kills the server; it starts again with what is on disk. */
  restart(): Promise<void>;
}

/** Declares a test that needs a server. */
export function redisTest(
  name: string,
  body: (server: TestServer) => Promise<void>,
  ...settings: string[]
): void {
  Deno.test({
    name,
    ignore: !hasServer,
    fn: () => withServer(body, ...settings),
  });
}

/** Starts a server on a free port of the loopback, and stops it. */
export async function withServer(
  body: (server: TestServer) => Promise<void>,
  ...settings: string[]
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "sluice-redis-" });
  const clients: Redis[] = [];
  let port = 0;
  let child: Deno.ChildProcess | undefined;
  for (let tries = 0; tries < 4 && !child; tries++) {
    port = freePort();
    child = await start(port, folder, settings);
  }
  if (!child) throw new Error("Cannot start redis-server");
  const connect = (username?: string, password?: string) => {
    const redis = new Redis(port, "127.0.0.1", {
      ...username && { username, password: password! },
      retryStrategy: (times) => Math.min(20 * times, 200),
    });
    redis.on("error", () => {});
    clients.push(redis);
    return redis;
  };
  const stop = async () => {
    const running = child;
    child = undefined;
    if (running) await end(running);
  };
  try {
    const own = connect();
    await body({
      port,
      client: (...user) => fromIoredis(connect(...user)),
      command: (name, ...args) => own.call(name, args),
      stop,
      restart: async () => {
        await stop();
        child = await start(port, folder, settings);
        if (!child) throw new Error("Cannot restart redis-server");
      },
    });
  } finally {
    for (const client of clients) client.disconnect();
    await stop();
    await Deno.remove(folder, { recursive: true });
  }
}

/** A port that nobody listens on now. */
function freePort(): number {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  return port;
}

/** Resolves to `undefined` if something else has the port by then. */
async function start(
  port: number,
  folder: string,
  settings: readonly string[],
): Promise<Deno.ChildProcess | undefined> {
  const child = new Deno.Command("sh", {
    args: [
      ...["-c", KILLED_WITH_US, "sh"],
      ...["--port", `${port}`, "--bind", "127.0.0.1", "--dir", folder],
      ...["--save", "", ...settings],
    ],
    detached: true, // or an error that nobody catches kills the shell, and not the server
    stdin: "piped",
    stdout: "null",
    stderr: "null",
  }).spawn();
  for (let tries = 0; tries < 250; tries++) {
    const answer = await folderOf(port);
    if (answer?.includes(folder)) return child;
    if (answer?.startsWith("*2")) break;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await end(child);
  return undefined;
}

async function end(child: Deno.ChildProcess): Promise<void> {
  await child.stdin.close();
  await child.status;
}

/** The folder of the server on a port, as it replies. */
async function folderOf(port: number): Promise<string | undefined> {
  try {
    using connection = await Deno.connect({ hostname: "127.0.0.1", port });
    await connection.write(new TextEncoder().encode("CONFIG GET dir\r\n"));
    const buffer = new Uint8Array(1024);
    const count = await connection.read(buffer);
    return new TextDecoder().decode(buffer.subarray(0, count ?? 0));
  } catch {
    return undefined;
  }
}

/**
 * Waits until something is so: for less than the 20 s after which a value that nobody has
 * seen goes back by itself, or a test could pass for that reason.
 */
export async function until(
  fact: () => boolean | Promise<boolean>,
): Promise<void> {
  const end = performance.now() + 15_000;
  while (!await fact()) {
    if (performance.now() > end) throw new Error("It never came to that");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
