// select4_test.ts: answers to Go's test/chan/select4.go.
//
// A select goes on with the case whose value is there. Nothing of the other case
// happens: no value is put anywhere, nobody waits.

import { assertEquals, assertFalse } from "@std/assert";
import { Channel, select, trySelect } from "../../mod.ts";
import { assertAtRest, filled, often } from "../../_testing.ts";
import { mustNotWin } from "./_go.ts";

Deno.test("select() takes the value that is ready and leaves the other case alone (case 100, select4)", async () => {
  await often(async () => {
    const idle = new Channel<number>();
    const ready = filled(1, 42);
    const taken = { value: 0 };
    const result = await select({ idle, ready });
    if (result.key === "idle") mustNotWin(result);
    else if (result.state === "ok") taken.value = result.value;
    assertEquals(taken, { value: 42 });
    assertEquals(ready.tryReceive(), { state: "empty" });
    assertFalse(idle.trySend(1));
    assertAtRest(idle, ready);
  });
});

Deno.test("trySelect() takes the value that is ready, wherever its case stands (case 100, select4)", () => {
  const idle = new Channel<number>();
  for (const key of [0, 1]) {
    const ready = filled(1, 42);
    const cases = key === 0 ? [ready, idle] : [idle, ready];
    assertEquals<unknown>(trySelect(cases), { key, state: "ok", value: 42 });
    assertAtRest(idle, ready);
  }
});
