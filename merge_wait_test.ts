// merge_wait_test.ts: who waits for several receivers at once, in a select too.

import {
  assert,
  assertEquals,
  assertFalse,
  assertInstanceOf,
} from "@std/assert";
import {
  assertAtRest,
  closed,
  CountedController,
  holding,
  often,
  reasonOf,
  SettleLog,
  tick,
  unhandledIn,
  waiting,
} from "./_testing.ts";
import type { Receiver } from "./mod.ts";
import {
  Channel,
  merge,
  select,
  selectEach,
  sending,
  trySelect,
} from "./mod.ts";

function pair(): [Channel<number>, Channel<number>] {
  return [new Channel<number>(), new Channel<number>()];
}

/** Ways to wait that can be given up, and how. */
const WAITS: Record<
  string,
  (from: Receiver<number>) => { settled: Promise<unknown>; leave(): unknown }
> = {
  "a receive": (from) => {
    const controller = new AbortController();
    const settled = from.receive({ signal: controller.signal });
    return { settled, leave: () => controller.abort() };
  },
  "a receive of many": (from) => {
    const controller = new AbortController();
    const settled = from.receiveMany(3, { signal: controller.signal });
    return { settled, leave: () => controller.abort() };
  },
  "a loop": (from) => {
    const loop = from.values();
    return { settled: loop.next(), leave: () => loop.return!() };
  },
  "a loop over batches": (from) => {
    const loop = from.batches();
    return { settled: loop.next(), leave: () => loop.return!() };
  },
  "a loop with a signal": (from) => {
    const controller = new AbortController();
    const loop = from.values({ signal: controller.signal });
    return { settled: loop.next(), leave: () => controller.abort() };
  },
  "a select": (from) => {
    const controller = new AbortController();
    const settled = select([from], { signal: controller.signal });
    return { settled, leave: () => controller.abort() };
  },
  "a select that another case wins": (from) => {
    const other = new Channel<number>();
    const settled = select([from, other]);
    return { settled, leave: () => other.close() };
  },
  "a selectEach": (from) => {
    const loop = selectEach([from]);
    return { settled: loop.next(), leave: () => loop.return!() };
  },
};

for (const [name, wait] of Object.entries(WAITS)) {
  Deno.test(`merge() leaves no waiter behind when ${name} gives up`, async () => {
    const [a, b] = pair();
    const merged = merge(a, merge(b, a));
    const { settled, leave } = wait(merged);
    settled.catch(() => {});
    assert(waiting(a)[1] > 0 && waiting(b)[1] > 0);
    leave();
    assertAtRest(a, b);
    assertFalse(a.trySend(1) || b.trySend(1));
    // The next value goes to the next who asks.
    const received = b.receive();
    assert(b.trySend(2));
    assertEquals(await received, 2);
    await settled.catch(() => {});
  });

  Deno.test(`merge() serves the others when ${name} gives up`, async () => {
    const [a, b] = pair();
    const merged = merge(a, b);
    const before = merged.receive();
    const { settled, leave } = wait(merged);
    settled.catch(() => {});
    const behind = merged.receive();
    leave();
    assert(b.trySend(1) && a.trySend(2));
    assertEquals(await Promise.all([before, behind]), [1, 2]);
    assertAtRest(a, b);
  });

  Deno.test(`merge() hands each value to one alone when ${name} waits`, async () => {
    const [a, b] = pair();
    const { settled, leave } = wait(merge(a, b));
    assert(b.trySend(1));
    assertAtRest(a, b);
    // In the same turn: it has its value all the same.
    assertFalse(a.trySend(2));
    leave();
    assert(JSON.stringify(await settled).includes("1"));
  });
}

Deno.test("merge() serves those who wait in the order in which they came", async () => {
  const [a, b] = pair();
  const merged = merge(a, b);
  const log = new SettleLog();
  const waits = [
    merged.receive(),
    select([merged]),
    merged.receiveMany(),
    merged.values().next(),
    merged.receive(),
  ];
  waits.forEach((wait, i) => log.add(`${i}`, wait.then(JSON.stringify)));
  assertEquals([waiting(a), waiting(b)], [[0, 1], [0, 1]]);
  for (const [i, channel] of [b, b, a, b, a].entries()) {
    assert(channel.trySend(i));
  }
  await tick();
  assertEquals(log.entries, [
    "0=0",
    '1={"key":0,"state":"ok","value":1}',
    "2=[2]",
    '3={"value":3,"done":false}',
    "4=4",
  ]);
  assertAtRest(a, b);
});

Deno.test("merge() stands in the queue of a source among its other receives", async () => {
  const [a, b] = pair();
  const merged = merge(a, b);
  const log = new SettleLog();
  log.add("direct 1", a.receive());
  log.add("merged", merged.receive());
  log.add("direct 2", a.receive());
  for (const n of [1, 2, 3]) assert(a.trySend(n));
  await tick();
  assertEquals(log.entries, ["direct 1=1", "merged=2", "direct 2=3"]);
});

Deno.test("merge() shares its sources with another merge", async () => {
  const [a, b] = pair();
  const received = [merge(a, b).receive(), merge(b, a).receive()];
  assert(b.trySend(1) && b.trySend(2));
  assertEquals(await Promise.all(received), [1, 2]);
  assertAtRest(a, b);
});

Deno.test("merge() goes on waiting when one of its sources ends", async () => {
  const [a, b] = pair();
  const merged = merge(a, b);
  const received = [merged.receive(), merged.receive()];
  a.close();
  assertEquals(waiting(b), [0, 1]);
  assert(b.trySend(1) && b.trySend(2));
  assertEquals(await Promise.all(received), [1, 2]);
  assertAtRest(b);
});

