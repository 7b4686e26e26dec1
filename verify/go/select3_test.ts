// select3_test.ts: answers to Go's test/chan/select3.go.
//
// What waits, what goes on and what fails: plain operations and selects over
// channels that are null, closed, empty or have room, and a select that meets itself.

import {
  assert,
  assertEquals,
  assertFalse,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
} from "@std/assert";
import {
  Channel,
  ChannelClosedError,
  select,
  sending,
  trySelect,
} from "../../mod.ts";
import {
  assertAtRest,
  closed,
  filled,
  isPending,
  reasonOf,
} from "../../_testing.ts";

/** Runs on a fresh channel; the signal ends its wait. */
type Act = (channel: Channel<number>, signal: AbortSignal) => unknown;

// Go sends to and receives from a nil channel outside of select too. Null has no
// methods; a select of that one case says the same.
const WAITS: Record<string, Act> = {
  "receive() where nothing is": (channel, signal) =>
    channel.receive({ signal }),
  "select() of a null receive": (_, signal) => select([null], { signal }),
  "select() of a null send": (_, signal) =>
    select([sending<number>(null, 7)], { signal }),
  "select() of a null receive and a null send": (_, signal) =>
    select([null, sending<number>(null, 7)], { signal }),
  "select() of a receive where nothing is": (channel, signal) =>
    select([channel], { signal }),
  // It sees itself, and must not take its own send for a partner (case 111).
  "select() of a send and a receive on one channel": (channel, signal) =>
    select([sending(channel, 1), channel], { signal }),
  "select() of a receive and a send on one channel": (channel, signal) =>
    select([channel, sending(channel, 1)], { signal }),
};

/** What goes on at once, and what it comes to. */
const GOES_ON: Record<string, [act: Act, outcome: unknown]> = {
  "send() where there is room": [() => new Channel(1).send(7), undefined],
  "trySelect() of a null receive": [() => trySelect([null]), undefined],
  "trySelect() of a null send": [
    () => trySelect([sending<number>(null, 7)]),
    undefined,
  ],
  "trySelect() of no case": [() => trySelect([]), undefined],
  "trySelect() of a send where there is room": [
    () => trySelect([sending(new Channel<number>(1), 7)]),
    { key: 0, state: "ok", value: undefined },
  ],
  "trySelect() of a receive where a value is": [
    () => trySelect([filled(1, 7)]),
    { key: 0, state: "ok", value: 7 },
  ],
  // Go receives from a closed channel in a select in three forms; so do these.
  "select() of a closed receive": [
    () => select([closed()]),
    { key: 0, state: "closed", reason: undefined },
  ],
  "select() of a closed receive by name": [
    () => select({ closed: closed() }),
    { key: "closed", state: "closed", reason: undefined },
  ],
  "select() of a closed receive, of which only the state is kept": [
    async () => (await select([closed()])).state,
    "closed",
  ],
};

const FAILS: Record<string, Act> = {
  "send() to a closed channel": () => closed<number>().send(7),
  "select() of a closed send": () => select([sending(closed<number>(), 7)]),
};

for (const [name, act] of Object.entries(WAITS)) {
  Deno.test(`${name} waits (cases 104, 111 and 121, select3)`, async () => {
    const channel = new Channel<number>();
    const controller = new AbortController();
    const reason = new Error("enough");
    const waits = act(channel, controller.signal) as Promise<unknown>;
    assert(await isPending(waits));
    controller.abort(reason);
    assertStrictEquals(await reasonOf(waits), reason);
    assertAtRest(channel);
    assertFalse(channel.trySend(1));
    assertEquals(channel.tryReceive(), { state: "empty" });
  });
}

for (const [name, [act, outcome]] of Object.entries(GOES_ON)) {
  Deno.test(`${name} goes on (cases 119 and 121, select3)`, async () => {
    const { signal } = new AbortController();
    const goesOn = Promise.resolve(act(new Channel(), signal));
    assertFalse(await isPending(goesOn));
    assertEquals(await goesOn, outcome);
  });
}

for (const [name, act] of Object.entries(FAILS)) {
  Deno.test(`${name} fails (cases 41 and 120, select3)`, async () => {
    const { signal } = new AbortController();
    const error = await reasonOf(Promise.resolve(act(new Channel(), signal)));
    assertInstanceOf(error, ChannelClosedError);
    assertEquals(error.value, 7);
  });
}

Deno.test("receive() from a closed channel never waits, ten times over (case 42, select3)", async () => {
  const channel = closed<number>();
  for (let i = 0; i < 10; i++) {
    const received = channel.receive();
    assertFalse(await isPending(received));
    await assertRejects(() => received, ChannelClosedError);
    assertEquals(channel.tryReceive(), { state: "closed" });
  }
});

// In Go it waits for ever, which no program means; there is no way to see that here.
Deno.test("select() of no case is refused (case 122, select3)", async () => {
  await assertRejects(() => select([]), TypeError);
  await assertRejects(() => select({}), TypeError);
});
