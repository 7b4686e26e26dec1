// g_abort.ts: acceptance cases 68 to 75 and 82 to 85: signals, for each way to wait.

import {
  assert,
  assertEquals,
  assertFalse,
  assertInstanceOf,
  assertStrictEquals,
} from "@std/assert";
import { isPending, reasonOf, tick } from "../../_testing.ts";
import type { BaseChannel, Case, Kit } from "./_kit.ts";
import { base } from "./_kit.ts";
import { receives, sends } from "./_ways.ts";

function listen(): void {}

/** What is no signal, though some of it looks like one. */
const NO_SIGNALS: readonly unknown[] = [
  new AbortController(),
  {},
  1,
  "signal",
  true,
  new EventTarget(),
  { aborted: 0, addEventListener: listen, removeEventListener: listen },
  { aborted: false, addEventListener: listen },
  { aborted: false, removeEventListener: listen },
];

type Wait = (signal?: AbortSignal | null) => Promise<unknown>;

/** Something that waits: on a channel that is empty, or full. */
interface Waiting {
  readonly way: string;
  readonly channel: BaseChannel<unknown>;
  readonly wait: Wait;
}

/** A channel for each way to wait. */
function* everyWait(kit: Kit): Generator<Waiting> {
  for (const [way, receive] of receives(kit)) {
    const channel = kit.channel<unknown>();
    yield { way, channel, wait: (signal) => receive(channel, signal) };
  }
  for (const [way, send] of sends(kit)) {
    for (const capacity of [0, 1]) {
      const channel = kit.channel<unknown>(capacity);
      if (capacity === 1) channel.trySend("there before");
      const wait: Wait = (signal) => send(channel, "sent", signal);
      yield { way: `${way}, capacity ${capacity}`, channel, wait };
    }
  }
  if (!kit.has("join")) return;
  const channel = kit.channel<unknown>();
  yield { way: "join()", channel, wait: (signal) => channel.join({ signal }) };
}

/** Fails unless a channel gives nothing but what was there before, and has no receiver. */
function assertUntouched(channel: BaseChannel<unknown>, way: string): void {
  const before = channel.capacity === 0 ? [] : ["there before"];
  const seen: unknown[] = [];
  for (let result; (result = channel.tryReceive()).state === "ok";) {
    seen.push(result.value);
  }
  assertEquals(seen, before, `${way}: received afterwards`);
  const taken = channel.capacity === 0 && channel.trySend("probe");
  assertFalse(taken, `${way}: the next value is swallowed`);
}

