// cases_test.ts: the acceptance cases, run on this package.

import { assertEquals } from "@std/assert";
import { check, lacks } from "./cases/_kit.ts";
import { OURS } from "./cases/_our_kit.ts";
import { cases } from "./cases/all.ts";

// deno-fmt-ignore
/** The numbers of all acceptance cases that must or should pass, by section. */
const EXPECTED: Readonly<Record<string, readonly number[]>> = {
  construction: [1, 2, 3, 4, 5, 6, 7, 8, 9],
  buffered: [11, 12, 13, 14, 15, 18, 19, 20],
  rendezvous: [21, 22, 23, 24, 25, 26, 27],
  "non-blocking": [28, 29, 31, 32, 33, 34, 35, 37],
  close: [38, 39, 40, 41, 42, 43, 44, 45, 47, 48, 49, 51, 52, 54, 55],
  join: [56, 57, 58, 59, 60, 61, 62, 63, 65, 67],
  abort: [68, 69, 70, 71, 72, 73, 74, 75, 77, 78, 79, 80, 81, 82, 83, 85],
  iteration: [87, 88, 89, 90, 91, 92, 93, 94, 95, 96, 98, 99],
  select: [
    100, 101, 102, 103, 104, 105, 106, 107, 108, 111, 112, 113, 114, 115, 116,
    119, 120, 121, 122, 123, 124, 125, 127, 128, 129, 131,
  ],
  values: [132, 133, 134, 135, 137, 138, 141, 142],
  memory: [143, 144, 146, 148],
};

for (const one of cases) {
  Deno.test(`case ${one.id}: ${one.title}`, async () => {
    assertEquals(lacks(one, OURS), []);
    await check(one, OURS);
  });
}

Deno.test("the acceptance cases are complete", () => {
  const ids = cases.map(({ id }) => id);
  assertEquals(ids, Object.values(EXPECTED).flat());
});
