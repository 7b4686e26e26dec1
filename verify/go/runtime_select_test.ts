// runtime_select_test.ts: what Go's runtime/chan_test.go asks of select:
// TestNonblockRecvRace, TestNonblockSelectRace and its second form,
// TestSelfSelect, TestSelectStress, TestSelectFairness, TestSelectDuplicateChannel,
// TestChanSendInterface and TestPseudoRandomSend.

import { assert, assertEquals } from "@std/assert";
import { Channel, select, sending, trySelect } from "../../mod.ts";
import { assertAtRest, holding, tick } from "../../_testing.ts";
import { numbered, pass, together } from "./_tasks.ts";

const TRIALS = 10_000;
/** A share of `TRIALS` is off by more once in a million runs. */
const margin = (share: number): number =>
  4.891676 * Math.sqrt(share * (1 - share) / TRIALS);

function assertShare(count: number, share: number): void {
  const found = count / TRIALS;
  assert(Math.abs(found - share) <= margin(share), `${found}, not ${share}`);
}

Deno.test("trySelect() finds the buffered value while the channel is being closed", async () => {
  let found = 0;
  for (let i = 0; i < TRIALS; i++) {
    const channel = holding(1);
    const close = async () => {
      await pass(i & 1);
      channel.close();
      await pass(i >> 1 & 1);
      // The value, if it is early; else the end.
      return channel.tryReceive().state;
    };
    const look = async () => {
      await pass(i >> 2 & 3);
      const result = trySelect([channel]);
      assert(result !== undefined);
      return result.state;
    };
    const states = await Promise.all([close(), look()]);
    assertEquals(states.toSorted(), ["closed", "ok"]);
    if (states[1] === "ok") found++;
  }
  assert(found > 0 && found < TRIALS, `${found} times`);
});

for (const closes of [false, true]) {
  const how = closes ? "by closing" : "by a value";
  Deno.test(`trySelect() sees one moment: one channel becomes ready, ${how}, before the other ceases to be (case 103)`, async () => {
    const first = { taken: 0, left: 0 };
    for (let i = 0; i < TRIALS; i++) {
      const [a, b] = [holding(1), new Channel<number>(closes ? 0 : 1)];
      const move = async () => {
        await pass(i & 3);
        if (closes) b.close();
        else b.sendNow(2);
        await pass(i >> 2 & 3);
        trySelect([a]);
      };
      const look = async () => {
        await pass(i >> 4 & 7);
        const result = trySelect([a, b]);
        assert(result !== undefined, `trial ${i}: nothing is ready`);
        if (result.key === 0) first.taken++;
        else first.left++;
      };
      await Promise.all([move(), look()]);
    }
    assert(first.taken > 0 && first.left > 0);
  });
}

for (const capacity of [0, 10]) {
  Deno.test(`select() both ways on one channel: two tasks come to an end and none meets itself (capacity ${capacity}, case 112)`, async () => {
    const channel = new Channel<number>(capacity);
    let [sent, received] = [0, 0];
    const choose = async (own: number) => {
      for (let i = 0; i < 1000; i++) {
        const out = sending(channel, own);
        const result = own === 0 || i % 2 === 0
          ? await select({ out, in: channel })
          : await select({ in: channel, out });
        assert(result.state === "ok");
        if (result.key === "out") {
          sent++;
        } else {
          received++;
          if (capacity === 0) assertEquals(result.value, 1 - own);
        }
      }
    };
    await together(numbered("task", 2, choose));
    assertEquals(sent + received, 2000);
    assertEquals(sent - received, channel.size);
    assertAtRest(channel);
  });
}

Deno.test("select() as sender and as receiver among plain ones: every value arrives once (case 129)", async () => {
  const count = 10_000; // for each task and channel
  const channels = [0, 0, 2, 3].map((capacity) =>
    new Channel<number>(capacity)
  );
  const arrived = channels.map(() => new Uint8Array(2 * count));
  // Plain senders send the even numbers, the select the odd ones.
  const send = async (index: number) => {
    for (let i = 0; i < count; i++) await channels[index]!.send(2 * i);
  };
  const receive = async (index: number) => {
    for (let i = 0; i < count; i++) {
      arrived[index]![await channels[index]!.receive()]!++;
    }
  };
  const sendAny = async () => {
    const sent = channels.map(() => 0);
    for (let i = 0; i < 4 * count; i++) {
      const cases = [3, 2, 0, 1].map((k) =>
        sending(sent[k]! < count && channels[k], 2 * sent[k]! + 1)
      );
      sent[[3, 2, 0, 1][(await select(cases)).key]!]!++;
    }
    assertEquals(sent, [count, count, count, count]);
  };
  const receiveAny = async () => {
    const received = channels.map(() => 0);
    for (let i = 0; i < 4 * count; i++) {
      const cases = channels.map((one, k) => received[k]! < count ? one : null);
      const result = await select(cases);
      assert(result.state === "ok");
      received[result.key]!++;
      arrived[result.key]![result.value]!++;
    }
    assertEquals(received, [count, count, count, count]);
  };
  await together({
    ...numbered("sender", 4, send),
    ...numbered("receiver", 4, receive),
    "select that sends": sendAny,
    "select that receives": receiveAny,
  });
  for (const times of arrived) assert(times.every((n) => n === 1));
  assertEquals(channels.map((one) => one.size), [0, 0, 0, 0]);
  assertAtRest(...channels);
});

