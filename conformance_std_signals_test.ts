// conformance_std_signals_test.ts: as conformance_std_test.ts: signals, types, and what differs on purpose.

import {
  assertEquals,
  assertFalse,
  assertInstanceOf,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import type * as std from "@std/async/channel";
import { assertType, type IsExact } from "@std/testing/types";
import { isPending, reasonOf, SettleLog, tick } from "./_testing.ts";
import * as sluice from "./mod.ts";
import type { Implementation, StdChannel } from "./_std_testing.ts";
import { OURS, THEIRS } from "./_std_testing.ts";

/** A test that both have to pass. */
function test(
  name: string,
  run: (implementation: Implementation) => void | Promise<void>,
): void {
  for (const implementation of [OURS, THEIRS]) {
    Deno.test(`${implementation.name}: ${name}`, () => run(implementation));
  }
}

test("a signal that is aborted already rejects what would wait", async ({ Channel }) => {
  const signal = AbortSignal.abort("stop");
  const channel = new Channel<number>();
  assertEquals(await reasonOf(channel.send(1, { signal })), "stop");
  assertEquals(await reasonOf(channel.receive({ signal })), "stop");
  assertFalse(channel.closed);
  assertEquals(channel.tryReceive(), { state: "empty" });
  assertFalse(channel.trySend(2));
});

test("a signal rejects what waits with its reason", async ({ Channel }) => {
  for (const act of ["send", "receive"] as const) {
    const channel = new Channel<number>();
    const controller = new AbortController();
    const { signal } = controller;
    const waiting = act === "send"
      ? channel.send(1, { signal })
      : channel.receive({ signal });
    const reason = new Error("stop");
    controller.abort(reason);
    assertStrictEquals(await reasonOf(waiting), reason);
  }
});

test("a signal that aborts too late changes nothing", async ({ Channel }) => {
  const controller = new AbortController();
  const { signal } = controller;
  const channel = new Channel<number>({ capacity: 1 });
  const early = channel.receive({ signal });
  await channel.send(1, { signal });
  await channel.send(2, { signal });
  const late = channel.send(3, { signal });
  const received = [channel.receive({ signal }), channel.receive({ signal })];
  controller.abort("stop");
  await late;
  assertEquals(await Promise.all([early, ...received]), [1, 2, 3]);
  assertFalse(channel.closed);
});

test("close() reaches those who wait with a signal", async ({ Channel, ChannelClosedError }) => {
  const { signal } = new AbortController();
  const [one, other] = [new Channel<number>(), new Channel<number>()];
  const errors = [one.send(1, { signal }), other.receive({ signal })].map(
    reasonOf,
  );
  one.close();
  other.close();
  const [sendError, receiveError] = await Promise.all(errors);
  assertInstanceOf(sendError, ChannelClosedError);
  assertEquals(sendError.value, 1);
  assertInstanceOf(receiveError, ChannelClosedError);
});

test("an aborted sender is passed over, wherever it stood", async ({ Channel }) => {
  for (const aborted of [0, 1, 2]) {
    const channel = new Channel<number>();
    const controller = new AbortController();
    const { signal } = controller;
    const log = new SettleLog();
    for (const i of [0, 1, 2]) {
      log.add(`${i}`, channel.send(i, i === aborted ? { signal } : {}));
    }
    controller.abort("stop");
    const others = [0, 1, 2].filter((i) => i !== aborted);
    for (const i of others) assertEquals(await channel.receive(), i);
    await tick();
    assertEquals(log.entries, [`${aborted}!stop`, ...others.map(String)]);
  }
});

test("an aborted receiver is passed over, wherever it stood", async ({ Channel }) => {
  for (const aborted of [0, 1, 2]) {
    const channel = new Channel<string>();
    const controller = new AbortController();
    const { signal } = controller;
    const log = new SettleLog();
    for (const i of [0, 1, 2]) {
      log.add(`${i}`, channel.receive(i === aborted ? { signal } : {}));
    }
    controller.abort("stop");
    for (const value of ["a", "b"]) await channel.send(value);
    await tick();
    const [first, second] = [0, 1, 2].filter((i) => i !== aborted);
    assertEquals(log.entries, [
      `${aborted}!stop`,
      `${first}=a`,
      `${second}=b`,
    ]);
  }
});

test("close() has nothing to tell those who were aborted", async ({ Channel, ChannelClosedError }) => {
  for (const act of ["send", "receive"] as const) {
    const channel = new Channel<number>();
    const controller = new AbortController();
    const { signal } = controller;
    const aborted = reasonOf(
      act === "send"
        ? channel.send(1, { signal })
        : channel.receive({ signal }),
    );
    const other = reasonOf(
      act === "send" ? channel.send(2) : channel.receive(),
    );
    controller.abort("stop");
    channel.close();
    assertEquals(await aborted, "stop");
    assertInstanceOf(await other, ChannelClosedError);
  }
});

Deno.test("[≠std] Channel() takes capacity Infinity; std throws a RangeError", () => {
  assertEquals(new OURS.Channel({ capacity: Infinity }).capacity, Infinity);
  assertThrows(() => new THEIRS.Channel({ capacity: Infinity }), RangeError);
});

/** What an operation with an aborted signal comes to, and what is left in the channel. */
const ABORTED: Record<
  string,
  (implementation: Implementation) => Promise<unknown[]>
> = {
  "a value that is ready": async ({ Channel }) => {
    const channel = new Channel<number>({ capacity: 1 });
    await channel.send(1);
    return [
      await channel.receive({ signal: STOP }).catch((error) => error),
      channel.size,
    ];
  },
  "a sender that waits": async ({ Channel }) => {
    const channel = new Channel<number>();
    channel.send(1);
    return [
      await channel.receive({ signal: STOP }).catch((error) => error),
      channel.tryReceive().state,
    ];
  },
  "room in the buffer": async ({ Channel }) => {
    const channel = new Channel<number>({ capacity: 1 });
    return [
      await channel.send(1, { signal: STOP }).catch((error) => error),
      channel.size,
    ];
  },
  "a receiver that waits": async ({ Channel }) => {
    const channel = new Channel<number>();
    const received = channel.receive();
    return [
      await channel.send(1, { signal: STOP }).catch((error) => error),
      await isPending(received),
    ];
  },
  "a closed channel": async ({ Channel }) => {
    const channel = new Channel<number>();
    channel.close("closed");
    return [
      await channel.send(1, { signal: STOP }).catch((error) =>
        error?.name ?? error
      ),
      await channel.receive({ signal: STOP }).catch((error) => error),
    ];
  },
};
const STOP = AbortSignal.abort("stop");
const OUTCOMES: Record<string, { ours: unknown[]; theirs: unknown[] }> = {
  "a value that is ready": { ours: ["stop", 1], theirs: [1, 0] },
  "a sender that waits": { ours: ["stop", "ok"], theirs: [1, "empty"] },
  "room in the buffer": { ours: ["stop", 0], theirs: [undefined, 1] },
  "a receiver that waits": { ours: ["stop", true], theirs: [undefined, false] },
  "a closed channel": {
    ours: ["stop", "stop"],
    theirs: ["ChannelClosedError", "closed"],
  },
};

for (const [name, run] of Object.entries(ABORTED)) {
  Deno.test(`[≠std] an aborted signal wins over ${name}; std ignores the signal`, async () => {
    const { ours, theirs } = OUTCOMES[name]!;
    assertEquals(await run(OURS), ours);
    assertEquals(await run(THEIRS), theirs);
  });
}

Deno.test("functions typed for @std/async take our types", async () => {
  const make = (options: std.ChannelOptions): StdChannel<number> =>
    new sluice.Channel(options);
  const send = (channel: StdChannel<number>, options: std.ChannelSendOptions) =>
    channel.send(1, options);
  const receive = (
    channel: StdChannel<number>,
    options: std.ChannelReceiveOptions,
  ) => channel.receive(options);
  const state = (result: std.ChannelReceiveResult<number>): string =>
    result.state;

  // `null`, which std's types leave out, is one more way to say that there is no signal.
  type Given<O extends sluice.ChannelWaitOptions> = {
    signal?: NonNullable<O["signal"]>;
  };
  const options: sluice.ChannelOptions<number> = { capacity: 1 };
  const sendOptions: Given<sluice.ChannelSendOptions> = {};
  const receiveOptions: Given<sluice.ChannelReceiveOptions> = {};

  const channel = make(options);
  await send(channel, sendOptions);
  assertEquals(await receive(channel, receiveOptions), 1);
  const result: sluice.ChannelReceiveResult<number> = channel.tryReceive();
  assertEquals(state(result), "empty");
});

Deno.test("our types take those of @std/async", () => {
  assertType<
    IsExact<
      sluice.ChannelReceiveResult<string>,
      std.ChannelReceiveResult<string>
    >
  >(true);
  const options: std.ChannelOptions = { capacity: 1 };
  const sendOptions: std.ChannelSendOptions = {};
  const receiveOptions: std.ChannelReceiveOptions = {};
  const ours: [
    sluice.ChannelOptions<number>,
    sluice.ChannelSendOptions,
    sluice.ChannelReceiveOptions,
  ] = [
    options,
    sendOptions,
    receiveOptions,
  ];
  assertEquals(ours, [{ capacity: 1 }, {}, {}]);
});
