// select_each_test.ts: selectEach, and the life of its iterator.

import {
  assert,
  assertEquals,
  assertRejects,
  assertStrictEquals,
} from "@std/assert";
import type { SelectCases } from "./mod.ts";
import { Channel, ChannelClosedError, selectEach, sending } from "./mod.ts";
import {
  assertAtRest,
  CountedController,
  holding,
  isPending,
  SettleLog,
  tick,
} from "./_testing.ts";

/** An iterator as all of them are here: with a `return`. */
function iterate<const C extends SelectCases>(
  cases: C,
  options?: { signal: AbortSignal },
) {
  const iterator = selectEach(cases, options);
  return {
    next: () => iterator.next(),
    return: (value?: unknown) => iterator.return!(value),
  };
}

/** All results; an error once there are too many, so that a loop without end fails. */
async function collect<T>(
  results: AsyncIterable<T>,
  most: number,
): Promise<T[]> {
  const collected: T[] = [];
  for await (const result of results) {
    assert(collected.push(result) <= most, "too many results");
  }
  return collected;
}

const DONE = { done: true, value: undefined } as const;

function ok<K, T>(key: K, value: T) {
  return { done: false, value: { key, state: "ok", value } };
}

Deno.test("selectEach() gives the values of each channel in order", async () => {
  const [a, b] = [new Channel<number>(2), new Channel<number>()];
  const fill = async (channel: Channel<number>) => {
    for (let i = 0; i < 1000; i++) await channel.send(i);
    channel.close();
  };
  const filled = [fill(a), fill(b)];
  const values: Record<string, number[]> = { a: [], b: [] };
  for (const result of await collect(selectEach({ a, b }), 2002)) {
    if (result.state === "ok") values[result.key]!.push(result.value);
  }
  const all = Array.from({ length: 1000 }, (_, i) => i);
  assertEquals(values, { a: all, b: all });
  await Promise.all(filled);
});

Deno.test("selectEach() reports an end once, retires the channel and ends with the last", async () => {
  const [a, b] = [holding(1), new Channel<number>()];
  const reason = new Error("over");
  a.close(reason);
  const iterator = iterate({ a, b });
  assertEquals<unknown>(await iterator.next(), ok("a", 1));
  const end = await iterator.next();
  assertEquals<unknown>(end.value, { key: "a", state: "closed", reason });
  const pending = iterator.next();
  assert(await isPending(pending));
  b.sendNow(2);
  assertEquals<unknown>(await pending, ok("b", 2));
  const last = iterator.next();
  b.close();
  assertEquals<unknown>(await last, {
    done: false,
    value: { key: "b", state: "closed", reason: undefined },
  });
  for (let i = 0; i < 3; i++) {
    assertEquals<unknown>(await iterator.next(), DONE);
  }
  assertAtRest(a, b);
});

Deno.test("selectEach() reports each end once over an array of channels", async () => {
  const channels = [holding("a"), holding("b"), holding("c")];
  for (const channel of channels) channel.close();
  const results = await collect(selectEach(channels), 6);
  const seen = results.map(({ key, state }) => `${key} ${state}`);
  assertEquals(
    seen.sort(),
    [0, 1, 2].flatMap((i) => [`${i} closed`, `${i} ok`]),
  );
});

Deno.test("selectEach() takes nothing before it is asked, and waits before nothing", async () => {
  const [a, idle] = [holding(1, 2), new Channel<number>()];
  const iterator = iterate({ a, idle });
  await tick();
  assertEquals(a.size, 2);
  assertAtRest(a, idle);
  await iterator.next();
  await tick();
  assertEquals(a.size, 1);
  assertAtRest(a, idle);
});

Deno.test("selectEach() that is left by break neither closes nor loses", async () => {
  const [a, b] = [holding(1, 2, 3), new Channel<number>()];
  for await (const result of selectEach({ a, b })) {
    assertEquals(result, { key: "a", state: "ok", value: 1 });
    break;
  }
  assertAtRest(a, b);
  assertEquals([a.closed, a.snapshot()], [false, [2, 3]]);
});

Deno.test("selectEach() lets an error of the loop's body through", async () => {
  const a = holding(1, 2);
  const error = new Error("body");
  const loop = async () => {
    for await (const _ of selectEach({ a })) throw error;
  };
  assertStrictEquals(await loop().catch((error) => error), error);
  assertEquals([a.closed, a.snapshot()], [false, [2]]);
});

Deno.test("selectEach().return() settles a pending next() and withdraws its cases", async () => {
  const [a, b] = [new Channel<number>(), new Channel<number>()];
  const iterator = iterate({ a, b: sending(b, 1) });
  const pending = iterator.next();
  assert(await isPending(pending));
  const returned = iterator.return("value");
  assertAtRest(a, b);
  assert(!a.trySend(1));
  assertEquals(b.tryReceive(), { state: "empty" });
  assertEquals<unknown>(await pending, DONE);
  assertEquals<unknown>(await returned, { done: true, value: "value" });
});

