// _serving.ts: the work of a pool, in one of its threads.

import type { Outcome } from "./_crew.ts";
import { transferred } from "./_crossing.ts";
import type { Call, Listener } from "./_link.ts";
import { Link, TAG } from "./_link.ts";
import { pack } from "./_reason.ts";
import { parentOf } from "./_thread.ts";
import { ChannelError } from "./errors.ts";

/** Work that takes longer than this, in ms, is told of at once. */
const LONG = 0.1;

/** What a handler is, and how its results go back. */
export interface Service<T, R> {
  readonly handler: (value: T, signal: AbortSignal) => R | PromiseLike<R>;
  readonly transfer?: ((result: R) => Transferable[]) | undefined;
}

let serving = false;

/** Tells the thread that started this one that it can work. */
export function startServing<T, R>(service: Service<T, R>): void {
  const parent = parentOf();
  if (!parent) throw new ChannelError("Cannot serve: not in a worker");
  if (serving) throw new ChannelError("Cannot serve: it does already");
  serving = true;
  parent.listen((data) => {
    if (!Array.isArray(data) || data[0] !== TAG) return;
    const [, , port] = data as Call;
    new Serving(port!, service);
  });
  parent.post([TAG, "ready"] satisfies Call);
}

class Serving<T, R> implements Listener {
  readonly #service: Service<T, R>;
  readonly #link: Link;
  readonly #controller = new AbortController();
  readonly #jobs: [number: number, value: T][] = [];
  #outcomes: Outcome[] = [];
  #busy = false;
  #told = 0;

  constructor(port: MessagePort, service: Service<T, R>) {
    this.#service = service;
    this.#link = new Link(port, "crew", this);
    this.#link.post("up");
  }

  heard(kind: string, data: unknown): void {
    if (kind === "jobs") {
      this.#jobs.push(...data as [number, T][]);
      if (!this.#busy) this.#work();
    } else if (kind === "stop") this.#stop();
  }

  gone(fact: string): void {
    this.#jobs.length = 0;
    this.#controller.abort(new ChannelError(`Cannot go on: ${fact}`));
  }

  #stop(): void {
    this.#jobs.length = 0;
    this.#controller.abort(
      new ChannelError("Cannot go on: the pool has ended"),
    );
    if (!this.#busy) this.#link.post("stopped");
  }

  /** One job after the other. */
  async #work(): Promise<void> {
    this.#busy = true;
    const { handler } = this.#service;
    const { signal } = this.#controller;
    for (let job; (job = this.#jobs.shift());) {
      const [number, value] = job;
      try {
        this.#add(number, await handler(value, signal));
      } catch (error) {
        this.#outcomes.push([number, false, pack(error)]);
      }
      if (this.#jobs.length === 0 || performance.now() - this.#told > LONG) {
        this.#tell();
      }
    }
    this.#busy = false;
    if (signal.aborted) this.#link.post("stopped");
  }

  #add(number: number, result: R): void {
    const outcome: Outcome = [number, true, result];
    if (!this.#service.transfer) this.#outcomes.push(outcome);
    else this.#postAlone(outcome, transferred(this.#service, result));
  }

  #tell(): void {
    const outcomes = this.#outcomes;
    this.#outcomes = [];
    this.#told = performance.now();
    try {
      this.#link.post("outcomes", outcomes);
    } catch {
      for (const outcome of outcomes) this.#postAlone(outcome, []);
    }
  }

  /** A result that cannot be cloned is a failure of its own job. */
  #postAlone(outcome: Outcome, transfer: Transferable[]): void {
    try {
      this.#link.post("outcomes", [outcome], transfer);
    } catch (error) {
      this.#link.post("outcomes", [[outcome[0], false, pack(error)]]);
    }
  }
}
