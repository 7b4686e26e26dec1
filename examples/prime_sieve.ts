// The prime sieve: a chain of filters that grows by one with each prime. A filter is a `consume` that sends on; it
// closes what it receives from when its own channel closes, so closing the last one ends the whole chain.

import type { ClosableReceiver, Receiver } from "@sluice/channel";
import { Channel, consume } from "@sluice/channel";

function* countFrom(n: number): Generator<number> {
  while (true) yield n++;
}

/** The numbers that are no multiples of `prime`. */
function without(
  prime: number,
  numbers: Receiver<number>,
): ClosableReceiver<number> {
  const left = new Channel<number>();
  const work = (n: number) => n % prime === 0 ? undefined : left.send(n);
  consume(numbers, work, { signal: left.closeSignal })
    .then(() => left.close(), (error) => left.close(error));
  return left;
}

export async function main(
  count = 25,
  source: Iterable<number> = countFrom(2),
  print: (line: string) => void = console.log,
): Promise<void> {
  let numbers: ClosableReceiver<number> = Channel.from(source);
  try {
    for (let i = 0; i < count; i++) {
      const prime = await numbers.receive();
      print(`${prime}`);
      numbers = without(prime, numbers);
    }
  } finally {
    numbers.close();
  }
}

if (import.meta.main) await main();
