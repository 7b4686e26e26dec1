// worker_faults_test.ts: ports that are none, in use, foreign, or of another version.

import {
  assert,
  assertEquals,
  assertFalse,
  assertInstanceOf,
  assertThrows,
} from "@std/assert";
import { lend, lendOpenly, reach, settled, until } from "./_ports_testing.ts";
import type { KeepPort } from "./_loans.ts";
import { keep } from "./_loans.ts";
import { closed, holding, isPending, reasonOf, waiting } from "./_testing.ts";
import { available, take } from "./ends.ts";
import { after, Channel, ChannelClosedError, ChannelError } from "./mod.ts";
import { pool, receiver, sender, serve, share } from "./worker.ts";

type Made = (port: MessagePort, options?: never) => AsyncDisposable;

const ENDS: Record<string, Made> = { receiver, sender };

for (const [name, make] of Object.entries(ENDS)) {
  const act = name === "receiver" ? "receive" : "send";

  Deno.test(`${name}() refuses what is no port`, () => {
    for (const port of [undefined, null, 1, {}, new EventTarget()]) {
      assertThrows(
        () => make(port as MessagePort),
        TypeError,
        `Cannot ${act}: not a MessagePort`,
      );
    }
  });

  Deno.test(`${name}() refuses a port that is in use`, async () => {
    const channel = new Channel<number>();
    const as = name as "receiver";
    const { port, ...shared } = share(channel, { as });
    const end = make(port);
    assertThrows(
      () => make(port),
      ChannelError,
      `Cannot ${act}: the port is in use already`,
    );
    shared[Symbol.dispose]();
    await end[Symbol.asyncDispose]();
    await settled();
  });

  Deno.test(`${name}() refuses bad options, and leaves the port alone`, async () => {
    const { port1, port2 } = new MessageChannel();
    const bad: [unknown, string][] = name === "receiver"
      ? [
        [null, "options must be an object, received null"],
        [1, "options must be an object, received number"],
        [{ window: 0 }, "window must be a whole number >= 1 or Infinity"],
        [{ window: NaN }, "window must be"],
        [{ window: 1.5 }, "window must be"],
        [{ window: "2" }, "window must be"],
      ]
      : [
        [null, "options must be an object"],
        [{ transfer: [] }, "transfer must be a function"],
        [{ onLost: 1 }, "onLost must be a function"],
      ];
    for (const [options, message] of bad) {
      assertThrows(
        () => make(port1, options as never),
        Error,
        `Cannot ${act}: ${message}`,
      );
    }
    let heard = 0;
    port2.addEventListener("message", () => heard++);
    port2.start();
    await settled();
    assertEquals(heard, 0);
    port1.close();
    port2.close();
  });

  Deno.test(`${name}() at the other end of the wrong share() says so`, async () => {
    const channel = new Channel<number>();
    const as = name === "receiver" ? "sender" : "receiver";
    const { port } = share(channel, { as: as as "receiver" });
    const end = make(port) as unknown as Channel<number>;
    const error = name === "receiver"
      ? await reasonOf(end.receive())
      : await reasonOf(end.send(1));
    const fact = name === "receiver"
      ? "Cannot receive: the port is for a sender, not for a receiver"
      : "Cannot send: the port is for a receiver, not for a sender";
    assertEquals((error as Error).message, fact);
    await settled();
    assertEquals(waiting(channel), [0, 0]);
  });

  Deno.test(`${name}() of another version says so`, async () => {
    const { port1, port2 } = new MessageChannel();
    port1.postMessage(["@sluice/channel", "hello", [99, "lender"]]);
    const end = make(port2) as unknown as Channel<number>;
    const error = name === "receiver"
      ? await reasonOf(end.receive())
      : await reasonOf(end.send(1));
    assert(
      (error as Error).message.endsWith(
        "the other thread has version 99 of the protocol, this one 1",
      ),
    );
    assert(end.closed);
    port1.close();
    await settled();
  });
}

