// _crew.ts: the threads of a pool, as their owner sees them.
//
// 1. A job is in `#waiting`, under way in one worker, or settled.
// 2. A worker has `window` jobs at most. The one with the fewest gets the next.
// 3. The jobs of a worker that died come before all others; a job that was under way in
//    MOST_DEATHS of them is given up, and so is one that was transferred to one.
// 4. So are all if, without an outcome in between, MOST_DEATHS for each of `size` died idle.

import { Batch } from "./_batch.ts";
import { transferred } from "./_crossing.ts";
import type { Listener } from "./_link.ts";
import { Link, TAG } from "./_link.ts";
import type { Failure } from "./_pool.ts";
import type { Packed } from "./_reason.ts";
import { unpack } from "./_reason.ts";
import type { Thread, ThreadListener } from "./_thread.ts";
import { startThread } from "./_thread.ts";
import { ChannelError } from "./errors.ts";

const MOST_DEATHS = 3;
/** How long a handler may take to heed its signal before its thread is ended, in ms. */
const GRACE = 1000;

/** What a worker says of a job: its number, whether it is done, and what came of it. */
export type Outcome = [number: number, done: boolean, result: unknown];

/** A value to work on. */
export interface Task<T> {
  readonly value: T;
  /** Whether there is nothing left of it here, since it was transferred. */
  gone: boolean;
}

interface Job<T, R> {
  readonly task: Task<T>;
  readonly resolve: (result: R) => void;
  readonly reject: (reason: unknown) => void;
  /** Workers that died of it, perhaps. */
  deaths: number;
}

/** What a crew is made of. */
export interface CrewOptions<T> {
  readonly size: number;
  readonly window: number;
  readonly transfer?: ((value: T) => Transferable[]) | undefined;
}

/** Threads that run the same module, and share the work. */
export class Crew<T, R> {
  readonly #url: URL;
  readonly #options: CrewOptions<T>;
  readonly #fail: (reason: unknown) => void;
  readonly #members: Set<Member<T, R>> = new Set();
  #waiting: Job<T, R>[] = [];
  /** Threads that died without a job since the last outcome. */
  #idleDeaths = 0;
  #over: Failure | undefined;

  /** `fail` is told if there is no hope for them. */
  constructor(
    url: URL,
    options: CrewOptions<T>,
    fail: (reason: unknown) => void,
  ) {
    this.#url = url;
    this.#options = options;
    this.#fail = fail;
  }

  /** Starts the threads. */
  start(): void {
    for (let n = 0; n < this.#options.size && !this.#over; n++) this.#hire();
  }

  /** Has the work done by one of them. */
  run(task: Task<T>): Promise<R> {
    if (this.#over) return Promise.reject(this.#over.reason);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ task, resolve, reject, deaths: 0 });
      this.assign();
    });
  }

