// j_values.ts: acceptance cases 132 to 142: values of every kind, order, re-entrance, errors.

import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import type { Channel } from "../../mod.ts";
import { random, reasonOf, tick } from "../../_testing.ts";
import type { BaseChannel, Case, Kit } from "./_kit.ts";
import { base } from "./_kit.ts";

/** A value in a box, where no promise flattens it. */
interface Box {
  value?: unknown;
}

type Unbox = (channel: BaseChannel<unknown>) => object | Promise<object>;

/** The ways to receive that give a value as it was sent, and whether they can wait for it. */
function boxes(kit: Kit): [way: string, waits: boolean, unbox: Unbox][] {
  const ways: [string, boolean, Unbox][] = [
    ["tryReceive()", false, (channel) => {
      const result = channel.tryReceive();
      assert(result.state === "ok");
      return result;
    }],
    ["next()", true, (channel) => channel[Symbol.asyncIterator]().next()],
  ];
  if (!kit.has("sendNow", "batches", "drain", "select", "trySelect")) {
    return ways;
  }
  const { select, trySelect } = kit.api;
  const whole = (channel: BaseChannel<unknown>) => channel as Channel<unknown>;
  const inBox = ([value]: unknown[]) => ({ value });
  return [
    ...ways,
    [
      "receiveNow()",
      false,
      (channel) => ({ value: whole(channel).receiveNow() }),
    ],
    ["drain()", false, (channel) => inBox(whole(channel).drain())],
    [
      "receiveMany()",
      true,
      (channel) => whole(channel).receiveMany(1).then(inBox),
    ],
    ["batches()", true, async (channel) => {
      const { value } = await whole(channel).batches(1).next();
      return inBox(value);
    }],
    ["select()", true, (channel) => select([whole(channel)])],
    ["trySelect()", false, (channel) => trySelect([whole(channel)])!],
  ];
}

/** What looks like a promise. */
function thenable(): object {
  return { then: (resolve: (value: string) => void) => resolve("flattened") };
}

function rejecting(error: unknown): Promise<never> {
  const promise = Promise.reject(error);
  promise.catch(() => {});
  return promise;
}

/** Fails unless a value arrives as it is, by every way and capacity. */
async function assertIntact(kit: Kit, value: unknown): Promise<void> {
  for (const [way, waits, unbox] of boxes(kit)) {
    for (const capacity of [0, 1]) {
      for (const first of waits ? ["send", "receive"] : ["send"]) {
        const channel = kit.channel<unknown>(capacity);
        const early = first === "receive" && unbox(channel);
        const sent = channel.send(value);
        const box: Box = await (early || unbox(channel));
        const same = Object.is(box.value, value);
        assert(same, `${way} gives something else (${first} first)`);
        await sent;
      }
    }
  }
}

/** A value that, when a promise looks for its `then`, does something, once. */
function looking(look: () => void): object {
  let looked = false;
  return {
    get then() {
      if (looked) return undefined;
      looked = true;
      return look();
    },
  };
}

const THROWN = new Error("in a getter");

/** Counts the values that a channel accepts and gives out. */
class Ledger {
  readonly channel: BaseChannel<unknown>;
  accepted = 0;
  given = 0;

  constructor(channel: BaseChannel<unknown>) {
    this.channel = channel;
  }

  send(value: unknown): void {
    this.channel.send(value).then(() => this.accepted++, () => {});
  }

  trySend(value: unknown): void {
    if (this.channel.trySend(value)) this.accepted++;
  }

  receive(): void {
    const give = () => this.given++;
    this.channel.receive().then(give, (error) => error === THROWN && give());
  }

  tryReceive(): boolean {
    const found = this.channel.tryReceive().state === "ok";
    if (found) this.given++;
    return found;
  }
}

