// _redis_server.ts: asking the server, however often that takes, and what it answers.
//
// 1. A script call is repeated until it is answered, refused, or `patience` is over. Each
//    script can be repeated: see _redis_scripts.ts.
// 2. What the server has said of the channel is here: `closed` and `drained` only ever
//    turn true, and whoever listens is told once of each.
// 3. After `stop` no timer is left, and nothing is sent. Every call that was under way has
//    rejected, and says so if the server may have heard it.

import type { RedisLike } from "./_redis_options.ts";
import { decodeReason } from "./_redis_reason.ts";
import type { Script } from "./_redis_scripts.ts";
import { Closing } from "./_closing.ts";
import { ChannelError } from "./errors.ts";

/** What a script has replied, behind what is common to all. */
export interface Reply {
  /** The number of the last event. */
  readonly event: number;
  readonly rest: readonly unknown[];
}

/** The first pause before another try, and the longest, in ms. */
const PAUSES = [20, 1_000] as const;
/** A server that is not ready yet, or not the right one for now. */
const NOT_NOW =
  /^(LOADING|BUSY|TRYAGAIN|CLUSTERDOWN|MASTERDOWN|READONLY|MOVED|ASK|UNBLOCKED) /;
/** How every error that a server replies begins; what a client throws does not. */
const REPLIED = /^-?[A-Z][A-Z0-9]+ /;
/** What comes first in whatever a script of ours replies. */
const STATUSES: ReadonlySet<string> = new Set(
  ["ok", "gone", "old", "kind", "stray", "layout", "differs", "part"],
);

/** No answer: whether the call has happened is unknown. */
export class SilenceError extends ChannelError {}

/** The server, for one handle. */
export class Server {
  closed = false;
  drained = false;
  readonly closing: Closing = new Closing();
  /** Told when `closed` or `drained` has turned true. */
  onEnd: (() => void) | undefined;
  /** Told when the channel was not on the server any more. */
  onGone: (() => void) | undefined;
  readonly keys: readonly string[];
  readonly patience: number;
  /** Names this handle. */
  readonly id: string = crypto.randomUUID();
  /** Names the channel's life: after a while there may be another of its name. */
  epoch: string = this.id;
  readonly #client: RedisLike;
  readonly #name: string;
  /** Rejects what waits here. */
  readonly #waiting = new Set<(error: unknown) => void>();
  #stopped = false;

  constructor(client: RedisLike, name: string, patience: number) {
    this.#client = client;
    this.#name = name;
    this.patience = patience;
    this.keys = ["meta", "values", "events"].map((part) => this.key(part));
  }

  /** The name of a key of this channel. The braces keep all of them in one slot. */
  key(part: string): string {
    return `sluice:{${this.#name}}:${part}`;
  }

  /** Runs a script that begins with the epoch. `act` begins the error's message. */
  async run(
    act: string,
    script: Script,
    args: readonly string[],
    ...keys: readonly string[]
  ): Promise<Reply> {
    const all = [this.epoch, ...args];
    const reply = await this.ask(act, script, all, ...keys);
    const [status, event, state, reason, ...rest] = reply;
    if (status !== "ok") {
      this.onGone?.();
      throw new ChannelError(
        `${act}: channel ${this.#name} is no longer on the server`,
      );
    }
    this.learn(Number(state), String(reason));
    return { event: Number(event), rest };
  }

