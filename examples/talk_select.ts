// Fan-in with select (after Rob Pike's talk): unlike a merged receiver, `selectEach` tells who spoke, and who has
// left. It reports the end of each channel once, and the loop ends with the last of them.

import { selectEach } from "@sluice/channel";
import { talk } from "./talk_generator.ts";

export async function main(
  joeWaits: Iterable<number> = [100, 400, 200],
  annWaits: Iterable<number> = [200, 100],
  print: (line: string) => void = console.log,
): Promise<void> {
  using joe = talk("Joe", joeWaits);
  using ann = talk("Ann", annWaits);
  for await (const event of selectEach({ joe, ann })) {
    if (event.state === "ok") print(event.value);
    else if (event.reason === undefined) print(`(${event.key} has left)`);
    else throw event.reason;
  }
  print("You have both left; so do I.");
}

if (import.meta.main) await main();
