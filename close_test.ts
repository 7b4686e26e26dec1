// close_test.ts: closing (group E of the cases; case 58 of group F reads in the same ways).

import {
  assert,
  assertEquals,
  assertFalse,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
} from "@std/assert";
import {
  CountedController,
  filled,
  isPending,
  reasonOf,
  SettleLog,
  tick,
  unhandledIn,
} from "./_testing.ts";
import { Channel, ChannelClosedError } from "./channel.ts";
import { select } from "./select.ts";

const CAPACITIES = [0, 1, 3, Infinity];
const REASONS = [new Error("reason"), "reason", 0, null];
const END = Symbol("end");

type MaybePromise<T> = T | Promise<T>;

function endOf(error: unknown): typeof END {
  assertInstanceOf(error, ChannelClosedError);
  assertFalse("value" in error);
  return END;
}

/** One value, or END after a plain close, by each way of reading. */
const READERS: Record<
  string,
  (channel: Channel<number>) => MaybePromise<number | typeof END>
> = {
  receive: (channel) => channel.receive().catch(endOf),
  tryReceive: (channel) => {
    const result = channel.tryReceive();
    if (result.state === "ok") return result.value;
    assertEquals(result.state, "closed");
    return END;
  },
  receiveNow: (channel) => {
    try {
      return channel.receiveNow();
    } catch (error) {
      return endOf(error);
    }
  },
  receiveMany: (channel) =>
    channel.receiveMany(1).then(([value]) => value!, endOf),
  iteration: async (channel) => {
    for await (const value of channel) return value;
    return END;
  },
  batches: async (channel) => {
    for await (const [value] of channel.batches(1)) return value!;
    return END;
  },
  "select of one case": async (channel) => {
    const { state, value } = await select([channel]) as {
      state: string;
      value: number;
    };
    return state === "ok" ? value : END;
  },
  "select beside an idle case": async (channel) => {
    const result = await select({ idle: new Channel<number>(), channel });
    assertEquals(result.key, "channel");
    return result.state === "ok" ? result.value : END;
  },
};

Deno.test("Channel.close() closes at once (case 38)", () => {
  const channel = new Channel();
  assertFalse(channel.closed);
  assertStrictEquals(channel.close(), undefined);
  assert(channel.closed);
});

Deno.test("Channel.close() does nothing the second time (case 39)", async () => {
  for (const wait of ["send", "receive"] as const) {
    const channel = new Channel<number>();
    const waiting = [1, 2].map((i) => reasonOf(channel[wait](i as never)));
    channel.close();
    channel.close();
    for (const error of await Promise.all(waiting)) {
      assertInstanceOf(error, ChannelClosedError);
    }
  }
});

Deno.test("Channel.close() keeps the first reason (case 40)", async () => {
  const plain = new Channel();
  plain.close();
  plain.close("late");
  assertInstanceOf(await reasonOf(plain.receive()), ChannelClosedError);
  assertEquals((await plain.values().next()).done, true);
  const reasoned = new Channel();
  reasoned.close("first");
  reasoned.close("late");
  reasoned.close();
  assertEquals(await reasonOf(reasoned.receive()), "first");
});

for (const capacity of CAPACITIES) {
  Deno.test(`Channel.send() gives the value back once closed (case 41, capacity ${capacity})`, async () => {
    const channel = new Channel<object>(capacity);
    channel.close();
    const value = {};
    const error = await assertRejects(
      () => channel.send(value),
      ChannelClosedError,
    );
    assertStrictEquals(error.value, value);
    assertEquals([channel.size, channel.stats().waitingSenders], [0, 0]);
  });
}

for (const [name, read] of Object.entries(READERS)) {
  for (const capacity of [3, Infinity]) {
    Deno.test(`Channel.close() lets receivers drain the buffer (cases 42 and 43, ${name}, capacity ${capacity})`, async () => {
      const channel = filled(capacity, 1, 2, 3);
      channel.close();
      const seen = [];
      for (let i = 0; i < 7; i++) seen.push(await read(channel));
      assertEquals(seen, [1, 2, 3, END, END, END, END]);
    });
  }

  Deno.test(`Channel.join() resolves after the last value (case 58, ${name})`, async () => {
    const channel = filled(2, 1, 2);
    channel.close();
    const joined = channel.join();
    assert(await isPending(joined));
    assertEquals(await read(channel), 1);
    assert(await isPending(joined));
    assertFalse(channel.drained);
    assertEquals(await read(channel), 2);
    assert(channel.drained);
    await joined;
  });
}

