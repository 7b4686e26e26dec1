// sendstmt_test.ts: answers to Go's test/chan/sendstmt.go.
//
// What a send is given may itself be a receive or a longer expression. Go's
// program asks its parser; here it shows that channels travel through channels.

import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { Channel, select, sending, trySelect } from "../../mod.ts";
import { assertAtRest, filled } from "../../_testing.ts";

/** Each way to get the channel that a channel holds. */
const RECEIVES: Record<
  string,
  (channels: Channel<Channel<number>>) => Promise<Channel<number>>
> = {
  "receive()": (channels) => channels.receive(),
  "receiveNow()": (channels) => Promise.resolve(channels.receiveNow()),
  "tryReceive()": (channels) => {
    const result = channels.tryReceive();
    assert(result.state === "ok");
    return Promise.resolve(result.value);
  },
  "select()": async (channels) => {
    const result = await select([channels]);
    assert(result.state === "ok");
    return result.value;
  },
};

for (const [name, receive] of Object.entries(RECEIVES)) {
  Deno.test(`trySelect() sends to the channel that ${name} gives (case 150, sendstmt)`, async () => {
    const channel = new Channel<number>(1);
    const channels = filled(1, channel);
    assertEquals(
      trySelect([sending(await receive(channels), 2)]),
      { key: 0, state: "ok", value: undefined },
    );
    assertEquals(await channel.receive(), 2);
    assertAtRest(channel);
    assertAtRest(channels);
  });
}

Deno.test("Channel hands a channel over as it is (case 150, sendstmt)", async () => {
  const channels = new Channel<Channel<number>>();
  const channel = new Channel<number>();
  const received = channels.receive();
  await channels.send(channel);
  assertStrictEquals(await received, channel);
  assertAtRest(channels);
});

Deno.test("Channel.send() takes the value of an expression (case 150, sendstmt)", async () => {
  const channel = new Channel<boolean>(1);
  const no: boolean = channel.closed;
  await channel.send(no || true);
  assertStrictEquals(await channel.receive(), true);
});
