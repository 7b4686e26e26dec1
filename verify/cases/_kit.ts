// _kit.ts: what an acceptance case is, and what it is given: an implementation, watched.

import { assert, assertEquals, assertFalse } from "@std/assert";
import type * as sluice from "../../mod.ts";
import { CountedController, tick } from "../../_testing.ts";

/** What an implementation may have beyond the channel that all of them have. */
export type Feature =
  | "batches" // receiveMany and batches
  | "drain"
  | "errors" // a base class, and one class for each way to fail
  | "gc" // not of the implementation: the runtime collects when it is asked to
  | "join"
  | "number" // a number alone is the capacity
  | "select" // select and sending
  | "selectEach"
  | "sendAll"
  | "sendNow" // sendNow and receiveNow
  | "streams" // toReadableStream
  | "trySelect"
  | "unbounded" // capacity Infinity
  | "values"; // values with a signal

/** The channel that every implementation has. */
export interface BaseChannel<T>
  extends AsyncIterable<T>, Disposable, AsyncDisposable {
  readonly capacity: number;
  readonly closed: boolean;
  readonly size: number;
  send(value: T, options?: sluice.ChannelSendOptions): Promise<void>;
  receive(options?: sluice.ChannelReceiveOptions): Promise<T>;
  trySend(value: T): boolean;
  tryReceive(): sluice.ChannelReceiveResult<T>;
  close(...reason: [reason: unknown] | []): void;
  [Symbol.asyncIterator](): AsyncIterableIterator<T>;
}

/** What this package exports: a rival offers a part of it, through an adapter. */
export type Api = typeof sluice;

/** An implementation, through its adapter. */
export interface Implementation {
  readonly name: string;
  readonly features: ReadonlySet<Feature>;
  readonly Channel: new <T>(options?: never) => BaseChannel<T>;
  readonly ChannelClosedError: ErrorClass;
  /** As much of it as `features` says. */
  readonly api: Partial<Api>;
}

/** A class of errors that may hold an unsent value. */
export type ErrorClass = new (
  message: string,
  ...unsent: [value: unknown] | []
) => Error & { readonly value?: unknown };

/** What a case is given. Channels and controllers made by it are looked at after the case. */
export interface Kit {
  readonly Channel: new <T>(options?: unknown) => BaseChannel<T>;
  readonly ChannelClosedError: ErrorClass;
  /** Capacities worth trying: none, one, a few, no bound where there is such a thing. */
  readonly capacities: readonly number[];
  /** Whether the implementation has all of these. */
  has(...features: Feature[]): this is WholeKit;
  /** A new channel; unbuffered by default. */
  channel<T>(capacity?: number): BaseChannel<T>;
  /** A new channel that holds values. */
  filled<T>(capacity: number, ...values: T[]): BaseChannel<T>;
  /** A new channel that is closed and holds nothing. */
  closed<T>(...reason: [reason: unknown] | []): BaseChannel<T>;
  /** A new controller that counts its listeners. */
  controller(): CountedController;
  /** The rejections that nobody has handled so far; the case answers for them. */
  unhandled(): Promise<unknown[]>;
}

/** The same for a case that needs more than the base: it uses what it has asked for. */
export interface WholeKit extends Kit {
  readonly api: Api;
  channel<T>(capacity?: number): sluice.Channel<T>;
  filled<T>(capacity: number, ...values: T[]): sluice.Channel<T>;
  closed<T>(...reason: [reason: unknown] | []): sluice.Channel<T>;
}

/** One acceptance case. */
export interface Case {
  /** Its number among the acceptance cases. */
  readonly id: number;
  readonly title: string;
  readonly needs: readonly Feature[];
  readonly run: (kit: WholeKit) => void | Promise<void>;
}

/** A case that the base is enough for. The types see to that. */
export function base(
  id: number,
  title: string,
  run: (kit: Kit) => void | Promise<void>,
): Case {
  return { id, title, needs: [], run };
}

/** A case that asks for more. */
export function beyond(
  needs: readonly Feature[],
  id: number,
  title: string,
  run: (kit: WholeKit) => void | Promise<void>,
): Case {
  return { id, title, needs, run };
}

/** What an implementation lacks for a case. */
export function lacks(one: Case, { features }: Implementation): Feature[] {
  return one.needs.filter((need) =>
    need === "gc" ? !("gc" in globalThis) : !features.has(need)
  );
}

/** How long a case may take, in ms. One that hangs takes for ever. */
const LIMIT = 60_000;

