// doubleselect_test.ts: answers to Go's test/chan/doubleselect.go.
//
// A select over four sends must do one of them. If two of its cases ran, one
// number would travel on two channels.

import { assert, assertEquals } from "@std/assert";
import type { Receiver, Sender } from "../../mod.ts";
import { Channel, select, sending } from "../../mod.ts";
import { assertAtRest } from "../../_testing.ts";

const NUMBERS = 100_000;

/** Sends each number along one of the lanes, then closes all of them. */
async function deal(lanes: readonly Sender<number>[]) {
  for (let number = 0; number < NUMBERS; number++) {
    await select(lanes.map((lane) => sending(lane, number)));
  }
  for (const lane of lanes) lane.close();
}

/** Hands on what comes along a lane until that ends, then says how much it was. */
async function forward(
  lane: Receiver<number>,
  merged: Sender<number>,
  done: Sender<number>,
) {
  let forwarded = 0;
  for await (const number of lane) {
    await merged.send(number);
    forwarded++;
  }
  await done.send(forwarded);
}

/** Closes the merged channel once all forwarders are done. Returns what each says. */
async function closeAfter(
  forwarders: number,
  done: Receiver<number>,
  merged: Sender<number>,
) {
  const shares: number[] = [];
  while (shares.length < forwarders) shares.push(await done.receive());
  merged.close();
  return shares;
}

/** Marks each number that arrives, and fails at the first that comes again. */
async function check(merged: Receiver<number>) {
  const seen = new Uint8Array(NUMBERS);
  for await (const number of merged) {
    assert(seen[number] === 0, `${number} came twice, or from nowhere`);
    seen[number] = 1;
  }
  return seen;
}

Deno.test("select() over four sends does one of them, 100 000 times (case 108, doubleselect)", async () => {
  const lanes = Array.from({ length: 4 }, () => new Channel<number>());
  const merged = new Channel<number>();
  const done = new Channel<number>();
  const [shares, seen] = await Promise.all([
    closeAfter(lanes.length, done, merged),
    check(merged),
    deal(lanes),
    ...lanes.map((lane) => forward(lane, merged, done)),
  ]);
  assertEquals(seen.indexOf(0), -1, "a number is missing");
  assertEquals(shares.reduce((sum, share) => sum + share), NUMBERS);
  assert(shares.every((share) => share > 0), `shares: ${shares}`);
  assertAtRest(merged, done, ...lanes);
});
