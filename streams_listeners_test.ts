// streams_listeners_test.ts: what is made of a channel leaves no listener on a signal.

import { assertEquals } from "@std/assert";
import { holding, tick } from "./_testing.ts";
import { Channel } from "./mod.ts";

/** Counts the listeners on all signals while `body` runs. */
async function listenersIn(
  body: (count: () => number) => Promise<void>,
): Promise<void> {
  const { prototype } = AbortSignal;
  const { addEventListener: add, removeEventListener: remove } = prototype;
  let listeners = 0;
  const counted = (change: number, act: typeof add | typeof remove) =>
    function (this: AbortSignal, ...given: unknown[]) {
      listeners += change;
      return (act as (...given: unknown[]) => void).apply(this, given);
    };
  Object.assign(prototype, {
    addEventListener: counted(1, add),
    removeEventListener: counted(-1, remove),
  });
  try {
    await body(() => listeners);
  } finally {
    delete (prototype as Partial<AbortSignal>).addEventListener;
    delete (prototype as Partial<AbortSignal>).removeEventListener;
  }
}

const ENDS: Record<
  string,
  (channel: Channel<number>, writer: WritableStreamDefaultWriter) => unknown
> = {
  "its close": (_, writer) => writer.close(),
  "its abort": (_, writer) => writer.abort("enough"),
  "the channel's close": (channel) => channel.close(),
  "the channel's cancel": (channel) => channel.cancel("enough"),
};

for (const [name, end] of Object.entries(ENDS)) {
  Deno.test(`toWritableStream() leaves no listener on any signal after ${name}`, () =>
    listenersIn(async (count) => {
      const channel = new Channel<number>();
      const writer = channel.toWritableStream().getWriter();
      writer.closed.catch(() => {});
      for (const value of [1, 2, 3]) {
        const written = writer.write(value);
        await tick();
        assertEquals(await channel.receive(), value);
        await written;
      }
      await tick();
      // The one that tells the stream of the channel's end.
      assertEquals(count(), 1);
      await end(channel, writer);
      await tick();
      assertEquals(count(), 0);
    }));
}

for (const name of ["close()", "cancel()", "its end"]) {
  Deno.test(`Channel.from() leaves no listener on any signal after ${name}`, () =>
    listenersIn(async (count) => {
      const source = holding(1, 2);
      const channels = [
        Channel.from([1, 2], 1),
        Channel.from((async function* () {
          yield* [1, 2];
        })()),
        Channel.from(source.toReadableStream()),
      ];
      await tick();
      // For each the one that stops its source.
      assertEquals(count(), channels.length);
      if (name === "its end") source.close();
      for (const channel of channels) {
        if (name === "close()") channel.close();
        else if (name === "cancel()") channel.cancel("enough");
        else for await (const _ of channel);
      }
      await tick();
      assertEquals(count(), 0);
    }));
}
