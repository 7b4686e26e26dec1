// transform_stream.ts: a TransformStream: `writer.write`, then `writer.ready` where it buffers; `reader.read`.

import type { Chan, Kit } from "../_kit.ts";

export const version = "platform";

export const kit: Kit = {
  can: ["hand-off", "rendezvous", "loop", "close"],
  make: (capacity) => new Rival(capacity),
  got: (result) => (result as IteratorResult<number, number>).value,
};

class Rival implements Chan {
  readonly readable: ReadableStream<number>;
  readonly writer: WritableStreamDefaultWriter<number>;
  readonly buffered: boolean;
  #reader: ReadableStreamDefaultReader<number> | undefined;

  constructor(highWaterMark: number) {
    const { readable, writable } = new TransformStream<number, number>(
      undefined,
      { highWaterMark },
    );
    this.readable = readable;
    this.writer = writable.getWriter();
    this.buffered = highWaterMark > 0;
  }
  send(value: number): Promise<unknown> {
    const written = this.writer.write(value);
    return this.buffered ? this.writer.ready : written;
  }
  receive(): Promise<unknown> {
    return (this.#reader ??= this.readable.getReader()).read();
  }
  close(): void {
    this.writer.close();
  }
  [Symbol.asyncIterator](): AsyncIterator<number> {
    return this.readable[Symbol.asyncIterator]();
  }
  trySend(): never {
    throw new Error("Cannot measure: no send that never waits");
  }
  tryReceive(): never {
    throw new Error("Cannot measure: no receive that never waits");
  }
}
