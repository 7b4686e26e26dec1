// flood.ts: a fast producer and a slow consumer in two threads: no more than what was
// agreed on is ever between them.
//
// The consumer stops every 10,000 values until the producer has had the time to send
// as much as it can. Where threads can share memory each value is watched as well.

import { Channel } from "../../streams.ts";
import { share } from "../../worker.ts";
import { Hired, must, pause, within } from "./_hired.ts";
import type { FastJob, Kilobyte, SlowJob } from "./_jobs.ts";
import { kilobyte } from "./_jobs.ts";

const VALUES = 100_000;
const STALL_EVERY = 10_000;
/** How long the producer has then, in ms. */
const STALL = 30;
const CAPACITY = 64;
const WINDOW = 64;
/** For all values, in ms. */
const LIMIT = 180_000;

/** Pages without special headers may not share any. */
function sharedNumber(): Int32Array | undefined {
  return typeof SharedArrayBuffer === "undefined"
    ? undefined
    : new Int32Array(new SharedArrayBuffer(4));
}

/** How much was under way at most, and how much may be. */
class Gauge {
  #most = 0;

  constructor(readonly limit: number, readonly what: string) {}

  see(sent: number, received: number): void {
    this.#most = Math.max(this.#most, sent - received);
    must(
      sent - received <= this.limit,
      `${sent} sent and ${received} received, ${this.what}: more than ${this.limit} under way`,
    );
  }

  toString(): string {
    return `${this.what} ${this.#most} of ${this.limit}`;
  }
}

/** The host sends, a thread is slow. */
async function flow(): Promise<string> {
  const values = new Channel<Kilobyte>(CAPACITY);
  const gauge = new Gauge(CAPACITY + WINDOW + 1, "to a thread");
  const received = sharedNumber();
  const { port } = share(values, { as: "receiver" });
  const job: SlowJob = {
    values: port,
    window: WINDOW,
    stallEvery: STALL_EVERY,
    received,
  };
  const hired = new Hired("slow_worker", job, [port]);
  let sent = 0;
  const produce = async () => {
    while (sent < VALUES) {
      await values.send(kilobyte(sent));
      sent++;
      if (received) gauge.see(sent, Atomics.load(received, 0));
    }
    values.close();
  };
  const watch = async () => {
    for (let n = STALL_EVERY; n <= VALUES; n += STALL_EVERY) {
      await hired.said(`stall ${n}`);
      await pause(STALL);
      gauge.see(sent, n);
      hired.post("on");
    }
    must(await hired.said("end") === VALUES, "not all values have come");
    await values.join();
  };
  const state = () => `${sent} sent, the thread ${hired}`;
  try {
    await within(Promise.all([produce(), watch()]), "all values", state, LIMIT);
  } finally {
    hired.stop();
  }
  return `${gauge}`;
}

/** A thread sends, the host is slow. */
async function flowBack(by: FastJob["by"]): Promise<string> {
  const values = new Channel<Kilobyte>(CAPACITY);
  // What a select sends is under way at once, and not accepted yet.
  const gauge = by === "send"
    ? new Gauge(CAPACITY, "accepted from a thread")
    : new Gauge(CAPACITY + WINDOW, "sent by a thread");
  const sent = sharedNumber();
  const { port } = share(values, { as: "sender", window: WINDOW });
  const job: FastJob = { values: port, count: VALUES / 2, by, sent };
  const hired = new Hired("fast_worker", job, [port]);
  let received = 0;
  const consume = async () => {
    for await (const { number } of values) {
      must(number === received, `${number} came as ${received}`);
      received++;
      if (sent) gauge.see(Atomics.load(sent, 0), received);
      if (received % STALL_EVERY > 0) continue;
      await pause(STALL);
      hired.post(`after ${received}`);
      gauge.see(await hired.said(`after ${received}`) as number, received);
    }
    must(await hired.said("end") === VALUES / 2, "not all values were sent");
    must(received === VALUES / 2, `${received} values have come`);
  };
  const state = () => `${by}: ${received} received, the thread ${hired}`;
  try {
    await within(consume(), "all values", state, LIMIT);
  } finally {
    hired.stop();
  }
  return `${gauge}`;
}

/** What is under way is bounded, both ways. */
export async function flood(): Promise<string> {
  const mosts = [
    await flow(),
    await flowBack("send"),
    await flowBack("select"),
  ];
  return `${2 * VALUES} values of 1 kB, most under way: ${mosts.join(", ")}`;
}
