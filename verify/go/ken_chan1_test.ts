// ken_chan1_test.ts: Go's test/ken/chan1.go: one sender and ten receivers on one
// channel, and a mark for each value that says how far it has come.

import { assert, assertEquals } from "@std/assert";
import { Channel, select } from "../../mod.ts";
import { assertAtRest } from "../../_testing.ts";
import { numbered, pass, together } from "./_tasks.ts";

const VALUES = 1000;
const RECEIVERS = 10;

/** How far a value has come. */
const UNTOUCHED = 0;
const SENT = 1;
const RECEIVED = 2;

/** Moves a value's mark one step on. */
function mark(marks: Uint8Array, value: number, step: number): void {
  assertEquals(marks[value], step - 1, `value ${value}, step ${step}`);
  marks[value] = step;
}

for (const capacity of [0, 2, 10, 1000]) {
  Deno.test(`ten receivers share what one sends, each value once (capacity ${capacity}, case 151)`, async () => {
    const channel = new Channel<number>(capacity);
    const marks = new Uint8Array(VALUES).fill(UNTOUCHED);
    const shares = Array.from({ length: RECEIVERS }, () => 0);
    const receive = async (index: number) => {
      while (true) {
        const result = await select([channel]);
        if (result.state === "closed") return;
        mark(marks, result.value, RECEIVED);
        shares[index]!++;
      }
    };
    const send = async () => {
      await pass(2);
      for (let value = 0; value < VALUES; value++) {
        mark(marks, value, SENT);
        await channel.send(value);
      }
      channel.close();
    };
    await together({ ...numbered("receiver", RECEIVERS, receive), send });
    assert(marks.every((step) => step === RECEIVED));
    // Nobody overtakes a receiver that waits: so all take part, in turn.
    assert(Math.min(...shares) > 0, `shares: ${shares}`);
    assertEquals(shares.reduce((sum, share) => sum + share), VALUES);
    assertAtRest(channel);
  });
}
