// redis_end_test.ts: how a channel on a server ends: close, join, tombstone; and how a handle does.

import { assert, assertEquals } from "@std/assert";
import { open } from "./_redis_clients_testing.ts";
import { redisTest, until } from "./_redis_testing.ts";
import {
  CountedController,
  isPending,
  reasonOf,
  tick,
  unhandledIn,
} from "./_testing.ts";
import { ChannelClosedError, ChannelError, openChannel } from "./redis.ts";

redisTest(
  "close() is permanent, for every handle, and lets values be received",
  async (server) => {
    await using one = await open(server);
    await using other = await open(server);
    await one.send(7);
    await one.close();
    await one.close(new Error("too late"));
    assertEquals([one.closed, one.drained], [true, false]);
    const lease = await other.receive();
    assertEquals([lease.value, other.closed], [7, true]);
    await lease.ack();
    const reason = await reasonOf(other.receive());
    assert(reason instanceof ChannelClosedError);
    assertEquals(reason.message, "Cannot receive: channel is closed");
    assertEquals(await other.values().next(), { value: undefined, done: true });
    assertEquals([other.drained, (await one.stats()).drained], [true, true]);
  },
);

redisTest("close() wakes those who wait in every process", async (server) => {
  await using one = await open(server, { capacity: 1 });
  await using other = await open(server, { capacity: 1 });
  const receiving = reasonOf(other.receive());
  const loop = other.values().next();
  const joining = other.join();
  const { closeSignal } = other;
  assert(await isPending(joining));
  await one.close();
  assert(await receiving instanceof ChannelClosedError);
  assertEquals((await loop).done, true);
  await joining;
  assertEquals(closeSignal.aborted, true);
});

redisTest("close() takes its reason to other processes", async (server) => {
  await using one = await open(server);
  await using other = await open(server);
  const cause = Object.assign(new Error("deep"), { name: "DeepError" });
  const given = new TypeError("broken", { cause });
  await one.close(given);
  for (const handle of [one, other]) {
    const reason = await reasonOf(handle.receive()) as Error;
    assert(reason instanceof Error);
    assertEquals([reason.name, reason.message, reason.stack], [
      "TypeError",
      "broken",
      given.stack,
    ]);
    assertEquals(String(reason.cause), "DeepError: deep");
    assertEquals(await reasonOf(handle.values().next()), reason);
  }
  await one.join();
});

for (
  const [given, told] of [
    [undefined, undefined],
    ["text", "text"],
    [{ a: [1] }, { a: [1] }],
    [1n, "1"],
    [Symbol("s"), "Symbol(s)"],
    [{ n: 1n }, "[object Object]"],
    [{ toString: 1n }, "a reason that cannot be told"],
    [{ toString: null, f() {} }, "a reason that cannot be told"],
  ] as const
) {
  redisTest(
    `close() takes the reason ${JSON.stringify(told)}, which is no error`,
    async (server) => {
      await using one = await open(server);
      await using other = await open(server);
      await one.close(given);
      assertEquals(await reasonOf(other.receive()), told);
    },
  );
}

redisTest(
  "close() takes errors of our own and aborts as what they are",
  async (server) => {
    const abort = new DOMException("enough", "AbortError");
    const given = new ChannelError("given up", { cause: { n: 1n } });
    for (const [name, reason] of [["a", abort], ["b", given]] as const) {
      const options = { capacity: 1 };
      await using one = await openChannel(server.client(), name, options);
      await using other = await openChannel(server.client(), name, options);
      await one.close(reason);
      const told = await reasonOf(other.receive()) as Error;
      assert(told !== reason && told.constructor === reason.constructor);
      assertEquals([told.name, told.message], [reason.name, reason.message]);
      if (name === "b") assertEquals(told.cause, "[object Object]");
    }
  },
);

redisTest(
  "close() with a reason that nobody can read still closes",
  async (server) => {
    await using channel = await open(server);
    await server.command(
      "HSET",
      "sluice:{jobs}:meta",
      "closed",
      "1",
      "reason",
      "{",
    );
    await until(() => channel.stats().then(({ closed }) => closed));
    assertEquals(await channel.trySend(1), false);
    assertEquals(channel.closeSignal.reason, "{");
  },
);

redisTest(
  "join() resolves when all is acknowledged, and not before",
  async (server) => {
    await using one = await open(server);
    await using other = await open(server);
    await one.sendAll([0, 1]);
    const joins = Promise.all([one.join(), other.join(), one.join()]);
    await one.close();
    const [first, second] = [await one.receive(), await other.receive()];
    await first.ack();
    await one.stats();
    assert(await isPending(joins));
    assertEquals(other.drained, false);
    await second.ack();
    await joins;
    assertEquals([one.drained, other.drained], [true, true]);
    await one.join();
  },
);

redisTest("join() gives up by its signal alone", async (server) => {
  await using channel = await open(server);
  const controller = new CountedController();
  const joining = channel.join({ signal: controller.signal });
  assert(await isPending(joining));
  controller.abort("enough");
  assertEquals(await reasonOf(joining), "enough");
  assertEquals(controller.listeners, 0);
});