export const cases: readonly Case[] = [
  base(
    68,
    "An aborted signal rejects what would wait, and leaves nothing",
    async (kit) => {
      const reason = { why: "enough" };
      const signal = AbortSignal.abort(reason);
      for (const { way, channel, wait } of everyWait(kit)) {
        assertStrictEquals(await reasonOf(wait(signal)), reason, way);
        assertUntouched(channel, way);
      }
    },
  ),

  base(69, "An aborted signal wins over a value that is there", async (kit) => {
    const signal = AbortSignal.abort("enough");
    for (const [way, receive] of receives(kit)) {
      for (const capacity of kit.capacities) {
        const channel = kit.channel<unknown>(capacity);
        const sent = channel.send(1);
        const { size } = channel;
        const outcome = await receive(channel, signal).catch((error) => error);
        assertEquals(
          outcome,
          "enough",
          `${way} of a value with an aborted signal`,
        );
        assertEquals(channel.size, size);
        assertEquals(await channel.receive(), 1);
        await sent;
      }
    }
  }),

  base(
    70,
    "An aborted signal wins over room and over a receiver",
    async (kit) => {
      const signal = AbortSignal.abort("enough");
      for (const [way, send] of sends(kit)) {
        const roomy = kit.channel<unknown>(1);
        const outcome = await send(roomy, 1, signal).catch((error) => error);
        assertEquals(outcome, "enough", `${way} with an aborted signal`);
        assertEquals(roomy.size, 0, way);

        const channel = kit.channel<unknown>();
        const received = channel.receive();
        assertEquals(await reasonOf(send(channel, 1, signal)), "enough", way);
        assert(await isPending(received), way);
        assert(channel.trySend(2));
        assertEquals(await received, 2, way);
      }
    },
  ),

  base(71, "An aborted signal wins over the close", async (kit) => {
    const signal = AbortSignal.abort("enough");
    for (const reason of [[], ["reason"]]) {
      for (const { way, channel, wait } of everyWait(kit)) {
        channel.close(...reason as []);
        const outcome = await wait(signal).catch((error) => error);
        assertEquals(outcome, "enough", `${way} on a closed channel`);
      }
    }
  }),

  base(72, "An abort rejects what waits, with its reason", async (kit) => {
    for (const reason of [{ why: "enough" }, 0, undefined]) {
      for (const { way, channel, wait } of everyWait(kit)) {
        const controller = kit.controller();
        const waiting = wait(controller.signal);
        assert(await isPending(waiting), way);
        controller.abort(reason);
        const got = await reasonOf(waiting);
        assertStrictEquals(got, controller.signal.reason, way);
        if (reason === undefined) {
          assertInstanceOf(got, DOMException);
          assertEquals(got.name, "AbortError");
        }
        assertUntouched(channel, way);
      }
    }
  }),

  base(73, "An abort takes out one who waits, and no other", async (kit) => {
    for (const gone of [0, 2, 4]) {
      const left = [0, 1, 2, 3, 4].filter((i) => i !== gone);
      for (const [way, receive] of receives(kit)) {
        const channel = kit.channel<unknown>();
        const controllers = [0, 1, 2, 3, 4].map(() => kit.controller());
        const received = controllers.map(({ signal }) =>
          receive(channel, signal)
        );
        controllers[gone]!.abort("enough");
        for (const i of left) assert(channel.trySend(i), way);
        assertFalse(channel.trySend("too many"), way);
        assertEquals(await reasonOf(received[gone]!), "enough", way);
        for (const i of left) assertEquals(await received[i], i, way);
      }
      for (const [way, send] of sends(kit)) {
        const channel = kit.channel<unknown>();
        const controllers = [0, 1, 2, 3, 4].map(() => kit.controller());
        const sent = controllers.map(({ signal }, i) =>
          send(channel, i, signal)
        );
        controllers[gone]!.abort("enough");
        assertEquals(await reasonOf(sent[gone]!), "enough", way);
        for (const i of left) assertEquals(await channel.receive(), i, way);
        await Promise.all(left.map((i) => sent[i]));
      }
    }
  }),

  base(
    74,
    "An abort after the hand-over, in the same turn, does nothing",
    async (kit) => {
      for (const [way, receive] of receives(kit)) {
        const channel = kit.channel<unknown>();
        const controller = kit.controller();
        const received = receive(channel, controller.signal);
        assert(channel.trySend(1), way);
        controller.abort("late");
        assertEquals(await received, 1, way);
      }
      for (const [way, send] of sends(kit)) {
        const channel = kit.channel<unknown>();
        const controller = kit.controller();
        const sent = send(channel, 1, controller.signal);
        assertEquals(channel.tryReceive(), { state: "ok", value: 1 }, way);
        controller.abort("late");
        await sent;
      }
    },
  ),

  base(
    75,
    "A value that is sent after the abort, in the same turn, is kept",
    async (kit) => {
      for (const [way, receive] of receives(kit)) {
        for (const capacity of [0, 1]) {
          const channel = kit.channel<unknown>(capacity);
          const controller = kit.controller();
          const received = reasonOf(receive(channel, controller.signal));
          controller.abort("enough");
          const sent = channel.send(1);
          assertEquals(await received, "enough", way);
          assertEquals(await isPending(sent), capacity === 0, way);
          assertEquals(await channel.receive(), 1, way);
          await sent;
        }
      }
    },
  ),

  base(
    82,
    "What is no signal is a TypeError, and registers nothing",
    async (kit) => {
      for (const signal of NO_SIGNALS) {
        for (const { way, channel, wait } of everyWait(kit)) {
          const outcome = wait(signal as AbortSignal);
          // One that takes it for a signal may wait for ever.
          outcome.catch(() => {});
          const pending = await isPending(outcome);
          assertFalse(pending, `${way} waits with what is no signal`);
          assertInstanceOf(await reasonOf(outcome), TypeError, way);
          assertUntouched(channel, `${way} with what is no signal`);
        }
        const bad = signal as AbortSignal;
        for (const [way, receive] of receives(kit)) {
          const full = kit.filled<unknown>(1, 1);
          const error = await reasonOf(receive(full, bad));
          assertInstanceOf(error, TypeError, way);
          assertEquals(full.size, 1, way);
        }
        for (const [way, send] of sends(kit)) {
          const roomy = kit.channel<unknown>(1);
          const error = await reasonOf(send(roomy, 1, bad));
          assertInstanceOf(error, TypeError, way);
          assertEquals(roomy.size, 0, way);
        }
      }
    },
  ),

  base(83, "undefined and null mean no signal", async (kit) => {
    for (const signal of [undefined, null]) {
      for (const [way, receive] of receives(kit)) {
        const channel = kit.channel<unknown>();
        const received = receive(channel, signal);
        assert(channel.trySend(1), way);
        assertEquals(await received, 1, way);
      }
      for (const [way, send] of sends(kit)) {
        const channel = kit.channel<unknown>();
        const sent = send(channel, 1, signal);
        assertEquals(await channel.receive(), 1, way);
        await sent;
      }
    }
  }),

  base(
    85,
    "Signals of time limits and of several signals work",
    async (kit) => {
      for (const { way, channel, wait } of everyWait(kit)) {
        const error = await reasonOf(wait(AbortSignal.timeout(1)));
        assertInstanceOf(error, DOMException, way);
        assertEquals(error.name, "TimeoutError", way);
        const controller = new AbortController();
        const { signal } = new AbortController();
        const waiting = wait(AbortSignal.any([signal, controller.signal]));
        await tick();
        controller.abort("enough");
        assertEquals(await reasonOf(waiting), "enough", way);
        assertUntouched(channel, way);
      }
    },
  ),
];
