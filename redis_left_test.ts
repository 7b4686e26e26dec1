// redis_left_test.ts: what becomes of calls, values and connections when whoever waited for them has left.

import { assert, assertEquals } from "@std/assert";
import { createClient } from "redis";
import { createClient as createClient5 } from "redis5";
import { gated, meddling, open } from "./_redis_clients_testing.ts";
import { redisTest, until } from "./_redis_testing.ts";
import { isPending, reasonOf, tick } from "./_testing.ts";
import { Channel, select } from "./mod.ts";
import type { NodeRedisClient, RedisConnection, RedisLike } from "./redis.ts";
import { fromNodeRedis, openChannel } from "./redis.ts";

const LEFT = "this handle of the channel was left";
const META = "sluice:{jobs}:meta";

redisTest(
  "a loop that is left gives back at once what was fetched for it",
  async (server) => {
    await using one = await open(server, { window: 4 });
    await using other = await open(server);
    await one.sendAll([0, 1, 2, 3, 4, 5, 6, 7]);
    for await (const value of one) if (value === 1) break;
    assertEquals((await other.stats()).leased, 0);
    const got = [];
    for (let i = 0; i < 7; i++) {
      const { value, deliveries } = await other.receive();
      got.push([value, deliveries]);
    }
    assertEquals(got, [[1, 2], ...[2, 3, 4, 5, 6, 7].map((n) => [n, 1])]);
  },
);

for (
  const [what, wait] of Object.entries<
    (
      channel: Awaited<ReturnType<typeof open>>,
    ) => [Promise<unknown>, () => void]
  >({
    "receive() that is aborted": (channel) => {
      const controller = new AbortController();
      const received = channel.receive({ signal: controller.signal });
      return [reasonOf(received), () => controller.abort("enough")];
    },
    "a select that takes something else": ({ leases }) => {
      const local = new Channel<number>(1);
      const selected = select({ leases, local });
      return [selected, () => void local.trySend(7)];
    },
    "receiveMany() that is aborted": ({ leases }) => {
      const controller = new AbortController();
      const { signal } = controller;
      const received = leases.receiveMany(4, { signal });
      return [reasonOf(received), () => controller.abort("enough")];
    },
  })
) {
  redisTest(`${what} gives back what is on its way`, async (server) => {
    const [client, shut] = gated(server.client());
    await using one = await open(client);
    await using other = await open(server);
    await other.send(7);
    const release = shut();
    const [waited, leave] = wait(one);
    await until(async () => (await other.stats()).leased === 1);
    leave();
    await waited;
    release();
    await until(async () => (await other.stats()).leased === 0);
    const lease = await other.receive();
    assertEquals([lease.value, lease.deliveries], [7, 1]);
  });
}

redisTest(
  "consume() that stops has given back what was on its way",
  async (server) => {
    const [client, shut] = gated(server.client());
    await using one = await open(client);
    await using other = await open(server);
    await other.sendAll([0, 1]);
    const release = shut();
    const controller = new AbortController();
    const { signal } = controller;
    const consumed = reasonOf(one.consume(() => {}, { signal }));
    await until(async () => (await other.stats()).leased === 2);
    controller.abort("enough");
    release();
    assertEquals(await consumed, "enough");
    assertEquals((await other.stats()).leased, 0);
    const lease = await other.receive();
    assertEquals([lease.value, lease.deliveries], [0, 1]);
  },
);

redisTest(
  "a loop over leases that fails gives back what is on its way",
  async (server) => {
    const [slow, shutDead] = gated(server.client());
    await using dead = await openChannel<number>(slow, "dead", { capacity: 1 });
    await using again = await openChannel<number>(server.client(), "dead", {
      capacity: 1,
    });
    await again.close();
    const [client, shut] = gated(server.client());
    await using one = await open(client, {
      maxDeliveries: 1,
      deadLetter: dead,
    });
    await using other = await open(server);
    await other.send(0);
    await (await other.receive()).giveBack();
    const releaseDead = shutDead();
    const next = reasonOf(one.leases.values().next());
    await until(async () =>
      await server.command("HEXISTS", META, "hungry") === 1
    );
    await one.stats(); // answered when one knows that there is no value
    const release = shut();
    await other.send(1);
    await until(async () => (await other.stats()).leased === 2);
    releaseDead();
    assert(/channel is closed/.test(String(await next)));
    release();
    await until(async () => (await other.stats()).leased === 0);
    const got = [await other.receive(), await other.receive()];
    assertEquals(got.map(({ value, deliveries }) => [value, deliveries]), [
      [0, 3],
      [1, 1],
    ]);
  },
);

