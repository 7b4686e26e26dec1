// k_memory.ts: acceptance cases 143 to 148: what is left behind, in bytes and in values.

import { assert, assertEquals, assertLess } from "@std/assert";
import { collect, random, tick } from "../../_testing.ts";
import { ratioOf, stopwatch } from "./_ratio.ts";
import type { BaseChannel, Case, Kit } from "./_kit.ts";
import { base, beyond } from "./_kit.ts";
import { receives, sends, takes } from "./_ways.ts";

const MB = 2 ** 20;
const REASON = new Error("enough");

/** Bytes that live objects take. */
async function heap(): Promise<number> {
  await tick();
  collect();
  return Deno.memoryUsage().heapUsed;
}

/** Values of which only weak references are kept. */
class Values {
  readonly #references: WeakRef<object>[] = [];

  make(): object {
    const value = { value: this.#references.length };
    this.#references.push(new WeakRef(value));
    return value;
  }

  get retained(): number {
    return this.#references.filter((one) => one.deref() !== undefined).length;
  }
}

/** Uses values up on a channel, or fails to send them; the channel stays. */
type Use = (channel: BaseChannel<unknown>, values: Values) => Promise<unknown>;

function uses(kit: Kit): [way: string, use: Use][] {
  return [
    ...takes(kit).map(([way, take]): [string, Use] => [
      `${way} after the send`,
      async (channel, values) => {
        const sent = channel.send(values.make());
        await take(channel);
        await sent;
      },
    ]),
    ...receives(kit).map(([way, receive]): [string, Use] => [
      `${way} before the send`,
      async (channel, values) => {
        const received = receive(channel, kit.controller().signal);
        channel.trySend(values.make());
        await received;
      },
    ]),
    ...sends(kit).map(([way, send]): [string, Use] => [
      `${way} that is aborted`,
      async (channel, values) => {
        const controller = kit.controller();
        while (channel.trySend(0));
        const sent = send(channel, values.make(), controller.signal);
        controller.abort(REASON);
        await Promise.allSettled([sent]);
        while (channel.tryReceive().state === "ok");
      },
    ]),
    ["trySend() that is refused", (channel, values) => {
      while (channel.trySend(0));
      channel.trySend(values.make());
      while (channel.tryReceive().state === "ok");
      return Promise.resolve();
    }],
    ["select() that loses a send", async (channel, values) => {
      if (!kit.has("select")) return;
      const { select, sending } = kit.api;
      const winner = kit.channel<number>();
      while (channel.trySend(0));
      const out = sending(channel as typeof winner, values.make() as never);
      const selected = select({ out, winner });
      winner.trySend(1);
      await selected;
      while (channel.tryReceive().state === "ok");
    }],
    ["a close", async (channel, values) => {
      const sent = [1, 2, 3].map(() => channel.send(values.make()));
      for (const one of sent) one.catch(() => {});
      channel.close();
      while (channel.tryReceive().state === "ok");
      await Promise.allSettled(sent);
    }],
  ];
}

/** How many bytes a lot of polls add, once the engine's own tables have their size. */
async function bytesOf(poll: () => Promise<void>): Promise<number> {
  const polls = async () => {
    for (let i = 0; i < 50_000; i++) await poll();
    return await heap();
  };
  const before = await polls();
  return await polls() - before;
}

/** The time that it takes to drain a million values out of so many channels. */
function drain(kit: Kit, channels: number): number {
  const size = 1_000_000 / channels;
  const filled = Array.from({ length: channels }, () => {
    const channel = kit.channel<number>(size);
    for (let i = 0; i < size; i++) channel.trySend(i);
    return channel;
  });
  const read = stopwatch();
  for (const channel of filled) {
    for (let i = 0; i < size; i++) channel.tryReceive();
  }
  const took = read();
  assert(filled.every((channel) => channel.size === 0));
  return took;
}

/** Tasks at work on a channel that is closed and opened anew all the time. */
class Works {
  readonly #kit: Kit;
  readonly #next = random(148);
  readonly #sent: number[] = [];
  readonly #received: unknown[] = [];
  readonly #channels: BaseChannel<unknown>[] = [];
  #value = 0;
  #over = false;

  constructor(kit: Kit) {
    this.#kit = kit;
    this.#open();
  }

