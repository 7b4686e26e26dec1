// _redis_channel.ts: a handle on a channel on a server: its two ends, and what is asked of both.

import { checkWait, checkWhole, refusal } from "./_checks.ts";
import { Abort } from "./_abort.ts";
import type { Failure } from "./_pool.ts";
import { isThenable, Pool } from "./_pool.ts";
import { Events } from "./_redis_events.ts";
import type { Held } from "./_redis_lease.ts";
import { Leases } from "./_redis_leases.ts";
import { LeaseLoop } from "./_redis_loop.ts";
import type { RedisLike, Settings } from "./_redis_options.ts";
import { encodeReason } from "./_redis_reason.ts";
import { CLOSE, DONE_SENDING, LOOK, OPEN, SEND } from "./_redis_scripts.ts";
import { Server, SilenceError } from "./_redis_server.ts";
import { Sending } from "./_redis_sending.ts";
import { sendAhead } from "./_redis_send_all.ts";
import type {
  Lease,
  RemoteChannel,
  RemoteChannelStats,
  RemoteConsumeOptions,
} from "./_redis_types.ts";
import { DONE } from "./_turn.ts";
import type {
  ChannelReceiveOptions,
  ChannelSendOptions,
  ChannelWaitOptions,
} from "./ends.ts";
import { ChannelClosedError, ChannelError } from "./errors.ts";

/** Nobody waits longer, in ms, to leave a server that does not answer. */
const FAREWELL = 2_000;

/** What `openChannel` makes. */
export class Remote<T> implements RemoteChannel<T> {
  readonly name: string;
  readonly capacity: number;
  readonly leases: Leases<T>;
  readonly #settings: Settings<T>;
  readonly #server: Server;
  readonly #events: Events;
  readonly #sending: Sending;
  readonly #controller = new AbortController();
  #done: Promise<void> | undefined;
  #left: Promise<void> | undefined;
  /** What is said of the sending end: whoever leaves waits for it. */
  #saying: Promise<unknown> = DONE;

