// thread_test.ts: what threads there are, where some of the platform is missing.

import { assertEquals, assertThrows } from "@std/assert";
import { countCores } from "./_thread.ts";
import { ChannelError } from "./mod.ts";
import { serve } from "./worker.ts";

/** Puts something else, or nothing, in the place of a part of the platform. */
function replaced(holder: object, name: string, value?: unknown): Disposable {
  const property = Object.getOwnPropertyDescriptor(holder, name)!;
  Object.defineProperty(holder, name, {
    value,
    configurable: true,
    writable: true,
  });
  return {
    [Symbol.dispose]() {
      Object.defineProperty(holder, name, property);
    },
  };
}

const { process } = globalThis as unknown as { process: object };

Deno.test("countCores() asks the browser, or else Node, or else guesses", () => {
  assertEquals(countCores(), navigator.hardwareConcurrency);
  using _navigator = replaced(globalThis, "navigator");
  const name = "getBuiltinModule";
  for (const [os, cores] of [[{ availableParallelism: () => 3 }, 3], [{}, 4]]) {
    using _process = replaced(process, name, () => os);
    assertEquals(countCores(), cores as number);
  }
  using _process = replaced(process, name);
  assertEquals(countCores(), 4);
});

Deno.test("serve() in a main thread of Node says that there is no pool", () => {
  using _ = replaced(globalThis, "Worker");
  assertThrows(() => serve(() => {}), ChannelError, "not in a worker");
});

Deno.test("serve() in the main thread of Bun says that there is no pool", () => {
  Object.assign(globalThis, { Bun: { isMainThread: true } });
  try {
    assertThrows(() => serve(() => {}), ChannelError, "not in a worker");
  } finally {
    Reflect.deleteProperty(globalThis, "Bun");
  }
});
