// g_abort_many.ts: acceptance cases 77 to 81: signals and waits in great numbers.

import { assert, assertEquals, assertLess } from "@std/assert";
import { CountedController, random, tick } from "../../_testing.ts";
import { ratioOf, stopwatch } from "./_ratio.ts";
import type { BaseChannel, Case, Kit } from "./_kit.ts";
import { base } from "./_kit.ts";
import { receives, sends } from "./_ways.ts";

/** A fixed reason: to make one with a stack for each abort would be most of the work. */
const REASON = new Error("enough");

/** The time that waits take that share so many signals and channels, set-up and abort. */
async function shareSignals(
  kit: Kit,
  waits: number,
  signals: number,
): Promise<number> {
  const controllers = Array.from(
    { length: signals },
    () => new AbortController(),
  );
  let aborted = 0;
  const read = stopwatch();
  for (const controller of controllers) {
    const channel = kit.channel();
    for (let i = 0; i < waits / signals; i++) {
      channel.receive(controller).catch(() => aborted++);
    }
  }
  for (const controller of controllers) controller.abort(REASON);
  const took = read();
  await tick();
  assertEquals(aborted, waits);
  return took;
}

/** The time that waits take that have a signal each, all aborted, the newest first. */
async function ownSignals(waits: number, wait: Wait): Promise<number> {
  const controllers = Array.from(
    { length: waits },
    () => new AbortController(),
  );
  let aborted = 0;
  const read = stopwatch();
  for (const { signal } of controllers) wait(signal).catch(() => aborted++);
  for (let i = waits; i-- > 0;) controllers[i]!.abort(REASON);
  const took = read();
  await tick();
  assertEquals(aborted, waits);
  return took;
}

type Wait = (signal: AbortSignal) => Promise<unknown>;

/** The least that a wait with a signal can be. */
function bareWait(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) =>
    signal.addEventListener("abort", () => reject(signal.reason), {
      once: true,
    })
  );
}

/** Receives 0 to 999, half of them with a signal that may abort, while they are sent. */
async function cancelStorm(kit: Kit, seed: number): Promise<void> {
  const next = random(seed);
  const channel = kit.channel<number>(1000);
  const controllers: AbortController[] = [];
  const seen: number[] = [];
  const received = Array.from({ length: 1000 }, (_, i) => {
    const controller = new AbortController();
    if (i % 2 === 0) controllers.push(controller);
    const noted = channel.receive(controller).then((value) => {
      seen.push(value);
    });
    noted.catch(() => {});
    return noted;
  });
  for (let value = 0; value < 1000; value++) {
    const gone = Math.floor(next() * controllers.length);
    if (next() < 0.6) controllers.splice(gone, 1)[0]?.abort(REASON);
    assert(channel.trySend(value));
    if (next() < 0.05) await undefined;
  }
  channel.close();
  for await (const value of channel) seen.push(value);
  await Promise.allSettled(received);
  seen.sort((a, b) => a - b);
  assertEquals(seen.length, 1000, `seed ${seed}`);
  assert(seen.every((value, i) => value === i), `seed ${seed}`);
}

/** A sender and a receiver, each of which is stopped and started again at random. */
class RestartStorm {
  readonly #kit: Kit;
  readonly #channel: BaseChannel<unknown>;
  readonly #next: () => number;
  readonly #sent: number[] = [];
  readonly #received: unknown[] = [];
  #value = 0;

  constructor(kit: Kit, capacity: number) {
    this.#kit = kit;
    this.#channel = kit.channel<unknown>(capacity);
    this.#next = random(capacity === Infinity ? 4 : capacity);
  }

