// select_cases_test.ts: what may stand in a select, and what gives its wait up.

import {
  assert,
  assertEquals,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { Channel, select, selectEach, sending, trySelect } from "./mod.ts";
import {
  assertAtRest,
  closed,
  CountedController,
  holding,
  isPending,
  often,
  tick,
  waiting,
} from "./_testing.ts";

for (const never of [null, undefined, false] as const) {
  Deno.test(`select() never picks ${never} (case 121)`, async () => {
    const cases = { receive: never, send: sending<number>(never, 1) };
    assertEquals(trySelect(cases), undefined);
    const controller = new AbortController();
    const result = select(cases, controller);
    const rejected = assertRejects(() => result, Error, "enough");
    assert(await isPending(result));
    controller.abort(new Error("enough"));
    await rejected;
    await often(() => assertEquals(trySelect([never, holding(5)])?.key, 1));
  });
}

Deno.test("select() over channels that become null after use takes each once (case 121)", () => {
  let [a, b]: (Channel<number> | null)[] = [holding(1, 1, 1), holding(2, 2)];
  let taken = 0;
  for (;;) {
    const result = trySelect({ a, b });
    if (result === undefined) break;
    taken++;
    if (result.key === "a") a = null;
    else b = null;
  }
  assertEquals(taken, 2);
});

Deno.test("select() without a case is a TypeError, trySelect() finds nothing (case 122)", async () => {
  for (const none of [[], {}]) {
    await assertRejects(
      () => select(none),
      TypeError,
      "Cannot select: no case",
    );
    assertThrows(() => selectEach(none), TypeError, "Cannot select: no case");
    assertEquals(trySelect(none), undefined);
  }
});

Deno.test("select() with an aborted signal touches no case (case 123)", async () => {
  const [ready, room, idle] = [
    holding(1),
    new Channel<number>(1),
    new Channel<number>(),
  ];
  const signal = AbortSignal.abort("stop");
  const everyCase = [
    { ready },
    { room: sending(room, 1) },
    { idle },
    { over: closed<number>() },
    { over: sending(closed<number>(), 1) },
    [null],
  ];
  for (const cases of everyCase) {
    const reason = await select(cases, { signal }).catch((reason) => reason);
    assertEquals(reason, "stop");
  }
  assertEquals([ready.size, room.size], [1, 0]);
  assertAtRest(ready, room, idle);
});

Deno.test("select() that is aborted leaves no ghost behind (case 124)", async () => {
  const channels = [1, 2, 3].map(() => new Channel<number>());
  const controller = new CountedController();
  const reason = { why: "enough" };
  const result = select(channels, controller);
  await tick();
  controller.abort(reason);
  assertAtRest(...channels);
  assertStrictEquals(await result.catch((reason) => reason), reason);
  for (const channel of channels) {
    assert(!channel.trySend(1));
    assert(await isPending(channel.send(2)));
    assertEquals(await channel.receive(), 2);
  }
  await tick();
  assertEquals(controller.listeners, 0);
});

Deno.test("select() that has won does not hear of an abort in the same turn (case 125)", async () => {
  const [a, b] = [new Channel<number>(), new Channel<number>()];
  const controller = new CountedController();
  const received = select({ a, b }, controller);
  const sent = select({ b: sending(b, 2) }, controller);
  // The first select waits on b too: it takes what the second one sends.
  controller.abort();
  assertEquals(await received, { key: "b", state: "ok", value: 2 });
  assertEquals(await sent, { key: "b", state: "ok", value: undefined });

  const later = new CountedController();
  const woken = select({ a, b }, later);
  a.sendNow(1);
  later.abort();
  assertEquals(await woken, { key: "a", state: "ok", value: 1 });
  await tick();
  assertEquals([controller.listeners, later.listeners], [0, 0]);
});

Deno.test("select() puts one listener on a signal, and none stays at rest", async () => {
  const channels = [1, 2, 3].map(() => new Channel<number>());
  const controller = new CountedController();
  const results = Array.from(
    { length: 100 },
    () => select(channels, controller),
  );
  assertEquals(controller.listeners, 1);
  for (let i = 0; i < 99; i++) channels[i % 3]!.sendNow(i);
  channels[0]!.close();
  await Promise.all(results);
  await tick();
  assertEquals(controller.listeners, 0);
  assertAtRest(...channels);

  const ready = new CountedController();
  await select({ ready: holding(1) }, ready);
  assertEquals(ready.added, 0);
});

Deno.test("select() refuses what is no case, and registers nothing", async () => {
  const bad = [
    0,
    1,
    "",
    "a",
    true,
    1n,
    Symbol("a"),
    {},
    [],
    () => {},
    Promise.resolve(1),
  ];
  for (const one of bad) {
    const [ready, room, idle] = [
      holding(1),
      new Channel<number>(1),
      new Channel<number>(),
    ];
    const cases = [ready, sending(room, 1), idle, one as unknown as null];
    await assertRejects(() => select(cases), TypeError, "Cannot select");
    await assertRejects(
      () =>
        select({ idle, bad: one as unknown as null }, {
          signal: AbortSignal.abort(),
        }),
      TypeError,
      "Cannot select",
    );
    assertThrows(() => trySelect(cases), TypeError, "Cannot select");
    assertThrows(() => selectEach(cases), TypeError, "Cannot select");
    assertThrows(
      () => sending(one as unknown as null, 1),
      TypeError,
      "Cannot make a send case",
    );
    assertEquals([ready.size, room.size], [1, 0]);
    assertAtRest(ready, room, idle);
  }
});

Deno.test("select() refuses cases that are neither a record nor an array", async () => {
  for (const one of [undefined, null, 1, "ab", () => {}]) {
    const cases = one as unknown as [];
    await assertRejects(() => select(cases), TypeError, "Cannot select");
    assertThrows(() => trySelect(cases), TypeError, "Cannot select");
    assertThrows(() => selectEach(cases), TypeError, "Cannot select");
  }
});

Deno.test("select() refuses what is no signal, and registers nothing", async () => {
  const [ready, idle] = [holding(1), new Channel<number>()];
  for (const bad of [new AbortController(), {}, 1, "signal"]) {
    const options = { signal: bad as unknown as AbortSignal };
    await assertRejects(
      () => select({ ready }, options),
      TypeError,
      "Cannot wait",
    );
    await assertRejects(
      () => select({ idle }, options),
      TypeError,
      "Cannot wait",
    );
    assertThrows(() => selectEach({ idle }, options), TypeError, "Cannot wait");
  }
  assertEquals(ready.size, 1);
  assertAtRest(ready, idle);
  for (const signal of [null, undefined]) {
    assertEquals((await select({ c: holding(1) }, { signal })).state, "ok");
  }
});

Deno.test("select() with priority takes the first ready case in order", async () => {
  await often(async () => {
    const [a, b, room] = [holding(1), holding(2), new Channel<number>(1)];
    const idle = new Channel<number>();
    const priority = { priority: true };
    assertEquals((await select({ idle, b, a }, priority)).key, "b");
    assertEquals(
      (await select([null, idle, sending(room, 3), a], priority)).key,
      2,
    );
    assertEquals(
      trySelect({ over: closed<number>(), a }, priority)?.state,
      "closed",
    );
    assertEquals(trySelect([idle, a], priority)?.key, 1);
  });
});

Deno.test("select() with one channel twice takes one value of it", async () => {
  const c = new Channel<number>();
  const result = select({ x: c, y: c });
  assertEquals(waiting(c), [0, 2]);
  assert(c.trySend(1));
  assert(!c.trySend(2));
  assertAtRest(c);
  assertEquals((await result).state, "ok");

  const full = holding(1, 2);
  assertEquals((await select([full, full])).state, "ok");
  assertEquals(full.snapshot(), [2]);

  const sent = select([sending(c, 8), sending(c, 9)]);
  const value = c.receiveNow();
  assertAtRest(c);
  assertEquals(8 + (await sent).key, value);
});

Deno.test("select() both ways on one channel does the way that is open", async () => {
  const bothWays = (c: Channel<number>) =>
    select({ out: sending(c, 9), in: c });
  const [empty, full, rendezvous] = [
    new Channel<number>(1),
    holding(1),
    new Channel<number>(),
  ];
  assertEquals((await bothWays(empty)).key, "out");
  assertEquals(await bothWays(full), { key: "in", state: "ok", value: 1 });
  const received = rendezvous.receive();
  assertEquals((await bothWays(rendezvous)).key, "out");
  assertEquals(await received, 9);
  const sent = rendezvous.send(2);
  assertEquals(await bothWays(rendezvous), {
    key: "in",
    state: "ok",
    value: 2,
  });
  await sent;
});

Deno.test("select() both ways on one channel is won by a partner on either side", async () => {
  const c = new Channel<number>();
  const bothWays = () => select({ out: sending(c, 9), in: c });
  const receiving = bothWays();
  assert(c.trySend(1));
  assertAtRest(c);
  assertEquals(await receiving, { key: "in", state: "ok", value: 1 });
  const sends = bothWays();
  assertEquals(c.tryReceive(), { state: "ok", value: 9 });
  assertAtRest(c);
  assertEquals(await sends, { key: "out", state: "ok", value: undefined });
  // As in Go, the receiving half hears of the end first.
  const ends = bothWays();
  c.close();
  assertAtRest(c);
  assertEquals(await ends, { key: "in", state: "closed", reason: undefined });
});

for (const overflow of ["drop-oldest", "drop-incoming"] as const) {
  Deno.test(`select() finds a send on a full channel ready (overflow ${overflow})`, async () => {
    const dropped: number[] = [];
    const c = new Channel<number>({
      capacity: 1,
      overflow,
      onDrop: (value) => dropped.push(value),
    });
    c.sendNow(1);
    const result = await select({
      c: sending(c, 2),
      idle: new Channel<number>(),
    });
    assertEquals(result, { key: "c", state: "ok", value: undefined });
    const [kept, gone] = overflow === "drop-oldest" ? [2, 1] : [1, 2];
    assertEquals([c.snapshot(), dropped], [[kept], [gone]]);
  });
}
