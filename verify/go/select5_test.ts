// select5_test.ts: answers to Go's test/chan/select5.go.
//
// 1,045 programs, each with at most one send or receive that can happen, each
// phrased another way: plain, by select or by trySelect, as an array or a record,
// beside every mix of cases that are never ready. A test for each of five templates.
//
// Go puts `default` before or behind the case that is ready. A trySelect has no such
// place, so that case stands last or first among the others instead. Where Go varies
// what a value is assigned to, the way in which the cases are given varies here.

import { assertEquals } from "@std/assert";
import type { SelectCase, SelectCases, SelectOptions } from "../../mod.ts";
import { Channel, select, sending, trySelect } from "../../mod.ts";
import { assertAtRest } from "../../_testing.ts";

/** An expression for a case: evaluated when the select looks at it. */
type Expression = () => SelectCase;

const WAYS = ["select", "trySelect, last", "trySelect, first"] as const;
type Way = typeof WAYS[number];

/** How cases are given to a select. */
interface Form {
  give(cases: readonly Expression[]): SelectCases;
  key(index: number): string | number;
  readonly options?: SelectOptions;
}

const array: Form = {
  give: (cases) => cases.map((one) => one()),
  key: (index) => index,
};
const record: Form = {
  give: (cases) => recordOf(cases, record.key),
  key: (index) => `case ${index}`,
};
// The engine lists such keys by number: here that is backwards.
const digits: Form = {
  give: (cases) => recordOf(cases, digits.key),
  key: (index) => String(9 - index),
};
const options = { priority: true };
const IN_ORDER = [array, record, { ...array, options }, { ...record, options }];
const FORMS = [...IN_ORDER, digits];

/** A record whose properties are worked out when they are read. */
function recordOf(cases: readonly Expression[], key: Form["key"]): SelectCases {
  const properties = cases.map((get, index) =>
    [key(index), { get, enumerable: true }] as const
  );
  return Object.defineProperties({}, Object.fromEntries(properties));
}

/** Turns a value into an expression for it. */
type Write = <V>(value: V) => () => V;

const plainly: Write = (value) => () => value;

/** Expressions that are to be evaluated in the order in which they were written, each once. */
class Order {
  #written = 0;
  #evaluated = 0;

  readonly write: Write = (value) => {
    const place = ++this.#written;
    return () => this.#evaluate(place, value);
  };

  /** Nothing that was written may be missing by now. */
  end(): void {
    assertEquals(this.#evaluated, this.#written);
  }

  #evaluate<V>(place: number, value: V): V {
    assertEquals(place, ++this.#evaluated);
    return value;
  }
}

/** What programs work on, one after the other: who leaves something behind spoils the next. */
class Bench {
  /** Buffered, so that one task is enough. */
  readonly channel = new Channel<number>(1);
  readonly dummy = new Channel<number>();
  /** The value of this program; how many there were so far. */
  n = 0;

