// A quit channel (after Rob Pike's talk): each task waits in a select to be heard or to be told to stop, and
// closing one channel tells them all. Each says goodbye first; then the channel closes with its last producer.

import type { Producer, Receiver } from "@sluice/channel";
import { Channel, consume, select, sending } from "@sluice/channel";

async function talk(
  name: string,
  words: Producer<string>,
  quit: Receiver<never>,
): Promise<void> {
  try {
    for (let count = 1;; count++) {
      const said = sending(words, `${name} ${count}`);
      // Both may be ready; then it is time to stop.
      const { key } = await select({ quit, said }, { priority: true });
      if (key === "quit") break;
    }
    await words.send(`${name} says goodbye`);
    words.close();
  } catch (error) {
    words.close(error); // does nothing if the listener has closed it
  }
}

export async function main(
  count = 5,
  names: string[] = ["Joe", "Ann"],
  print: (line: string) => void = console.log,
): Promise<void> {
  const words = new Channel<string>();
  const quit = new Channel<never>();
  for (const name of names) talk(name, words.producer(), quit);
  await consume(words, (word) => {
    print(word);
    if (--count <= 0) quit.close();
  });
}

if (import.meta.main) await main();