Deno.test("selectEach().return() does not lose what was won in the same turn", async () => {
  const [a, b] = [new Channel<number>(), new Channel<number>()];
  const iterator = iterate({ a, b });
  const pending = iterator.next();
  assert(a.trySend(1));
  const returned = iterator.return();
  assertEquals<unknown>(await pending, ok("a", 1));
  assertEquals<unknown>(await returned, DONE);
  assertEquals<unknown>(await iterator.next(), DONE);
  assertAtRest(a, b);
});

Deno.test("selectEach().return() of a ready next() lets its result stand", async () => {
  const a = holding(1, 2);
  const iterator = iterate({ a });
  const ready = iterator.next();
  await iterator.return();
  assertEquals<unknown>(await ready, ok("a", 1));
  assertEquals<unknown>(await iterator.next(), DONE);
  assertEquals(a.snapshot(), [2]);
});

Deno.test("selectEach().next() after return() takes nothing", async () => {
  const a = holding(1);
  const iterator = iterate({ a });
  assertEquals<unknown>(await iterator.return(), DONE);
  for (let i = 0; i < 3; i++) {
    assertEquals<unknown>(await iterator.next(), DONE);
  }
  assertEquals(a.size, 1);
});

Deno.test("selectEach().next() is answered in the order of the calls, waiting", async () => {
  const a = new Channel<number>(3);
  const log = new SettleLog();
  const iterator = iterate({ a, idle: new Channel<number>() });
  for (const name of ["first", "second", "third"]) {
    log.add(name, iterator.next().then(({ value }) => value.value));
  }
  for (const value of [1, 2, 3]) a.sendNow(value);
  await tick();
  assertEquals(log.entries, ["first=1", "second=2", "third=3"]);
});

Deno.test("selectEach().next() is answered in the order of the calls, ready", async () => {
  const a = holding(1, 2, 3);
  const iterator = iterate({ a });
  const results = await Promise.all([1, 2, 3].map(() => iterator.next()));
  assertEquals<unknown>(results, [ok("a", 1), ok("a", 2), ok("a", 3)]);
});

Deno.test("selectEach().next() called when an earlier one settles waits behind the others", async () => {
  const a = new Channel<number>(3);
  const iterator = iterate({ a });
  const first = iterator.next();
  const third = first.then(() => iterator.next());
  const second = iterator.next();
  for (const value of [1, 2, 3]) a.sendNow(value);
  const results = await Promise.all([first, second, third]);
  assertEquals<unknown>(results, [ok("a", 1), ok("a", 2), ok("a", 3)]);
});

Deno.test("selectEach() reports an end once to several next() calls", async () => {
  for (const closedBefore of [true, false]) {
    const a = new Channel<number>();
    if (closedBefore) a.close();
    const iterator = iterate({ a });
    const results = Promise.all([1, 2, 3].map(() => iterator.next()));
    a.close();
    const end = { key: "a", state: "closed", reason: undefined };
    assertEquals<unknown>(await results, [
      { done: false, value: end },
      DONE,
      DONE,
    ]);
  }
});

Deno.test("selectEach().return() settles every pending next()", async () => {
  const a = new Channel<number>();
  const iterator = iterate({ a });
  const pending = Promise.all([1, 2, 3].map(() => iterator.next()));
  await tick();
  await iterator.return();
  assert(!(await isPending(pending)));
  assertEquals<unknown>(await pending, [DONE, DONE, DONE]);
  assertAtRest(a);
});

Deno.test("selectEach().return() settles a next() that waits behind a ready one", async () => {
  const a = holding(1);
  const iterator = iterate({ a });
  const ready = iterator.next();
  const pending = iterator.next();
  assertEquals<unknown>(await ready, ok("a", 1));
  await iterator.return();
  assertAtRest(a);
  assert(!(await isPending(pending)));
  assertEquals<unknown>(await pending, DONE);
});

Deno.test("selectEach().next() after a ready and a waiting one parks no case twice", async () => {
  const a = holding(1);
  const iterator = iterate({ a });
  const first = iterator.next();
  const second = iterator.next();
  await first;
  const third = iterator.next();
  await tick();
  assertEquals(a.stats().waitingReceivers, 1);
  a.sendNow(2);
  await tick();
  a.sendNow(3);
  assert(!(await isPending(second)));
  const results = await Promise.all([second, third]);
  assertEquals<unknown>(results, [ok("a", 2), ok("a", 3)]);
  assertAtRest(a);
});

