// A pipeline: `map` is a stage with workers of its own, `consume` the end. Three texts are digested at a time, and
// the digests come out in order. An error anywhere ends all stages, and stops the source.

import { Channel, consume, map } from "@sluice/channel";

function digest(text: string): Promise<ArrayBuffer> {
  return crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
}

function hexOf(bytes: ArrayBuffer): string {
  return Array.from(
    new Uint8Array(bytes),
    (byte) => byte.toString(16).padStart(2, "0"),
  ).join("");
}

export async function main(
  texts: Iterable<string> = ["a pipeline", "is a row", "of channels"],
  print: (line: string) => void = console.log,
): Promise<void> {
  const hashes = map(Channel.from(texts), digest, {
    concurrency: 3,
    ordered: true,
  });
  const lines = map(hashes, hexOf);
  await consume(lines, (line) => print(line));
}

if (import.meta.main) await main();