  async run(turns: number): Promise<void> {
    const tasks = Array.from(
      { length: 32 },
      () => [this.#send(), this.#receive()],
    );
    for (let turn = 0; turn < turns; turn++) {
      await tick();
      this.#channels.at(-1)!.close();
      this.#open();
    }
    this.#over = true;
    this.#channels.at(-1)!.close();
    await Promise.all(tasks.flat());
    for (const channel of this.#channels) {
      for await (const value of channel) this.#received.push(value);
    }
    const numbers = this.#received.map(Number).sort((a, b) => a - b);
    assertEquals(numbers, this.#sent.sort((a, b) => a - b));
    assertLess(1000, numbers.length, "hardly anything was sent");
  }

  #open(): void {
    this.#channels.push(this.#kit.channel(this.#below(4)));
  }

  #below(limit: number): number {
    return Math.floor(this.#next() * limit);
  }

  /** A signal that may abort, now or in a few microtasks. */
  #signal(): AbortSignal {
    const controller = this.#kit.controller();
    const chance = this.#below(10);
    if (chance === 0) controller.abort(REASON);
    if (chance === 1) Promise.resolve().then(() => controller.abort(REASON));
    return controller.signal;
  }

  async #send(): Promise<void> {
    const ways = sends(this.#kit);
    while (!this.#over) {
      const value = this.#value++;
      const [, send] = ways[this.#below(ways.length)]!;
      try {
        await send(this.#channels.at(-1)!, value, this.#signal());
        this.#sent.push(value);
      } catch (error) {
        this.#excuse(error);
      }
      if (this.#below(20) === 0) await tick();
    }
  }

  async #receive(): Promise<void> {
    const ways = receives(this.#kit);
    while (!this.#over) {
      const [, receive] = ways[this.#below(ways.length)]!;
      try {
        const value = await receive(this.#channels.at(-1)!, this.#signal());
        if (typeof value === "number") this.#received.push(value);
      } catch (error) {
        this.#excuse(error);
      }
      if (this.#below(20) === 0) await tick();
    }
  }

  #excuse(error: unknown): void {
    if (error !== REASON && !(error instanceof this.#kit.ChannelClosedError)) {
      throw error;
    }
  }
}

export const cases: readonly Case[] = [
  beyond(
    ["gc"],
    143,
    "What was received or refused is retained by nobody",
    async (kit) => {
      const used: [string, Values, BaseChannel<unknown>][] = [];
      for (const capacity of [0, 1, 3]) {
        for (const [way, use] of uses(kit)) {
          const values = new Values();
          const channel = kit.channel<unknown>(capacity);
          await use(channel, values);
          used.push([`${way}, capacity ${capacity}`, values, channel]);
        }
      }
      await tick();
      await tick();
      collect();
      for (const [way, values, { size }] of used) {
        assertEquals([size, values.retained], [0, 0], `retained after ${way}`);
      }
    },
  ),

  beyond(
    ["gc"],
    144,
    "A million values come and go without a trace",
    async (kit) => {
      const channel = kit.channel<number>(1_000_000);
      const before = await heap();
      for (let i = 0; i < 1_000_000; i++) channel.trySend(i);
      assertEquals(channel.size, 1_000_000);
      while (channel.tryReceive().state === "ok");
      assertLess(
        await heap() - before,
        2 * MB,
        "bytes left of a million values",
      );
      assertEquals(channel.size, 0);
      const growth = await ratioOf(() => drain(kit, 1), () => drain(kit, 16));
      const times = growth.toFixed(1);
      assert(growth < 4, `${times} times as long as out of 16 channels`);
    },
  ),

  beyond(
    ["gc"],
    146,
    "A receive that is given up 100,000 times leaves nothing",
    async (kit) => {
      const channel = kit.channel();
      const grown = await bytesOf(async () => {
        const controller = new AbortController();
        const received = channel.receive(controller);
        controller.abort(REASON);
        await received.catch(() => {});
      });
      assertLess(grown, MB / 2, "bytes left of 50,000 polls");
    },
  ),

  // A short one: how the heap moves in the long run is for a soak to say.
  base(
    148,
    "32 senders and 32 receivers on channels that close lose and double nothing",
    async (kit) => {
      await new Works(kit).run(100);
    },
  ),
];
