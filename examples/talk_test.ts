// talk_test.ts: the programs after Rob Pike's talk.

import { assert, assertEquals, assertRejects } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { Channel, ChannelClosedError } from "@sluice/channel";
import { assertNoTimers, failing, finish, printer } from "./_testing.ts";
import * as daisyChain from "./daisy_chain.ts";
import * as fanIn from "./fan_in.ts";
import * as quitChannel from "./quit_channel.ts";
import * as talkGenerator from "./talk_generator.ts";
import * as talkSelect from "./talk_select.ts";

/** Fails unless each has said 1, 2, 3 and so on. */
function assertInOrder(lines: string[], names: string[]): void {
  for (const name of names) {
    const own = lines.filter((line) => line.startsWith(`${name} `));
    assertEquals(own, own.map((_, i) => `${name} ${i + 1}`));
    assert(own.length > 0, `${name} was not heard`);
  }
}

Deno.test("talk_generator says what was asked for, and leaves no timer", async () => {
  using time = new FakeTime();
  const { lines, print } = printer();
  await finish(time, talkGenerator.main(3, 100, print));
  assertEquals(lines.slice(0, 3), ["Boring 1", "Boring 2", "Boring 3"]);
  assertEquals(lines.length, 4);
  await assertNoTimers(time);
});

Deno.test("talk() waits so long before each word, and closes after the last", async () => {
  using time = new FakeTime();
  const start = time.now;
  const at: [string, number][] = [];
  const listen = async () => {
    for await (const word of talkGenerator.talk("Joe", [100, 0, 50])) {
      at.push([word, time.now - start]);
    }
  };
  await finish(time, listen());
  assertEquals(at, [["Joe 1", 100], ["Joe 2", 100], ["Joe 3", 150]]);
});

Deno.test("talk() ends its pause when it is closed", async () => {
  using time = new FakeTime();
  const words = talkGenerator.talk("Joe", [100]);
  await time.runMicrotasks();
  words.close();
  await assertNoTimers(time);
});

Deno.test("talk() closes with the error of its pauses", async () => {
  using time = new FakeTime();
  const error = new Error("no pause");
  const pauses = function* () {
    yield 10;
    throw error;
  };
  const words = talkGenerator.talk("Joe", pauses());
  assertEquals(await finish(time, words.receive()), "Joe 1");
  const caught = await words.receive().catch((reason) => reason);
  assert(caught === error);
});

Deno.test("fan_in hears everybody in order, and leaves no timer", async () => {
  using time = new FakeTime();
  const { lines, print } = printer();
  // No pause is so short that one speaks ten times before the other does.
  const { random } = Math;
  Math.random = () => 0.2 + 0.8 * random();
  try {
    await finish(time, fanIn.main(10, 100, print));
  } finally {
    Math.random = random;
  }
  assertEquals(lines.length, 11);
  assertInOrder(lines.slice(0, 10), ["Joe", "Ann"]);
  await assertNoTimers(time);
});

Deno.test("fan_in stops its talkers when a listener fails", async () => {
  using time = new FakeTime();
  const error = new Error("deaf");
  const heard = fanIn.main(10, 100, failing(2, error));
  await assertRejects(() => finish(time, heard), Error, "deaf");
  await assertNoTimers(time);
});

Deno.test("talk_select tells who spoke, and that each has left", async () => {
  using time = new FakeTime();
  const { lines, print } = printer();
  await finish(time, talkSelect.main([10, 30], [20], print));
  assertEquals(lines, [
    "Joe 1",
    "Ann 1",
    "(ann has left)",
    "Joe 2",
    "(joe has left)",
    "You have both left; so do I.",
  ]);
  await assertNoTimers(time);
});

Deno.test("talk_select stops its talkers when a listener fails", async () => {
  using time = new FakeTime();
  const heard = talkSelect.main([10, 30], [20], failing(1, new Error("deaf")));
  await assertRejects(() => finish(time, heard), Error, "deaf");
  await assertNoTimers(time);
});

Deno.test("daisy_chain passes a number through 10,000 tasks", async () => {
  const { lines, print } = printer();
  await daisyChain.main(10_000, print);
  assertEquals(lines, ["10001"]);
});

Deno.test("daisy_chain closes its last channel as its first was closed", async () => {
  const error = new Error("broken");
  for (const reason of [[], [error]]) {
    const first = new Channel<number>();
    const last = daisyChain.chain(first, 100);
    first.close(...reason as [error?: unknown]);
    const caught = await last.receive().catch((reason) => reason);
    assert(
      reason.length ? caught === error : caught instanceof ChannelClosedError,
    );
  }
});

for (const names of [["Joe"], ["Joe", "Ann", "Sue"]]) {
  Deno.test(`quit_channel hears a goodbye and no further word once it has quit (${names.length})`, async () => {
    for (let run = 0; run < 50; run++) { // select picks at random
      const { lines, print } = printer();
      await quitChannel.main(6, names, print);
      assertInOrder(lines.slice(0, 6), names);
      assertEquals(
        lines.slice(6).sort(),
        names.map((name) => `${name} says goodbye`).sort(),
      );
    }
  });
}

Deno.test("quit_channel ends when the listener fails", async () => {
  for (const nth of [1, 5, 6, 7]) { // before and after the quit
    const heard = quitChannel.main(5, ["Joe", "Ann"], failing(nth, "deaf"));
    assertEquals(await heard.catch((reason) => reason), "deaf");
  }
});
