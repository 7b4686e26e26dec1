// loans_test.ts: values that are taken, and not done with.

import { assert, assertEquals, assertFalse } from "@std/assert";
import { Loans, returnLoans, settleLoans } from "./_loans.ts";
import { holding, isPending, tick, waiting } from "./_testing.ts";
import { lease } from "./ends.ts";
import { Channel, ticker } from "./mod.ts";

Deno.test("a loan counts for join() until it is settled or returned", async () => {
  const source = holding(1, 2);
  source.close();
  const loans = new Loans(source);
  const [one, two] = await loans.receiveMany();
  const joined = loans.join();
  assert(loans.closed);
  assertFalse(loans.drained);
  settleLoans(source, [one!]);
  assertEquals(returnLoans(source, [two!]), []);
  assertEquals(source.snapshot(), [2]);
  assert(await isPending(joined));
  const { value } = await loans.receive();
  assertEquals(value, 2);
  settleLoans(source, [await Promise.resolve(two!)]);
  await joined;
  assert(loans.drained);
});

Deno.test("those who wait for loans are served oldest first, by one waiter", async () => {
  const source = new Channel<number>();
  const loans = new Loans(source);
  const got = [loans.receive(), loans.receive(), loans.receive()];
  assertEquals(waiting(source), [0, 1]);
  for (const value of [1, 2, 3]) await source.send(value);
  const values = (await Promise.all(got)).map(({ value }) => value);
  assertEquals(values, [1, 2, 3]);
  assertEquals(waiting(source), [0, 0]);
});

Deno.test("who waits for a loan can leave, and is ended with the source", async () => {
  const source = new Channel<number>();
  const loans = new Loans(source);
  const controllers = [new AbortController(), new AbortController()];
  const got = controllers.map(({ signal }) =>
    loans.receive({ signal }).catch((reason) => reason)
  );
  const ends = [loans.values().next(), loans.values().next()];
  for (const controller of controllers) controller.abort("left");
  assertEquals(await Promise.all(got), ["left", "left"]);
  assertEquals(waiting(source), [0, 1]);
  loans.close();
  assertEquals((await Promise.all(ends)).map(({ done }) => done), [true, true]);
});

Deno.test("a lease of loans is one of the source", async () => {
  const source = holding(1);
  const loans = new Loans(source);
  loans[lease](1);
  source.close();
  source.drain();
  await tick();
  assertFalse(source.drained);
  loans[lease](-1);
  assert(source.drained);
});

Deno.test("a source that takes nothing back leaves loans to whoever has them", async () => {
  using beats = ticker(1);
  const loans = new Loans(beats);
  const loan = await loans.receive();
  assertEquals(returnLoans(beats, [loan]), [loan]);
  assertEquals(returnLoans(beats, []), []);
});
