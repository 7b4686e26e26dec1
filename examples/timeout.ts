// Timeouts: `after` as a case of a select is a time limit. Made anew for each select it limits the wait for one
// value; made once, before the loop, it limits all of it. A limit that loses leaves no timer behind.

import type { Receiver } from "@sluice/channel";
import { after, select } from "@sluice/channel";
import { talk } from "./talk_generator.ts";

/** Listens until there is no more, a pause lasts `each` ms, or all of it `whole` ms. */
async function listen(
  words: Receiver<string>,
  each: number,
  whole: number,
  print: (line: string) => void,
): Promise<string> {
  const over = after(whole);
  while (true) {
    const event = await select({ word: words, slow: after(each), over });
    if (event.key === "slow") return "You are too slow.";
    if (event.key === "over") return "You talk too much.";
    if (event.state === "ok") print(event.value);
    else if (event.reason === undefined) return "So that was all.";
    else throw event.reason;
  }
}

export async function main(
  pauses: Iterable<number> = [100, 300, 200, 800],
  each = 500,
  whole = 2000,
  print: (line: string) => void = console.log,
): Promise<void> {
  using words = talk("Joe", pauses);
  print(await listen(words, each, whole, print));
}

if (import.meta.main) await main();