Deno.test("select() takes from two ready channels equally often, among idle ones (case 114)", async () => {
  const full = (value: number) =>
    holding(...Array.from({ length: TRIALS + 1 }, () => value));
  const [one, two] = [full(1), full(2)];
  const idle = [new Channel<number>(), new Channel<number>()] as const;
  const out = new Channel<number>();
  const done = new Channel<void>();
  const choose = async () => {
    while (true) {
      const taken = await select([...idle, one, two]);
      assert(taken.state === "ok");
      const { key } = await select({ out: sending(out, taken.value), done });
      if (key === "done") return;
    }
  };
  const counts = [0, 0, 0];
  const count = async () => {
    for (let i = 0; i < TRIALS; i++) counts[await out.receive()]!++;
    done.close();
  };
  await together({ choose, count });
  assertEquals(counts[1]! + counts[2]!, TRIALS);
  assertShare(counts[1]!, 1 / 2);
  assertAtRest(...idle, one, two, out, done);
});

for (const order of [[0, 0, 1], [0, 1, 0], [1, 0, 0]] as const) {
  Deno.test(`select() gives a channel that is there twice twice the share (order ${order}, case 116)`, async () => {
    const channels = [0, 1].map((value) =>
      holding(...Array.from({ length: TRIALS }, () => value))
    );
    const cases = order.map((index) => channels[index]!);
    let first = 0;
    for (let i = 0; i < TRIALS; i++) {
      const result = await select(cases);
      assert(result.state === "ok");
      assertEquals(result.value, order[result.key]);
      if (result.value === 0) first++;
    }
    assertShare(first, 2 / 3);
  });
}

// Go's program has its select won by the third case only.
for (const winner of ["c", "d"] as const) {
  Deno.test(`select() that waits twice on one channel leaves it at once for those behind (${winner} wins)`, async () => {
    const [c, d] = [new Channel<number>(), new Channel<number>()];
    const end = new Channel<number>();
    const received: string[] = [];
    const choose = async () => {
      const result = await select([c, c, d]);
      assert(result.state === "ok");
      received.push(`select: ${result.value}`);
      await end.send(9);
    };
    const wait = async () => {
      received.push(`receive: ${await c.receive()}`);
    };
    const wake = async () => {
      await tick();
      assertEquals(c.stats().waitingReceivers, 3);
      await (winner === "c" ? c : d).send(7);
      assertEquals([c, d].map((one) => one.stats().waitingReceivers), [1, 0]);
      assertEquals(await end.receive(), 9);
      await c.send(8);
    };
    await together({ choose, wait, wake });
    assertEquals(received, ["select: 7", "receive: 8"]);
    assertAtRest(c, d, end);
  });
}

Deno.test("trySelect() with objects to send sends nothing to a full channel", async () => {
  const [first, second] = [{}, {}];
  const channel = new Channel<object>(1);
  await channel.send(first);
  assertEquals(trySelect([sending(channel, first)]), undefined);
  assertEquals(
    trySelect([sending(channel, first), sending(channel, second)]),
    undefined,
  );
  assertEquals(channel.size, 1);
  assert(await channel.receive() === first);
  const result = trySelect([sending(channel, first), sending(channel, second)]);
  assert(channel.receiveNow() === [first, second][result!.key]);
});

for (const capacity of [0, 100]) {
  Deno.test(`select() between two sends on one channel sends both values, at random (capacity ${capacity})`, async () => {
    const count = 100;
    const channel = new Channel<number>(capacity);
    const values: number[] = [];
    const receive = async () => {
      while (values.length < count) {
        await pass();
        values.push(await channel.receive());
      }
    };
    const sent: number[] = [];
    const send = async () => {
      for (let i = 0; i < count; i++) {
        const cases = [sending(channel, 0), sending(channel, 1)];
        sent.push((await select(cases)).key);
      }
    };
    await together({ receive, send });
    assertEquals(values, sent);
    const ones = values.reduce((sum, value) => sum + value);
    assert(ones > count / 10 && count - ones > count / 10, `${ones} ones`);
    assertAtRest(channel);
  });
}