/** What user code may do to a channel that is in the middle of a call. */
const INTRUSIONS: Record<string, (ledger: Ledger) => void> = {
  trySend: (ledger) => ledger.trySend("intruder"),
  tryReceive: (ledger) => ledger.tryReceive(),
  send: (ledger) => ledger.send("intruder"),
  receive: (ledger) => ledger.receive(),
  close: ({ channel }) => channel.close(),
  throw: () => {
    throw THROWN;
  },
};

/** Calls that hand a value over: each has a promise look for the value's `then`. */
const CALLS: Record<string, (ledger: Ledger, value: object) => void> = {
  "send() to one who waits": (ledger, value) => {
    ledger.receive();
    ledger.send(value);
  },
  "trySend() to the first of two": (ledger, value) => {
    ledger.receive();
    ledger.receive();
    ledger.trySend(value);
  },
  "receive() beside waiting senders": (ledger, value) => {
    ledger.send(value);
    for (let i = 0; i < 4; i++) ledger.send(i);
    ledger.receive();
  },
};

/** One turn of random calls, and the order in which a plain model has them settle. */
class Burst {
  readonly #channel: BaseChannel<number>;
  readonly #capacity: number;
  readonly settled: number[] = [];
  readonly expected: number[] = [];
  readonly #senders: number[] = [];
  readonly #receivers: number[] = [];
  readonly #controllers = new Map<number, AbortController>();
  #size = 0;

  constructor(channel: BaseChannel<number>) {
    this.#channel = channel;
    this.#capacity = channel.capacity;
  }

