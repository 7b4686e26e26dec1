// time_test.ts: the examples in which time passes.

import { assert, assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import {
  assertNoTimers,
  countFrom,
  failing,
  finish,
  printer,
  Watched,
} from "./_testing.ts";
import * as fanOut from "./fan_out.ts";
import * as heartbeat from "./heartbeat.ts";
import * as rateLimit from "./rate_limit.ts";
import * as requestCoalescing from "./request_coalescing.ts";
import * as timeout from "./timeout.ts";
import * as workerPool from "./worker_pool.ts";

/** Takes lines, and when each came, in ms from now on. */
function timed(
  time: FakeTime,
): { at: [number, string][]; print: (line: string) => void } {
  const start = time.now;
  const at: [number, string][] = [];
  return { at, print: (line) => void at.push([time.now - start, line]) };
}

function reasonOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(() => "did not reject", (reason) => reason);
}

Deno.test("rate_limit lets a burst pass, then one request at a time", async () => {
  using time = new FakeTime();
  const { at, print } = timed(time);
  await finish(time, rateLimit.main("abcdef", 100, 3, print));
  assertEquals(
    at.map(([ms, line]) => `${ms} ${line}`),
    [
      ...["0 request a", "0 request b", "0 request c"],
      ...["100 request d", "200 request e", "300 request f"],
    ],
  );
  await assertNoTimers(time);
});

Deno.test("rate_limit saves up no more than a burst while nobody asks", async () => {
  using time = new FakeTime();
  const { at, print } = timed(time);
  const requests = async function* () {
    yield* "abc";
    await new Promise((resolve) => setTimeout(resolve, 1050));
    yield* "defg";
  };
  await finish(time, rateLimit.main(requests(), 100, 2, print));
  assertEquals(at.map(([ms]) => ms), [0, 0, 100, 1150, 1150, 1200, 1300]);
  await assertNoTimers(time);
});

Deno.test("timeout hears all that comes in time", async () => {
  using time = new FakeTime();
  const { lines, print } = printer();
  await finish(time, timeout.main([90, 90, 90], 100, 1000, print));
  assertEquals(lines, ["Joe 1", "Joe 2", "Joe 3", "So that was all."]);
  await assertNoTimers(time);
});

Deno.test("timeout ends when one pause is too long", async () => {
  using time = new FakeTime();
  const { at, print } = timed(time);
  await finish(time, timeout.main([90, 500, 10], 100, 1000, print));
  assertEquals(at, [[90, "Joe 1"], [190, "You are too slow."]]);
  await assertNoTimers(time);
});

Deno.test("timeout ends when all pauses together are too long", async () => {
  using time = new FakeTime();
  const { at, print } = timed(time);
  const pauses = Array(100).fill(90);
  await finish(time, timeout.main(pauses, 100, 950, print));
  assertEquals(at.length, 11);
  assertEquals(at.at(-1), [950, "You talk too much."]);
  await assertNoTimers(time);
});

Deno.test("heartbeat shows the results, and signs of life in between", async () => {
  using time = new FakeTime();
  const { at, print } = timed(time);
  const jobs = async function* () {
    yield () => "one";
    await new Promise((resolve) => setTimeout(resolve, 250));
    yield () => Promise.resolve("two");
  };
  await finish(time, heartbeat.main(jobs(), 100, 150, print));
  assertEquals(at, [
    [0, "result one"],
    [100, "beat 1"],
    [200, "beat 2"],
    [250, "result two"],
    [250, "All jobs are done."],
  ]);
  await assertNoTimers(time);
});

Deno.test("heartbeat gives a worker up that is stuck, and aborts its job", async () => {
  using time = new FakeTime();
  const { at, print } = timed(time);
  let aborted = false;
  const jobs = new Watched<heartbeat.Job>([
    (signal) =>
      new Promise((_, reject) => {
        signal.addEventListener("abort", () => {
          aborted = true;
          reject(signal.reason);
        });
      }),
    () => "never done",
  ]);
  await finish(time, heartbeat.main(jobs, 100, 250, print));
  assertEquals(at, [[250, "The worker is stuck."]]);
  assert(aborted);
  await assertNoTimers(time);
  assert(jobs.stopped);
});

Deno.test("heartbeat ends with the error of a job", async () => {
  using time = new FakeTime();
  const error = new Error("broken");
  const { lines, print } = printer();
  const jobs = [() => "one", () => Promise.reject(error), () => "three"];
  const done = reasonOf(heartbeat.main(jobs, 100, 250, print));
  assert(await finish(time, done) === error);
  assertEquals(lines, ["result one"]);
  await assertNoTimers(time);
});

