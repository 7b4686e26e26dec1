// select2_test.ts: answers to Go's test/chan/select2.go.
//
// A hundred thousand selects leave no more behind than one: no waiter in the
// channel that never has anything, and no memory.

import { assertGreater, assertLess } from "@std/assert";
import { Channel, select } from "../../mod.ts";
import { assertAtRest, collect, waiting } from "../../_testing.ts";
import { mustNotWin } from "./_go.ts";

const SELECTS = 100_000;
// Ten for each select; a waiter takes a hundred. (Go allows one, but what else
// lives in a heap varies more here.)
const MAX_GROWTH = 1_000_000; // bytes

/** A sender and a receiver that also waits for something that never comes. */
class Program {
  readonly channel = new Channel<number>();
  readonly dummy = new Channel<number>();
  /** How many sends found a select that waits. */
  met = 0;

  /** Who starts first is the one who waits, each time. */
  async run(first: "select" | "send"): Promise<void> {
    this.met = 0;
    const running = first === "select"
      ? [this.#receive(), this.#send()]
      : [this.#send(), this.#receive()];
    await Promise.all(running);
    assertAtRest(this.channel, this.dummy);
  }

  async #send() {
    for (let i = 0; i < SELECTS; i++) {
      const [, receivers] = waiting(this.dummy);
      assertLess(receivers, 2);
      this.met += receivers;
      await this.channel.send(1);
    }
  }

  async #receive() {
    const { channel, dummy } = this;
    for (let i = 0; i < SELECTS; i++) {
      const result = await select({ channel, dummy });
      if (result.key !== "channel") mustNotWin(result);
    }
  }
}

Deno.test("select() that waits leaves no waiter behind, 100 000 times (select2)", async () => {
  const program = new Program();
  await program.run("select");
  assertGreater(program.met, 0.9 * SELECTS);
});

Deno.test("select() that need not wait leaves no waiter behind, 100 000 times (select2)", async () => {
  const program = new Program();
  await program.run("send");
  assertLess(program.met, 0.1 * SELECTS);
});

if ("gc" in globalThis) {
  for (const first of ["select", "send"] as const) {
    Deno.test(`select() leaves no memory behind, 100 000 times (select2, ${first} first)`, async () => {
      const program = new Program();
      await program.run(first);
      collect();
      const before = Deno.memoryUsage().heapUsed;
      await program.run(first);
      collect();
      assertLess(Deno.memoryUsage().heapUsed - before, MAX_GROWTH);
    });
  }
}