  send(id: number): void {
    this.#watch(id, this.#channel.send(id, this.#controller(id)));
    if (this.#receivers.length > 0) {
      this.expected.push(this.#receivers.shift()!, id);
    } else if (this.#size < this.#capacity) {
      this.#size++;
      this.expected.push(id);
    } else {
      this.#senders.push(id);
    }
  }

  receive(id: number): void {
    this.#watch(id, this.#channel.receive(this.#controller(id)));
    if (this.#size === 0 && this.#senders.length === 0) {
      this.#receivers.push(id);
      return;
    }
    // The oldest sender moves up into the place that is free, or hands over.
    if (this.#senders.length > 0) this.expected.push(this.#senders.shift()!);
    else this.#size--;
    this.expected.push(id);
  }

  abort(id: number): void {
    this.#controllers.get(id)?.abort("enough");
    for (const queue of [this.#senders, this.#receivers]) {
      const at = queue.indexOf(id);
      if (at < 0) continue;
      queue.splice(at, 1);
      this.expected.push(id);
    }
  }

  close(): void {
    this.#channel.close();
    this.expected.push(
      ...this.#senders.splice(0),
      ...this.#receivers.splice(0),
    );
  }

  #controller(id: number): AbortController {
    const controller = new AbortController();
    this.#controllers.set(id, controller);
    return controller;
  }

  #watch(id: number, promise: Promise<unknown>): void {
    const settle = () => this.settled.push(id);
    promise.then(settle, settle);
  }
}

export const cases: readonly Case[] = [
  base(132, "Promises and thenables arrive as they were sent", async (kit) => {
    for (const value of [thenable(), Promise.resolve(1)]) {
      await assertIntact(kit, value);
    }
    const channel = kit.filled<unknown>(1, thenable());
    assertEquals(await channel.receive(), "flattened", "receive() flattens");
  }),

  base(
    133,
    "A rejected promise as a value does not end a loop",
    async (kit) => {
      for (
        const error of [new Error("value"), new kit.ChannelClosedError("value")]
      ) {
        for (const waits of [false, true]) {
          const channel = kit.channel<unknown>(3);
          const values = [1, rejecting(error), 3];
          const seen: unknown[] = [];
          const loop = async () => {
            if (!waits) await tick();
            for await (const value of channel) seen.push(value);
          };
          const looped = loop().catch(() => {});
          for (const value of values) {
            assert(channel.trySend(value));
            if (waits) await tick();
          }
          channel.close();
          await looped;
          assertEquals(seen.length, 3, "values that the loop sees");
          assertStrictEquals(seen[1], values[1]);
        }
      }
    },
  ),

  base(134, "Other values arrive as they are", async (kit) => {
    const values = [
      { then: 42 },
      { then: undefined },
      { then: {} },
      () => {},
      class {},
      new Proxy({}, {}),
      Object.freeze({}),
      new Map(),
      Symbol("value"),
    ];
    for (const value of values) {
      await assertIntact(kit, value);
      const channel = kit.channel<unknown>();
      const received = channel.receive();
      await channel.send(value);
      assertStrictEquals(await received, value);
      assertStrictEquals(await kit.filled(1, value).receive(), value);
    }
  }),

  base(135, "Whoever looks at a value finds the call done", async (kit) => {
    for (const capacity of [0, 1, 3]) {
      for (const [call, start] of Object.entries(CALLS)) {
        for (const [act, intrude] of Object.entries(INTRUSIONS)) {
          const way = `${call}, then ${act}, capacity ${capacity}`;
          const channel = kit.channel<unknown>(capacity);
          const ledger = new Ledger(channel);
          let looks = 0;
          const value = looking(() => {
            looks++;
            intrude(ledger);
          });
          start(ledger, value);
          await tick();
          assertEquals(looks, 1, way);
          channel.close();
          while (ledger.tryReceive());
          await tick();
          assertEquals(ledger.given, ledger.accepted, `values out of ${way}`);
        }
      }
    }
    const channel = kit.channel<unknown>();
    const received = [1, 2, 3].map(() => channel.receive());
    channel.trySend(looking(() => assert(channel.trySend("inner"))));
    assert(channel.trySend("outer"));
    const [, ...others] = await Promise.all(received);
    assertEquals(others, ["inner", "outer"]);
  }),

  base(137, "No code of the user's runs within a call", async (kit) => {
    for (const capacity of [0, 1, 3]) {
      const channel = kit.channel<number>(capacity);
      let calls = 0;
      const watch = (promise: Promise<unknown>) => {
        const call = () => calls++;
        promise.then(call, call);
      };
      watch(channel.receive());
      watch(channel.receive());
      watch(channel.send(1));
      channel.trySend(2);
      for (let i = 0; i <= capacity; i++) watch(channel.send(i));
      watch(channel.receive());
      channel.tryReceive();
      const controller = kit.controller();
      watch(kit.channel().receive({ signal: controller.signal }));
      controller.abort("enough");
      watch(channel.send(3));
      channel.close();
      assertEquals(calls, 0);
      await tick();
      assertEquals(calls, capacity + 7);
    }
  }),

  base(
    138,
    "Operations settle in the order in which they are decided",
    async (kit) => {
      const bursts = Array.from({ length: 400 }, (_, seed) => {
        const next = random(seed);
        const burst = new Burst(kit.channel<number>(seed % 4));
        for (let id = 0; id < 20; id++) {
          const choice = next();
          if (choice < 0.4) burst.send(id);
          else if (choice < 0.8) burst.receive(id);
          else burst.abort(Math.floor(next() * id));
        }
        burst.close();
        return burst;
      });
      await tick();
      for (const [seed, { settled, expected }] of bursts.entries()) {
        assertEquals(settled, expected, `settled, seed ${seed}`);
      }
    },
  ),

  base(141, "A clone of a channel does not pass for one", (kit) => {
    let clone: Partial<BaseChannel<number>> = {};
    try {
      clone = structuredClone(kit.filled(1, 1) as never);
    } catch (error) {
      assertEquals((error as Error).name, "DataCloneError");
    }
    assertEquals(typeof clone.send, "undefined");
    assertEquals(clone.capacity, undefined);
  }),

  base(
    142,
    "The name of an error tells it, across copies of the package",
    async (kit) => {
      const channel = kit.closed<number>();
      const errors = [
        await reasonOf(channel.send(1)),
        await reasonOf(channel.receive()),
      ];
      for (const error of errors) {
        assertEquals((error as Error).name, "ChannelClosedError");
      }
    },
  ),
];