redisTest(
  "the tombstone keeps a channel closed, and then its name is free",
  async (server) => {
    const options = { tombstone: 300 };
    await using one = await open(server, options);
    await one.send(1);
    await one.close();
    await (await one.receive()).ack();
    await one.join();
    assertEquals(await server.command("EXISTS", "sluice:{jobs}:values"), 0);
    await using late = await open(server);
    assertEquals([late.closed, late.drained], [true, true]);
    assert(await reasonOf(late.send(1)) instanceof ChannelClosedError);
    await late.join();
    await until(async () =>
      (await server.command("KEYS", "*:meta") as []).length === 0
    );
    await using anew = await open(server);
    await anew.send(2);
    assertEquals((await anew.receive()).value, 2);
    const reason = await reasonOf(one.stats());
    assertEquals(
      String(reason),
      "ChannelError: Cannot look: channel jobs is no longer on the server",
    );
  },
);

redisTest(
  "nothing is left on the server but the tombstone, and it has an end",
  async (server) => {
    await using channel = await open(server, { producers: 1 });
    await channel.sendAll([1, 2, 3]);
    await channel.done();
    await channel.consume(() => {});
    await channel[Symbol.asyncDispose]();
    for (const key of await server.command("KEYS", "*") as string[]) {
      assert(Number(await server.command("PTTL", key)) > 0, key);
    }
  },
);

redisTest(
  "disposing gives leases back, and leaves the channel as it is",
  async (server) => {
    const one = await open(server);
    await using other = await open(server);
    await one.sendAll([0, 1, 2]);
    const lease = await one.receive();
    assertEquals((await one.values().next()).value, 1);
    await one[Symbol.asyncDispose]();
    await one[Symbol.asyncDispose]();
    assertEquals(await lease.ack(), false);
    const again = [];
    for (let i = 0; i < 3; i++) again.push(await other.receive());
    assertEquals(again.map(({ value, deliveries }) => [value, deliveries]), [
      [0, 2],
      [1, 2],
      [2, 1],
    ]);
    assertEquals(other.closed, false);
    const groups = await server.command(
      ...["XINFO", "CONSUMERS", "sluice:{jobs}:values", "consumers"] as const,
    ) as unknown[];
    assertEquals(groups.length, 2); // the other's, and what was given back
  },
);

redisTest(
  "disposing rejects what waits, and what comes later",
  async (server) => {
    const channel = await open(server, { capacity: 1 });
    await channel.send(0);
    const rejections = await unhandledIn(async () => {
      const waits = [
        channel.send(1),
        channel.join(),
        channel.sendAll([2, 3]),
      ];
      const lease = await channel.receive();
      const receiving = channel.receive();
      await tick();
      const settled = Promise.allSettled([...waits, receiving]);
      await channel[Symbol.asyncDispose]();
      for (const result of await settled) {
        assert(result.status === "rejected");
        assert(result.reason instanceof ChannelError);
        assert(
          /: this handle of the channel was left$/.test(result.reason.message),
        );
      }
      assertEquals(await lease.giveBack(), false);
      for (
        const late of [
          channel.send(1),
          channel.receive(),
          channel.join(),
          channel.stats(),
          channel.close(),
        ]
      ) {
        assert(/was left/.test(String(await reasonOf(late))));
      }
    });
    assertEquals(rejections, []);
  },
);

redisTest("disposing ends the connection that listens", async (server) => {
  const clients = async () =>
    String(await server.command("CLIENT", "LIST")).trim().split("\n").length;
  const channel = await open(server);
  const before = await clients();
  const receiving = reasonOf(channel.receive());
  await until(async () => await clients() === before + 1);
  await channel[Symbol.asyncDispose]();
  await receiving;
  await until(async () => await clients() === before);
});

redisTest(
  "disposing takes no longer than a moment without a server",
  async (server) => {
    const channel = await open(server);
    await channel.send(1);
    await channel.receive();
    await server.stop();
    const start = performance.now();
    await channel[Symbol.asyncDispose]();
    assert(performance.now() - start < 4_000);
  },
);

redisTest("a channel that was deleted says so", async (server) => {
  await using channel = await open(server);
  await channel.send(1);
  const lease = await channel.receive();
  const joining = reasonOf(channel.join());
  await channel.stats();
  await server.command("FLUSHALL");
  for (
    const act of [
      channel.send(1),
      lease.ack(),
      channel.receive(),
      channel.close(),
    ]
  ) {
    const reason = await reasonOf(act);
    assert(reason instanceof ChannelError);
    assert(
      /: channel jobs is no longer on the server$/.test(reason.message),
      reason.message,
    );
  }
  assert(/no longer on the server$/.test(String(await joining)));
});

redisTest(
  "the server's memory stays bounded however many values pass",
  async (server) => {
    await using channel = await open(server, { capacity: 1_000, window: 200 });
    const used = async () =>
      Number(
        /used_memory:(\d+)/.exec(
          String(await server.command("INFO", "memory")),
        )![1],
      );
    let most = 0;
    const pass = async (count: number) => {
      const sent = channel.sendAll(Array.from({ length: count }, (_, n) => n));
      let seen = 0;
      for await (const _ of channel) {
        if (++seen % 1_000 === 0) most = Math.max(most, await used());
        if (seen === count) break;
      }
      await sent;
    };
    await pass(5_000);
    const first = most;
    await pass(50_000);
    assert(most < first + 500_000, `${first} ${most}`);
  },
);