/** Runs a case that lacks nothing. Rejects if it fails, hangs, or leaves anything behind. */
export async function check(
  one: Case,
  implementation: Implementation,
): Promise<void> {
  const watcher = new RejectionWatcher();
  const bench = new Bench(implementation, watcher);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    const error = new Error(`hangs: not over after ${LIMIT / 1000} s`);
    timer = setTimeout(() => reject(error), LIMIT);
  });
  try {
    await Promise.race([one.run(bench), late]);
    await bench.assertAtRest();
  } catch (error) {
    // What it leaves behind rejects about now; the next case is not to blame.
    await bench.unhandled();
    throw error;
  } finally {
    clearTimeout(timer);
    watcher.stop();
  }
}

class Bench implements WholeKit {
  readonly Channel: Kit["Channel"];
  readonly ChannelClosedError: ErrorClass;
  readonly api: Api;
  readonly capacities: readonly number[];
  readonly #implementation: Implementation;
  readonly #watcher: RejectionWatcher;
  readonly #channels: BaseChannel<unknown>[] = [];
  readonly #controllers: CountedController[] = [];

  constructor(implementation: Implementation, watcher: RejectionWatcher) {
    this.#implementation = implementation;
    this.#watcher = watcher;
    this.Channel = implementation.Channel as Kit["Channel"];
    this.ChannelClosedError = implementation.ChannelClosedError;
    this.api = implementation.api as Api;
    this.capacities = this.has("unbounded") ? [0, 1, 3, Infinity] : [0, 1, 3];
  }

  has(...features: Feature[]): this is WholeKit {
    return features.every((one) => this.#implementation.features.has(one));
  }

  channel<T>(capacity: number = 0): sluice.Channel<T> {
    const channel = new this.Channel<T>({ capacity });
    this.#channels.push(channel);
    return channel as sluice.Channel<T>;
  }

  filled<T>(capacity: number, ...values: T[]): sluice.Channel<T> {
    const channel = this.channel<T>(capacity);
    for (const value of values) assert(channel.trySend(value));
    return channel;
  }

  closed<T>(...reason: [reason: unknown] | []): sluice.Channel<T> {
    const channel = this.channel<T>();
    channel.close(...reason);
    return channel;
  }

  controller(): CountedController {
    const controller = new CountedController();
    this.#controllers.push(controller);
    return controller;
  }

  async unhandled(): Promise<unknown[]> {
    await tick();
    await tick();
    return this.#watcher.taken();
  }

  async assertAtRest(): Promise<void> {
    const unhandled = await this.unhandled();
    assertEquals(unhandled, [], "unhandled rejections");
    for (const { listeners } of this.#controllers) {
      assertEquals(listeners, 0, "listeners left on a signal");
    }
    for (const channel of this.#channels) {
      assertFalse(somebodyWaits(channel), "somebody still waits on a channel");
    }
    assertEquals(this.#watcher.warnings, [], "warnings");
  }
}

/** Whether a send or a receive waits: every channel can tell, if it may be emptied. */
function somebodyWaits(channel: BaseChannel<unknown>): boolean {
  if (channel.closed) return false;
  const { size } = channel;
  // What is accepted without a trace has a receiver.
  if (channel.trySend("anybody?") && channel.size === size) return true;
  for (let left = channel.size; left > 0; left--) channel.tryReceive();
  // The buffer is as full as before if senders have moved up.
  return channel.tryReceive().state === "ok";
}

/** What Node and Bun have of it. */
interface Process {
  readonly versions: Readonly<Record<string, string>>;
  on(event: string, listener: (subject: unknown) => void): void;
  off(event: string, listener: (subject: unknown) => void): void;
}

/** Takes note of unhandled rejections and of warnings, in any runtime. */
export class RejectionWatcher {
  /** Warnings of the runtime, such as of too many listeners on a signal. */
  readonly warnings: string[] = [];
  /** Stops it. */
  readonly stop: () => void;
  #reasons: unknown[] = [];

  constructor() {
    const { process } = globalThis as unknown as { process?: Process };
    if (process?.versions && process.versions.deno === undefined) {
      const reject = (reason: unknown) => this.#reasons.push(reason);
      const warn = (warning: unknown) => this.warnings.push(String(warning));
      process.on("unhandledRejection", reject);
      process.on("warning", warn);
      this.stop = () => {
        process.off("unhandledRejection", reject);
        process.off("warning", warn);
      };
    } else {
      const reject = (event: PromiseRejectionEvent) => {
        event.preventDefault();
        this.#reasons.push(event.reason);
      };
      globalThis.addEventListener("unhandledrejection", reject);
      this.stop = () =>
        globalThis.removeEventListener("unhandledrejection", reject);
    }
  }

  /** The reasons so far, once. */
  taken(): unknown[] {
    return this.#reasons.splice(0);
  }
}