redisTest(
  "a call under way when the handle is left says that it may have been heard",
  async (server) => {
    let [hangs, loads] = [false, false];
    const channel = await open(meddling(server.client(), (args, call) => {
      if (args.length > 7) return call(); // all but a look
      if (hangs) return new Promise(() => {});
      return loads ? Promise.reject(new Error("LOADING the data")) : call();
    }));
    await channel.stats();
    loads = true;
    const refused = reasonOf(channel.stats());
    assert(await isPending(refused));
    loads = false;
    hangs = true;
    const unheard = reasonOf(channel.stats());
    assert(await isPending(unheard));
    hangs = false;
    loads = true;
    await channel[Symbol.asyncDispose]();
    assertEquals(
      [String(await refused), String(await unheard)],
      [
        `ChannelError: Cannot look: ${LEFT}`,
        `ChannelError: Cannot look: ${LEFT}; whether the server has heard is unknown`,
      ],
    );
  },
);

redisTest("a handle that was left asks nothing", async (server) => {
  let asked = 0;
  const dead = await openChannel<number>(
    meddling(server.client(), (_, call) => {
      asked++;
      return call();
    }),
    "dead",
    { capacity: 1, producers: 1 },
  );
  await using channel = await open(server, {
    maxDeliveries: 1,
    deadLetter: dead,
  });
  await channel.send(7);
  await (await channel.receive()).giveBack();
  await dead[Symbol.asyncDispose]();
  asked = 0;
  const reasons = [channel.receive(), dead.close(), dead.done(), dead.stats()];
  assertEquals(
    (await Promise.all(reasons.map(reasonOf))).map(String),
    [
      "Cannot send to the dead letters",
      "Cannot close",
      "Cannot be done",
      "Cannot look",
    ].map((act) => `ChannelError: ${act}: ${LEFT}`),
  );
  assertEquals(asked, 0);
  assert(new RegExp(LEFT).test(String(await reasonOf(dead.trySend(1)))));
});

redisTest(
  "done() is not said by a handle that is left before all is sent",
  async (server) => {
    await using other = await open(server, { capacity: 1, producers: 2 });
    const message = `ChannelError: Cannot be done: ${LEFT}`;
    const one = await open(server, { capacity: 1 });
    const sent = Promise.all([one.send(0), reasonOf(one.send(1))]);
    const waits = reasonOf(one.done());
    await until(async () =>
      await server.command("HEXISTS", META, "thirsty") === 1
    );
    await one[Symbol.asyncDispose]();
    assertEquals(String(await waits), message);
    assert(String((await sent)[1]).endsWith(`Cannot send: ${LEFT}`));

    const [client, shut] = gated(server.client());
    const late = await open(client, { capacity: 1 });
    const release = shut();
    const flies = reasonOf(late.send(2));
    assert(await isPending(flies));
    const done = reasonOf(late.done());
    const left = late[Symbol.asyncDispose]();
    release();
    await left;
    assertEquals(String(await done), message);
    assert(String(await flies).endsWith(`Cannot send: ${LEFT}`));
    assertEquals((await other.stats()).producers, 2);
  },
);

for (const act of ["done", "close"] as const) {
  redisTest(
    `${act}() is said by a handle that is left when all was sent`,
    async (server) => {
      await using other = await open(server, { producers: 1 });
      const [client, shut] = gated(server.client());
      const one = await open(client);
      await one.stats();
      const release = shut();
      const sent = one.send(0);
      const said = one[act]();
      assert(await isPending(said));
      const left = one[Symbol.asyncDispose]();
      assert(await isPending(left));
      release();
      await Promise.all([sent, said, left]);
      const { size, closed } = await other.stats();
      assertEquals([size, closed], [1, true]);
    },
  );
}

redisTest("done() that was refused lets sends go on", async (server) => {
  await using channel = await open(server);
  const done = reasonOf(channel.done());
  assert(/this producer is done/.test(String(await reasonOf(channel.send(0)))));
  assert(/without producers/.test(String(await done)));
  await channel.send(1);
  assertEquals((await channel.stats()).size, 1);
});

