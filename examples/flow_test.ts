// flow_test.ts: the examples of producers, of stages, and of what moves values on.

import { assert, assertEquals, assertRejects } from "@std/assert";
import { Channel, ChannelClosedError } from "@sluice/channel";
import { countFrom, failing, printer, Watched } from "./_testing.ts";
import * as generator from "./generator.ts";
import * as multiProducer from "./multi_producer.ts";
import * as pipeline from "./pipeline.ts";
import * as primeSieve from "./prime_sieve.ts";
import * as producerConsumer from "./producer_consumer.ts";
import { main, pump } from "./pump.ts";

function reasonOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(() => "did not reject", (reason) => reason);
}

/** Lets all that is ready happen. */
async function settle(): Promise<void> {
  for (let i = 0; i < 100; i++) await undefined;
}

Deno.test("generator gives values up to the limit, then stops its source", async () => {
  const { lines, print } = printer();
  await generator.main(8, print);
  await settle();
  assertEquals(
    lines,
    ["0", "1", "1", "2", "3", "5", "8", "The generator has stopped."],
  );
});

Deno.test("generator asks for no more than one value ahead", async () => {
  const source = new Watched(countFrom(1));
  const { lines, print } = printer();
  await generator.main(3, print, source);
  await settle();
  assertEquals(lines, ["1", "2", "3"]);
  assert(source.stopped);
  assert(source.asked <= 5, `asked for ${source.asked}`); // the fourth ended it
});

Deno.test("generator ends with the error of its source", async () => {
  const error = new Error("broken");
  const source = function* () {
    yield 1;
    throw error;
  };
  const { lines, print } = printer();
  assert(await reasonOf(generator.main(3, print, source())) === error);
  assertEquals(lines, ["1"]);
});

Deno.test("multi_producer receives all of every producer in order, then ends", async () => {
  const names = ["a", "b", "c"];
  const sources = names.map((name, i) =>
    Array.from({ length: 10 * i }, (_, n) => `${name} ${n}`)
  );
  const { lines, print } = printer();
  await multiProducer.main(sources, print);
  assertEquals(lines.pop(), "All producers are done.");
  assertEquals(lines.length, 30);
  for (const [i, name] of names.entries()) {
    assertEquals(lines.filter((line) => line[0] === name), sources[i]);
  }
});

Deno.test("multi_producer ends with the error of a producer, and stops the others", async () => {
  const error = new Error("broken");
  const broken = function* () {
    yield "b 1";
    throw error;
  };
  const endless = new Watched(countFrom(1));
  const others = {
    *[Symbol.iterator]() {
      for (const n of endless) yield `a ${n}`;
    },
  };
  const { lines, print } = printer();
  assert(
    await reasonOf(multiProducer.main([others, broken()], print)) === error,
  );
  assert(lines.includes("b 1"));
  assert(endless.stopped);
});

Deno.test("multi_producer stops its producers when printing fails", async () => {
  const source = new Watched(["1", "2", "3", "4", "5", "6", "7"]);
  const error = new Error("no paper");
  const done = multiProducer.main([source], failing(2, error));
  assert(await reasonOf(done) === error);
  await settle();
  assert(source.stopped);
  assert(source.asked < 7, `asked for ${source.asked}`);
});

for (const capacity of [0, 1, 5]) {
  Deno.test(`producer_consumer keeps the producer no further ahead than the channel holds (capacity ${capacity})`, async () => {
    const { lines, print } = printer();
    let ahead = 0;
    let most = 0;
    await producerConsumer.main(50, capacity, async (line) => {
      print(line);
      if (line.startsWith("produced")) most = Math.max(most, ++ahead);
      if (!line.startsWith("received")) return;
      ahead--;
      await settle(); // slow
    });
    for (const act of ["produced", "received"]) {
      assertEquals(
        lines.filter((line) => line.startsWith(act)),
        Array.from({ length: 50 }, (_, n) => `${act} ${n + 1}`),
      );
    }
    // A value may be on its way to the consumer, which has not told of it yet.
    assert(most <= capacity + 1, `${most} ahead`);
    assert(most >= capacity, `only ${most} ahead`);
    assertEquals(lines.at(-1), "All that was produced was received.");
  });
}