for (const capacity of CAPACITIES) {
  Deno.test(`Channel.close() rejects the waiting receivers in order (case 44, capacity ${capacity})`, async () => {
    const channel = new Channel<number>(capacity);
    const log = new SettleLog();
    for (const name of "abcde") log.add(name, channel.receive());
    channel.close();
    await tick();
    assertEquals(
      log.entries,
      [..."abcde"].map((name) => `${name}!ChannelClosedError`),
    );
  });
}

for (const capacity of [0, 1, 3]) {
  Deno.test(`Channel.close() gives the waiting senders their values back in order (case 45, capacity ${capacity})`, async () => {
    const buffered = Array.from({ length: capacity }, (_, i) => `kept ${i}`);
    const channel = filled(capacity, ...buffered);
    const refused: unknown[] = [];
    for (const value of ["a", "b", "c"]) {
      channel.send(value).catch((error) => refused.push(error.value));
    }
    channel.close();
    await tick();
    assertEquals(refused, ["a", "b", "c"]);
    assertEquals(channel.drain(), buffered);
    assertEquals(channel.tryReceive(), { state: "closed" });
  });
}

for (const reason of [...REASONS, undefined]) {
  Deno.test(`Channel.close(reason) reaches every receiver as it is (cases 47 and 48, ${reason})`, async () => {
    const channel = new Channel<number>();
    const waiting = [
      channel.receive(),
      channel.receiveMany(),
      channel.values().next(),
      channel.batches().next(),
    ].map(reasonOf);
    channel.close(reason);
    const later = [
      channel.receive(),
      channel.receiveMany(),
      channel.values().next(),
      channel.batches().next(),
      Promise.resolve().then(() => channel.receiveNow()),
    ].map(reasonOf);
    for (const got of await Promise.all([...waiting, ...later])) {
      assertStrictEquals(got, reason);
    }
  });

  Deno.test(`Channel.close(reason) tells senders that it is closed (case 49, ${reason})`, async () => {
    const channel = new Channel<string>();
    const waiting = channel.send("waiting");
    channel.close(reason);
    for (
      const [sent, value] of [[waiting, "waiting"], [
        channel.send("later"),
        "later",
      ]]
    ) {
      const error = await reasonOf(sent as Promise<void>);
      assertInstanceOf(error, ChannelClosedError);
      assertEquals(error.value, value);
    }
  });
}

Deno.test("ChannelClosedError has a value only if it comes from a send (case 51)", async () => {
  const channel = new Channel<undefined>();
  const errors = [channel.send(undefined), channel.send(undefined)].map(
    reasonOf,
  );
  channel.close();
  errors.push(reasonOf(channel.send(undefined)));
  for (const error of await Promise.all(errors)) {
    assert("value" in (error as Error));
  }
  assertFalse("value" in (await reasonOf(channel.receive()) as Error));
});

Deno.test("Channel.close() within a loop lets it drain and end (case 52)", async () => {
  const channel = filled(3, 1, 2, 3);
  const seen: number[] = [];
  for await (const value of channel) {
    seen.push(value);
    channel.close();
  }
  assertEquals(seen, [1, 2, 3]);
});

Deno.test("Channel is closed by using and await using (case 54)", async () => {
  const channels: Channel<number>[] = [];
  {
    using first = filled(1, 1);
    await using second = filled(1, 2);
    channels.push(first, second);
    assertFalse(first.closed || second.closed);
  }
  assertEquals(channels.map((channel) => channel.closed), [true, true]);
  assertEquals(channels.map((channel) => channel.receiveNow()), [1, 2]);
});

Deno.test("Channel.close() leaves a send that nobody watches unhandled, once (case 55)", async () => {
  const sendAndClose = (handled: boolean) => {
    const channel = new Channel<number>();
    const sent = channel.send(1);
    if (handled) sent.catch(() => {});
    channel.close();
  };
  const [error, ...others] = await unhandledIn(() => sendAndClose(false));
  assertInstanceOf(error, ChannelClosedError);
  assertEquals([error.value, others], [1, []]);
  assertEquals(await unhandledIn(() => sendAndClose(true)), []);
});

Deno.test("Channel.close() leaves no listener on the signals of those who waited", async () => {
  const controller = new CountedController();
  const { signal } = controller;
  const buffered = filled(1, 1);
  const unbuffered = new Channel<number>();
  const waiting = [
    buffered.send(2, { signal }),
    unbuffered.receive({ signal }),
    unbuffered.receiveMany(2, { signal }),
    unbuffered.values({ signal }).next(),
  ].map((promise) => promise.catch(() => {}));
  const joined = unbuffered.join({ signal });
  assertEquals(controller.listeners, 1);
  buffered.close();
  unbuffered.close();
  await Promise.all([...waiting, joined]);
  await tick();
  assertEquals([controller.added, controller.listeners], [1, 0]);
});