Deno.test("selectEach() is its own iterator, and independent of others", async () => {
  const a = holding(1, 2);
  const [one, two] = [selectEach({ a }), selectEach({ a })];
  assertStrictEquals<unknown>(one[Symbol.asyncIterator](), one);
  await one.return!();
  assertEquals<unknown>(await two.next(), ok("a", 1));
});

Deno.test("selectEach() rejects with the signal's reason, ends, and leaves no listener", async () => {
  const [a, b] = [new Channel<number>(), new Channel<number>()];
  const controller = new CountedController();
  const iterator = iterate({ a, b }, controller);
  a.send(1);
  assertEquals<unknown>(await iterator.next(), ok("a", 1));
  const pending = iterator.next();
  assertEquals(controller.listeners, 1);
  const reason = { why: "enough" };
  controller.abort(reason);
  assertAtRest(a, b);
  assertStrictEquals(await pending.catch((reason) => reason), reason);
  assertEquals<unknown>(await iterator.next(), DONE);
  await tick();
  assertEquals(controller.listeners, 0);
});

Deno.test("selectEach() with an aborted signal takes nothing", async () => {
  const a = holding(1, 2);
  const controller = new AbortController();
  const iterator = iterate({ a }, controller);
  await iterator.next();
  controller.abort("stop");
  assertEquals(await iterator.next().catch((reason) => reason), "stop");
  assertEquals(a.size, 1);
  const aborted = selectEach({ a }, { signal: AbortSignal.abort("never") });
  assertEquals(await aborted.next().catch((reason) => reason), "never");
  assertEquals(await aborted.next(), { value: undefined, done: true });
  assertEquals(a.size, 1);
});

Deno.test("selectEach() that has won does not hear of an abort in the same turn", async () => {
  const a = new Channel<number>();
  const controller = new CountedController();
  const iterator = iterate({ a }, controller);
  const pending = iterator.next();
  a.sendNow(1);
  controller.abort("stop");
  assertEquals<unknown>(await pending, ok("a", 1));
  assertEquals(await iterator.next().catch((reason) => reason), "stop");
});

Deno.test("selectEach() puts one listener on its signal for a whole loop, none after it", async () => {
  const a = new Channel<number>();
  const controller = new CountedController();
  const sent = a.sendAll([1, 2, 3]).then(() => a.close());
  for await (const _ of selectEach({ a }, controller)) {
    assert(controller.listeners <= 1);
  }
  await sent;
  await tick();
  assertEquals(controller.listeners, 0);
});

Deno.test("selectEach() ends at once when no case can ever be ready", async () => {
  for (
    const cases of [[null], { a: undefined, b: false }, [
      sending(null, 1),
    ]] as const
  ) {
    assertEquals<unknown>(await selectEach(cases).next(), DONE);
  }
});

Deno.test("selectEach() passes over null cases", async () => {
  const a = holding(1);
  a.close();
  const results = await collect(selectEach([null, a, undefined, false]), 2);
  assertEquals(results.map(({ key }) => key), [1, 1]);
});

Deno.test("selectEach() sends the value of a send case each time it wins", async () => {
  const out = new Channel<string>(3);
  const iterator = iterate({ out: sending(out, "x") });
  for (let i = 0; i < 3; i++) {
    assertEquals<unknown>(await iterator.next(), ok("out", undefined));
  }
  const pending = iterator.next();
  assert(await isPending(pending));
  assertEquals(out.drain(), ["x", "x", "x", "x"]);
  assertEquals<unknown>(await pending, ok("out", undefined));
});

Deno.test("selectEach() rejects and ends when it picks a closed send", async () => {
  const [a, out] = [new Channel<number>(), new Channel<string>()];
  out.close();
  const iterator = iterate({ a, out: sending(out, "x") });
  const error = await assertRejects(iterator.next, ChannelClosedError);
  assertEquals(error.value, "x");
  assertEquals<unknown>(await iterator.next(), DONE);
  assertAtRest(a, out);
});

Deno.test("selectEach() rejects and ends when a channel that it waits to send to closes", async () => {
  const [a, out] = [new Channel<number>(), new Channel<string>()];
  const iterator = iterate({ a, out: sending(out, "x") });
  const pending = iterator.next();
  out.close("reason");
  assertAtRest(a, out);
  const error = await assertRejects(() => pending, ChannelClosedError);
  assertEquals(error.value, "x");
  assertEquals<unknown>(await iterator.next(), DONE);
});

Deno.test("selectEach() with priority drains the first case first", async () => {
  const [a, b] = [holding(1, 2), holding(3, 4)];
  a.close();
  b.close();
  const results = await collect(selectEach({ b, a }, { priority: true }), 6);
  const keys = results.map(({ key }) => key);
  assertEquals(keys, ["b", "b", "b", "a", "a", "a"]);
});
