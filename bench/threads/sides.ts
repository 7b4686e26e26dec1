// sides.ts: a stream of values from one thread to another: both sides of each contender, to run in either.
//
// - `raw` posts a message for each value. Nothing holds the producer back.
// - `batched` posts arrays, and the other side says when it has had one: so many may be
//   on their way. What a careful user writes by hand.
// - `ours` is the module ./worker; the thread that makes the channel is the host.

import type { Payload } from "./values.ts";
import { transferOf, valuesOf } from "./values.ts";

/** Batches on their way. */
const CREDIT = 4;

export async function sendRaw(port: MessagePort, payload: Payload) {
  const transfer = transferOf(payload);
  for (const value of valuesOf(payload)) {
    if (transfer) port.postMessage(value, transfer(value));
    else port.postMessage(value);
  }
  await told(port);
}

export function receiveRaw(port: MessagePort, { n }: Payload): Promise<number> {
  let count = 0;
  return new Promise((resolve) => {
    hear(port, () => {
      if (++count < n) return;
      port.postMessage("had all");
      resolve(count);
    });
  });
}

export async function sendBatched(port: MessagePort, payload: Payload) {
  let out = 0;
  let go: (() => void) | undefined;
  const over = told(port, () => {
    out--;
    go?.();
  });
  const { batch: size, transfers } = payload;
  let batch: unknown[] = [];
  const post = async () => {
    while (out === CREDIT) await new Promise<void>((resolve) => go = resolve);
    out++;
    port.postMessage(batch, transfers ? batch as ArrayBuffer[] : []);
    batch = [];
  };
  for (const value of valuesOf(payload)) {
    batch.push(value);
    if (batch.length === size) await post();
  }
  if (batch.length > 0) await post();
  await over;
}

export function receiveBatched(
  port: MessagePort,
  { n }: Payload,
): Promise<number> {
  let count = 0;
  return new Promise((resolve) => {
    hear(port, (batch) => {
      for (const _ of batch as unknown[]) count++;
      port.postMessage("had one");
      if (count < n) return;
      port.postMessage("had all");
      resolve(count);
    });
  });
}

/** Resolves once the receiver has had all. */
function told(port: MessagePort, hadOne?: () => void): Promise<void> {
  return new Promise((resolve) => {
    hear(port, (data) => {
      if (data === "had all") resolve();
      else hadOne?.();
    });
  });
}

function hear(port: MessagePort, heard: (data: unknown) => void): void {
  port.onmessage = ({ data }) => heard(data);
}

/** What `for await` receives. */
export async function countOf(values: AsyncIterable<unknown>): Promise<number> {
  let count = 0;
  for await (const _ of values) count++;
  return count;
}
