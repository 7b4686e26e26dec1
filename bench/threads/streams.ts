// streams.ts: the contenders for a stream of values between two threads.

import { startThread } from "../../_thread.ts";
import { Channel } from "../../mod.ts";
import { share } from "../../worker.ts";
import { check } from "../_check.ts";
import type { Contender } from "./rounds.ts";
import {
  countOf,
  receiveBatched,
  receiveRaw,
  sendBatched,
  sendRaw,
} from "./sides.ts";
import type { Payload } from "./values.ts";
import { PAYLOADS, transferOf, valuesOf } from "./values.ts";

/** What the other thread is to do. */
export interface Order {
  readonly act:
    | "send"
    | "sendRaw"
    | "sendBatched"
    | "receive"
    | "receiveRaw"
    | "receiveBatched";
  readonly payload: string;
  readonly port: MessagePort;
  readonly window?: number;
}

/** Values that wait here, for ours. */
const CAPACITY = 1024;
/** Raw first: it is what all are compared with. */
const WINDOWS = [2, 64, 1024];

const worker = new URL(
  `stream_worker${import.meta.url.match(/\.\w+$/)![0]}`,
  import.meta.url,
);

/** A thread that does one thing, as often as it is told. */
class Peer {
  #told: ((count: number) => void) | undefined;
  #failed: ((error: unknown) => void) | undefined;
  readonly #thread = startThread(worker, {
    called: (count) => this.#told!(count as number),
    died: (error) => this.#failed?.(error),
  });

  /** Resolves to the number of values that it received, or sent. */
  do(order: Order): Promise<number> {
    this.#thread.post(order, [order.port]);
    return new Promise((told, failed) => {
      this.#told = told;
      this.#failed = failed;
    });
  }
}

/** Values go to the worker. */
export function toWorker(what: string): Record<string, Contender> {
  const payload = PAYLOADS[what]!;
  return {
    raw: exchange("receiveRaw", what, sendRaw),
    batched: exchange("receiveBatched", what, sendBatched),
    ...oursWith((window) => ({
      n: payload.n,
      run: runner(async (peer) => {
        const channel = new Channel<unknown>(CAPACITY);
        const { port } = share(channel, {
          as: "receiver",
          transfer: transferOf(payload),
        });
        const done = peer.do({ act: "receive", payload: what, port, window });
        await channel.sendAll(valuesOf(payload));
        channel.close();
        check(await done === payload.n);
      }),
    })),
  };
}

/** Values come from the worker. */
export function toHost(what: string): Record<string, Contender> {
  const payload = PAYLOADS[what]!;
  return {
    raw: exchange("sendRaw", what, receiveRaw),
    batched: exchange("sendBatched", what, receiveBatched),
    ...oursWith((window) => ({
      n: payload.n,
      run: runner(async (peer) => {
        const channel = new Channel<unknown>(CAPACITY);
        const { port } = share(channel, { as: "sender", window });
        const done = peer.do({ act: "send", payload: what, port });
        check(await countOf(channel) === payload.n);
        await done;
      }),
    })),
  };
}

function exchange(
  act: Order["act"],
  what: string,
  side: (port: MessagePort, payload: Payload) => Promise<unknown>,
): Contender {
  const payload = PAYLOADS[what]!;
  return {
    n: payload.n,
    run: runner(async (peer) => {
      const { port1, port2: port } = new MessageChannel();
      const done = peer.do({ act, payload: what, port });
      await side(port1, payload);
      check(await done === payload.n);
      port1.close();
    }),
  };
}

/** Each contender has a thread of its own, as long as the process. */
function runner(body: (peer: Peer) => Promise<void>): () => Promise<void> {
  const peer = new Peer();
  return () => body(peer);
}

function oursWith(
  make: (window: number) => Contender,
): Record<string, Contender> {
  return Object.fromEntries(
    WINDOWS.map((window) => [`ours, window ${window}`, make(window)]),
  );
}
