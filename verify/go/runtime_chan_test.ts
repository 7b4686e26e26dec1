// runtime_chan_test.ts: the TestChan of Go's runtime/chan_test.go: what a channel
// must do at every capacity from 0 to 199.
//
// The channels of all capacities run side by side, so that letting them wait
// costs one tick and not two hundred.

import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  Channel,
  ChannelClosedError,
  select,
  sending,
  trySelect,
} from "../../mod.ts";
import { assertAtRest, tick } from "../../_testing.ts";
import { numbered, together } from "./_tasks.ts";

const CAPACITIES = 200;
/** Sending or receiving tasks, and how many values each handles. */
const TASKS = 4;
const SHARE = 1000;

/** A test that each capacity must pass. */
function test(
  name: string,
  body: (channel: Channel<number>, capacity: number) => Promise<void>,
): void {
  Deno.test(`${name} (capacities 0 to ${CAPACITIES - 1}, case 11)`, () =>
    together(
      numbered(
        "capacity",
        CAPACITIES,
        (capacity) => body(new Channel<number>(capacity), capacity),
      ),
    ));
}

async function fill(channel: Channel<number>): Promise<void> {
  for (let i = 0; i < channel.capacity; i++) await channel.send(i);
}

/** Receives by a select, which tells a value from the end of the channel. */
async function receiveOk(
  channel: Channel<number>,
): Promise<[value: number | undefined, ok: boolean]> {
  const result = await select([channel]);
  return result.state === "ok" ? [result.value, true] : [undefined, false];
}

test("receiving from an empty channel waits, trying to does not", async (channel) => {
  const received: string[] = [];
  const first = channel.receive().then((value) => received.push(`1: ${value}`));
  const second = receiveOk(channel).then(([value]) =>
    received.push(`2: ${value}`)
  );
  await tick();
  assertEquals(received, []);
  assertEquals(channel.tryReceive(), { state: "empty" });
  assertEquals(trySelect([channel]), undefined);
  await channel.send(10);
  await channel.send(20);
  await Promise.all([first, second]);
  assertEquals(received, ["1: 10", "2: 20"]);
  assertEquals(channel.size, 0);
  assertAtRest(channel);
});

test(
  "sending to a full channel waits, trying to does not",
  async (channel, capacity) => {
    await fill(channel);
    const sent: number[] = [];
    // Go's program has one sender: the second shows that one receive lets in one.
    const senders = [capacity, capacity + 1].map((value) =>
      channel.send(value).then(() => sent.push(value))
    );
    await tick();
    assertEquals(sent, []);
    assert(!channel.trySend(-1));
    assertEquals(trySelect([sending(channel, -1)]), undefined);
    for (const [received, sender] of senders.entries()) {
      assertEquals(await channel.receive(), received);
      assertEquals(channel.size, capacity);
      assertEquals(channel.stats().waitingSenders, 1 - received);
      await sender;
      assertEquals(sent.length, received + 1);
    }
    const rest = Array.from(Array(capacity), (_, i) => i + 2);
    assertEquals(channel.snapshot(), rest);
    assertEquals(sent, [capacity, capacity + 1]);
    assertAtRest(channel);
  },
);

test(
  "values that are buffered when the channel closes come out in order, then its end",
  async (channel, capacity) => {
    await fill(channel);
    channel.close();
    for (let i = 0; i < capacity; i++) assertEquals(await channel.receive(), i);
    await assertRejects(() => channel.receive(), ChannelClosedError);
    assertEquals(await receiveOk(channel), [undefined, false]);
    assertEquals(channel.tryReceive(), { state: "closed" });
  },
);

test("closing frees those who wait to receive", async (channel) => {
  const plain = assertRejects(() => channel.receive(), ChannelClosedError);
  const selecting = receiveOk(channel);
  await tick();
  channel.close();
  await plain;
  assertEquals(await selecting, [undefined, false]);
  assertAtRest(channel);
});

test("a hundred values come out as they went in, twice", async (channel) => {
  const send = async () => {
    for (let i = 0; i < 100; i++) await channel.send(i);
  };
  let sender = send();
  for (let i = 0; i < 100; i++) assertEquals(await channel.receive(), i);
  await sender;
  sender = send();
  for (let i = 0; i < 100; i++) {
    assertEquals(await receiveOk(channel), [i, true]);
  }
  await sender;
  assertAtRest(channel);
});

test(
  "four senders' values reach four receivers, each as often as it was sent",
  async (channel, capacity) => {
    const totals = new Uint8Array(SHARE);
    const send = async () => {
      for (let i = 0; i < SHARE; i++) await channel.send(i);
    };
    const receive = async () => {
      for (let i = 0; i < SHARE; i++) totals[await channel.receive()]!++;
    };
    await Promise.all(
      Array.from({ length: TASKS }, () => [send(), receive()]).flat(),
    );
    assert(totals.every((times) => times === TASKS), `capacity ${capacity}`);
    assertEquals(channel.size, 0);
    assertAtRest(channel);
  },
);

test(
  "size and capacity are right, empty and full",
  async (channel, capacity) => {
    assertEquals([channel.size, channel.capacity], [0, capacity]);
    await fill(channel);
    assertEquals([channel.size, channel.capacity], [capacity, capacity]);
  },
);