Deno.test("heartbeat ends with the error of what the jobs come from", async () => {
  using time = new FakeTime();
  const error = new Error("no more");
  const { lines, print } = printer();
  const jobs = function* () {
    yield () => "one";
    throw error;
  };
  const done = reasonOf(heartbeat.main(jobs(), 100, 250, print));
  assert(await finish(time, done) === error);
  assertEquals(lines, ["result one"]);
});

Deno.test("worker_pool works on so many jobs at once and no more", async () => {
  using time = new FakeTime();
  let most = 0;
  let now = 0;
  const done: number[] = [];
  const work = async (ms: number) => {
    most = Math.max(most, ++now);
    await new Promise((resolve) => setTimeout(resolve, ms));
    now--;
    done.push(ms);
  };
  const { lines, print } = printer();
  await finish(time, workerPool.main([30, 10, 20, 40, 10], 2, work, print));
  assertEquals([most, done], [2, [10, 30, 20, 10, 40]]);
  assertEquals(lines.length, 11);
  assertEquals(lines.at(-1), "All jobs are done.");
});

Deno.test("worker_pool ends with the first error when all under way has stopped", async () => {
  using time = new FakeTime();
  const jobs = new Watched(countFrom(1));
  const error = new Error("broken");
  let under = 0;
  const work = async (job: number, signal: AbortSignal) => {
    under++;
    try {
      await new Promise((resolve, reject) => {
        if (job < 4) setTimeout(resolve, 10);
        else if (job === 4) setTimeout(reject, 10, error);
        signal.addEventListener("abort", () => reject(new Error("stopped")));
      });
    } finally {
      under--;
    }
  };
  const done = reasonOf(workerPool.main(jobs, 3, work, () => {}));
  assert(await finish(time, done) === error);
  assertEquals(under, 0);
  assert(jobs.stopped);
  assert(jobs.asked < 10, `asked for ${jobs.asked}`);
});

Deno.test("request_coalescing asks for all keys of the meantime at once, each once", async () => {
  using time = new FakeTime();
  const { at, print } = timed(time);
  const keys = ["a", "b", "c", "b", "a"];
  await finish(time, requestCoalescing.main(keys, 100, print));
  assertEquals(at, [
    [0, "request for a"],
    [100, "request for b, c, a"],
    [200, "A B C B A"],
  ]);
  await assertNoTimers(time);
});

Deno.test("request_coalescing rejects the questions of a request that fails, and goes on", async () => {
  const error = new Error("no answer");
  using lookup = new requestCoalescing.Lookup((keys) =>
    keys.includes("bad")
      ? Promise.reject(error)
      : Promise.resolve(new Map(keys.map((key) => [key, "known"])))
  );
  const first = lookup.ask("a");
  const failed = ["b", "bad"].map((key) => reasonOf(lookup.ask(key)));
  assertEquals(await first, "known");
  for (const reason of await Promise.all(failed)) assert(reason === error);
  assertEquals(await lookup.ask("b"), "known");
});

Deno.test("request_coalescing answers what was asked before it was closed", async () => {
  const lookup = new requestCoalescing.Lookup((keys) =>
    Promise.resolve(new Map([[keys[0]!, "known"]]))
  );
  const asked = [lookup.ask("a"), lookup.ask("b"), lookup.ask("c")];
  lookup[Symbol.dispose]();
  const late = reasonOf(lookup.ask("d"));
  assertEquals(await Promise.all(asked), ["known", "known", undefined]);
  assertEquals((await late as Error).name, "ChannelClosedError");
});

Deno.test("fan_out gives all values to one, some to others, and ends with them", async () => {
  using time = new FakeTime();
  const { at, print } = timed(time);
  await finish(time, fanOut.main([1, 2, 9, 3, 8], 5, 100, print));
  const of = (name: string) => at.filter(([, line]) => line.startsWith(name));
  assertEquals(
    of("log").map(([, line]) => line),
    [1, 2, 9, 3, 8].map((n) => `log: ${n}`),
  );
  assertEquals(of("alarm"), [[0, "alarm: 9"]]);
  assertEquals(of("display"), [[0, "display: 1"], [100, "display: 8"]]);
  await assertNoTimers(time);
});

Deno.test("fan_out serves the others when one has failed", async () => {
  using time = new FakeTime();
  const { lines, print } = printer();
  const error = new Error("no paper");
  const fails = failing(2, error);
  const done = fanOut.main([1, 2, 9, 3, 8], 5, 100, (line) => {
    if (line.startsWith("log")) fails();
    print(line);
  });
  assert(await finish(time, reasonOf(done)) === error);
  await finish(time, new Promise((resolve) => setTimeout(resolve, 1000)));
  assertEquals(lines.filter((line) => line.startsWith("log")), ["log: 1"]);
  assert(lines.includes("alarm: 9"));
  assert(lines.includes("display: 8"));
});