const FOREIGN: unknown[] = [
  undefined,
  null,
  0,
  "hello",
  { kind: "values" },
  [],
  ["values", [1]],
  ["other", "values", [9]],
  ["other", "bye"],
  ["@sluice/channel"],
  ["@sluice/channel", "no such kind", 1],
  ["@sluice/channel", 7],
];

Deno.test("a foreign message is ignored by both sides of a receiver", async () => {
  const channel = new Channel<number>(1);
  const { port, ...shared } = share(channel, { as: "receiver" });
  for (const message of FOREIGN) port.postMessage(message);
  const end = receiver<number>(port);
  const received = end.receive();
  for (const message of FOREIGN) port.postMessage(message);
  await channel.send(1);
  assertEquals(await received, 1);
  shared[Symbol.dispose]();
  await settled();
});

Deno.test("what was said before a side left is heard, however much it was", async () => {
  const numbers = Array.from({ length: 300 }, (_, n) => n);
  const channel = holding(...numbers);
  channel.close();
  const { end } = lend(channel, { window: 300 });
  await end.receive();
  await settled();
  const port = end as typeof end & Required<KeepPort<number>>;
  const keepers = [port[keep](0)!];
  while (end[available]()) keepers.push(port[keep](end[take]())!);
  for (const keeper of keepers) {
    keeper.done(); // in a message of its own
    for (let turns = 0; turns < 4; turns++) await undefined;
  }
  await end[Symbol.asyncDispose]();
  await channel.join();
  await settled();
});

Deno.test("a hello that says nothing is of another version", async () => {
  const { port1, port2 } = new MessageChannel();
  port1.postMessage(["@sluice/channel", "hello"]);
  const error = await reasonOf(receiver(port2).receive()) as Error;
  assertEquals(
    error.message,
    "Cannot receive: the other thread has version undefined of the protocol, this one 1",
  );
  port1.close();
  await settled();
});

Deno.test("what was given back already does not come back again", async () => {
  const channel = holding(1, 2);
  const { shared, end, host } = lendOpenly(channel);
  assertEquals(await end.receive(), 1);
  await settled();
  for (const numbers of [[0], [0, 99]]) {
    host.dispatchEvent(
      new MessageEvent("message", {
        data: ["@sluice/channel", "back", numbers],
      }),
    );
    assertEquals(channel.snapshot(), [1]);
  }
  shared[Symbol.dispose]();
  assertEquals(channel.snapshot(), [2, 1]);
  await end[Symbol.asyncDispose]();
  await settled();
});

Deno.test("a message that is not as it should be ends both sides", async () => {
  const channel = holding(1, 2);
  const { shared, end, host } = lendOpenly(channel);
  assertEquals(await end.receive(), 1);
  const received = end.receive();
  await settled();
  host.dispatchEvent(
    new MessageEvent("message", { data: ["@sluice/channel", "ask"] }),
  );
  assertEquals(channel.snapshot(), [2]);
  assertEquals(await received, 2); // it was there
  assertEquals(
    (await reasonOf(end.receive()) as Error).message,
    "Cannot receive: the other thread is gone",
  );
  shared[Symbol.dispose]();
  await settled();
});

Deno.test("what comes before the other side's hello is not heard", async () => {
  const { port1, port2 } = new MessageChannel();
  const end = receiver<number>(port2);
  port1.postMessage(["@sluice/channel", "values", [1]]);
  await settled();
  assertEquals(end.tryReceive(), { state: "empty" });
  await end[Symbol.asyncDispose]();
  port1.close();
  await settled();
});

Deno.test("a message that cannot be read ends both sides", async () => {
  const channel = holding(1, 2);
  const { end } = lend(channel);
  await end.receive();
  const received = end.receive();
  await settled();
  const { port, ...shared } = share(channel, { as: "receiver" });
  const other = receiver<number>(port);
  const waits = other.receive();
  port.dispatchEvent(new MessageEvent("messageerror"));
  assertEquals(
    (await reasonOf(waits) as Error).message,
    "Cannot receive: a message could not be read",
  );
  assertEquals(await received, 2);
  shared[Symbol.dispose]();
  await end[Symbol.asyncDispose]();
  await settled();
});

