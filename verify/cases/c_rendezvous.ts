// c_rendezvous.ts: acceptance cases 21 to 27: channels without a buffer.

import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { isPending, random, SettleLog, tick } from "../../_testing.ts";
import type { BaseChannel, Case, Kit } from "./_kit.ts";
import { base } from "./_kit.ts";

/** Random calls on a channel; those that wait are counted. */
class RandomProgram {
  readonly channel: BaseChannel<number>;
  readonly #next: () => number;
  readonly #waiting = { send: 0, receive: 0 };
  readonly #controllers: AbortController[] = [];

  constructor(kit: Kit, capacity: number, seed: number) {
    this.channel = kit.channel<number>(capacity);
    this.#next = random(seed);
  }

  step(): void {
    const choice = Math.floor(this.#next() * 5);
    if (choice === 0) this.channel.trySend(0);
    else if (choice === 1) this.channel.tryReceive();
    else if (choice === 2) this.#wait("send");
    else if (choice === 3) this.#wait("receive");
    else this.#abort();
  }

  #wait(act: "send" | "receive"): void {
    const controller = new AbortController();
    this.#controllers.push(controller);
    const over = () => this.#waiting[act]--;
    this.#waiting[act]++;
    const promise: Promise<unknown> = act === "send"
      ? this.channel.send(0, controller)
      : this.channel.receive(controller);
    promise.then(over, over);
  }

  #abort(): void {
    const index = Math.floor(this.#next() * this.#controllers.length);
    this.#controllers.splice(index, 1)[0]?.abort("enough");
  }

  /** Once everything that can settle has settled. */
  check(): void {
    const { channel: { size, capacity } } = this;
    const { send, receive } = this.#waiting;
    assert(send === 0 || receive === 0, "a send and a receive both wait");
    assert(
      send === 0 || size === capacity,
      "a send waits though there is room",
    );
    assert(receive === 0 || size === 0, "a receive waits beside a value");
  }
}

export const cases: readonly Case[] = [
  base(21, "A send waits for its receiver", async (kit) => {
    const channel = kit.channel<object>();
    const value = { value: 1 };
    const sent = channel.send(value);
    assert(await isPending(sent));
    assertStrictEquals(await channel.receive(), value);
    await sent;
  }),

  base(22, "A receive waits for its sender, and both settle", async (kit) => {
    const channel = kit.channel<number>();
    const log = new SettleLog();
    const received = log.add("received", channel.receive());
    assert(await isPending(received));
    log.add("sent", channel.send(1));
    await tick();
    assertEquals(log.entries, ["received=1", "sent"]);
  }),

  base(23, "Waiting senders are served in order", async (kit) => {
    const channel = kit.channel<number>();
    const log = new SettleLog();
    for (const value of [1, 2, 3]) log.add(`${value}`, channel.send(value));
    for (const value of [1, 2, 3]) {
      assertEquals(await channel.receive(), value);
    }
    await tick();
    assertEquals(log.entries, ["1", "2", "3"]);
  }),

  base(24, "A send and a receive never wait at once", async (kit) => {
    const programs = kit.capacities.flatMap((capacity) =>
      Array.from(
        { length: 50 },
        (_, seed) => new RandomProgram(kit, capacity, seed),
      )
    );
    for (let step = 0; step < 40; step++) {
      for (const program of programs) program.step();
      await tick();
      for (const program of programs) program.check();
    }
    for (const { channel } of programs) channel.close();
  }),

  base(
    25,
    "Two tasks play 100,000 rounds of ping-pong in step",
    async (kit) => {
      const [there, back] = [kit.channel<number>(), kit.channel<number>()];
      const answer = async () => {
        for (let i = 0; i < 100_000; i++) {
          await back.send(
            await there.receive(),
          );
        }
      };
      const answered = answer();
      for (let i = 0; i < 100_000; i++) {
        await there.send(i);
        const value = await back.receive();
        if (value !== i) throw new Error(`received ${value} in round ${i}`);
      }
      await answered;
    },
  ),

  base(26, "10,000 tasks in a chain each add one", async (kit) => {
    const first = kit.channel<number>();
    let last = first;
    const sent: Promise<void>[] = [];
    for (let i = 0; i < 10_000; i++) {
      const [left, right] = [last, kit.channel<number>()];
      const add = async () => left.send(1 + await right.receive());
      sent.push(add());
      last = right;
    }
    sent.push(last.send(1));
    assertEquals(await first.receive(), 10_001);
    await Promise.all(sent);
  }),

  base(27, "When a send is over, a receiver has the value", async (kit) => {
    for (const first of ["send", "receive"]) {
      const channel = kit.channel<number>();
      let received: number | undefined;
      const receive = () => {
        channel.receive().then((value) => received = value);
      };
      if (first === "receive") receive();
      const sent = channel.send(1);
      if (first === "send") receive();
      await sent;
      for (let turns = 0; turns < 4; turns++) await undefined;
      assertEquals(received, 1, `${first} first`);
    }
  }),
];
