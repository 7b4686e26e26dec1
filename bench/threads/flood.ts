// flood.ts: seconds of a producer that is fast, and a consumer in another thread that is slow.

import { memoryUsage } from "node:process";
import { startThread } from "../../_thread.ts";
import { Channel } from "../../mod.ts";
import { share } from "../../worker.ts";
import type { Flood } from "./report.ts";
import { PAYLOADS } from "./values.ts";

/** Values that a raw producer posts in a turn of the event loop. */
const TURN = 1000;
const WINDOW = 1024;
const CAPACITY = 1024;
/** How often it looks at its memory, in ms. */
const LOOK = 50;

/** What the consumer is to do. */
export interface FloodOrder {
  readonly port: MessagePort;
  /** That of ours; the raw one has none. */
  readonly window?: number;
  /** Where it counts what it has worked on. */
  readonly counter: SharedArrayBuffer;
}

const { setImmediate: later = setTimeout } = globalThis as {
  setImmediate?: (turned: () => void) => unknown;
};

export async function flood(
  contender: string,
  seconds: number,
): Promise<Flood> {
  const counter = new SharedArrayBuffer(8);
  const thread = startThread(
    new URL(
      `flood_worker${import.meta.url.match(/\.\w+$/)![0]}`,
      import.meta.url,
    ),
    {
      called() {},
      died(error) {
        throw error;
      },
    },
  );
  const send = contender === "raw" ? sendRaw : sendOurs;
  const begin = performance.now();
  const end = begin + seconds * 1000;
  const rss: number[] = [];
  let peak = 0;
  const look = () => {
    const now = megabytes();
    peak = Math.max(peak, now);
    if (performance.now() - begin >= 1000 * rss.length) rss.push(now);
  };
  look();
  const looking = setInterval(look, LOOK);
  const sent = await send(
    (port, window) => {
      const order: FloodOrder = { port, counter, ...window && { window } };
      thread.post(order, [port]);
    },
    () => performance.now() < end,
  );
  clearInterval(looking);
  look();
  const received = new Uint32Array(counter)[0]!;
  return { contender, seconds, sent, received, rss, peak };
}

type Begin = (port: MessagePort, window?: number) => void;

const { make } = PAYLOADS["small objects"]!;

async function sendRaw(begin: Begin, on: () => boolean): Promise<number> {
  const { port1, port2 } = new MessageChannel();
  begin(port2);
  let sent = 0;
  while (on()) {
    for (let i = 0; i < TURN; i++) port1.postMessage(make(sent++));
    await new Promise<void>((turned) => later(turned));
  }
  return sent;
}

async function sendOurs(begin: Begin, on: () => boolean): Promise<number> {
  const channel = new Channel<unknown>(CAPACITY);
  begin(share(channel, { as: "receiver" }).port, WINDOW);
  let sent = 0;
  while (on()) await channel.send(make(sent++));
  return sent;
}

function megabytes(): number {
  return Math.round(memoryUsage().rss / 1e6);
}