Deno.test("share() refuses what it cannot share", () => {
  const channel = new Channel<number>();
  const bad: [unknown, unknown, string][] = [
    [channel, undefined, "options must be an object, received undefined"],
    [channel, {}, 'as must be "receiver" or "sender"'],
    [channel, { as: "both" }, 'as must be "receiver" or "sender"'],
    [{}, { as: "receiver" }, "not a receiver"],
    [null, { as: "sender" }, "not a sender"],
    [after(1), { as: "sender" }, "not a sender"],
    [channel.producer(), { as: "receiver" }, "not a receiver"],
    [channel, { as: "receiver", transfer: 1 }, "transfer must be a function"],
    [channel, { as: "receiver", onLost: 1 }, "onLost must be a function"],
    [channel, { as: "sender", window: 0 }, "window must be"],
    [channel, { as: "sender", window: NaN }, "window must be"],
  ];
  for (const [what, options, message] of bad) {
    assertThrows(
      () => share(what as typeof channel, options as { as: "receiver" }),
      Error,
      `Cannot share: ${message}`,
    );
  }
  assertEquals(waiting(channel), [0, 0]);
});

Deno.test("a channel that is closed already can be shared", async () => {
  const { end } = lend(closed<number>("over"));
  assertEquals(await reasonOf(end.receive()), "over");
  await end.join();
  const { end: late } = await reach(closed<number>());
  assertInstanceOf(await reasonOf(late.send(1)), ChannelClosedError);
  await late[Symbol.asyncDispose]();
  await settled();
});

Deno.test("a port that is posted late, and listened to later, misses nothing", async () => {
  const channel = holding(1, 2, 3);
  const { port } = share(channel, { as: "receiver" });
  channel.close();
  await settled();
  const values: number[] = [];
  for await (const value of receiver<number>(port)) values.push(value);
  assertEquals(values, [1, 2, 3]);
  await channel.join();
});

Deno.test("a share that nobody took up can be disposed", async () => {
  const channel = holding(1);
  for (const as of ["receiver", "sender"] as const) {
    const shared = share(channel, { as: as as "receiver" });
    shared[Symbol.dispose]();
    shared.port.close();
  }
  await settled();
  assertEquals(channel.size, 1);
  assertEquals(waiting(channel), [0, 0]);
});

Deno.test("what waits on a receiver whose other side is gone rejects", async () => {
  const { shared, end } = lend(new Channel<number>());
  const received = end.receive();
  const joined = end.join();
  const looped = end.values().next();
  assert(await isPending(joined));
  shared[Symbol.dispose]();
  for (const promise of [received, joined, looped]) {
    const error = await reasonOf(promise);
    assertInstanceOf(error, ChannelError);
    assertFalse(error instanceof ChannelClosedError);
  }
  assert(end.closed);
  assertInstanceOf(await reasonOf(end.join()), ChannelError);
  const signal = AbortSignal.abort("before");
  assertEquals(await reasonOf(end.join({ signal })), "before");
  await settled();
});

Deno.test("serve() refuses what is no handler, and where there is no pool", () => {
  const bad: [unknown, unknown, string][] = [
    [undefined, undefined, "handler must be a function"],
    [() => {}, null, "options must be an object"],
    [() => {}, { transfer: 1 }, "transfer must be a function"],
    [() => {}, {}, "not in a worker"],
  ];
  for (const [handler, options, message] of bad) {
    assertThrows(
      () => serve(handler as () => void, options as { transfer?: never }),
      Error,
      `Cannot serve: ${message}`,
    );
  }
});

Deno.test("pool() of a module that does not serve waits, until it is left", async () => {
  const source = holding(1);
  const module = new URL("data:text/javascript,setInterval(()=>{},1000)");
  const results = pool<number, number>(source, module, { size: 1 });
  const received = results.receive();
  await settled();
  assert(await isPending(received));
  results.close();
  assertInstanceOf(await reasonOf(received), ChannelClosedError);
  await until(() => source.size === 1);
});
