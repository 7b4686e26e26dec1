// _redis_consumer.ts: what a handle says to the server as one of its consumers.
//
// A consumer numbers its calls, and makes one at a time: so the server knows whether it and
// we agree on who holds what, and tells who makes a call twice what the first one took
// (invariant 8 of _redis_scripts.ts).

import type { Held } from "./_redis_lease.ts";
import { KEEP, LEAVE, WORK } from "./_redis_scripts.ts";
import type { Server } from "./_redis_server.ts";

/** A lease as the server names it. */
type Named = Pick<Held<unknown>, "id" | "deliveries">;

/** A value that the server has leased to us. */
export type Taken = readonly [id: string, deliveries: number, text: string];

/** What came of a call. */
export interface Worked {
  /** The number of the last event. */
  readonly event: number;
  /** Of each lease: 1 if it was ours, 0 if not, -1 if its value is gone. */
  readonly settled: readonly number[];
  readonly taken: readonly Taken[];
  /** In how many ms a lease of anybody may run out. */
  readonly wait: number;
}

/** One consumer. */
export class Consumer {
  readonly #server: Server;
  readonly #name: string = crypto.randomUUID();
  /** Calls that were ever made. */
  #calls = 0;

  constructor(server: Server) {
    this.#server = server;
  }

  /**
   * Settles leases and takes as many values as are wanted. `held` is how many leases we
   * know of; who `sweeps` looks for those that have run out.
   */
  async work(
    wanted: number,
    held: number,
    sweeps: boolean,
    acks: readonly Named[],
    gives: readonly Pick<Held<unknown>, "id" | "deliveries" | "settlement">[],
  ): Promise<Worked> {
    const { event, rest } = await this.#server.run(
      wanted > 0 ? "Cannot receive" : "Cannot settle lease",
      WORK,
      [
        this.#name,
        String(++this.#calls),
        String(wanted),
        String(held),
        sweeps ? "1" : "0",
        String(acks.length),
        ...acks.map(({ id }) => id),
        ...acks.map(({ deliveries }) => String(deliveries)),
        ...gives.flatMap(({ id, deliveries, settlement }) => [
          id,
          String(deliveries),
          settlement === "given back" ? "0" : "1",
        ]),
      ],
    );
    const [settled, again, fresh, wait] = rest as [
      unknown[],
      unknown[],
      unknown[],
      unknown,
    ];
    const taken: Taken[] = [];
    for (let i = 0; i < again.length; i += 3) {
      const [id, deliveries, text] = again.slice(i, i + 3);
      taken.push([String(id), Number(deliveries), String(text)]);
    }
    for (let i = 0; i < fresh.length; i += 2) {
      taken.push([String(fresh[i]), 1, String(fresh[i + 1])]);
    }
    // Nothing is said of leases if all were ours.
    return {
      event,
      settled: [...acks, ...gives].map((_, i) => Number(settled[i] ?? 1)),
      taken,
      wait: Number(wait),
    };
  }

  /** Renews leases; returns the ids of those that last. */
  async keep(held: readonly Named[]): Promise<ReadonlySet<string>> {
    const { rest: [kept] } = await this.#server.run(
      "Cannot renew leases",
      KEEP,
      [
        this.#name,
        String(++this.#calls),
        ...held.flatMap(({ id, deliveries }) => [id, String(deliveries)]),
      ],
    );
    return new Set((kept as unknown[]).map(String));
  }

  /** Is none any more. */
  async leave(): Promise<void> {
    await this.#server.run("Cannot leave", LEAVE, [this.#name]);
  }
}
