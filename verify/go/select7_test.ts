// select7_test.ts: answers to Go's test/chan/select7.go.
//
// Three ways to receive meet three ways to send: alone, as the one case of a
// select, and beside a case that is never ready.

import { assertEquals } from "@std/assert";
import type { Receiver, Sender } from "../../mod.ts";
import { Channel, select, sending } from "../../mod.ts";
import { assertAtRest, tick } from "../../_testing.ts";
import { mustNotWin } from "./_go.ts";

type Receive = (
  channel: Receiver<number>,
  idle: Receiver<number>,
) => Promise<number>;
type Send = (channel: Sender<number>, idle: Sender<number>) => Promise<void>;

/** The value of a receive that succeeded. */
function valueOf(
  result: { state: "ok"; value: number } | { state: "closed" },
): number {
  if (result.state === "closed") throw new Error("The channel is not closed");
  return result.value;
}

const RECEIVES: Record<string, Receive> = {
  "receive()": (channel) => channel.receive(),
  "select() of one receive": async (channel) =>
    valueOf(await select([channel])),
  "select() of two receives": async (channel, idle) => {
    const result = await select({ channel, idle });
    return result.key === "channel" ? valueOf(result) : mustNotWin(result);
  },
};

const SENDS: Record<string, Send> = {
  "send()": (channel) => channel.send(1),
  "select() of one send": async (channel) => {
    await select([sending(channel, 1)]);
  },
  "select() of two sends": async (channel, idle) => {
    const result = await select({
      channel: sending(channel, 1),
      idle: sending(idle, 1),
    });
    if (result.key !== "channel") mustNotWin(result);
  },
};

// In Go the receiver always waits first. Here either may, or both start in one turn.
for (const first of ["receiver", "sender", "both"]) {
  for (const [receiveName, receive] of Object.entries(RECEIVES)) {
    for (const [sendName, send] of Object.entries(SENDS)) {
      Deno.test(`${receiveName} meets ${sendName} (cases 113 and 150, select7, first: ${first})`, async () => {
        const channel = new Channel<number>();
        const receiveIdle = new Channel<number>();
        const sendIdle = new Channel<number>();
        let sent: Promise<void> | undefined;
        if (first === "sender") {
          sent = send(channel, sendIdle);
          await tick();
        }
        const received = receive(channel, receiveIdle);
        if (first === "receiver") await tick();
        sent ??= send(channel, sendIdle);
        assertEquals(await received, 1);
        await sent;
        assertAtRest(channel, receiveIdle, sendIdle);
      });
    }
  }
}
