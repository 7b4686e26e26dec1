// stage_test.ts: the ends of stages of a pipeline, when one of them throws on the way.

import { assert, assertEquals, assertThrows } from "@std/assert";
import { CountedController, tick, waiting } from "./_testing.ts";
import { broadcast, Channel, map } from "./mod.ts";

/** A channel that cannot be closed a second time. */
class Strict extends Channel<number> {
  override close(...reason: [reason: unknown] | []): void {
    if (this.closed) throw new Error("strict");
    super.close(...reason);
  }
}

Deno.test("close() of the results of map() throws what the close of its source throws", () => {
  class Stuck extends Channel<number> {
    override close(): void {
      throw new Error("stuck");
    }
  }
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
  class Stuck extends Channel<number> {
    override close(): void {
      throw new Error("stuck");
    }
  }
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
