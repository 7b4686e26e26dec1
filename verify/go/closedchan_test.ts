// closedchan_test.ts: answers to Go's test/closedchan.go.
//
// Every form of receive and of send, plain and by select, on closed channels with
// and without a value left: values first, then the end, for ever; no send works.

import {
  assert,
  assertEquals,
  assertFalse,
  assertInstanceOf,
  assertStrictEquals,
} from "@std/assert";
import {
  Channel,
  ChannelClosedError,
  select,
  sending,
  trySelect,
} from "../../mod.ts";
import { closed, filled } from "../../_testing.ts";
import { mustNotWin } from "./_go.ts";

/** What Go has a zero value and `false` for. */
const END = Symbol("end");
type Outcome = number | typeof END;

/** Four forms of receive and two of send. Those that throw at once reject here. */
interface Form {
  /** Go's `<-c`, `x, ok := <-c`, and both with a `default`. */
  readonly receives:
    readonly ((channel: Channel<number>) => Promise<Outcome>)[];
  readonly send: (channel: Channel<number>, value: number) => Promise<void>;
  /** Does not wait. */
  readonly sendNow: (channel: Channel<number>, value: number) => Promise<void>;
}

function endOf(error: unknown): typeof END {
  assertInstanceOf(error, ChannelClosedError);
  assertFalse("value" in error);
  return END;
}

/** What a receive in a select came to. */
function outcomeOf(
  result: { state: "ok"; value: number } | { state: "closed"; reason: unknown },
): Outcome {
  if (result.state === "ok") return result.value;
  assertEquals(result.reason, undefined);
  return END;
}

const PLAIN: Form = {
  receives: [
    (channel) => channel.receive().catch(endOf),
    async (channel) => {
      const { value, done } = await channel.values().next();
      return done ? END : value;
    },
    async (channel) => {
      try {
        return await channel.receiveNow();
      } catch (error) {
        return endOf(error);
      }
    },
    (channel) => {
      const result = channel.tryReceive();
      assert(result.state !== "empty");
      return Promise.resolve(result.state === "ok" ? result.value : END);
    },
  ],
  send: (channel, value) => channel.send(value),
  sendNow: async (channel, value) => await channel.sendNow(value),
};

const SELECT: Form = {
  receives: [
    async (channel) => outcomeOf(await select([channel])),
    async (channel) => outcomeOf(await select({ channel })),
    async (channel) => outcomeOf(await trySelect([channel])!),
    async (channel) => outcomeOf(await trySelect({ channel })!),
  ],
  send: async (channel, value) => {
    await select([sending(channel, value)]);
  },
  sendNow: async (channel, value) => {
    await trySelect([sending(channel, value)]);
  },
};

/** Nobody ever sends to it. */
const dummy = new Channel<boolean>();

const LARGER_SELECT: Form = {
  receives: [
    async (channel) => {
      const result = await select([dummy, channel]);
      return result.key === 1 ? outcomeOf(result) : mustNotWin(result);
    },
    async (channel) => {
      const result = await select({ dummy, channel });
      return result.key === "channel" ? outcomeOf(result) : mustNotWin(result);
    },
    async (channel) => {
      const result = await trySelect([dummy, channel])!;
      return result.key === 1 ? outcomeOf(result) : mustNotWin(result);
    },
    async (channel) => {
      const result = await trySelect({ channel, dummy })!;
      return result.key === "channel" ? outcomeOf(result) : mustNotWin(result);
    },
  ],
  send: async (channel, value) => {
    const result = await select({ channel: sending(channel, value), dummy });
    if (result.key === "dummy") mustNotWin(result);
  },
  sendNow: async (channel, value) => {
    const result = await trySelect([dummy, sending(channel, value)])!;
    if (result.key === 0) mustNotWin(result);
  },
};

const FORMS = { plain: PLAIN, select: SELECT, "larger select": LARGER_SELECT };

/** Sending fails and gives the value back, and nothing of it is ever received. */
async function assertRefuses(
  channel: Channel<number>,
  send: Form["send"],
  value: number,
) {
  const error = await send(channel, value).catch((error) => error);
  assertInstanceOf(error, ChannelClosedError);
  assertStrictEquals(error.value, value);
}

/** On a channel that is closed and holds nothing. */
async function assertEnded(channel: Channel<number>, form: Form) {
  for (let i = 0; i < 3; i++) {
    for (const receive of form.receives) {
      assertEquals(await receive(channel), END);
    }
  }
  const [receive] = form.receives;
  await assertRefuses(channel, form.sendNow, 1);
  assertEquals(await receive!(channel), END);
  await assertRefuses(channel, form.send, 2);
  assertEquals(await receive!(channel), END);
  assertFalse(channel.trySend(3));
  assertEquals([channel.size, dummy.stats().waitingReceivers], [0, 0]);
}

for (const [name, form] of Object.entries(FORMS)) {
  Deno.test(`close() of an unbuffered channel ends it (cases 42 and 43, closedchan, ${name})`, async () => {
    await assertEnded(closed(), form);
  });

  for (const [i, receive] of form.receives.entries()) {
    Deno.test(`close() of a buffered channel leaves its value (cases 42 and 43, closedchan, ${name}, form ${i + 1})`, async () => {
      const channel = filled(2, 1);
      channel.close();
      assertEquals(await receive(channel), 1);
      await assertEnded(channel, form);
    });
  }
}

// Go panics at the second close, and at one of a nil channel. Ours does nothing the
// second time; null has no methods.
Deno.test("close() does nothing the second time (case 39, closedchan)", async () => {
  const channel = filled(2, 1);
  channel.close();
  const before = channel.stats();
  channel.close();
  channel.close("late");
  assertEquals(channel.stats(), before);
  assertEquals(await channel.receive(), 1);
  for (const form of Object.values(FORMS)) await assertEnded(channel, form);
});
