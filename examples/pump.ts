// A pump moves values from one channel into another until there are no more, and hands on the end, or the error.
// When that other channel is closed it stops at once: a value in its hands is in its error, all others stay.

import type { Receiver, Sender } from "@sluice/channel";
import { Channel, consume } from "@sluice/channel";

/** Rejects with what ended it early; `ChannelClosedError` if that was a close of `to`. */
export async function pump<T>(from: Receiver<T>, to: Sender<T>): Promise<void> {
  try {
    // `to.sendAll(from)` would notice a close only when the next value comes.
    for await (const value of from.values({ signal: to.closeSignal })) {
      await to.send(value);
    }
    to.close();
  } catch (error) {
    to.close(error);
    throw error;
  }
}

export async function main(
  count = 10_000,
  capacity = 1,
  print: (line: string) => void = console.log,
): Promise<void> {
  const [from, to] = [new Channel<number>(capacity), new Channel<number>()];
  let sum = 0;
  await Promise.all([
    from.sendAll(Array(count).keys()).then(() => from.close()),
    pump(from, to),
    consume(to, (n) => void (sum += n)),
  ]);
  print(`The sum of ${count} numbers is ${sum}.`);
}

if (import.meta.main) await main();
