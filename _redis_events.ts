// _redis_events.ts: a connection that listens while somebody waits.
//
// 1. A watcher knows the number of the last event when it looked in vain. It is called
//    once: after a later event of its kind, or when the connection has been lost, or
//    nothing was heard for so long that it should look again. Then it looks, and may wait
//    again. So no event is missed, and one that was heard for nothing costs a look.
// 2. There is a connection from the first wait on, and one command under way on it at most.
// 3. After `stop` there is neither, nor a timer; who waits has failed. A connection that
//    comes later, or so late that it was given up, is closed.

import type { RedisConnection, RedisLike } from "./_redis_options.ts";
import { KEPT_EVENTS } from "./_redis_scripts.ts";
import type { Server } from "./_redis_server.ts";
import { isPassing, left, refused } from "./_redis_server.ts";

/** What can happen to a channel. */
export type EventKind = "values" | "room" | "closed" | "drained";

/** Somebody who waits for something to happen. */
export interface Watcher {
  readonly kinds: readonly EventKind[];
  /** Something has, perhaps. */
  look(): void;
  /** There is no listening. */
  fail(error: unknown): void;
}

/** One XREAD waits so long, in ms: a connection that is dead without a word is noticed. */
const LONGEST = 15_000;
const KINDS: readonly string[] = ["values", "room", "closed", "drained"];

/** The events of one channel. */
export class Events {
  readonly #client: RedisLike;
  readonly #server: Server;
  readonly #watchers = new Map<Watcher, number>();
  #connection: RedisConnection | undefined;
  /** The last event that was heard; `undefined` while nobody listens. */
  #at: number | undefined;
  #faults = 0;
  #stopped = false;

  constructor(client: RedisLike, server: Server) {
    this.#client = client;
    this.#server = server;
  }

  /** Has `watcher` called after the next event behind number `since`. */
  wait(watcher: Watcher, since: number): void {
    if (this.#stopped) return watcher.fail(left("Cannot wait"));
    this.#watchers.set(watcher, since);
    if (this.#at === undefined) {
      this.#at = since;
      this.#listen();
    } else if (since < this.#at) this.#call([watcher]);
  }

  /** Calls everybody, since the channel is gone: each will find out. */
  rouse(): void {
    this.#call([...this.#watchers.keys()]);
  }

  /** Calls it no more. */
  leave(watcher: Watcher): void {
    this.#watchers.delete(watcher);
  }

  stop(): void {
    this.#stopped = true;
    this.#hangUp();
    const watchers = [...this.#watchers.keys()];
    this.#watchers.clear();
    for (const watcher of watchers) watcher.fail(left("Cannot wait"));
  }

  async #listen(): Promise<void> {
    while (this.#watchers.size > 0 && !this.#stopped) {
      try {
        const heard = await this.#hear();
        this.#faults = 0;
        this.#tell(heard);
      } catch (error) {
        this.#hangUp();
        if (!this.#stopped) await this.#recover(error);
        return;
      }
    }
    this.#at = undefined;
  }

  /** Waits for events; an empty list after a while. */
  async #hear(): Promise<string[]> {
    const connection = this.#connection ??= await this.#connect();
    const reply = connection.command([
      ...["XREAD", "COUNT", `${KEPT_EVENTS}`, "BLOCK", `${LONGEST}`],
      ...["STREAMS", this.#server.keys[2]!, `${this.#at}-1`],
    ]);
    const patience = LONGEST + this.#server.patience;
    return textsIn(await this.#server.within(reply, patience));
  }

  async #connect(): Promise<RedisConnection> {
    const making = (async () => await this.#client.duplicate())();
    try {
      return await this.#server.within(making, this.#server.patience);
    } catch (error) {
      making.then((late) => late.close()).catch(() => {});
      throw error;
    }
  }

  #tell(texts: readonly string[]): void {
    const events: [number, string][] = [];
    for (const text of texts) {
      const number = /^(\d+)-1$/.exec(text)?.[1];
      if (number) this.#at = Number(number);
      else if (KINDS.includes(text)) events.push([this.#at!, text]);
    }
    // Nothing was heard for long, or some events may be gone already: look at everything.
    const all = events.length === 0 || events.length >= KEPT_EVENTS;
    const called = [...this.#watchers].filter(([{ kinds }, since]) =>
      all ||
      events.some(([number, kind]) =>
        number > since && (kinds as readonly string[]).includes(kind)
      )
    );
    this.#call(called.map(([watcher]) => watcher));
  }

  // The numbers of a server that has lost its memory may begin anew, so all look again.
  async #recover(error: unknown): Promise<void> {
    this.#at = -1; // whoever comes meanwhile looks with the others
    const passing = isPassing(error);
    if (passing) {
      const pause = Math.min(20 * 2 ** this.#faults++, 1_000);
      await this.#server.within(undefined, pause).catch(() => {});
    }
    const watchers = [...this.#watchers.keys()];
    this.#watchers.clear();
    this.#at = undefined;
    for (const watcher of watchers) {
      if (passing) watcher.look();
      else watcher.fail(refused("Cannot wait", error));
    }
  }

  #call(watchers: readonly Watcher[]): void {
    for (const watcher of watchers) this.#watchers.delete(watcher);
    for (const watcher of watchers) watcher.look();
  }

  #hangUp(): void {
    const connection = this.#connection;
    this.#connection = undefined;
    // It may be lost already.
    new Promise((resolve) => resolve(connection?.close())).catch(() => {});
  }
}

/** The strings in a reply, in order: clients make lists, maps or objects of the same one. */
function textsIn(reply: unknown): string[] {
  if (typeof reply === "string") return [reply];
  if (typeof reply !== "object" || reply === null) return [];
  if (reply instanceof Uint8Array) return [new TextDecoder().decode(reply)];
  const parts = reply instanceof Map
    ? [...reply]
    : Array.isArray(reply)
    ? reply
    : Object.entries(reply);
  return parts.flatMap(textsIn);
}