redisTest(
  "trySend() after done() is false once the channel is closed",
  async (server) => {
    await using channel = await open(server, { producers: 1 });
    await channel.done();
    assertEquals(await channel.trySend(1), false);
    assert(/producer is done/.test(String(await reasonOf(channel.send(1)))));
  },
);

const CREATE: Record<string, (options: { url: string }) => NodeRedisClient> = {
  "redis 6": createClient,
  "redis 5": createClient5,
};

for (const [version, create] of Object.entries(CREATE)) {
  redisTest(
    `a listener over ${version} that cannot connect is given up with the handle`,
    async (server) => {
      const client = create({
        url: `redis://127.0.0.1:${server.port}`,
      });
      client.on("error", () => {});
      await client.connect();
      const own: RedisConnection[] = [];
      let made = 0;
      const spied: RedisLike = {
        command: (args) => client.sendCommand(args),
        duplicate: async () => {
          made++;
          const connection = await fromNodeRedis(client).duplicate();
          own.push(connection);
          return connection;
        },
      };
      const channel = await open(spied);
      const clients = async () =>
        String(await server.command("CLIENT", "LIST")).trim().split("\n")
          .length;
      const before = await clients();
      await server.command("CONFIG", "SET", "maxclients", `${before}`);
      const receiving = reasonOf(channel.receive());
      await until(() => own.length === 1);
      const refused = async () =>
        Number(
          /rejected_connections:(\d+)/.exec(
            String(await server.command("INFO", "stats")),
          )![1],
        );
      await until(async () => await refused() > 1);
      const asked = reasonOf(own[0]!.command(["PING"]));
      await channel[Symbol.asyncDispose]();
      await receiving;
      assert(await asked instanceof Error);
      await server.command("CONFIG", "SET", "maxclients", "100");
      const others = await refused();
      await new Promise((resolve) => setTimeout(resolve, 700));
      assertEquals([await clients(), made], [before, 1]);
      assertEquals(await refused(), others);
      client.destroy();
    },
  );
}

Deno.test("a listener that connects just when its handle is left is closed", async () => {
  for (let turns = 0; turns < 24; turns++) {
    let [calls, closed] = [0, 0];
    let connect: (() => void) | undefined;
    let answer!: (reply: unknown) => void;
    const channel = await openChannel<number>(
      {
        command: (args) =>
          new Promise((resolve) => {
            calls++;
            if (calls === 1) resolve(["ok", 0, 0, "", args[6]]);
            else if (calls === 2) resolve(["ok", 0, 0, "", [], [], [], 60_000]);
            else answer = resolve;
          }),
        duplicate: () =>
          new Promise((resolve) =>
            connect = () =>
              resolve({
                command: () => new Promise(() => {}),
                close: () => closed++,
              })
          ),
      },
      "jobs",
      { capacity: 1 },
    );
    const received = reasonOf(channel.receive());
    await until(() => connect !== undefined);
    const left = channel[Symbol.asyncDispose]();
    await until(() => calls === 3);
    answer(["ok", 0, 0, ""]);
    for (let i = 0; i < turns; i++) await Promise.resolve();
    connect!();
    await left;
    assert(new RegExp(LEFT).test(String(await received)));
    await tick();
    assertEquals(closed, 1, `${turns}`);
  }
});

redisTest(
  "a listener that was given up is closed when it comes",
  async (server) => {
    const client = server.client();
    const gates: (() => void)[] = [];
    const closed: number[] = [];
    await using channel = await open({
      command: client.command,
      duplicate: async () => {
        const number = gates.length;
        await new Promise<void>((resolve) => gates.push(resolve));
        return {
          command: () => new Promise(() => {}),
          close: () => closed.push(number),
        };
      },
    }, { patience: 2_000 });
    const receiving = reasonOf(channel.receive());
    await until(() => gates.length === 2);
    gates[0]!();
    await until(() => closed.length > 0);
    gates[1]!();
    await tick();
    assertEquals(closed, [0]);
    await channel[Symbol.asyncDispose]();
    await receiving;
    assertEquals(closed, [0, 1]);
  },
);
