// select6_test.ts: answers to Go's test/chan/select6.go.
//
// A select that loses as the last waiter of a queue must leave that queue whole:
// whoever waits there before and after it is still served. (In Go it once did not.)

import { assertEquals } from "@std/assert";
import { Channel, select, sending } from "../../mod.ts";
import { assertAtRest, SettleLog, tick, waiting } from "../../_testing.ts";
import { mustNotWin } from "./_go.ts";

/** The orders in which three tasks can start. */
const ORDERS = ["abc", "acb", "bac", "bca", "cab", "cba"];

for (const order of ORDERS) {
  Deno.test(`select() that loses leaves the receivers of a channel in order (case 104, select6, started ${order})`, async () => {
    const contested = new Channel<boolean>();
    const other = new Channel<boolean>();
    const chosen = new Channel<boolean>();
    const tasks: Record<string, () => Promise<unknown>> = {
      a: () => contested.receive(),
      b: async () => {
        const result = await select({ contested, other });
        if (result.key === "contested") mustNotWin(result);
        await chosen.send(true);
        await contested.receive();
      },
      c: () => other.send(true),
    };
    const feed = async () => {
      await chosen.receive();
      await contested.send(true);
      await contested.send(true);
    };
    await Promise.all([...[...order].map((name) => tasks[name]!()), feed()]);
    assertAtRest(contested, other, chosen);
  });
}

// Go's program has one waiter before the select. Here are all places in a queue of
// three, both directions, and a waiter that comes once the select has left.
for (const place of [0, 1, 2]) {
  Deno.test(`select() that loses leaves a queue whole (case 104, select6, place ${place})`, async () => {
    const senders = new Channel<string>();
    const receivers = new Channel<string>();
    const other = new Channel<string>();
    const log = new SettleLog();
    let selected: Promise<{ key: string }> | undefined;
    const wait = (name: string) => {
      log.add(`send ${name}`, senders.send(name));
      log.add(`receive`, receivers.receive());
    };
    for (let i = 0; i < 3; i++) {
      if (i !== place) wait("abc"[i]!);
      else {
        selected = select({
          send: sending(senders, "lost"),
          receive: receivers,
          other,
        });
      }
    }
    assertEquals([waiting(senders), waiting(receivers)], [[3, 0], [0, 3]]);
    await other.send("won");
    assertEquals((await selected!).key, "other");
    assertEquals([waiting(senders), waiting(receivers)], [[2, 0], [0, 2]]);
    wait("d");
    const names = [..."abcd"].filter((_, i) => i !== place);
    for (const name of names) assertEquals(await senders.receive(), name);
    for (const name of names) await receivers.send(name);
    await tick();
    assertEquals(log.entries, [
      ...names.map((name) => `send ${name}`),
      ...names.map((name) => `receive=${name}`),
    ]);
    assertAtRest(senders, receivers, other);
  });
}
