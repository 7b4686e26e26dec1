// A generator as a channel: `Channel.from` asks it for a value when there is room for one, and never before.
// Closing the channel, here at the end of the scope, stops the generator, so that its `finally` runs.

import { Channel } from "@sluice/channel";

/** Goes on for as long as it is asked. */
function* fibonacci(print: (line: string) => void): Generator<number> {
  let [a, b] = [0, 1];
  try {
    while (true) {
      yield a;
      [a, b] = [b, a + b];
    }
  } finally {
    print("The generator has stopped.");
  }
}

export async function main(
  most = 100,
  print: (line: string) => void = console.log,
  source: Iterable<number> | AsyncIterable<number> = fibonacci(print),
): Promise<void> {
  using numbers = Channel.from(source);
  for await (const number of numbers) {
    if (number > most) break;
    print(`${number}`);
  }
}

if (import.meta.main) await main();
