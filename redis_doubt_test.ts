// redis_doubt_test.ts: answers of the server that are late or lost.

import { assert, assertEquals } from "@std/assert";
import { Remote } from "./_redis_channel.ts";
import { meddling, open } from "./_redis_clients_testing.ts";
import { redisTest, until } from "./_redis_testing.ts";
import { reasonOf } from "./_testing.ts";
import type { RedisLike } from "./redis.ts";
import { ChannelClosedError, ChannelError, openChannel } from "./redis.ts";

redisTest(
  "send() goes on when the server has lost what it knew of the sender",
  async (server) => {
    await using channel = await open(server);
    for (let n = 0; n < 4; n++) await channel.send(n);
    const [key] = await server.command(
      ...["KEYS", "sluice:{jobs}:sender:*"] as const,
    ) as [string];
    await server.command("SET", key, "2:2");
    await channel.send(4);
    await server.command("DEL", key);
    await channel.send(5);
    await channel.close();
    const got = [];
    for await (const value of channel) got.push(value);
    assertEquals(got, [0, 1, 2, 3, 4, 5]);
  },
);

redisTest(
  "send() that is refused after a try without an answer is in doubt, and the next is not taken for it",
  async (server) => {
    const faults: ((call: () => Promise<unknown>) => Promise<unknown>)[] = [];
    await using channel = await open(
      meddling(server.client(), (_, call) => (faults.shift() ?? call)(call)),
    );
    await channel.send(0);
    faults.push(async (call) => {
      await call();
      return Promise.reject("lost");
    }, () => Promise.reject(new Error("NOPERM no permissions")));
    const reason = await reasonOf(channel.send(1));
    assert(reason instanceof ChannelError);
    assertEquals(
      reason.message,
      "Cannot send: the user lacks a permission on the server; whether an earlier try was heard is unknown",
    );
    await channel.send(2);
    await channel.close();
    const got = [];
    for await (const value of channel) got.push(value);
    assertEquals(got, [0, 1, 2]);
  },
);

redisTest(
  "send() under way when the channel closes is refused",
  async (server) => {
    await using other = await open(server);
    let closes = false;
    await using channel = await open(
      meddling(server.client(), async (_, call) => {
        if (closes) await other.close();
        return await call();
      }),
    );
    closes = true;
    const reason = await reasonOf(channel.send(1));
    assert(reason instanceof ChannelClosedError);
    assertEquals([reason.value, (await channel.stats()).size], [1, 0]);
  },
);

redisTest("done() by more than there are counts no further", async (server) => {
  await using one = await open(server, { producers: 1 });
  await using other = await open(server);
  await one.done();
  await other.done();
  assertEquals((await other.stats()).producers, 0);
});

redisTest(
  "done() that was not answered can be repeated, and counts once",
  async (server) => {
    let silent = false;
    await using channel = await open(
      meddling(server.client(), async (_, call) => {
        const reply = await call();
        return silent ? new Promise(() => {}) : reply;
      }),
      { producers: 2, patience: 2_000 },
    );
    silent = true;
    const done = channel.done();
    assertEquals(channel.done(), done);
    assert(/no answer/.test(String(await reasonOf(done))));
    silent = false;
    await channel.done();
    assertEquals((await channel.stats()).producers, 1);
  },
);

redisTest(
  "closeSignal hears of a close though the server was silent for long",
  async (server) => {
    let [silent, asked] = [false, 0];
    await using channel = await open(
      meddling(server.client(), (_, call) => {
        asked++;
        return silent ? new Promise(() => {}) : call();
      }),
      { patience: 2_000 },
    );
    await using other = await open(server);
    silent = true;
    const before = asked;
    const { closeSignal } = channel;
    await until(() => asked > before);
    await reasonOf(channel.stats()); // asked later, so the first has been given up
    await other.close();
    silent = false;
    await until(() => closeSignal.aborted);
  },
);

Deno.test("dead letters that are left while they answer reject", async () => {
  for (let turns = 0; turns < 24; turns++) {
    const answers: ((reply: unknown) => void)[] = [];
    let opened = false;
    const client: RedisLike = {
      command: (args) => {
        if (opened) return new Promise((resolve) => answers.push(resolve));
        opened = true;
        return Promise.resolve(["ok", "0", 0, "", args[6]!]);
      },
      duplicate: () => new Promise(() => {}),
    };
    const dead = await openChannel<number>(client, "dead", { capacity: 1 });
    assert(dead instanceof Remote);
    const taken = reasonOf(dead.takeIn("7", "somebody"));
    await until(() => answers.length === 1);
    const left = dead[Symbol.asyncDispose]();
    await until(() => answers.length === 2);
    answers[1]!(["ok", 1, 0, ""]);
    for (let i = 0; i < turns; i++) await Promise.resolve();
    answers[0]!(["ok", 1, 0, "", 0, 0]);
    await left;
    assert(
      /was left(; whether the server has heard is unknown)?$/
        .test(String(await taken)),
      String(await taken),
    );
  }
});

redisTest("an answer that is late takes no close back", async (server) => {
  let held: Promise<void> | undefined;
  await using channel = await open(
    meddling(server.client(), async (_, call) => {
      const until = held;
      held = undefined;
      const reply = await call();
      await until;
      return reply;
    }),
  );
  let release!: () => void;
  held = new Promise((resolve) => release = resolve);
  const looked = channel.stats();
  await until(() => held === undefined);
  await channel.close();
  release();
  await looked;
  assertEquals([channel.closed, channel.drained], [true, true]);
});

redisTest(
  "what is known of the end stays so when an older answer is late",
  async (server) => {
    let hold: Promise<void> | undefined;
    const client = meddling(server.client(), async (_, call) => {
      const held = hold;
      hold = undefined; // the next call only
      const reply = await call();
      await held;
      return reply;
    });
    await using channel = await open(client);
    await channel.stats(); // the server knows the script from now on
    let release!: () => void;
    hold = new Promise((resolve) => release = resolve);
    const late = channel.stats();
    await channel.close();
    assert(channel.closed && channel.drained);
    release();
    await late;
    assert(channel.closed && channel.drained);
  },
);
