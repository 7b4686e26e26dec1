// a_construction.ts: acceptance cases 1 to 9: making a channel, and its properties.

import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertLess,
  assertMatch,
  assertNotMatch,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { collect } from "../../_testing.ts";
import type { Case, Kit } from "./_kit.ts";
import { base, beyond } from "./_kit.ts";

const MB = 2 ** 20;

/** The ways to ask for a capacity: in options, and as a number where that can be done. */
function spellings(kit: Kit, capacity: unknown): unknown[] {
  return kit.has("number") ? [{ capacity }, capacity] : [{ capacity }];
}

/** What the constructor throws. */
function refusal(kit: Kit, options: unknown, what: string): unknown {
  return assertThrows(() => new kit.Channel(options), what);
}

export const cases: readonly Case[] = [
  base(1, "A new channel is unbuffered, empty and open", (kit) => {
    const { capacity, size, closed } = new kit.Channel();
    assertEquals([capacity, size, closed], [0, 0, false]);
  }),

  base(2, "A number alone is the capacity, as in options", (kit) => {
    for (const options of [{ capacity: 3 }, 3]) {
      const { capacity } = new kit.Channel(options);
      const asked = typeof options === "number" ? "3" : "{ capacity: 3 }";
      assertEquals(capacity, 3, `capacity of new Channel(${asked})`);
    }
  }),

  base(3, "Options that name no capacity mean none", (kit) => {
    for (const options of [{}, undefined, { capacity: undefined }]) {
      assertEquals(new kit.Channel(options).capacity, 0);
    }
  }),

  base(4, "Capacity Infinity takes 10,000 sends at once", async (kit) => {
    const channel = new kit.Channel<number>({ capacity: Infinity });
    assertEquals(channel.capacity, Infinity);
    const sent = Array.from({ length: 10_000 }, (_, i) => channel.send(i));
    await Promise.all(sent);
    assertEquals(channel.size, 10_000);
  }),

  base(5, "A number that can be no capacity is a RangeError", (kit) => {
    for (const capacity of [-1, 1.5, NaN, -Infinity]) {
      for (const options of spellings(kit, capacity)) {
        const error = refusal(kit, options, `capacity ${capacity}`);
        assertInstanceOf(error, RangeError, `capacity ${capacity}`);
      }
    }
  }),

  base(6, "What is no number is a TypeError that can be read", (kit) => {
    for (const capacity of ["3", 3n, null, true, [], Symbol("3")]) {
      const what = `capacity of type ${typeof capacity}`;
      for (const options of spellings(kit, capacity)) {
        const error = refusal(kit, options, what);
        assertInstanceOf(error, TypeError, what);
        assertMatch(error.message, /capacity/, what);
        assertNotMatch(error.message, /convert/, what);
      }
    }
  }),

  base(7, "-0 becomes 0, and a finite number too great is refused", (kit) => {
    for (const options of spellings(kit, -0)) {
      const { capacity } = new kit.Channel(options);
      assertStrictEquals(capacity, 0, "capacity of { capacity: -0 }");
    }
    for (const capacity of [2 ** 53, 1e300]) {
      for (const options of spellings(kit, capacity)) {
        const error = refusal(kit, options, `capacity ${capacity}`);
        assertInstanceOf(error, RangeError, `capacity ${capacity}`);
      }
    }
  }),

  beyond(["gc"], 8, "The greatest capacity takes no memory ahead", (kit) => {
    const before = heap();
    const channels = Array.from(
      { length: 10 },
      () => kit.filled(Number.MAX_SAFE_INTEGER, "value"),
    );
    assertLess(heap() - before, MB);
    for (const { capacity, size } of channels) {
      assertEquals([capacity, size], [Number.MAX_SAFE_INTEGER, 1]);
    }
  }),

  base(9, "The properties cannot be assigned", (kit) => {
    const channel = kit.filled(3, "value");
    for (
      const [key, value] of Object.entries({
        size: 1,
        capacity: 3,
        closed: false,
      })
    ) {
      const loose = channel as unknown as Record<string, unknown>;
      assertThrows(() => loose[key] = 2, TypeError);
      assertStrictEquals(loose[key], value);
    }
    assert(channel.trySend("another"));
  }),
];

/** Bytes that live objects take. */
function heap(): number {
  collect();
  return Deno.memoryUsage().heapUsed;
}
