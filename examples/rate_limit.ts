// Rate limit: each request takes a permit from a buffer that a ticker fills, one every so many ms. The buffer holds
// a burst of them, and drops those that come while it is full, so that an idle hour does not add up.

import { Channel, ticker } from "@sluice/channel";

export async function main(
  requests: Iterable<string> | AsyncIterable<string> = "abcdefgh",
  ms = 200,
  burst = 3,
  print: (line: string) => void = console.log,
): Promise<void> {
  const permits = new Channel<unknown>({
    capacity: burst,
    overflow: "drop-incoming",
  });
  await permits.sendAll(Array(burst));
  using ticks = ticker(ms); // disposing of it ends the next line, too
  permits.sendAll(ticks);

  for await (const request of requests) {
    await permits.receive();
    print(`request ${request}`);
  }
}

if (import.meta.main) await main();