  constructor(client: RedisLike, name: string, settings: Settings<T>) {
    this.name = name;
    this.capacity = settings.capacity;
    this.#settings = settings;
    this.#server = new Server(client, name, settings.patience);
    this.#events = new Events(client, this.#server);
    this.#sending = new Sending(this.#server, this.#events);
    this.leases = new Leases(
      this.#server,
      this.#events,
      settings,
      (held) => this.#bury(held),
    );
    this.#server.onEnd = () => {
      this.leases.end();
      // Its listeners are the user's: what one throws is not ours.
      if (this.closed) this.#controller.abort(this.#server.closing.error);
    };
    this.#server.onGone = () => this.#events.rouse();
  }

  /** Makes the channel on the server, or finds it there. Only once, and first. */
  async open(): Promise<void> {
    const { capacity, visibility, tombstone, producers } = this.#settings;
    const act = "Cannot open channel";
    const [status, ...rest] = await this.#server.ask(act, OPEN, [
      this.#server.epoch,
      ...[capacity, visibility, tombstone, producers ?? ""].map(String),
    ]);
    const [a, b, c, epoch] = rest.map(String);
    const fact = {
      old: `the server must be Redis 7.0 or later, or Valkey, but is ${
        a ?? "older"
      }`,
      kind: `key ${a} holds a ${b}`,
      stray: `key ${a} is there, but the channel is not`,
      layout: `it is laid out by another version of this package (${a})`,
      part: `a part of the channel was deleted on the server (${a})`,
      differs: `it is there with ${a} ${b}`,
    }[String(status)];
    if (fact !== undefined) throw new ChannelError(`${act}: ${fact}`);
    const { deadLetter } = this.#settings;
    if (deadLetter && (deadLetter as Remote<T>).#server.epoch === epoch) {
      throw new TypeError(`${act}: deadLetter is the channel itself`);
    }
    this.#server.epoch = epoch!;
    this.#server.learn(Number(b), c!);
  }

  send(value: T, options?: ChannelSendOptions): Promise<void> {
    const signal = options?.signal;
    return refusal(signal) ?? new Promise((resolve, reject) => {
      this.#send(value, true, signal, () => resolve(), reject);
    });
  }

  trySend(value: T): Promise<boolean> {
    return new Promise((resolve, reject) => {
      this.#send(value, false, undefined, resolve, reject);
    });
  }

  sendAll(
    source: Iterable<T> | AsyncIterable<T>,
    options?: ChannelSendOptions,
  ): Promise<void> {
    const signal = options?.signal;
    return sendAhead(this.capacity, source, signal, (value, sent, failed) => {
      this.#send(value, true, signal, sent, failed);
    });
  }

  #send(
    value: T,
    patient: boolean,
    signal: AbortSignal | null | undefined,
    resolve: (accepted: boolean) => void,
    reject: (error: unknown) => void,
  ): void {
    let text: unknown;
    try {
      text = this.#settings.codec.encode(value);
    } catch (error) {
      return reject(error);
    }
    if (typeof text === "string") {
      this.#sending.send(text, value, patient, signal, resolve, reject);
    } else {
      const fact = `the codec made no text of the value, but ${typeof text}`;
      reject(new TypeError(`Cannot send: ${fact}`));
    }
  }

  receive(options?: ChannelReceiveOptions): Promise<Lease<T>> {
    return this.leases.receive(options);
  }

  values(options?: ChannelReceiveOptions): AsyncIterableIterator<T> {
    return new LeaseLoop(this.leases, options);
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<T> {
    return this.values();
  }

  async consume(
    handler: (value: T, lease: Lease<T>) => unknown,
    options?: RemoteConsumeOptions,
  ): Promise<void> {
    const { concurrency = 1, signal, onError } = options ?? {};
    if (typeof handler !== "function") {
      throw new TypeError(
        `Cannot consume: handler must be a function, received ${typeof handler}`,
      );
    }
    if (onError !== undefined && typeof onError !== "function") {
      throw new TypeError("Cannot consume: invalid onError");
    }
    checkWhole("Cannot consume: concurrency", concurrency, 1);
    checkWait(signal);
    let failure: Failure | undefined;
    let pool: Pool<Held<T>, unknown> | undefined;
    const stop = (reason: unknown) => {
      failure ??= { reason };
      pool?.stop();
    };
    const abort = new Abort(stop);
    abort.listen(signal);
    if (!failure) {
      pool = new Pool(this.leases, concurrency, {
        make: (held) => handle(handler, held, failed),
        fail: stop,
      });
      const ended = await pool.over;
      failure ??= ended;
      abort.leave();
      await this.leases.rested();
    }
    if (failure) throw failure.reason;

    function failed(error: unknown, held: Held<T>): unknown {
      if (onError && !failure) return onError(error, held);
      return stop(error);
    }
  }

  close(...reason: [reason: unknown] | []): Promise<void> {
    const closed = (async () => {
      const text = reason.length ? encodeReason(reason[0]) : "";
      await this.#sending.answered();
      await this.#server.run("Cannot close", CLOSE, [text]);
    })();
    // Whoever closes and leaves, as a stage of a pipeline does, need not look.
    closed.catch(() => {});
    this.#saying = Promise.allSettled([this.#saying, closed]);
    return closed;
  }

  done(): Promise<void> {
    if (this.#done) return this.#done;
    this.#sending.refuse((value) =>
      new ChannelClosedError("Cannot send: this producer is done", value)
    );
    const act = "Cannot be done";
    const done = this.#sending.settled(act).then(async () => {
      const { rest: [count] } = await this.#server.run(act, DONE_SENDING, [
        this.#server.id,
      ]);
      if (Number(count) < 0) {
        throw new ChannelError(
          `${act}: the channel was opened without producers`,
        );
      }
    });
    // What has failed may be repeated; and sends go on, unless it may have been heard.
    done.catch((error) => {
      this.#done = undefined;
      if (!(error instanceof SilenceError)) this.#sending.allow();
    });
    this.#saying = Promise.allSettled([this.#saying, done]);
    return this.#done = done;
  }

  join(options?: ChannelWaitOptions): Promise<void> {
    return this.leases.join(options);
  }

  get closed(): boolean {
    return this.#server.closed;
  }

  get drained(): boolean {
    return this.leases.drained;
  }

  get closeSignal(): AbortSignal {
    if (!this.closed && !this.#left) this.leases.listen();
    return this.#controller.signal;
  }

  async stats(): Promise<RemoteChannelStats> {
    const { rest } = await this.#server.run("Cannot look", LOOK, []);
    const [size, leased, producers] = rest;
    return {
      size: Number(size),
      leased: Number(leased),
      capacity: this.capacity,
      closed: this.#server.closed,
      drained: this.#server.drained,
      producers: producers === "" ? undefined : Number(producers),
    };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#left ??= this.#leave();
  }

  async #leave(): Promise<void> {
    const leaving = Promise.all([
      this.#sending.leave(),
      this.leases.leave(),
      this.#saying,
    ]);
    // The leases run out by themselves if nobody answers.
    await this.#server.within(leaving, FAREWELL).catch(() => {});
    this.#events.stop();
    this.#server.stop();
  }

  /** Sends what was delivered too often to the dead letters. */
  async #bury(held: Held<T>): Promise<void> {
    const { deadLetter } = this.#settings;
    const sender = `${this.name}:${this.#server.epoch}:${held.id}`;
    await (deadLetter as Remote<T>).takeIn(held.text, sender);
  }

  /** Sends text under a name under which nothing else is sent: so it is stored once. */
  async takeIn(text: string, sender: string): Promise<void> {
    const act = "Cannot send to the dead letters";
    const key = this.#server.key(`sender:${sender}`);
    const memory = String(this.#settings.tombstone);
    while (true) {
      // Another may have made this call before us, so it has no number.
      const args = ["0", "0", "0", memory, text];
      const { event, rest } = await this.#server.run(act, SEND, args, key);
      if (Number(rest[0]) > 0) return;
      if (this.#server.closed) {
        throw new ChannelClosedError(`${act}: channel is closed`);
      }
      await new Promise<void>((look, fail) => {
        const kinds = ["room", "closed"] as const;
        this.#events.wait({ kinds, look, fail }, event);
      });
    }
  }
}

/** Has a handler work on a value, and settles it. Waits only for what has to be waited for. */
function handle<T>(
  handler: (value: T, lease: Lease<T>) => unknown,
  held: Held<T>,
  failed: (error: unknown, held: Held<T>) => unknown,
): unknown {
  const give = (error: unknown) => {
    held.settleQuietly("given back");
    return failed(error, held);
  };
  try {
    const result = handler(held.value, held);
    if (!isThenable(result)) return held.settleQuietly("acknowledged");
    return Promise.resolve(result)
      .then(() => held.settleQuietly("acknowledged"), give);
  } catch (error) {
    return give(error);
  }
}
