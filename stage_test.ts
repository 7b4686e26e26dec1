// stage_test.ts: the ends of stages of a pipeline, when one of them throws on the way.

import { assert, assertEquals, assertThrows } from "@std/assert";
import { CountedController, reasonOf, tick, waiting } from "./_testing.ts";
import { broadcast, Channel, consume, map } from "./mod.ts";

/** A channel that cannot be closed a second time. */
class Strict extends Channel<number> {
  override close(...reason: [reason: unknown] | []): void {
    if (this.closed) throw new Error("strict");
    super.close(...reason);
  }
}

/** A channel that cannot be closed. */
class Stuck extends Channel<number> {
  override close(): void {
    throw new Error("stuck");
  }
}

Deno.test("close() of the results of map() throws what the close of its source throws", () => {
  const results = map(map(new Stuck(), (n) => n), (n) => n);
  assertThrows(() => results.close(), Error, "stuck");
  assert(results.closed);
});

Deno.test("broadcast() of a broadcast() is over though the close of a source throws", async () => {
  const source = new Strict();
  const controller = new CountedController();
  const { signal } = controller;
  const [one] = broadcast(source, 1);
  const [other] = broadcast(one, { subscribers: 1, signal });
  await tick();
  assertThrows(() => source.close("reason"), Error, "strict");
  await tick();
  assert(other.closed);
  assertEquals([waiting(source), controller.listeners], [[0, 0], 0]);
});

Deno.test("map() stops though the close of its source throws", async () => {
  const source = new Stuck();
  let aborted: AbortSignal | undefined;
  const results = map(source, (_, signal) => {
    aborted = signal;
    return new Promise(() => {});
  }, { concurrency: 2 });
  await source.send(1);
  await tick();
  assertThrows(() => results.close(), Error, "stuck");
  await tick();
  assert(aborted!.aborted);
  assertEquals(waiting(source), [0, 0]);
});

Deno.test("consume() rejects with the error of its handler though the close of its source throws", async () => {
  const source = new Stuck(1);
  let aborted: AbortSignal | undefined;
  const reason: unknown = "bad";
  const consumed = consume(source, async (_, signal) => {
    aborted = signal;
    await tick();
    throw reason;
  }, { concurrency: 2 });
  await source.send(1);
  assertEquals(await reasonOf(consumed), "bad");
  assert(aborted!.aborted);
  assertEquals(waiting(source), [0, 0]);
});

Deno.test("broadcast() stops though the close of its source throws", async () => {
  const source = new Stuck();
  const [only] = broadcast(source, 1);
  await tick();
  assertEquals(waiting(source), [0, 1]);
  assertThrows(() => only.close(), Error, "stuck");
  assertEquals(waiting(source), [0, 0]);
});
