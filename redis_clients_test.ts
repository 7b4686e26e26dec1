// redis_clients_test.ts: the adapters of the usual clients, each with RESP2 and RESP3.

import { assert, assertEquals } from "@std/assert";
import { Cluster, Redis as Ioredis } from "ioredis";
import { Redis as Iovalkey } from "iovalkey";
import { Redis as Ioredis5 } from "ioredis5";
import { createClient } from "redis";
import { createClient as createClient5 } from "redis5";
import type { TestServer } from "./_redis_testing.ts";
import { redisTest, until } from "./_redis_testing.ts";
import { isPending } from "./_testing.ts";
import type { IoredisClient, NodeRedisClient, RedisLike } from "./redis.ts";
import { fromIoredis, fromNodeRedis, openChannel } from "./redis.ts";

/** A client in our terms, and how to close it. */
type Made = [RedisLike, () => unknown];

const CLIENTS: Record<string, (server: TestServer) => Promise<Made> | Made> = {
  "redis 6, RESP2": (server) => nodeRedis(createClient, server, 2),
  "redis 6, RESP3": (server) => nodeRedis(createClient, server, 3),
  "redis 5, RESP2": (server) => nodeRedis(createClient5, server, 2),
  "redis 5, RESP3": (server) => nodeRedis(createClient5, server, 3),
  "ioredis 6, RESP2": ({ port }) =>
    ioredis(new Ioredis(port, "127.0.0.1", { protocol: 2 })),
  "ioredis 6, RESP3": ({ port }) =>
    ioredis(new Ioredis(port, "127.0.0.1", { protocol: 3 })),
  "ioredis 6, RESP3 with maps": ({ port }) =>
    ioredis(
      new Ioredis(port, "127.0.0.1", { protocol: 3, replyMapping: "resp3" }),
    ),
  "ioredis 5, RESP2": ({ port }) => ioredis(new Ioredis5(port, "127.0.0.1")),
  "iovalkey, RESP2": ({ port }) => ioredis(new Iovalkey(port, "127.0.0.1")),
};

async function nodeRedis(
  create: (options: { url: string; RESP: 2 | 3 }) => NodeRedisClient,
  { port }: TestServer,
  RESP: 2 | 3,
): Promise<Made> {
  const client = create({ url: `redis://127.0.0.1:${port}`, RESP });
  client.on("error", () => {});
  await client.connect();
  return [fromNodeRedis(client), () => client.destroy()];
}

function ioredis(client: IoredisClient): Made {
  client.on("error", () => {});
  return [fromIoredis(client), () => client.disconnect()];
}

for (const [name, make] of Object.entries(CLIENTS)) {
  redisTest(
    `a channel over ${name}: values, waiting, errors, the end`,
    async (server) => {
      const [client, close] = await make(server);
      const options = { capacity: 5, window: 2, visibility: 300 };
      const one = await openChannel<{ n: number }>(client, "jobs", options);
      const other = await openChannel<{ n: number }>(client, "jobs", options);
      const waiting = other.receive();
      assert(await isPending(waiting));
      await one.send({ n: 0 });
      const lease = await waiting;
      assertEquals([lease.value, lease.deliveries], [{ n: 0 }, 1]);
      await lease.giveBack();
      const joined = one.join();
      const got: number[] = [];
      const work = other.consume(({ n }) => void got.push(n), {
        concurrency: 2,
      });
      const expected = Array.from({ length: 100 }, (_, n) => n);
      await one.sendAll(expected.slice(1).map((n) => ({ n })));
      await one.close(new Error("enough"));
      const end = await work.then(() => undefined, (error) => error);
      await joined;
      assertEquals(got, expected);
      assertEquals(String(end), "Error: enough");
      await one[Symbol.asyncDispose]();
      await other[Symbol.asyncDispose]();
      close();
    },
  );

  redisTest(`a channel over ${name}: lost connections`, async (server) => {
    const [client, close] = await make(server);
    const one = await openChannel<number>(client, "jobs", { capacity: 50 });
    const got: number[] = [];
    const work = one.consume((n) => void got.push(n));
    const sent = one.sendAll(Array.from({ length: 500 }, (_, n) => n));
    for (let i = 1; i <= 3; i++) {
      await until(() => got.length > i * 50);
      await server.command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
    }
    await sent;
    await one.close();
    await work;
    assertEquals(got, Array.from({ length: 500 }, (_, n) => n));
    await one[Symbol.asyncDispose]();
    close();
  });
}

redisTest(
  "a channel over a cluster of ioredis keeps to one slot",
  async (server) => {
    await server.command("CLUSTER", "ADDSLOTSRANGE", "0", "16383");
    await until(async () =>
      String(await server.command("CLUSTER", "INFO")).includes(
        "cluster_state:ok",
      )
    );
    const cluster = new Cluster([{ host: "127.0.0.1", port: server.port }]);
    cluster.on("error", () => {});
    const channel = await openChannel<number>(fromIoredis(cluster), "jobs", {
      capacity: 5,
    });
    const got: number[] = [];
    const work = channel.consume((n) => void got.push(n));
    await channel.sendAll([1, 2, 3, 4, 5, 6, 7]);
    await channel.close();
    await work;
    assertEquals(got, [1, 2, 3, 4, 5, 6, 7]);
    await channel[Symbol.asyncDispose]();
    cluster.disconnect();
  },
  "--cluster-enabled",
  "yes",
  "--cluster-announce-ip",
  "127.0.0.1",
);
