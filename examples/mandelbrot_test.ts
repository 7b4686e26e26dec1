// mandelbrot_test.ts: runs mandelbrot.ts with one thread and with more.

import { assert, assertEquals } from "@std/assert";
import { main } from "./mandelbrot.ts";
import { printer } from "./_testing.ts";

Deno.test("mandelbrot draws the same picture with any number of threads", async () => {
  const pictures: string[][] = [];
  for (const threads of [1, 3]) {
    const { lines, print } = printer();
    await main(60, threads, print);
    pictures.push(lines);
  }
  const [one, three] = pictures;
  assertEquals(three, one);
  assertEquals(one!.length, 24);
  assert(one!.every((line) => line.length === 60));
  // Rows in their places: the set is the same above its axis and below.
  assertEquals(one, one!.toReversed());
  assertEquals(one![12]!.trimEnd().at(32), "@");
  assertEquals(one![0]!.includes("@"), false);
});

Deno.test("mandelbrot ends its threads when whoever prints fails", async () => {
  const failure = new Error("no more paper");
  let rows = 0;
  const failing = main(60, 2, () => {
    if (++rows === 3) throw failure;
  });
  assertEquals(await failing.catch((error) => error), failure);
  assertEquals(rows, 3);
});
