// select_test.ts: select and trySelect, one choice at a time.

import {
  assert,
  assertEquals,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import {
  Channel,
  ChannelClosedError,
  select,
  sending,
  trySelect,
} from "./mod.ts";
import {
  assertAtRest,
  closed,
  CountedController,
  holding,
  isPending,
  often,
  unhandledIn,
  waiting,
} from "./_testing.ts";

Deno.test("select() takes the ready receive among waiting ones (case 100)", async () => {
  const [a, b, c] = [new Channel<number>(), holding(7), new Channel<number>(1)];
  const result = await select({ a, b, c });
  assertEquals(result, { key: "b", state: "ok", value: 7 });
  assertEquals(Object.keys(result).sort(), ["key", "state", "value"]);
  assertAtRest(a, b, c);
});

Deno.test("select() names the case by its index when given an array (case 100)", async () => {
  const cases = [new Channel<number>(), holding(7)];
  assertEquals(await select(cases), { key: 1, state: "ok", value: 7 });
});

Deno.test("select() takes from a parked sender (case 100)", async () => {
  const [a, b] = [new Channel<number>(), new Channel<number>()];
  const sent = b.send(7);
  assertEquals(await select({ a, b }), { key: "b", state: "ok", value: 7 });
  await sent;
  assertAtRest(a, b);
});

Deno.test("select() delivers every kind of value as it is (case 100)", async () => {
  const values = [undefined, null, 0, NaN, "", Promise.resolve(1), {
    then() {},
  }];
  for (const value of values) {
    const result = await select({ a: holding<unknown>(value) });
    assert(result.state === "ok" && Object.is(result.value, value));
    const parked = new Channel<unknown>();
    const later = select({ parked });
    parked.sendNow(value);
    const woken = await later;
    assert(woken.state === "ok" && Object.is(woken.value, value));
  }
});

Deno.test("select() sends where there is room (case 101)", async () => {
  const [a, b] = [new Channel<number>(), new Channel<number>(1)];
  const result = await select({ a: sending(a, 1), b: sending(b, 2) });
  assertEquals(result, { key: "b", state: "ok", value: undefined });
  assertEquals(Object.keys(result).sort(), ["key", "state", "value"]);
  assertEquals(b.snapshot(), [2]);
  assertAtRest(a, b);
});

Deno.test("select() sends to a parked receiver (case 101)", async () => {
  const [a, b] = [new Channel<number>(), new Channel<number>()];
  const received = b.receive();
  const result = await select([sending(a, 1), sending(b, 2)]);
  assertEquals(result, { key: 1, state: "ok", value: undefined });
  assertEquals(await received, 2);
  assertAtRest(a, b);
});

Deno.test("select() waits for the first partner and withdraws the rest in its turn (case 104)", async () => {
  const partners: [string, (a: Channel<string>, b: Channel<string>) => void][] =
    [
      ["a", (a) => assert(a.trySend("x"))],
      [
        "b",
        (_, b) => assertEquals(b.tryReceive(), { state: "ok", value: "y" }),
      ],
    ];
  for (const [key, meet] of partners) {
    const [a, b, c] = [1, 2, 3].map(() => new Channel<string>());
    const cases = { a: a!, b: sending(b!, "y"), c: c! };
    const result = select(cases);
    assert(await isPending(result));
    assertEquals([a, b, c].map((one) => waiting(one!)), [[0, 1], [1, 0], [
      0,
      1,
    ]]);
    meet(a!, b!);
    assertAtRest(a!, b!, c!);
    const value = key === "a" ? "x" : undefined;
    assertEquals<unknown>(await result, { key, state: "ok", value });
  }
});

Deno.test("select() consumes nothing from the losers (case 105)", async () => {
  await often(async () => {
    const channels = { a: holding(1), b: holding(2) };
    const { key } = await select(channels);
    assertEquals(channels[key].size, 0);
    assertEquals(channels[key === "a" ? "b" : "a"].size, 1);
  });
});

Deno.test("select() delivers nothing for the losers (case 106)", async () => {
  await often(async () => {
    const [a, b] = [new Channel<number>(1), new Channel<number>(1)];
    const { key } = await select({ a: sending(a, 1), b: sending(b, 2) });
    assertEquals(
      [a.snapshot(), b.snapshot()],
      key === "a" ? [[1], []] : [[], [2]],
    );
  });
});

Deno.test("select() is won once when two partners come in one turn (case 107)", async () => {
  const [a, b] = [new Channel<string>(), new Channel<string>()];
  const result = select({ a, b });
  assert(a.trySend("first"));
  assert(!b.trySend("second"));
  const sent = b.send("second");
  assertEquals(await result, { key: "a", state: "ok", value: "first" });
  assert(await isPending(sent));
  assertEquals(await b.receive(), "second");
  await sent;
});

Deno.test("select() never pairs its send with its own receive (case 111)", async () => {
  const c = new Channel<number>();
  const controller = new CountedController();
  const result = select([sending(c, 1), c], controller);
  const rejected = assertRejects(() => result, DOMException);
  assert(await isPending(result));
  assertEquals(waiting(c), [1, 1]);
  controller.abort();
  assertAtRest(c);
  await rejected;
  assertEquals(trySelect([sending(c, 1), c]), undefined);
});

Deno.test("select() pairs with another select, whichever comes first (case 113)", async () => {
  for (const senderFirst of [true, false]) {
    const [a, b, c] = [1, 2, 3].map(() => new Channel<string>());
    const send = () => select({ b: sending(b!, "no"), a: sending(a!, "x") });
    const receive = () => select({ c: c!, a: a! });
    const first = senderFirst ? send() : receive();
    assert(await isPending(first));
    const second = senderFirst ? receive() : send();
    assertAtRest(a!, b!, c!);
    const [sent, received] = senderFirst ? [first, second] : [second, first];
    assertEquals(await sent, { key: "a", state: "ok", value: undefined });
    assertEquals(await received, { key: "a", state: "ok", value: "x" });
  }
});

Deno.test("select() makes one of two possible pairs with a crossed select (case 113)", async () => {
  await often(async () => {
    const [a, b] = [new Channel<number>(), new Channel<number>()];
    const one = select({ a: sending(a, 1), b });
    const two = select({ a, b: sending(b, 2) });
    assertAtRest(a, b);
    const [first, second] = await Promise.all([one, two]);
    assertEquals(first.key, second.key);
    const values = first.key === "a" ? [undefined, 1] : [2, undefined];
    assertEquals(
      [first, second].map((one) => one.state === "ok" && one.value),
      values,
    );
  });
});

Deno.test("select() is served in turn with plain operations on the same channel", async () => {
  const [c, other] = [new Channel<number>(), new Channel<number>()];
  const first = c.receive();
  const second = select({ c, other });
  const third = c.receive();
  for (const value of [1, 2, 3]) c.sendNow(value);
  assertEquals(await Promise.all([first, second, third]), [
    1,
    { key: "c", state: "ok", value: 2 },
    3,
  ]);
  const sends = [c.send(4), select({ c: sending(c, 5), other }), c.send(6)];
  assertEquals([c, c, c].map((one) => one.receiveNow()), [4, 5, 6]);
  await Promise.all(sends);
  assertAtRest(c, other);
});

Deno.test("select() gives the buffer of a closed channel, then its end (case 119)", async () => {
  const c = holding(1, 2);
  const reason = new Error("over");
  c.close(reason);
  const idle = new Channel<number>();
  for (const value of [1, 2]) {
    assertEquals(await select({ c, idle }), { key: "c", state: "ok", value });
  }
  for (let i = 0; i < 3; i++) {
    const result = await select({ c, idle });
    assertEquals(Object.keys(result).sort(), ["key", "reason", "state"]);
    assert(result.key === "c" && result.state === "closed");
    assertStrictEquals(result.reason, reason);
  }
  assertAtRest(idle);
});

for (const [name, reason] of [["close()", []], ["close(0)", [0]]] as const) {
  Deno.test(`select() is woken by ${name} while it waits to receive (case 119)`, async () => {
    const [c, other] = [new Channel<number>(), new Channel<number>()];
    const result = select({ other, c });
    c.close(...reason);
    assertAtRest(c, other);
    assertEquals(await result, {
      key: "c",
      state: "closed",
      reason: reason[0],
    });
  });
}

Deno.test("select() finds a cancelled channel ended, whatever it held (case 119)", async () => {
  const c = holding(1);
  c.cancel("stop");
  assertEquals(await select({ c }), {
    key: "c",
    state: "closed",
    reason: "stop",
  });
});

Deno.test("select() rejects when it picks a send on a closed channel (case 120)", async () => {
  const value = {};
  const c = closed<unknown>(new Error("not for senders"));
  const error = await assertRejects(
    () => select({ c: sending(c, value) }),
    ChannelClosedError,
  );
  assertStrictEquals(error.value, value);
  const thrown = assertThrows(
    () => trySelect({ c: sending(c, value) }),
    ChannelClosedError,
  );
  assertStrictEquals(thrown.value, value);
});

Deno.test("select() rejects when a channel that it waits to send to closes (case 120)", async () => {
  const [a, b, c] = [1, 2, 3].map(() => new Channel<number>());
  const result = select({ a: a!, b: sending(b!, 7), c: sending(c!, 8) });
  b!.close(new Error("not for senders"));
  assertAtRest(a!, b!, c!);
  const error = await assertRejects(() => result, ChannelClosedError);
  assertEquals(error.value, 7);
  assert(!a!.trySend(1));
});

Deno.test("select() makes one rejection, loud when nobody handles it (case 120)", async () => {
  const open = new Channel<number>();
  const reasons = await unhandledIn(() => {
    select({ c: sending(closed<number>(), 1) });
    select({ c: sending(open, 2) });
    open.close();
  });
  const values = reasons.map((one) =>
    one instanceof ChannelClosedError && one.value
  );
  assertEquals(values.sort(), [1, 2]);
});

Deno.test("select() that waits for room keeps its place in the queue", async () => {
  const c = holding(0);
  const sends = [c.send(1), select({ c: sending(c, 2) }), c.send(3)];
  assertEquals([c.size, c.stats().waitingSenders], [1, 3]);
  assertEquals([c, c, c, c].map((one) => one.receiveNow()), [0, 1, 2, 3]);
  await Promise.all(sends);
  assertAtRest(c);
});

Deno.test("trySelect() leaves nothing waiting when no case is ready", () => {
  const [a, b] = [new Channel<number>(), new Channel<number>()];
  assertEquals(trySelect({ a, b: sending(b, 1) }), undefined);
  assertAtRest(a, b);
  assert(!a.trySend(1));
  assertEquals(b.tryReceive(), { state: "empty" });
});
