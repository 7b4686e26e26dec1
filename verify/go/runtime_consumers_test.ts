// runtime_consumers_test.ts: the programs of Go's runtime/chan_test.go and
// chanbarrier_test.go with very many values, very many channels, or garbage
// collected while tasks wait: TestMultiConsumer, TestChanSendBarrier and
// TestChanSendSelectBarrier, TestShrinkStackDuringBlockedSend,
// TestNoShrinkStackWhileParking, TestSelectStackAdjust.
//
// What the last three say of stacks has no meaning here. What is left of it:
// tasks that wait, and the values that they bring, outlive a collection even if
// nothing but the channel knows of them.

import { assert, assertEquals } from "@std/assert";
import { Channel, select, sending } from "../../mod.ts";
import { assertAtRest, tick } from "../../_testing.ts";
import { collectGarbage, numbered, pass, together } from "./_tasks.ts";

Deno.test("23 workers pass on 271,828 values, and the end of them (case 152)", async () => {
  const primes = [2, 3, 7, 11, 13, 17, 19, 23, 27, 31]; // Go's list has 27
  const workers = 23;
  const count = 271_828;
  const jobs = new Channel<number>(3 * workers);
  const results = new Channel<number>(3 * workers);
  const done = Array.from({ length: workers }, () => 0);
  let [received, sum, buffered] = [0, 0, 0];
  const work = async (index: number) => {
    for await (const value of jobs) {
      // Or all would keep the order in which they began.
      if (value === primes[index % primes.length]) await pass();
      await results.send(value);
      done[index]!++;
    }
  };
  const working = together(numbered("worker", workers, work));
  const feed = async () => {
    for (let i = 0; i < count; i++) {
      const value = primes[i % primes.length]!;
      // As fast as it can, so that the end comes while jobs are buffered.
      if (!jobs.trySend(value)) await jobs.send(value);
    }
    buffered = jobs.size;
    jobs.close();
    await working;
    results.close();
  };
  const collect = async () => {
    for await (const value of results) {
      received++;
      sum += value;
    }
  };
  await together({ workers: () => working, feed, collect });
  // 27,182 rounds of the ten, which add up to 153, and the first eight of them.
  assertEquals([received, sum], [count, 27_182 * 153 + 95]);
  assertEquals(done.reduce((total, one) => total + one), count);
  assert(Math.min(...done) > 0, `done: ${done}`);
  assert(buffered > 0);
  assert(jobs.drained && results.drained);
});

for (const selects of [false, true]) {
  const by = selects ? "select" : "send";
  Deno.test(`${by}() answers 100,000 requests, each on a channel of its own`, async () => {
    interface Answer {
      readonly to: number;
      readonly error: Error;
    }
    const ask = async (to: number): Promise<Answer> => {
      const answers = new Channel<Answer>();
      const done = new Channel<void>();
      const answer = { to, error: new Error("refused") };
      const reply = selects
        ? select({ answer: sending(answers, answer), done })
        : answers.send(answer);
      const received = await answers.receive();
      await reply;
      assertAtRest(answers, done);
      assert(received === answer);
      return received;
    };
    let answered = 0;
    await together(numbered("asker", 100, async (index) => {
      for (let i = 0; i < 1000; i++) {
        const answer = await ask(1000 * index + i);
        assert(answer.to === 1000 * index + i);
        assert(answer.error.message === "refused");
        answered++;
      }
    }));
    assertEquals(answered, 100_000);
  });
}

/** A value that is nowhere but where it was put. */
const boxed = (number: number): { number: number } => ({ number });

Deno.test("send() that waits during a collection delivers its value", async () => {
  const channel = new Channel<{ number: number }>();
  const send = async () => {
    for (let i = 0; i < 10; i++) await channel.send(boxed(i));
  };
  const receive = async () => {
    for (let i = 0; i < 10; i++) {
      await tick();
      assertEquals(channel.stats().waitingSenders, 1);
      collectGarbage();
      assertEquals(await channel.receive(), boxed(i));
    }
  };
  await together({ send, receive });
});

Deno.test("tasks that hold nothing but their channel outlive collections", async () => {
  const pairs = 20;
  const rounds = 10;
  const tasks = numbered("pair", pairs, async (index) => {
    const channel = new Channel<{ number: number }>(index % 3);
    const done = new Channel<string>();
    const send = async () => {
      for (let i = 0; i < rounds; i++) await channel.send(boxed(i));
      await done.send("sent");
    };
    const receive = async () => {
      for (let i = 0; i < rounds; i++) {
        // Every other pair's receiver is late, every other one's early.
        if (index % 2 === 0) await tick();
        assertEquals(await channel.receive(), boxed(i));
        if (index % 2 === 1) await tick();
      }
      await done.send("received");
    };
    const end = async () => {
      const ends = [await done.receive(), await done.receive()];
      assertEquals(ends.sort(), ["received", "sent"]);
    };
    await together({ send, receive, end });
  });
  const collecting = async () => {
    for (let i = 0; i < rounds; i++) {
      await tick();
      collectGarbage();
    }
  };
  await together({ ...tasks, collecting });
});

Deno.test("select() that waits during a collection wakes when a channel closes, and leaves the others' variables alone", async () => {
  const [c, d] = [new Channel<{ number: number }>(), new Channel<never>()];
  const wait = async (twice: boolean) => {
    const kept = boxed(42);
    let changed = kept;
    const result = await select({
      c,
      again: twice && c,
      d,
      dAgain: twice && d,
    });
    if (result.state === "ok") changed = result.value;
    assertEquals(result.state, "closed");
    assert(result.key === "d" || twice && result.key === "dAgain");
    assert(changed === kept);
    assertEquals(kept, boxed(42));
  };
  const close = async () => {
    await tick();
    assertEquals(c.stats().waitingReceivers, 3);
    assertEquals(d.stats().waitingReceivers, 3);
    collectGarbage();
    await tick();
    d.close();
    assertAtRest(c, d);
  };
  await together({
    once: () => wait(false),
    twice: () => wait(true),
    close,
  });
});
