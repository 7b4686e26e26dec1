// _workloads.ts: what is measured, one function for each workload and contender.
//
// A benchmark imports this file once for each contender, under a query of its
// own (`_workloads.ts?std`): then each has functions of its own, and the types that
// the engine has seen on one channel do not slow the others down.

/** What a contender's channel must do. */
export interface Chan {
  send(value: number): Promise<void>;
  receive(options?: { signal?: AbortSignal }): Promise<number>;
  trySend(value: number): boolean;
  tryReceive(): { state: string; value?: number };
  close(): void;
  [Symbol.asyncIterator](): AsyncIterator<number>;
}

/** A contender. Only ours has batches and a select; the floor has what it needs. */
export interface Kit {
  make(capacity: number): Chan;
  /** Waits for one value from any of the channels; leaves nobody waiting. */
  first?(channels: Chan[]): Promise<unknown>;
  /** Sends all of the values and receives them, in batches. */
  batches?(channel: Chan, values: number[]): Promise<void>;
}

/** A workload: prepares once, then runs `n` operations as often as it is asked. */
export interface Workload {
  /** Operations in a sample; the unit of every figure. */
  n: number;
  run(): void | Promise<void>;
}

/** W1 and W2: one producer, one consumer, `await` on each side. */
export function handOff(kit: Kit, capacity: number, n = 20_000): Workload {
  return {
    n,
    async run() {
      const channel = kit.make(capacity);
      const producer = produce(channel, n);
      for (let i = 0; i < n; i++) await channel.receive();
      await producer;
    },
  };
}

/** W1full: the same, with the buffer full all the time. */
export function handOffFull(kit: Kit, capacity: number, n = 20_000): Workload {
  return {
    n,
    async run() {
      const channel = kit.make(capacity);
      while (channel.trySend(0));
      const producer = produce(channel, n);
      for (let i = 0; i < n; i++) await channel.receive();
      await producer;
    },
  };
}

/** W3: the consumer is `for await`. */
export function iterate(kit: Kit, capacity: number, n = 20_000): Workload {
  return {
    n,
    async run() {
      const channel = kit.make(capacity);
      const producer = produce(channel, n).then(() => channel.close());
      let sum = 0;
      for await (const value of channel) sum += value;
      await producer;
      check(sum === n * (n - 1) / 2);
    },
  };
}

/** W1 to W3 where the consumer is there first, so that it is the one who waits. */
export function receiverFirst(
  kit: Kit,
  capacity: number,
  loop: boolean,
  n = 20_000,
): Workload {
  return {
    n,
    async run() {
      const channel = kit.make(capacity);
      const consumer = loop ? iterateAll(channel) : receiveAll(channel, n);
      await produce(channel, n);
      channel.close();
      check(await consumer === n * (n - 1) / 2);
    },
  };
}

/** W4: fill, then drain, by operations that never wait. */
export function tryOperations(
  kit: Kit,
  capacity: number,
  n: number,
  rounds: number,
): Workload {
  const reused = rounds > 1 ? kit.make(capacity) : undefined;
  return {
    n: n * rounds,
    run() {
      const channel = reused ?? kit.make(capacity);
      for (let round = 0; round < rounds; round++) {
        for (let i = 0; i < n; i++) channel.trySend(i);
        let sum = 0;
        for (let i = 0; i < n; i++) sum += channel.tryReceive().value!;
        check(sum === n * (n - 1) / 2);
      }
    },
  };
}

/** Batches against a loop of `await send` and `await receive`. */
export function batches(kit: Kit, capacity: number, n = 50_000): Workload {
  const values = Array.from({ length: n }, (_, i) => i);
  if (kit.batches === undefined) return handOff(kit, capacity, n);
  return { n, run: () => kit.batches!(kit.make(capacity), values) };
}

/** W6b: many receivers wait on one signal, which aborts. */
export function abortShared(kit: Kit, n: number): Workload {
  const reason = new Error("aborted");
  return {
    n,
    async run() {
      const channel = kit.make(0);
      const controller = new AbortController();
      const waiting: Promise<unknown>[] = [];
      for (let i = 0; i < n; i++) {
        waiting.push(
          channel.receive({ signal: controller.signal }).catch(ignore),
        );
      }
      controller.abort(reason);
      await Promise.all(waiting);
    },
  };
}

/** W7: wait for the first of several channels, of which one gets a value. */
export function selectParked(kit: Kit, width: number, n: number): Workload {
  const channels = Array.from({ length: width }, () => kit.make(0));
  return {
    n,
    async run() {
      for (let i = 0; i < n; i++) {
        const first = kit.first!(channels);
        channels[i % width]!.trySend(i);
        await first;
      }
    },
  };
}

/** W7: select where every channel has a value. */
export function selectReady(kit: Kit, width: number, n = 20_000): Workload {
  const channels = Array.from({ length: width }, () => kit.make(1));
  return {
    n,
    async run() {
      for (let i = 0; i < n; i++) {
        for (const channel of channels) channel.trySend(i);
        await kit.first!(channels);
      }
    },
  };
}

/** W11a: make a channel. */
export function create(kit: Kit, n = 20_000): Workload {
  const kept: Chan[] = new Array(1024);
  return {
    n,
    run() {
      for (let i = 0; i < n; i++) kept[i & 1023] = kit.make(16);
    },
  };
}

/** W11b: make a channel, put one value in, close it. */
export function createUseClose(kit: Kit, n = 20_000): Workload {
  const kept: Chan[] = new Array(1024);
  return {
    n,
    run() {
      for (let i = 0; i < n; i++) {
        const channel = kept[i & 1023] = kit.make(16);
        channel.trySend(i);
        channel.close();
      }
    },
  };
}

/** W11c: close a channel on which a thousand receivers wait. */
export function closeWaiting(kit: Kit, n = 1_000): Workload {
  return {
    n,
    async run() {
      const channel = kit.make(0);
      const waiting: Promise<unknown>[] = [];
      for (let i = 0; i < n; i++) waiting.push(channel.receive().catch(ignore));
      channel.close();
      await Promise.all(waiting);
    },
  };
}

/** W11d: a stream of three values, read by `for await`. */
export function shortStream(kit: Kit, n = 2_000): Workload {
  return {
    n,
    async run() {
      for (let i = 0; i < n; i++) {
        const channel = kit.make(3);
        channel.trySend(1);
        channel.trySend(2);
        channel.trySend(3);
        channel.close();
        let sum = 0;
        for await (const value of channel) sum += value;
        check(sum === 6);
      }
    },
  };
}

/** Two tasks that await a shared resolved promise in turn: floor2. */
export function twoTasks(n = 20_000): Workload {
  return {
    n,
    async run() {
      const other = awaitTimes(n);
      await awaitTimes(n);
      await other;
    },
  };
}

const DONE = Promise.resolve();

async function awaitTimes(n: number): Promise<void> {
  for (let i = 0; i < n; i++) await DONE;
}

async function produce(channel: Chan, n: number): Promise<void> {
  for (let i = 0; i < n; i++) await channel.send(i);
}

async function receiveAll(channel: Chan, n: number): Promise<number> {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += await channel.receive();
  return sum;
}

async function iterateAll(channel: Chan): Promise<number> {
  let sum = 0;
  for await (const value of channel) sum += value;
  return sum;
}

function check(holds: boolean): void {
  if (!holds) throw new Error("Cannot measure: the result is wrong");
}

function ignore(): void {}
