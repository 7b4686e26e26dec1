// Several producers, one channel: each sends by a counted sender of its own, and the channel closes with the last
// of them, so nobody has to know who that is. One that fails closes it at once, and the reader is told why.

import type { Producer } from "@sluice/channel";
import { Channel, consume } from "@sluice/channel";

/** Never rejects: what goes wrong is the reason with which the channel closes. */
async function produce(
  lines: Iterable<string>,
  to: Producer<string>,
): Promise<void> {
  try {
    await to.sendAll(lines);
    to.close();
  } catch (error) {
    to.close(error); // does nothing if the reader has closed the channel
  }
}

function* count(name: string, most: number): Generator<string> {
  for (let n = 1; n <= most; n++) yield `${name} ${n}`;
}

export async function main(
  sources: Iterable<string>[] = [count("a", 3), count("b", 1), count("c", 2)],
  print: (line: string) => void = console.log,
): Promise<void> {
  const channel = new Channel<string>(2);
  for (const lines of sources) produce(lines, channel.producer());
  // An error in it closes the channel, too.
  await consume(channel, (line) => print(line));
  print("All producers are done.");
}

if (import.meta.main) await main();
