// Producer and consumer: a bounded channel between them, so that the one who makes values runs ahead by as many
// as the channel holds, and then waits. Whichever of the two fails, the other ends too.

import type { Sender } from "@sluice/channel";
import { Channel } from "@sluice/channel";

type Print = (line: string) => unknown;

async function produce(
  numbers: Sender<number>,
  count: number,
  print: Print,
): Promise<void> {
  try {
    for (let n = 1; n <= count; n++) {
      await numbers.send(n);
      await print(`produced ${n}`);
    }
    numbers.close();
  } catch (error) {
    numbers.close(error); // does nothing if the consumer has closed it
  }
}

async function receive(numbers: Channel<number>, print: Print): Promise<void> {
  try {
    for await (const n of numbers) await print(`received ${n}`);
  } catch (error) {
    numbers.cancel(error); // nobody will receive the rest
    throw error;
  }
}

export async function main(
  count = 20,
  capacity = 5,
  print: Print = console.log,
): Promise<void> {
  const numbers = new Channel<number>(capacity);
  await Promise.all([
    produce(numbers, count, print),
    receive(numbers, print),
  ]);
  await print("All that was produced was received.");
}

if (import.meta.main) await main();
