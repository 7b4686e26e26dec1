// i_select.ts: acceptance cases 100 to 125: one select at a time.

import {
  assert,
  assertEquals,
  assertFalse,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import type { Channel } from "../../mod.ts";
import { isPending, reasonOf, tick } from "../../_testing.ts";
import type { Case } from "./_kit.ts";
import { beyond } from "./_kit.ts";

const TRIALS = 50;

export const cases: readonly Case[] = [
  beyond(
    ["select", "trySelect"],
    100,
    "select() takes the one receive that is ready",
    async (kit) => {
      const { select, trySelect } = kit.api;
      for (const key of ["a", "b", "c"] as const) {
        const channels = {
          a: kit.channel<string>(1),
          b: kit.channel<string>(1),
          c: kit.channel<string>(1),
        };
        const expected = { key, state: "ok", value: "value" };
        channels[key].trySend("value");
        assertEquals<unknown>(await select(channels), expected);
        channels[key].trySend("value");
        assertEquals<unknown>(trySelect(channels), expected);
        const list = [channels.a, channels.b, channels.c];
        channels[key].trySend("value");
        assertEquals((await select(list)).key, list.indexOf(channels[key]));
      }
      const [idle, sender] = [kit.channel(), kit.channel<string>()];
      const sent = sender.send("value");
      assertEquals((await select([idle, sender])).key, 1);
      await sent;
    },
  ),

  beyond(
    ["select"],
    101,
    "select() does the one send that is ready",
    async (kit) => {
      const { select, sending } = kit.api;
      const roomy = kit.channel<number>(1);
      const unbuffered = kit.channel<number>();
      const cases = { a: sending(unbuffered, 1), b: sending(roomy, 2) };
      const result = await select(cases);
      assertEquals([result.key, result.state], ["b", "ok"]);
      assertEquals(roomy.size, 1);
      const received = unbuffered.receive();
      assertEquals((await select(cases)).key, "a");
      assertEquals([await received, await roomy.receive()], [1, 2]);
    },
  ),

  beyond(
    ["trySelect"],
    102,
    "trySelect() that finds nothing leaves nothing, a million times",
    async (kit) => {
      const { trySelect, sending } = kit.api;
      const [a, b] = [kit.channel<number>(), kit.channel<number>()];
      const [empty, full] = [kit.channel<number>(1), kit.filled(1, 0)];
      const cases = { a, b: sending(b, 1), empty, full: sending(full, 1) };
      for (let i = 0; i < 1_000_000; i++) {
        if (trySelect(cases) !== undefined) throw new Error("found something");
      }
      assertFalse(a.trySend(1));
      assertEquals(b.tryReceive(), { state: "empty" });
      const sent = b.send(2);
      assertEquals(b.tryReceive(), { state: "ok", value: 2 });
      await sent;
      const received = a.receive();
      assert(a.trySend(3));
      assertEquals(await received, 3);
      assertEquals([empty.size, full.size], [0, 1]);
    },
  ),

  beyond(
    ["trySelect"],
    103,
    "trySelect() finds the case that is ready, 10,000 times",
    (kit) => {
      const { trySelect } = kit.api;
      const [idle, busy] = [kit.channel<number>(1), kit.channel<number>(1)];
      for (let value = 0; value < 10_000; value++) {
        busy.trySend(value);
        const result = trySelect(
          value % 2 === 0 ? { idle, busy } : { busy, idle },
        );
        if (result?.state !== "ok" || result.value !== value) {
          throw new Error(`trySelect() gives ${JSON.stringify(result)}`);
        }
      }
    },
  ),

  beyond(
    ["select"],
    104,
    "select() waits for its first partner, and withdraws the rest",
    async (kit) => {
      const { select, sending } = kit.api;
      for (const winner of [0, 1, 2]) {
        const channels = [0, 1, 2].map(() => kit.channel<number>());
        for (const sends of [false, true]) {
          const cases = channels.map((one, i) => sends ? sending(one, i) : one);
          const selected = select(cases);
          assert(await isPending(selected));
          const partner = channels[winner]!;
          if (sends) {
            assertEquals(partner.tryReceive(), { state: "ok", value: winner });
          } else {
            assert(partner.trySend(winner));
          }
          for (const one of channels) {
            assertFalse(one.trySend(9), "a receive is left");
            assertEquals(
              one.tryReceive(),
              { state: "empty" },
              "a send is left",
            );
          }
          assertEquals((await selected).key, winner);
        }
      }
    },
  ),

  beyond(
    ["select"],
    105,
    "A receive that loses consumes nothing",
    async (kit) => {
      for (let i = 0; i < TRIALS; i++) {
        const channels = { a: kit.filled(1, 1), b: kit.filled(1, 2) };
        const { key } = await kit.api.select(channels);
        const loser = channels[key === "a" ? "b" : "a"];
        assertEquals(channels[key].size, 0);
        assertEquals(loser.size, 1, "values left in the channel that lost");
      }
    },
  ),

  beyond(["select"], 106, "A send that loses delivers nothing", async (kit) => {
    const { select, sending } = kit.api;
    for (let i = 0; i < TRIALS; i++) {
      const channels = { a: kit.channel<number>(1), b: kit.channel<number>(1) };
      const { a, b } = channels;
      const { key } = await select({ a: sending(a, 1), b: sending(b, 2) });
      assertEquals(channels[key].size, 1);
      assertEquals(a.size + b.size, 1, "values sent by one select");
    }
  }),

  beyond(
    ["select"],
    107,
    "Of two partners in one turn only the first is served",
    async (kit) => {
      const [a, b] = [kit.channel<number>(), kit.channel<number>()];
      const selected = kit.api.select([a, b]);
      assert(a.trySend(1));
      assertFalse(
        b.trySend(2),
        "a select that was decided takes another value",
      );
      const sent = b.send(3);
      assertEquals<unknown>(await selected, { key: 0, state: "ok", value: 1 });
      assert(await isPending(sent));
      assertEquals(await b.receive(), 3);
      await sent;
    },
  ),

  beyond(["select"], 111, "A select does not pair with itself", async (kit) => {
    const { select, sending } = kit.api;
    const channel = kit.channel<number>();
    const out = sending(channel, 1);
    for (const cases of [[out, channel], [channel, out]]) {
      const controller = kit.controller();
      const selected = select(cases, { signal: controller.signal });
      assert(await isPending(selected));
      controller.abort("enough");
      assertEquals(await reasonOf(selected), "enough");
    }
  }),

  beyond(
    ["select"],
    113,
    "A select that sends meets one that receives",
    async (kit) => {
      const { select, sending } = kit.api;
      for (const first of ["sender", "receiver"]) {
        const [channel, idle] = [kit.channel<string>(), kit.channel<string>()];
        const send = () => select({ idle, out: sending(channel, "value") });
        const receive = () => select({ in: channel, idle });
        const early = first === "sender" ? send() : receive();
        const late = first === "sender" ? receive() : send();
        const results = [await early, await late];
        if (first === "sender") results.reverse();
        const [received, sent] = results;
        assertEquals<unknown>(received, {
          key: "in",
          state: "ok",
          value: "value",
        });
        assertEquals(sent!.key, "out");
      }
    },
  ),

  beyond(
    ["select"],
    119,
    "A receive from a closed channel is ready, with the reason",
    async (kit) => {
      const { select } = kit.api;
      for (const reason of [new Error("reason"), 0, undefined]) {
        const channel = kit.filled(1, 1);
        const cases = { idle: kit.channel(), channel };
        channel.close(reason);
        const closed = { key: "channel", state: "closed", reason };
        assertEquals((await select(cases)).state, "ok");
        for (let i = 0; i < 3; i++) {
          assertEquals<unknown>(await select(cases), closed);
        }
        const waiting = kit.channel();
        const selected = select({ idle: cases.idle, channel: waiting });
        waiting.close(reason);
        assertEquals<unknown>(await selected, closed);
      }
      const result = await select({ channel: kit.closed() });
      assertEquals<unknown>(result, {
        key: "channel",
        state: "closed",
        reason: undefined,
      });
    },
  ),

  beyond(
    ["select", "trySelect"],
    120,
    "A send to a closed channel rejects with its value",
    async (kit) => {
      const { select, sending, trySelect, ChannelClosedError } = kit.api;
      const value = { value: 1 };
      const idle = kit.channel<object>();
      const closed = kit.closed<object>("reason");
      const waiting = kit.channel<object>();
      const selected = select({
        receive: idle,
        send: sending(idle, value),
        waiting: sending(waiting, value),
      });
      waiting.close("reason");
      const errors = [
        await reasonOf(selected),
        await reasonOf(select({ idle, closed: sending(closed, value) })),
        assertThrows(() => trySelect([sending(closed, value)])),
      ];
      for (const error of errors) {
        assertInstanceOf(error, ChannelClosedError);
        assertStrictEquals(error.value, value);
      }
      assertFalse(idle.trySend(value), "a receive is left");
      assertEquals(idle.tryReceive(), { state: "empty" }, "a send is left");
    },
  ),

  beyond(
    ["select", "trySelect"],
    121,
    "A null case is never ready",
    async (kit) => {
      const { select, sending, trySelect } = kit.api;
      for (const none of [null, undefined, false] as const) {
        const cases = { none, send: sending<number>(none, 1) };
        assertStrictEquals(trySelect(cases), undefined);
        const controller = kit.controller();
        const selected = select(cases, { signal: controller.signal });
        assert(await isPending(selected));
        controller.abort("enough");
        assertEquals(await reasonOf(selected), "enough");
      }
      // Go's select.go: who has had a turn is set to null.
      const turns: (Channel<number> | null)[] = [1, 1].map((n) =>
        kit.channel(n)
      );
      for (const left of [2, 1]) {
        assertEquals(turns.filter((one) => one !== null).length, left);
        const cases = turns.map((one) => sending(one, 1));
        turns[trySelect(cases)!.key] = null;
      }
      assertEquals(turns, [null, null]);
    },
  ),

  beyond(
    ["select", "trySelect"],
    122,
    "Without a case there is nothing to wait for",
    async (kit) => {
      const { select, trySelect } = kit.api;
      await assertRejects(() => select([]), TypeError);
      await assertRejects(() => select({}), TypeError);
      assertStrictEquals(trySelect([]), undefined);
      assertStrictEquals(trySelect({}), undefined);
    },
  ),

  beyond(
    ["select"],
    123,
    "An aborted signal wins over a case that is ready",
    async (kit) => {
      const { select, sending } = kit.api;
      const [full, roomy] = [kit.filled(1, 1), kit.channel<number>(1)];
      const reason = { why: "enough" };
      const signal = AbortSignal.abort(reason);
      const cases = { in: full, out: sending(roomy, 2), end: kit.closed() };
      assertStrictEquals(await reasonOf(select(cases, { signal })), reason);
      assertEquals([full.size, roomy.size], [1, 0]);
    },
  ),

  beyond(["select"], 124, "An abort withdraws every case", async (kit) => {
    const channels = [0, 0, 1].map((capacity) => kit.channel<number>(capacity));
    const controller = kit.controller();
    const reason = { why: "enough" };
    const selected = kit.api.select(channels, { signal: controller.signal });
    assert(await isPending(selected));
    controller.abort(reason);
    assertStrictEquals(await reasonOf(selected), reason);
    const sent = channels.map((one) => one.trySend(1));
    assertEquals(sent, [false, false, true], "whether a receive is left");
    assertEquals(channels[2]!.size, 1);
  }),

  beyond(
    ["select"],
    125,
    "An abort after the win, in the same turn, does nothing",
    async (kit) => {
      const { select, sending } = kit.api;
      const channel = kit.channel<number>();
      for (const sends of [false, true]) {
        const controller = kit.controller();
        const cases = [
          kit.channel<number>(),
          sends ? sending(channel, 1) : channel,
        ];
        const selected = select(cases, { signal: controller.signal });
        if (sends) channel.tryReceive();
        else channel.trySend(1);
        controller.abort("late");
        assertEquals((await selected).key, 1);
        await tick();
      }
    },
  ),
];