  /** Runs a script, and returns what it replies. */
  async ask(
    act: string,
    script: Script,
    args: readonly string[],
    ...keys: readonly string[]
  ): Promise<unknown[]> {
    const all = [...this.keys, ...keys];
    const rest = [String(all.length), ...all, ...args];
    const sha = await (script.sha ??= sha1(script.text));
    const until = performance.now() + this.patience;
    let command = ["EVALSHA", sha, ...rest];
    let pause = PAUSES[0] as number;
    let unsure = false;
    while (true) {
      if (this.#stopped) throw unsure ? leftInDoubt(act) : left(act);
      try {
        const left = Math.max(1, until - performance.now());
        const reply = await this.within(this.#client.command(command), left);
        if (isOurs(reply)) return reply;
        throw new Error("The answer is that of another command");
      } catch (error) {
        if (isReplied(error, /^NOSCRIPT /)) {
          command = ["EVAL", script.text, ...rest];
          continue;
        }
        if (!isPassing(error)) throw refused(act, error, unsure);
        unsure ||= !isReplied(error, REPLIED);
        if (this.#stopped) continue;
        if (performance.now() + pause >= until) {
          throw new SilenceError(
            `${act}: no answer from the server in ${this.patience} ms; whether it has heard is unknown`,
            { cause: error },
          );
        }
        await this.within(undefined, pause).catch(() => {});
        pause = Math.min(pause * 2, PAUSES[1]);
      }
    }
  }

  /** A promise that rejects after so many ms, or when this stops. Without one: a pause. */
  within<T>(promise: Promise<T> | undefined, ms: number): Promise<T> {
    return new Promise((resolve, reject) => {
      const end = () => {
        clearTimeout(timer);
        this.#waiting.delete(fail);
      };
      const fail = (error: unknown) => {
        end();
        reject(error);
      };
      const timer = setTimeout(() => fail(new Error("No answer")), ms);
      this.#waiting.add(fail);
      promise?.then((value) => {
        end();
        resolve(value);
      }, fail);
      if (this.#stopped) fail(new Error("Stopped"));
    });
  }

  /** Takes in what the server says of the channel's end: 0 open, 1 closed, 2 drained. */
  learn(state: number, reason: string): void {
    const [closed, drained] = [state > 0, state > 1];
    // An answer that was late says less than is known.
    if (closed <= this.closed && drained <= this.drained) return;
    if (!this.closed) {
      this.closing.plain = reason === "";
      if (reason) this.closing.reason = decodeReason(reason);
    }
    this.closed = closed;
    this.drained = drained;
    this.onEnd?.();
  }

  stop(): void {
    this.#stopped = true;
    for (const fail of this.#waiting) fail(new Error("Stopped"));
  }
}

/** What is told when the handle was left. */
export function left(act: string): ChannelError {
  return new ChannelError(`${act}: this handle of the channel was left`);
}

function leftInDoubt(act: string): SilenceError {
  return new SilenceError(
    `${left(act).message}; whether the server has heard is unknown`,
  );
}

/**
 * Whether a script of ours has replied so. When connections drop some clients hand out the
 * answer to another command (node-redis 5 that to its greeting).
 */
function isOurs(reply: unknown): reply is unknown[] {
  return Array.isArray(reply) && STATUSES.has(String(reply[0]));
}

/** Whether another try may go better. */
export function isPassing(error: unknown): boolean {
  return !isReplied(error, REPLIED) || isReplied(error, NOT_NOW);
}

function isReplied(error: unknown, pattern: RegExp): boolean {
  return pattern.test(messageOf(error));
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** What the server refuses, in our words; its own are the cause. `unsure`: after a try without an answer. */
export function refused(
  act: string,
  cause: unknown,
  unsure = false,
): ChannelError {
  const message = messageOf(cause);
  const fact = /^-?OOM |allow-oom/.test(message)
    ? "the server has no memory left"
    : /^WRONGTYPE /.test(message)
    ? "a key of the channel holds something else"
    : /^NOGROUP /.test(message)
    ? "a part of the channel was deleted on the server"
    : /^(NOPERM|NOAUTH) |can't run this command|can't access at least one/.test(
        message,
      )
    ? "the user lacks a permission on the server"
    : /^ERR unknown command/.test(message)
    ? "the server must be Redis 7.0 or later, or Valkey"
    : message;
  return unsure
    ? new SilenceError(
      `${act}: ${fact}; whether an earlier try was heard is unknown`,
      { cause },
    )
    : new ChannelError(`${act}: ${fact}`, { cause });
}

async function sha1(text: string): Promise<string> {
  const bytes = new TextEncoder().encode(text);
  const hash = await crypto.subtle.digest("SHA-1", bytes);
  return Array.from(
    new Uint8Array(hash),
    (byte) => byte.toString(16).padStart(2, "0"),
  ).join("");
}
