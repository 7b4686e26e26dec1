// redis_consume_test.ts: a pool of handlers on a channel on a server, dead letters, and what nobody can decode.

import { assert, assertEquals } from "@std/assert";
import { open } from "./_redis_clients_testing.ts";
import { redisTest, until } from "./_redis_testing.ts";
import { isPending, reasonOf, tick } from "./_testing.ts";
import { ChannelClosedError, ChannelError, openChannel } from "./redis.ts";

redisTest(
  "consume() acknowledges what is done, and stops at the first error",
  async (server) => {
    await using channel = await open(server);
    await channel.sendAll([0, 1, 2, 3]);
    const seen: number[] = [];
    const consumed = channel.consume((value) => {
      seen.push(value);
      if (value === 2) throw new Error("two");
    });
    assertEquals(String(await reasonOf(consumed)), "Error: two");
    assertEquals(seen, [0, 1, 2]);
    const again = await channel.receive();
    assertEquals([again.value, again.deliveries], [2, 2]);
  },
);

redisTest(
  "consume() works on so many at once, and goes on with onError",
  async (server) => {
    await using channel = await open(server);
    await channel.sendAll([0, 1, 2, 3, 4, 5]);
    await channel.close();
    let [now, most] = [0, 0];
    const errors: unknown[] = [];
    await channel.consume(async (value, lease) => {
      most = Math.max(most, ++now);
      await tick();
      now--;
      if (value === 3 && lease.deliveries < 3) throw lease.deliveries;
    }, { concurrency: 3, onError: (error) => errors.push(error) });
    assertEquals([most, errors], [3, [1, 2]]);
    assertEquals(channel.drained, true);
  },
);

redisTest(
  "consume() by its signal waits for the handler, which counts",
  async (server) => {
    await using channel = await open(server, { window: 1 });
    await channel.sendAll([0, 1]);
    const controller = new AbortController();
    let finish!: () => void;
    const consumed = channel.consume(
      () => new Promise<void>((resolve) => finish = resolve),
      { signal: controller.signal },
    );
    await until(() => finish !== undefined);
    controller.abort("enough");
    assert(await isPending(consumed));
    finish();
    assertEquals(await reasonOf(consumed), "enough");
    const next = await channel.receive();
    assertEquals([next.value, next.deliveries], [1, 1]);
  },
);

redisTest(
  "consume() refuses bad arguments, and an aborted signal",
  async (server) => {
    await using channel = await open(server);
    const bad = async (handler: unknown, options?: object) =>
      String(await reasonOf(channel.consume(handler as () => void, options)));
    assertEquals(
      await bad(7),
      "TypeError: Cannot consume: handler must be a function, received number",
    );
    assertEquals(
      await bad(() => {}, { concurrency: 0 }),
      "RangeError: Cannot consume: concurrency must be a whole number >= 1 or Infinity, received 0",
    );
    assertEquals(
      await bad(() => {}, { onError: 1 }),
      "TypeError: Cannot consume: invalid onError",
    );
    assertEquals(
      await bad(() => {}, { signal: 1 }),
      "TypeError: Cannot wait: invalid signal",
    );
    assertEquals(
      await bad(() => {}, { signal: AbortSignal.abort("no") }),
      "no",
    );
  },
);

redisTest(
  "a value that is delivered too often goes to the dead letters, once",
  async (server) => {
    await using dead = await openChannel<number>(server.client(), "dead", {
      capacity: 1,
    });
    await using channel = await open(server, {
      maxDeliveries: 2,
      deadLetter: dead,
    });
    await channel.sendAll([0, 1, 2]);
    await channel.close();
    const seen: number[] = [];
    const work = channel.consume((value) => {
      seen.push(value);
      if (value !== 1) throw value;
    }, { onError() {} });
    const buried: number[] = [];
    for (let i = 0; i < 2; i++) {
      const lease = await dead.receive();
      buried.push(lease.value);
      await lease.ack();
    }
    await work;
    assertEquals(buried, [0, 2]);
    assertEquals(seen.sort(), [0, 0, 1, 2, 2]);
    assertEquals((await dead.stats()).size, 0);
  },
);

redisTest(
  "a value that cannot be buried stays, and receivers hear why",
  async (server) => {
    await using dead = await openChannel<number>(server.client(), "dead", {
      capacity: 1,
    });
    await dead.close();
    await using channel = await open(server, {
      maxDeliveries: 1,
      deadLetter: dead,
    });
    await channel.send(7);
    await (await channel.receive()).giveBack();
    const reason = await reasonOf(channel.receive());
    assert(reason instanceof ChannelClosedError);
    assertEquals(
      reason.message,
      "Cannot send to the dead letters: channel is closed",
    );
    assertEquals((await channel.stats()).size, 1);
  },
);

redisTest(
  "a value that cannot be decoded says so, and is not lost",
  async (server) => {
    await using channel = await open(server);
    for (const text of ["{", "", "\xff"]) {
      await server.command("XADD", "sluice:{jobs}:values", "*", "v", text);
      const lease = await channel.receive();
      let error: unknown;
      try {
        lease.value;
      } catch (caught) {
        error = caught;
      }
      assert(
        error instanceof ChannelError && error.cause instanceof SyntaxError,
      );
      assertEquals(
        error.message,
        `Cannot decode value ${lease.id}: the codec refuses its text`,
      );
      await lease.giveBack();
      const loop = async () => {
        for await (const _ of channel);
      };
      assert(await reasonOf(loop()) instanceof ChannelError);
      assert(await reasonOf(channel.consume(() => {})) instanceof ChannelError);
      const last = await channel.receive();
      assertEquals(last.deliveries, 4);
      await last.ack();
    }
  },
);