  /** What was sent has arrived, once, and nobody waits. */
  check(received: unknown): void {
    assertEquals(received, this.n);
    assertEquals(this.channel.tryReceive(), { state: "empty" });
    assertAtRest(this.channel, this.dummy);
  }
}

/** Every subset of a list. */
function subsets<T>(list: readonly T[]): T[][] {
  return Array.from(
    { length: 2 ** list.length },
    (_, bits) => list.filter((_, i) => bits >> i & 1),
  );
}

/** Writes a case down. */
type Make = (bench: Bench, write: Write) => Expression;

function sendCase(
  channel: Channel<number> | null,
  value: number,
  write: Write,
): Expression {
  const to = write(channel);
  const what = write(value);
  return () => sending(to(), what());
}

/** Cases that are never ready: nobody is there, or there is no channel. */
const IDLE: readonly Make[] = [
  ({ dummy }, write) => sendCase(dummy, 1, write),
  ({ dummy }, write) => write(dummy),
  (_, write) => sendCase(null, 1, write),
  (_, write) => write(null),
];
const MORE_IDLE: readonly Make[] = [
  ...IDLE,
  ({ dummy }, write) => write(dummy),
  ({ dummy }, write) => write(dummy),
  (_, write) => write(undefined),
  (_, write) => write(false),
];

const RECEIVE: Make = ({ channel }, write) => write(channel);
const SEND: Make = ({ channel, n }, write) => sendCase(channel, n, write);

/** Does one select, which the live case must win. Returns what that gives. */
async function win(
  bench: Bench,
  way: Way,
  form: Form,
  live: Make,
  idle: readonly Make[],
  write = plainly,
): Promise<unknown> {
  const place = way === "trySelect, last" ? idle.length : 0;
  const makes = [...idle.slice(0, place), live, ...idle.slice(place)];
  const cases = makes.map((make) => make(bench, write));
  const result = way === "select"
    ? await select(form.give(cases), form.options)
    : trySelect(form.give(cases), form.options);
  const { key, state, value } = result as Record<string, unknown>;
  assertEquals([key, state], [form.key(place), "ok"]);
  return value;
}

Deno.test("select() receives what can be received, 241 programs (case 127, select5)", async () => {
  const bench = new Bench();
  const { channel } = bench;
  await channel.send(++bench.n);
  bench.check(await channel.receive());
  for (const way of WAYS) {
    for (const form of FORMS) {
      for (const idle of subsets(IDLE)) {
        await channel.send(++bench.n);
        bench.check(await win(bench, way, form, RECEIVE, idle));
      }
    }
  }
  assertEquals(bench.n, 1 + 3 * 5 * 16);
});

Deno.test("select() sends what can be sent, 49 programs (case 127, select5)", async () => {
  const bench = new Bench();
  const { channel } = bench;
  await channel.send(++bench.n);
  bench.check(await channel.receive());
  for (const way of WAYS) {
    for (const idle of subsets(IDLE)) {
      bench.n++;
      assertEquals(await win(bench, way, array, SEND, idle), undefined);
      bench.check(await channel.receive());
    }
  }
  assertEquals(bench.n, 1 + 3 * 16);
});

Deno.test("select() evaluates its cases in order and once, then receives, 194 programs (case 127, select5)", async () => {
  const bench = new Bench();
  const { channel } = bench;
  // Plain, what is left of `=` comes first, whether it is a place or a key.
  for (const target of [{ value: 0 }, [0]]) {
    const order = new Order();
    const to = order.write(target as Record<string, number>);
    const key = order.write(Object.keys(target)[0]!);
    const from = order.write(channel);
    await channel.send(++bench.n);
    to()[key()] = await from().receive();
    order.end();
    bench.check(Object.values(target)[0]);
  }
  for (const way of WAYS) {
    for (const form of IN_ORDER) {
      for (const idle of subsets(IDLE)) {
        const order = new Order();
        await channel.send(++bench.n);
        const value = await win(bench, way, form, RECEIVE, idle, order.write);
        order.end();
        bench.check(value);
      }
    }
  }
  assertEquals(bench.n, 2 + 3 * 4 * 16);
});

Deno.test("select() evaluates its cases in order and once, then sends, 49 programs (case 127, select5)", async () => {
  const bench = new Bench();
  const { channel } = bench;
  const order = new Order();
  const to = order.write(channel);
  const what = order.write(++bench.n);
  await to().send(what());
  order.end();
  bench.check(await channel.receive());
  for (const way of WAYS) {
    for (const idle of subsets(IDLE)) {
      const order = new Order();
      bench.n++;
      await win(bench, way, record, SEND, idle, order.write);
      order.end();
      bench.check(await channel.receive());
    }
  }
  assertEquals(bench.n, 1 + 3 * 16);
});

Deno.test("trySelect() does nothing where nothing can happen, 512 programs (case 127, select5)", () => {
  const bench = new Bench();
  for (const form of [array, record]) {
    for (const idle of subsets(MORE_IDLE)) {
      bench.n++;
      const cases = idle.map((make) => make(bench, plainly));
      assertEquals(trySelect(form.give(cases)), undefined);
      bench.check(bench.n);
    }
  }
  assertEquals(bench.n, 2 * 2 ** 8);
});