Deno.test("merge() adds one listener to a signal, however many its sources", async () => {
  const sources = [pair(), pair()].flat();
  const controller = new CountedController();
  const { signal } = controller;
  const merged = merge(...sources);
  const waits = [
    merged.receive({ signal }),
    merged.receiveMany(1, { signal }),
    merged.values({ signal }).next(),
    select([merged], { signal }),
    merged.join({ signal }),
  ].map(reasonOf);
  assertEquals(controller.listeners, 1);
  controller.abort("enough");
  assertAtRest(...sources);
  assertEquals(await Promise.all(waits), waits.map(() => "enough"));
  assertEquals([controller.listeners, controller.added], [0, 1]);
});

Deno.test("merge() checks its arguments, then the signal, then its sources", async () => {
  const a = holding(1);
  const aborted = { signal: AbortSignal.abort("aborted") };
  const bad = { signal: {} as AbortSignal };
  const ended = merge(closed<number>("closed"));
  const unhandled = await unhandledIn(async () => {
    for (const merged of [merge(a), ended]) {
      for (const options of [aborted, bad]) {
        for (
          const error of await Promise.all([
            reasonOf(merged.receive(options)),
            reasonOf(merged.receiveMany(1, options)),
            reasonOf(merged.join(options)),
          ])
        ) {
          if (options === bad) assertInstanceOf(error, TypeError);
          else assertEquals(error, "aborted");
        }
      }
      assertInstanceOf(
        await reasonOf(merged.receiveMany(0, aborted)),
        RangeError,
      );
      assertEquals(await reasonOf(merged.values(aborted).next()), "aborted");
    }
  });
  assertEquals(unhandled, []);
  assertEquals(a.snapshot(), [1]);
  assertEquals(await reasonOf(ended.receive()), "closed");
});

Deno.test("merge() as a case of a select gives its value, its end and its reason", async () => {
  const [a, b] = [holding(1), new Channel<number>()];
  const merged = merge(a, b);
  assertEquals(trySelect({ merged }), { key: "merged", state: "ok", value: 1 });
  assertEquals(trySelect({ merged }), undefined);
  const waits = select([merged]);
  assert(b.trySend(2));
  assertEquals(await waits, { key: 0, state: "ok", value: 2 });
  const last = select([merged]);
  a.close();
  b.close("reason");
  const ended = { key: 0, state: "closed", reason: "reason" } as const;
  assertEquals(await last, ended);
  assertEquals(trySelect([merged]), ended);
  assertEquals(trySelect([merge()]), { ...ended, reason: undefined });
});

Deno.test("merge() beside its own sources in a select takes one value", async () => {
  const winners = new Set<string>();
  await often(async () => {
    const [a, b] = [holding(1), holding(2)];
    const { key } = await select({ merged: merge(a, b), a, b });
    winners.add(key);
    assertEquals(a.size + b.size, 1);
  });
  assertEquals([...winners].sort(), ["a", "b", "merged"]);
});

Deno.test("merge() beside its own sources in a select that waits takes one value", async () => {
  for (const order of [["merged", "a"], ["a", "merged"]]) {
    const [a, b] = pair();
    const all = { merged: merge(a, b), a };
    const cases = order.map((key) => all[key as keyof typeof all]);
    for (const [to, keys] of [[a, [0, 1]], [b, [order.indexOf("merged")]]]) {
      const won = select(cases);
      assert((to as Channel<number>).trySend(1));
      assertAtRest(a, b);
      assertFalse(a.trySend(2) || b.trySend(2));
      assert((keys as number[]).includes((await won).key));
    }
  }
});

Deno.test("merge() never receives what its own select sends", async () => {
  const [a, b] = pair();
  const merged = merge(a, b);
  for (const cases of [[merged, sending(a, 1)], [sending(a, 1), merged]]) {
    const at = cases.indexOf(merged);
    assertEquals(trySelect(cases), undefined);
    const receives = select(cases);
    await tick();
    assert(a.trySend(2));
    assertEquals<unknown>(await receives, { key: at, state: "ok", value: 2 });
    assertAtRest(a, b);

    const sends = select(cases);
    assertEquals(await a.receive(), 1);
    assertEquals<unknown>(
      await sends,
      { key: 1 - at, state: "ok", value: undefined },
    );
    assertAtRest(a, b);

    // Another receive of the merged receiver gets it, too.
    const again = select(cases);
    assertEquals(await merged.receive(), 1);
    assertEquals((await again).key, 1 - at);
    assertAtRest(a, b);
  }
});

Deno.test("merge() in a selectEach is retired once", async () => {
  const [a, b, c] = [holding(1), holding(2), holding(3)];
  for (const channel of [a, b, c]) channel.close();
  const seen: string[] = [];
  for await (const result of selectEach({ merged: merge(a, b), c })) {
    seen.push(`${result.key} ${result.state}`);
  }
  assertEquals(seen.sort(), [
    "c closed",
    "c ok",
    "merged closed",
    "merged ok",
    "merged ok",
  ]);
});

Deno.test("merge() that loses a thousand selects leaves nothing behind", async () => {
  const [a, b] = pair();
  const [merged, job] = [merge(a, b), new Channel<number>()];
  for (let n = 0; n < 1000; n++) {
    const won = select({ merged, job });
    assertEquals([waiting(a), waiting(b)], [[0, 1], [0, 1]]);
    assert(job.trySend(n));
    assertEquals((await won).key, "job");
  }
  assertAtRest(a, b, job);
});
