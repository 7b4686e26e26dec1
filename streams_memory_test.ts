// streams_memory_test.ts: streams that are forgotten are retained by nobody. Needs --expose-gc.

import { assertLess } from "@std/assert";
import { collect, tick } from "./_testing.ts";
import { Channel } from "./mod.ts";

const N = 200;

for (const kind of ["toReadableStream", "toWritableStream"] as const) {
  Deno.test(`${kind}() retains no stream that was forgotten`, async () => {
    const channel = new Channel<number>();
    const streams = Array.from(
      { length: N },
      () => new WeakRef<object>(channel[kind]()),
    );
    for (let i = 0; i < 3; i++) {
      await tick();
      collect();
    }
    const alive = streams.filter((stream) => stream.deref()).length;
    assertLess(alive, N / 20);
    channel.close();
  });
}

Deno.test("toWritableStream() retains no stream that was piped into and left open", async () => {
  const channel = new Channel<number>(Infinity);
  const streams: WeakRef<WritableStream>[] = [];
  for (let i = 0; i < N; i++) {
    const stream = channel.toWritableStream();
    streams.push(new WeakRef(stream));
    await new Blob([]).stream().pipeTo(
      stream as unknown as WritableStream<Uint8Array>,
      { preventClose: true },
    );
  }
  for (let i = 0; i < 3; i++) {
    await tick();
    collect();
  }
  assertLess(streams.filter((stream) => stream.deref()).length, N / 20);
});
