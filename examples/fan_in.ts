// Fan-in (after Rob Pike's talk): `merge` makes one receiver of several, which gives whatever comes first.
// It takes nothing before it is asked to, so leaving its loop loses nothing; each source is closed by its owner.

import { merge } from "@sluice/channel";
import { pauses, talk } from "./talk_generator.ts";

export async function main(
  count = 10,
  most = 1000,
  print: (line: string) => void = console.log,
): Promise<void> {
  using joe = talk("Joe", pauses(most));
  using ann = talk("Ann", pauses(most));
  for await (const word of merge(joe, ann)) {
    print(word);
    if (--count <= 0) break;
  }
  print("You are both boring; I am leaving.");
}

if (import.meta.main) await main();
