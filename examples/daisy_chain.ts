// A daisy chain (after Rob Pike's talk): 10,000 tasks in a row, each waits for a number and passes on one more.
// Channels are cheap; and an end, or an error, comes through to the last of them as a value does.

import type { Receiver, Sender } from "@sluice/channel";
import { Channel } from "@sluice/channel";

/** Never rejects: what goes wrong goes on to whoever listens. */
async function whisper(
  from: Receiver<number>,
  to: Sender<number>,
): Promise<void> {
  try {
    await to.send(1 + await from.receive());
    to.close();
  } catch (error) {
    to.close(error);
  }
}

/** Passes one number on, `length` times. */
export function chain(
  first: Receiver<number>,
  length: number,
): Receiver<number> {
  let last = first;
  for (let i = 0; i < length; i++) {
    const next = new Channel<number>();
    whisper(last, next);
    last = next;
  }
  return last;
}

export async function main(
  length = 10_000,
  print: (line: string) => void = console.log,
): Promise<void> {
  const first = new Channel<number>(1);
  const last = chain(first, length);
  await first.send(1);
  print(`${await last.receive()}`);
}

if (import.meta.main) await main();