for (const word of ["produced 3", "received 3", "All"]) {
  Deno.test(`producer_consumer ends both sides with an error at "${word}"`, async () => {
    const error = new Error("no paper");
    const { lines, print } = printer();
    const done = producerConsumer.main(10, 5, async (line) => {
      print(line);
      if (line.startsWith(word)) throw error;
      // Slow, so that there is room to go on when the consumer fails.
      if (line.startsWith("produced")) await settle();
    });
    assert(await reasonOf(done) === error);
    const told = lines.length;
    for (let i = 0; i < 10; i++) await settle();
    assertEquals(lines.length, told);
  });
}

for (const capacity of [0, 1, 1000]) {
  Deno.test(`pump moves all numbers through two channels (capacity ${capacity})`, async () => {
    const { lines, print } = printer();
    await main(1000, capacity, print);
    assertEquals(lines, ["The sum of 1000 numbers is 499500."]);
  });
}

Deno.test("pump() hands on the end, and the error, of its source", async () => {
  const error = new Error("broken");
  for (const reason of [[], [error]]) {
    const [from, to] = [new Channel<number>(2), new Channel<number>(2)];
    await from.sendAll([1, 2]);
    from.close(...reason as [error?: unknown]);
    const pumped = reasonOf(pump(from, to));
    assertEquals([await to.receive(), await to.receive()], [1, 2]);
    const end = await reasonOf(to.receive());
    assert(reason.length ? end === error : end instanceof ChannelClosedError);
    assertEquals(await pumped, reason.length ? error : "did not reject");
  }
});

Deno.test("pump() stops when its target is closed, while it waits for a value", async () => {
  const [from, to] = [new Channel<number>(1), new Channel<number>()];
  const pumped = reasonOf(pump(from, to));
  await settle();
  to.close();
  assert(await pumped instanceof ChannelClosedError);
  assert(from.trySend(1));
  assertEquals([from.closed, from.snapshot()], [false, [1]]);
});

Deno.test("pump() gives the value back that its closed target refuses", async () => {
  const [from, to] = [new Channel<number>(2), new Channel<number>()];
  await from.sendAll([1, 2]);
  const pumped = reasonOf(pump(from, to));
  await settle();
  to.close();
  const error = await pumped;
  assert(error instanceof ChannelClosedError);
  assertEquals([error.value, from.snapshot()], [1, [2]]);
});

Deno.test("pipeline prints the digests in order", async () => {
  const digests = {
    // Takes longer than those behind it.
    ["a".repeat(1_000_000)]:
      "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0",
    "": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "abc": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
  };
  const five = <T>(values: T[]) => Array(5).fill(values).flat() as T[];
  const { lines, print } = printer();
  await pipeline.main(five(Object.keys(digests)), print);
  assertEquals(lines, five(Object.values(digests)));
});

Deno.test("pipeline stops its source when its end fails", async () => {
  const texts = {
    *[Symbol.iterator]() {
      for (const n of source) yield `${n}`;
    },
  };
  const source = new Watched(countFrom(1));
  const error = new Error("no paper");
  assert(await reasonOf(pipeline.main(texts, failing(2, error))) === error);
  await settle();
  assert(source.stopped);
});

Deno.test("prime_sieve finds the first primes, then stops its source", async () => {
  const source = new Watched(countFrom(2));
  const { lines, print } = printer();
  await primeSieve.main(100, source, print);
  assertEquals(lines.slice(0, 9).join(), "2,3,5,7,11,13,17,19,23");
  assertEquals([lines.length, lines.at(-1)], [100, "541"]);
  await settle();
  assert(source.stopped);
});

Deno.test("prime_sieve ends when its source does", async () => {
  const { lines, print } = printer();
  await assertRejects(
    () => primeSieve.main(100, [2, 3, 4, 5, 6, 7, 8, 9, 10], print),
    ChannelClosedError,
  );
  assertEquals(lines, ["2", "3", "5", "7"]);
});
