// worker_reentry_test.ts: code of the user's that runs while values are posted (getters,
// `transfer`, `onLost`) and ends, closes or aborts something.

import { assert, assertEquals } from "@std/assert";
import { lend, reach, settled, trap, until } from "./_ports_testing.ts";
import { holding, reasonOf } from "./_testing.ts";
import type { Sender } from "./mod.ts";
import { Channel, ChannelClosedError } from "./mod.ts";
import { receiver, share } from "./worker.ts";

Deno.test("a share that is disposed by its onLost gives everything back", async () => {
  const channel = holding<unknown>(() => {}, 1, 2, 3);
  const shared = share(channel, {
    as: "receiver",
    onLost: () => shared[Symbol.dispose](),
  });
  const end = receiver(shared.port, { window: 3 });
  const received = reasonOf(end.receive());
  await until(() => end.closed);
  assertEquals(channel.snapshot(), [1, 2, 3]);
  await received;
  channel.close();
  channel.drain();
  await channel.join();
});

for (const moves of [false, true]) {
  Deno.test(`a share that is disposed while it posts gives everything back (transfer: ${moves})`, async () => {
    const one = trap(() => moves || shared[Symbol.dispose]());
    const channel = holding<unknown>(0, one, 2, 3);
    const shared = share(channel, {
      as: "receiver",
      transfer: moves
        ? (value) => {
          if (value === one) shared[Symbol.dispose]();
          return [];
        }
        : undefined,
      onLost: () => assert(false, "lost"),
    });
    const end = receiver(shared.port, { window: 3 });
    const received = end.receive().catch(() => {});
    await until(() => end.closed);
    assertEquals(channel.snapshot(), [0, one, 2, 3]);
    await received;
    channel.close();
    channel.drain();
    await channel.join();
  });
}

Deno.test("a share that is disposed by a transfer that throws gives everything back", async () => {
  const channel = holding(1, 2);
  const shared = share(channel, {
    as: "receiver",
    transfer: () => {
      shared[Symbol.dispose]();
      throw new Error("transfer");
    },
    onLost: () => assert(false, "lost"),
  });
  const end = receiver(shared.port, { window: 2 });
  await reasonOf(end.receive());
  assertEquals(channel.snapshot(), [1, 2]);
  channel.drain();
});

Deno.test("a channel that is closed while its last value is posted ends behind it", async () => {
  const channel = new Channel<unknown>(2);
  channel.sendNow(trap(() => channel.close()));
  const { end } = lend(channel, { window: 2 });
  assertEquals(await end.receive(), { trap: true });
  assert(await reasonOf(end.receive()) instanceof ChannelClosedError);
  await channel.join();
});

Deno.test("a channel that is cancelled while a value is posted ends behind it", async () => {
  const channel = new Channel<unknown>(3);
  channel.sendNow(0);
  channel.sendNow(trap(() => channel.cancel("enough")));
  channel.sendNow(2);
  const { end } = lend(channel, { window: 8 });
  const seen: unknown[] = [];
  const loop = (async () => {
    for await (const value of end) seen.push(value);
  })();
  assertEquals(await reasonOf(loop), "enough");
  assertEquals(seen, [0, { trap: true }, 2]);
  await channel.join();
});

for (const moves of [false, true]) {
  Deno.test(`a sender that is closed while it posts settles every send (transfer: ${moves})`, async () => {
    const channel = new Channel<unknown>(8);
    const act = (): void => end.close();
    const one = trap(() => moves || act());
    const transfer = (value: unknown): Transferable[] => {
      if (value === one) act();
      return [];
    };
    const end: Sender<unknown> & AsyncDisposable =
      (await reach(channel, 8, moves ? { transfer } : {})).end;
    const sent = [0, one, 2].map((value) => end.send(value));
    const results = await Promise.allSettled(sent);
    await end[Symbol.asyncDispose]();
    await until(() => channel.closed);
    const accepted = results.filter(({ status }) => status === "fulfilled");
    assertEquals(accepted.length, channel.size);
    for (const result of results) {
      if (result.status === "fulfilled") continue;
      assert(result.reason instanceof ChannelClosedError);
    }
    assertEquals(channel.size, moves ? 2 : 3);
    channel.drain();
  });
}

Deno.test("what a value sends while it is posted arrives too", async () => {
  const channel = new Channel<unknown>(4);
  const { end } = await reach(channel, 8);
  await end.send(trap(() => end.trySend("within")));
  await end.send("behind");
  assertEquals(channel.drain(), ["within", { trap: true }, "behind"]);
  await end[Symbol.asyncDispose]();
});

Deno.test("a send whose signal aborts while it is posted has one outcome", async () => {
  const channel = new Channel<unknown>(1);
  const controller = new AbortController();
  const { end } = await reach(channel, 8);
  const { signal } = controller;
  const sent = [
    end.send(trap(() => controller.abort("late"))),
    end.send(2, { signal }),
    end.send(3),
  ];
  assertEquals(await reasonOf(sent[1]!), "late");
  await sent[0];
  assertEquals(channel.drain(), [{ trap: true }, 3]);
  await sent[2];
  end.close();
  await settled();
});

for (const list of [new Set(), { transfer: [] }]) {
  const what = list instanceof Set ? "a Set" : "options";
  const transfer = () => list as unknown as Transferable[];
  const fact = "TypeError: Cannot transfer: transfer must return an array";
  Deno.test(`transfer that returns ${what} moves nothing: a send rejects, what is shared is lost`, async () => {
    const { end } = await reach(new Channel(1), 1, { transfer });
    assertEquals(`${await reasonOf(end.send(1))}`, fact);
    end.close();

    const lost: unknown[] = [];
    const onLost = (value: number, reason: unknown) =>
      lost.push(value, `${reason}`);
    const channel = holding(1);
    channel.close();
    const lent = lend(channel, {}, { transfer, onLost });
    await reasonOf(lent.end.receive());
    assertEquals(lost, [1, fact]);
    await settled();
  });
}
