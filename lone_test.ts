// lone_test.ts: an operation that waits alone, and is held by the channel itself,
// differs from one that waits in a queue in nothing that can be seen.
//
// An operation that was given options is always queued. So every program of a kind
// runs twice, without options and with empty ones, and both must tell the same tale.

import { assert, assertEquals } from "@std/assert";
import { SettleLog, tick } from "./_testing.ts";
import { Channel } from "./channel.ts";
import { available, giveBack, lease, take } from "./ends.ts";
import { select, sending, trySelect } from "./select.ts";
import { withClock } from "./verify/_clock.ts";

/** One run of a program: the channel, what has happened to it, and what it holds. */
class Run {
  readonly log = new SettleLog();
  readonly channel: Channel<number>;
  readonly iterator: AsyncIterableIterator<number>;
  readonly leases: number[] = [];
  readonly controllers: AbortController[] = [];

  constructor(start: Start, readonly options: object | undefined) {
    const onDrop = (value: number) => this.note("dropped", value);
    this.channel = new Channel({ capacity: start.capacity, onDrop });
    for (let i = 0; i < start.size; i++) this.channel.sendNow(-i - 1);
    this.iterator = this.channel.values();
  }

  note(name: string, value: unknown): void {
    this.log.entries.push(`${name}: ${JSON.stringify(value)}`);
  }
}

type Operation = (run: Run, id: number) => unknown;

const operations: Record<string, Operation> = {
  send: ({ log, channel, options }, id) =>
    log.add(`${id}`, channel.send(id, options)),
  receive: ({ log, channel, options }, id) =>
    log.add(`${id}`, channel.receive(options)),
  "receive until abort": ({ log, channel, controllers }, id) => {
    const controller = new AbortController();
    controllers.push(controller);
    log.add(`${id}`, channel.receive({ signal: controller.signal }));
  },
  "join until abort": ({ log, channel, controllers }, id) => {
    const controller = new AbortController();
    controllers.push(controller);
    log.add(`${id}`, channel.join({ signal: controller.signal }));
  },
  abort: ({ controllers }) => controllers.shift()?.abort("aborted"),
  next: ({ log, iterator }, id) =>
    log.add(`${id}`, iterator.next().then(({ value }) => value)),
  return: ({ log, iterator }, id) =>
    log.add(`${id}`, iterator.return!().then(({ value }) => value)),
  trySend: (run, id) => run.note("trySend", run.channel.trySend(id)),
  tryReceive: (run) => run.note("tryReceive", run.channel.tryReceive()),
  peek: (run) => run.note("peek", run.channel.peek()),
  stats: (run) => run.note("stats", run.channel.stats()),
  drain: (run) => run.note("drain", run.channel.drain()),
  "select both ways": ({ log, channel }, id) =>
    log.add(
      `${id}`,
      select([channel, sending(channel, id)], { priority: true })
        .then((result) => JSON.stringify(result)),
    ),
  "trySelect a send": (run, id) => {
    try {
      const result = trySelect([sending(run.channel, id)]);
      run.note("trySelect", result?.state);
    } catch (error) {
      run.note("trySelect", `${error}`);
    }
  },
  lease: ({ channel, leases }) => {
    if (!channel[available]()) return;
    channel[lease](1);
    leases.push(channel[take]());
  },
  giveBack: ({ channel, leases }) => channel[giveBack](leases.splice(0)),
  close: ({ channel }) => channel.close(),
  "close with a reason": ({ channel }) => channel.close("reason"),
  cancel: ({ channel }) => channel.cancel(),
};

interface Start {
  readonly capacity: number;
  readonly size: number;
}

const starts: Start[] = [
  { capacity: 0, size: 0 },
  { capacity: 1, size: 0 },
  { capacity: 1, size: 1 },
  { capacity: 2, size: 1 },
];

/** Every program of `length` operations that begins with a send or a receive. */
function programs(length: number): string[][] {
  const all = Object.keys(operations);
  let some = [["send"], ["receive"]];
  for (let i = 1; i < length; i++) {
    some = some.flatMap((program) => all.map((name) => [...program, name]));
  }
  return some;
}

/** Runs programs side by side, `pause`d after each operation; gives their logs. */
async function tell(
  some: string[][],
  start: Start,
  options: object | undefined,
  pause: boolean,
): Promise<string[][]> {
  const runs = some.map((program) => ({
    run: new Run(start, options),
    program,
  }));
  for (let step = 0; step < some[0]!.length; step++) {
    for (const { run, program } of runs) {
      operations[program[step]!]!(run, step);
    }
    if (pause) await tick();
  }
  await tick();
  for (const { run } of runs) run.note("stats", run.channel.stats());
  return runs.map(({ run }) => run.log.entries);
}

for (const pause of [false, true]) {
  for (const start of starts) {
    const { capacity, size } = start;
    const how = pause ? "with ticks between" : "within one turn";
    Deno.test(`a lone wait is as a queued one in every program of four operations (${how}, capacity ${capacity}, ${size} buffered)`, async () => {
      // By a clock that stands still no turn is ever too long.
      await withClock("frozen", async () => {
        const some = programs(4);
        const lone = await tell(some, start, undefined, pause);
        const queued = await tell(some, start, {}, pause);
        for (const [i, program] of some.entries()) {
          assertEquals(lone[i], queued[i], program.join(", "));
        }
      });
    });
  }
}

Deno.test("return() withdraws the next() behind one that waited alone and was served", async () => {
  const channel = new Channel<number>();
  const loop = channel.values();
  const steps = [loop.next(), loop.next(), loop.next()];
  assert(channel.trySend(1));
  loop.return!();
  assertEquals(await Promise.all(steps), [
    { value: 1, done: false },
    { value: undefined, done: true },
    { value: undefined, done: true },
  ]);
  assertEquals(channel.trySend(2), false);
});

Deno.test("nothing of a lone wait is kept once it is over", async () => {
  const channels: Channel<object>[] = [];
  const handOver = async (sendFirst: boolean, queued: boolean) => {
    const channel = new Channel<object>();
    channels.push(channel);
    const sent = sendFirst && channel.send({});
    const received = !sendFirst && channel.receive();
    if (queued) channel.stats();
    if (!sendFirst) channel.trySend({});
    const value = await (received || channel.receive());
    await sent;
    return new WeakRef(value);
  };
  const weak = [
    await handOver(true, false),
    await handOver(true, true),
    await handOver(false, false),
    await handOver(false, true),
  ];
  await tick();
  (globalThis as unknown as { gc(): void }).gc();
  assertEquals(weak.filter((ref) => ref.deref()), []);
  assertEquals(channels.length, weak.length);
});