  async run(): Promise<void> {
    const acts = [this.#send, this.#receive];
    const running = acts.map((act) => this.#start(act));
    for (let step = 0; step < 2000; step++) {
      const which = this.#below(2);
      const { controller, over } = running[which]!;
      if (this.#next() < 0.3) controller.abort(REASON);
      else for (let turns = this.#below(9); turns > 0; turns--) await undefined;
      if (!controller.signal.aborted) continue;
      await over;
      running[which] = this.#start(acts[which]!);
    }
    for (const { controller, over } of running) {
      controller.abort(REASON);
      await over;
    }
    this.#channel.close();
    for await (const value of this.#channel) this.#received.push(value);
    // One sender: so the order in which they arrive is the one in which they left.
    assertEquals(this.#received, this.#sent);
    assertLess(100, this.#sent.length, "hardly anything was sent");
  }

  #start(act: (signal: AbortSignal) => Promise<void>) {
    const controller = this.#kit.controller();
    const over = act.call(this, controller.signal).catch((error) => {
      if (error !== REASON) throw error;
    });
    return { controller, over };
  }

  async #send(signal: AbortSignal): Promise<void> {
    const ways = sends(this.#kit);
    while (!signal.aborted) {
      const value = this.#value++;
      await ways[this.#below(ways.length)]![1](this.#channel, value, signal);
      this.#sent.push(value);
    }
  }

  async #receive(signal: AbortSignal): Promise<void> {
    const ways = receives(this.#kit);
    while (!signal.aborted) {
      const [, receive] = ways[this.#below(ways.length)]!;
      this.#received.push(await receive(this.#channel, signal));
    }
  }

  #below(limit: number): number {
    return Math.floor(this.#next() * limit);
  }
}

export const cases: readonly Case[] = [
  base(
    77,
    "Any number of waits put one listener on their signal",
    async (kit) => {
      const channel = kit.channel();
      const controller = new CountedController();
      const { signal } = controller;
      const waiting = Array.from(
        { length: 1000 },
        () => channel.receive({ signal }),
      );
      const { listeners } = controller;
      controller.abort(REASON);
      await Promise.allSettled(waiting);
      await tick();
      assertEquals(controller.listeners, 0);
      const growth = await ratioOf(
        () => shareSignals(kit, 8000, 1),
        () => shareSignals(kit, 8000, 16),
      );
      const times = growth.toFixed(1);
      const found = `8000 take ${times} times as long as 16 times 500`;
      const message = `${listeners} listeners for 1000 waits, and ${found}`;
      assert(listeners <= 1 && growth < 4, message);
    },
  ),

  base(
    78,
    "To abort one of many waits costs the same as one of few",
    async (kit) => {
      for (const act of ["receive", "send"] as const) {
        const among = async (others: number) => {
          const channel = kit.channel<number>();
          const sends = act === "send";
          const wait = (signal?: AbortSignal): Promise<unknown> =>
            sends ? channel.send(1, { signal }) : channel.receive({ signal });
          for (let i = 0; i < others; i++) wait();
          const took = await ownSignals(1000, wait);
          // The others are served, since a close makes an error for each sender.
          for (let i = 0; i < others; i++) {
            const state = sends ? channel.tryReceive().state : "ok";
            assert(state === "ok" && (sends || channel.trySend(1)));
          }
          return took;
        };
        const growth = await ratioOf(() => among(30_000), () => among(1500));
        const times = growth.toFixed(1);
        const many = `${act}() among 30,000 takes ${times} times as long as`;
        assert(growth < 4, `an aborted ${many} among 1500`);
      }
      const channel = kit.channel();
      const floors = await ratioOf(
        () => ownSignals(4000, (signal) => channel.receive({ signal })),
        () => ownSignals(4000, bareWait),
      );
      assert(floors <= 5, `${floors.toFixed(1)} times as long as the floor`);
    },
  ),

  base(79, "1000 operations that are over leave no listener", async (kit) => {
    const controller = kit.controller();
    const { signal } = controller;
    for (const capacity of [0, 1]) {
      const channel = kit.channel<number>(capacity);
      for (let i = 0; i < 250; i++) {
        const received = channel.receive({ signal });
        await channel.send(i, { signal });
        assertEquals(await received, i);
        const sent = [channel.send(i, { signal }), channel.send(i, { signal })];
        await channel.receive({ signal });
        await channel.receive({ signal });
        await Promise.all(sent);
      }
      await tick();
      assertEquals(controller.listeners, 0);
      const waiting = channel.receive({ signal });
      channel.close();
      await Promise.allSettled([waiting, channel.send(1, { signal })]);
    }
  }),

  base(
    80,
    "Receives that are aborted among sends lose and double nothing",
    async (kit) => {
      for (let seed = 0; seed < 100; seed++) await cancelStorm(kit, seed);
    },
  ),

  base(
    81,
    "A sender and a receiver that restart lose and double nothing",
    async (kit) => {
      for (const capacity of kit.capacities) {
        await new RestartStorm(kit, capacity).run();
      }
    },
  ),
];
