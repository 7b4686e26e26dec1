// select_test.ts: answers to Go's test/chan/select.go.
//
// A select in a loop whose cases are put out of action one by one. What its cases
// are made of is worked out each time, for those that can never be ready too.

import { assertEquals } from "@std/assert";
import type { Sender } from "../../mod.ts";
import { Channel, sending, trySelect } from "../../mod.ts";
import { assertAtRest, often } from "../../_testing.ts";

/** Doubles what it makes each time a value was taken; counts how often it was asked. */
class Source {
  asked = 0;
  #bit = 1;

  make(): number {
    this.asked++;
    return this.#bit;
  }

  taken(): void {
    this.#bit *= 2;
  }
}

/** Sends one value to each of the two that there is. Returns how many were sent. */
function sendToBoth(
  source: Source,
  first: Sender<number> | null,
  second: Sender<number> | null,
): number {
  for (let sent = 0;; sent++) {
    const result = trySelect({
      first: sending(first, source.make()),
      second: sending(second, source.make()),
    });
    if (result === undefined) return sent;
    if (result.key === "first") first = null;
    else second = null;
    source.taken();
  }
}

Deno.test("trySelect() in a loop takes each case once that is then set to null (case 121, select)", async () => {
  await often(async () => {
    const source = new Source();
    const first = new Channel<number>(1);
    const second = new Channel<number>(1);
    assertEquals(sendToBoth(source, first, second), 2);
    assertEquals(await first.receive() | await second.receive(), 0b11);
    assertEquals(sendToBoth(source, first, null), 1);
    assertEquals(source.asked, 10);
    assertEquals([first.snapshot(), second.snapshot()], [[0b100], []]);
    assertAtRest(first, second);
  });
});