  /** Gives out what waits. */
  assign(): void {
    while (this.#waiting.length > 0) {
      let best: Member<T, R> | undefined;
      for (const member of this.#members) {
        if (member.room > (best?.room ?? 0)) best = member;
      }
      if (!best) return;
      best.give(this.#waiting.shift()!);
    }
  }

  /** Ends all threads, once and for all, and rejects what is under way with `reason`. */
  stop(reason: unknown): void {
    this.#over = { reason };
    const jobs = this.#waiting.splice(0);
    for (const member of this.#members) jobs.push(...member.stop());
    this.#members.clear();
    for (const { reject } of jobs.reverse()) reject(reason);
  }

  /** One of them has done something. */
  thrive(): void {
    this.#idleDeaths = 0;
  }

  /** Replaces a worker that has died. */
  lose(member: Member<T, R>, error: unknown): void {
    this.#members.delete(member);
    const why = error instanceof Error ? error : undefined;
    const dead = new ChannelError(
      `Cannot work: a worker has died${why ? `: ${why.message}` : ""}`,
      { cause: error },
    );
    const jobs = member.stop();
    if (jobs.length === 0) this.#idleDeaths++;
    if (!member.up || this.#idleDeaths >= MOST_DEATHS * this.#options.size) {
      this.#waiting.unshift(...jobs);
      this.#fail(dead);
      return;
    }
    const again = jobs.filter((job) =>
      ++job.deaths < MOST_DEATHS && !job.task.gone
    );
    this.#waiting.unshift(...again);
    for (const job of jobs) if (!again.includes(job)) job.reject(dead);
    if (!this.#over) this.#hire();
    this.assign();
  }

  #hire(): void {
    try {
      this.#members.add(new Member(this, this.#url, this.#options));
    } catch (error) {
      this.#fail(error);
    }
  }
}

/** One of the threads. */
class Member<T, R> implements Listener, ThreadListener {
  /** Whether it has been ready for work. */
  up = false;
  readonly #crew: Crew<T, R>;
  readonly #options: CrewOptions<T>;
  readonly #thread: Thread;
  readonly #batch: Batch = new Batch(() => this.#flush());
  readonly #jobs: Map<number, Job<T, R>> = new Map();
  #next: number[] = [];
  #count = 0;
  #link: Link | undefined;
  #over = false;
  #grace: ReturnType<typeof setTimeout> | undefined;

  constructor(crew: Crew<T, R>, url: URL, options: CrewOptions<T>) {
    this.#crew = crew;
    this.#options = options;
    this.#thread = startThread(url, this);
  }

  /** How many jobs it may be given. */
  get room(): number {
    const { window } = this.#options;
    return this.up && !this.#over ? window - this.#jobs.size : 0;
  }

  give(job: Job<T, R>): void {
    if (this.#jobs.size === 0) this.#thread.keepAlive(true);
    this.#jobs.set(this.#count, job);
    this.#next.push(this.#count++);
    this.#batch.add();
  }

  /** Ends the thread, soon. Returns what was under way, oldest first. */
  stop(): Job<T, R>[] {
    const jobs = [...this.#jobs.values()];
    this.#jobs.clear();
    this.#over = true;
    if (jobs.length === 0 || !this.#link) this.#end();
    else {
      this.#link.post("stop");
      this.#grace = setTimeout(() => this.#end(), GRACE);
    }
    return jobs;
  }

  #end(): void {
    clearTimeout(this.#grace);
    this.#link?.close();
    this.#thread.stop();
  }

  // It is ready for its port.
  called(data: unknown): void {
    if (!Array.isArray(data) || data[0] !== TAG || this.#link) return;
    const { port1, port2 } = new MessageChannel();
    this.#thread.post([TAG, "port", port2], [port2]);
    this.#link = new Link(port1, "host", this);
    this.#link.unref();
  }

  heard(kind: string, data: unknown): void {
    switch (kind) {
      case "up":
        this.up = true;
        this.#thread.keepAlive(false);
        this.#crew.assign();
        break;
      case "outcomes":
        this.#crew.thrive();
        for (const outcome of data as Outcome[]) this.#settle(outcome);
        if (this.#jobs.size === 0 && !this.#over) this.#thread.keepAlive(false);
        this.#crew.assign();
        break;
      case "stopped":
        this.#end();
    }
  }

  #settle([number, done, result]: Outcome): void {
    const job = this.#jobs.get(number);
    this.#jobs.delete(number);
    if (done) job?.resolve(result as R);
    else job?.reject(unpack(result as Packed));
  }

  gone(fact: string): void {
    this.died(new ChannelError(`Cannot go on: ${fact}`));
  }

  died(error: unknown): void {
    if (this.#over) this.#end();
    else this.#crew.lose(this, error);
  }

  #flush(): void {
    const numbers = this.#next.splice(0).filter((n) => this.#jobs.has(n));
    if (numbers.length === 0) return;
    if (!this.#options.transfer && this.#post(numbers)) return;
    // `transfer` may end all.
    for (const n of numbers) if (this.#jobs.has(n)) this.#postAlone(n);
  }

  /** Whether they could be cloned. */
  #post(numbers: readonly number[]): boolean {
    const jobs = numbers.map((n) => [n, this.#jobs.get(n)!.task.value]);
    try {
      this.#link!.post("jobs", jobs);
      return true;
    } catch {
      return false;
    }
  }

  #postAlone(number: number): void {
    const job = this.#jobs.get(number)!;
    const { task } = job;
    try {
      const list = transferred(this.#options, task.value);
      if (!this.#jobs.has(number)) return;
      this.#link!.post("jobs", [[number, task.value]], list);
      task.gone = list.length > 0;
    } catch (error) {
      this.#jobs.delete(number);
      job.reject(error);
    }
  }
}
