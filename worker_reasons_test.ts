// worker_reasons_test.ts: close reasons that go to another thread.

import { assertEquals, assertInstanceOf } from "@std/assert";
import { lend } from "./_ports_testing.ts";
import { holding, reasonOf } from "./_testing.ts";
import { Channel, ChannelError } from "./mod.ts";

Deno.test("receiver() throws the reason of the close, with its name, message, cause and stack", async () => {
  const channel = holding(1);
  const { end } = lend(channel);
  const reason = new RangeError("disk is full", {
    cause: new ChannelError("deep", { cause: "deeper" }),
  });
  channel.close(reason);
  const seen: number[] = [];
  const error = await reasonOf((async () => {
    for await (const value of end) seen.push(value);
  })()) as RangeError;
  assertEquals(seen, [1]);
  assertInstanceOf(error, RangeError);
  assertEquals(error.message, "disk is full");
  assertEquals(error.stack, reason.stack);
  assertInstanceOf(error.cause, ChannelError);
  assertEquals((error.cause as Error).cause, "deeper");
  assertEquals(Object.keys(error), []);
  await end.join();
});

function stop() {}

const REASONS: Record<string, [unknown, (told: unknown) => void]> = {
  "undefined": [undefined, (told) => assertEquals(told, undefined)],
  "an object": [{ code: 3 }, (told) => assertEquals(told, { code: 3 })],
  "a function": [stop, (told) => assertEquals(told, `${stop}`)],
  "a symbol in an array": [
    [Symbol("s")],
    (told) => assertEquals(told, "a reason that cannot be told"),
  ],
  "an abort": [
    AbortSignal.abort().reason,
    (told) => {
      assertInstanceOf(told, DOMException);
      assertEquals((told as DOMException).name, "AbortError");
    },
  ],
  "an error with a name of its own": [
    Object.assign(new Error("own"), { name: "OwnError" }),
    (told) => assertEquals(`${told}`, "OwnError: own"),
  ],
  "an error without a stack": [
    Object.assign(new Error("bare"), { stack: undefined }),
    (told) => assertEquals((told as Error).message, "bare"),
  ],
  "an error that cannot be read": [
    Object.defineProperty(new Error("trap"), "stack", {
      get() {
        throw new Error("read");
      },
    }),
    (told) => assertEquals(told, "Error: trap"),
  ],
  "what throws whenever it is looked at": [
    new Proxy({}, {
      get() {
        throw new Error("get");
      },
      getPrototypeOf() {
        throw new Error("getPrototypeOf");
      },
    }),
    (told) => assertEquals(told, "a reason that cannot be told"),
  ],
  "an error that causes itself": [
    (() => {
      const error = new Error("round");
      error.cause = error;
      return error;
    })(),
    (told) => assertEquals((told as Error).message, "round"),
  ],
  "an error with a name of the prototype": [
    Object.assign(new Error("own"), { name: "constructor" }),
    (told) => assertEquals(`${told}`, "constructor: own"),
  ],
};

for (const [name, [reason, check]] of Object.entries(REASONS)) {
  Deno.test(`receive() rejects with the reason of the close: ${name}`, async () => {
    const channel = new Channel<number>();
    const { end } = lend(channel);
    const received = end.receive();
    channel.close(reason);
    check(await reasonOf(received));
    await end.join();
  });
}
