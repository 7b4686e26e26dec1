// A function that returns the channel it fills (after Rob Pike's talk on Go's patterns): somebody says a word now
// and then, for as long as anybody listens. By the close signal, closing ends even the pause between two words.

import type { ClosableReceiver } from "@sluice/channel";
import { after, Channel } from "@sluice/channel";

/** Pauses of up to `most` ms, without end. */
export function* pauses(most: number): Generator<number> {
  while (true) yield most * Math.random();
}

/** Says something after each pause, given in ms, and then no more. */
export function talk(
  name: string,
  pauses: Iterable<number>,
): ClosableReceiver<string> {
  const words = new Channel<string>();
  const speak = async () => {
    let count = 0;
    for (const pause of pauses) {
      await after(pause).receive({ signal: words.closeSignal });
      await words.send(`${name} ${++count}`);
    }
  };
  // If it was a listener who closed it, to close it again does nothing.
  speak().then(() => words.close(), (error) => words.close(error));
  return words;
}

export async function main(
  count = 5,
  most = 1000,
  print: (line: string) => void = console.log,
): Promise<void> {
  using words = talk("Boring", pauses(most));
  for await (const word of words) {
    print(word);
    if (--count <= 0) break;
  }
  print("You are boring; I am leaving.");
}

if (import.meta.main) await main();
