// schedules.ts: real tasks on two channels, in whatever order fast-check's scheduler
// lets them go on, and a ledger of where every value went.

import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { Channel, ChannelClosedError, select, sending } from "../mod.ts";
import { turn } from "./_clock.ts";

/** A task goes on after each gate when the scheduler says so. */
type Gate = (task: string) => Promise<void>;

const PRODUCERS = 3;
const VALUES = 5; // of each producer
const ABORTED = "aborted";

/** Two channels, the tasks on them, and the ledger. */
class World {
  readonly #jobs: Channel<number>;
  readonly #passed: Channel<number>;
  readonly #gate: Gate;
  /** Values by what became of them. */
  readonly accepted: number[] = [];
  readonly refused: number[] = [];
  readonly received: number[][] = [];
  readonly #controllers: AbortController[] = [];
  joined = false;

  constructor(capacities: readonly [number, number], gate: Gate) {
    this.#jobs = new Channel(capacities[0]);
    this.#passed = new Channel(capacities[1]);
    this.#gate = gate;
  }

  /** All tasks; each ends when the channels do. */
  tasks(): Promise<void>[] {
    const producers = Array.from(
      { length: PRODUCERS },
      (_, id) => this.#produce(id),
    );
    return [
      ...producers,
      this.#iterate(),
      this.#receive(),
      this.#receiveMany(),
      this.#select(),
      this.#collect(),
      this.#abort(),
      this.#close(),
      this.#jobs.join().then(() => {
        this.joined = true;
        assert(this.#jobs.drained);
      }),
    ];
  }

  /** Every value is in one column of the ledger, and nobody waits. */
  check(): void {
    const sum = this.received.flat();
    assertEquals(ordered(sum), ordered(this.accepted), "accepted = received");
    assertEquals(
      ordered([...this.accepted, ...this.refused]),
      ordered(sentBy(PRODUCERS)),
      "sent = accepted + refused",
    );
    for (const values of this.received) {
      for (let id = 0; id < PRODUCERS; id++) {
        const own = values.filter((value) => producerOf(value) === id);
        assertEquals(own, ordered(own), "a consumer sees a producer's order");
      }
    }
    assert(this.joined, "joined");
    for (const channel of [this.#jobs, this.#passed]) {
      const { size, waitingSenders, waitingReceivers } = channel.stats();
      assertEquals([size, waitingSenders, waitingReceivers], [0, 0, 0]);
    }
  }

  #consumer(): number[] {
    const values: number[] = [];
    this.received.push(values);
    return values;
  }

  #signal(): AbortSignal {
    const controller = new AbortController();
    this.#controllers.push(controller);
    return controller.signal;
  }

  async #produce(id: number): Promise<void> {
    for (let i = 0; i < VALUES; i++) {
      const value = id * VALUES + i;
      await this.#gate(`produce ${value}`);
      const options = i % 2 ? { signal: this.#signal() } : undefined;
      try {
        await this.#jobs.send(value, options);
        this.accepted.push(value);
      } catch (error) {
        assert(error === ABORTED || error instanceof ChannelClosedError);
        if (error !== ABORTED) assertEquals(error.value, value);
        this.refused.push(value);
      }
    }
  }

  async #iterate(): Promise<void> {
    const values = this.#consumer();
    while (!this.#jobs.drained) {
      for await (const value of this.#jobs) {
        values.push(value);
        await this.#gate("iterate");
        if (value % 3 === 0) break;
      }
    }
  }

  async #receive(): Promise<void> {
    const values = this.#consumer();
    while (true) {
      await this.#gate("receive");
      try {
        values.push(await this.#jobs.receive({ signal: this.#signal() }));
      } catch (error) {
        if (error === ABORTED) continue;
        assert(error instanceof ChannelClosedError);
        return;
      }
    }
  }

  async #receiveMany(): Promise<void> {
    const values = this.#consumer();
    try {
      while (true) {
        await this.#gate("receiveMany");
        values.push(...await this.#jobs.receiveMany(2));
        const result = this.#jobs.tryReceive();
        if (result.state === "ok") values.push(result.value);
      }
    } catch (error) {
      assert(error instanceof ChannelClosedError);
    }
  }

  /** Passes on what it selects; holds one value at a time. */
  async #select(): Promise<void> {
    let held: number | undefined;
    while (true) {
      await this.#gate("select");
      const result = await select({
        job: held === undefined && this.#jobs,
        passed: held !== undefined && sending(this.#passed, held),
      });
      if (result.state === "closed") break;
      held = result.key === "job" ? result.value : undefined;
    }
    this.#passed.close();
  }

  /** Receives what was passed on, by selects of the same channel twice. */
  async #collect(): Promise<void> {
    const values = this.#consumer();
    while (true) {
      await this.#gate("collect");
      const result = await select([this.#passed, this.#passed]);
      if (result.state === "closed") return;
      values.push(result.value);
    }
  }

  async #abort(): Promise<void> {
    for (let i = 0; i < 6; i++) {
      await this.#gate("abort");
      this.#controllers.shift()?.abort(ABORTED);
    }
  }

  async #close(): Promise<void> {
    for (let i = 0; i < 12; i++) await this.#gate("close");
    this.#jobs.close();
  }
}

function producerOf(value: number): number {
  return Math.floor(value / VALUES);
}

function sentBy(producers: number): number[] {
  return Array.from({ length: producers * VALUES }, (_, value) => value);
}

function ordered(values: readonly number[]): number[] {
  return values.toSorted((one, other) => one - other);
}

/** Runs the tasks in so many schedules; throws at the first whose ledger is wrong. */
export async function schedules(runs: number, seed: number): Promise<void> {
  const capacity = fc.nat(3);
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.tuple(capacity, capacity),
      async (scheduler, capacities) => {
        const gate: Gate = (task) =>
          scheduler.schedule(Promise.resolve(), task);
        const world = new World(capacities, gate);
        let failure: unknown;
        let running = 0;
        for (const task of world.tasks()) {
          running++;
          task.catch((error) => failure ??= error).then(() => running--);
        }
        do {
          await scheduler.waitIdle();
          await turn();
        } while (scheduler.count() > 0);
        if (failure) throw failure;
        assertEquals(running, 0, "every task ends");
        world.check();
      },
    ),
    { numRuns: runs, seed },
  );
}
