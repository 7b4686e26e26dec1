// Fan-out: `broadcast` gives each value to every subscriber. One gets all of them; one leaves its loop early, and
// is out; one is slow, and has a buffer for the newest only, so that it holds nobody up.

import type { Receiver } from "@sluice/channel";
import { after, broadcast, Channel } from "@sluice/channel";

type Print = (line: string) => void;

async function log(readings: Receiver<number>, print: Print): Promise<void> {
  for await (const degrees of readings) print(`log: ${degrees}`);
}

async function watch(
  readings: Receiver<number>,
  most: number,
  print: Print,
): Promise<void> {
  for await (const degrees of readings) {
    if (degrees <= most) continue;
    print(`alarm: ${degrees}`);
    break;
  }
}

async function show(
  readings: Receiver<number>,
  ms: number,
  print: Print,
): Promise<void> {
  for await (const degrees of readings) {
    print(`display: ${degrees}`);
    await after(ms).receive(); // nobody looks more often
  }
}

export async function main(
  readings: Iterable<number> = [18, 21, 35, 24, 19],
  most = 30,
  ms = 500,
  print: Print = console.log,
): Promise<void> {
  const [all, watched, newest] = broadcast(Channel.from(readings), {
    subscribers: [{}, {}, { capacity: 1, overflow: "drop-oldest" }],
  });
  await Promise.all([
    log(all, print),
    watch(watched, most, print),
    show(newest, ms, print),
  ]);
}

if (import.meta.main) await main();
