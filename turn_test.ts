// turn_test.ts: a busy channel lets the event loop breathe, and an idle one leaves it alone.
//
// Its clock moves only when an operation is done: so much work may be done before a
// timer fires, however fast the machine is and whatever else it does.

import { assert, assertEquals, assertLess } from "@std/assert";
import type { Channel as ChannelOf } from "./channel.ts";

/** Timers of the library's own that have not fired. */
let timers = 0;
/** How often the library has asked to be told of the end of a turn, by timer or by message. */
let asked = 0;

// The library keeps what it finds when it is loaded, or makes message channels as it goes.
const host = globalThis as { setImmediate?: (fire: () => void) => unknown };
const { setTimeout } = globalThis;
const { setImmediate } = host;
const later: (fire: () => void) => unknown = setImmediate ?? setTimeout;
function counted<Rest extends unknown[]>(
  later: (fire: () => void, ...rest: Rest) => unknown,
): typeof later {
  return (fire, ...rest) => {
    timers++;
    asked++;
    return later(() => {
      timers--;
      fire();
    }, ...rest);
  };
}
globalThis.setTimeout = counted(setTimeout) as typeof setTimeout;
if (setImmediate) host.setImmediate = counted(setImmediate);
globalThis.MessageChannel = class extends MessageChannel {
  constructor() {
    super();
    asked++;
  }
};
const { Channel } = await import("./channel.ts");
const { select, selectEach } = await import("./select.ts");
const { tick, unhandledIn } = await import("./_testing.ts");
globalThis.setTimeout = setTimeout;
if (setImmediate) host.setImmediate = setImmediate;

let now = 0;
performance.now = () => now;

/** How long a pipeline runs, in ms of that clock. */
const RUN = 300;

/** Works, by microtasks alone, while `running()` says so. */
type Pipeline = (running: () => boolean) => Promise<unknown>;

/** Sends until it is over, then closes. */
async function feed(
  channel: ChannelOf<number>,
  running: () => boolean,
): Promise<void> {
  for (let i = 0; running(); i++) await channel.send(i);
  channel.close();
}

function* numbers(running: () => boolean): Generator<number> {
  for (let i = 0; running(); i++) yield i;
}

/** The same, 20 µs of work each. */
function* slowNumbers(running: () => boolean): Generator<number> {
  for (const i of numbers(running)) {
    now += 0.02;
    yield i;
  }
}

/** Does one thing again and again, whether it works or not. */
function repeated(act: () => Promise<unknown>): Pipeline {
  return async (running) => {
    while (running()) await act().catch(() => {});
  };
}

const ended = new Channel<number>();
ended.close();
const signal = AbortSignal.abort("before");

/** A pair of tasks that answer each other over two channels, by way of `say`. */
function pingPong(
  capacity: number,
  say: (channel: ChannelOf<number>, value: number) => unknown,
): Pipeline {
  return async (running) => {
    const [ping, pong] = [
      new Channel<number>(capacity),
      new Channel<number>(capacity),
    ];
    const answer = async () => {
      while (true) {
        const value = await ping.receive();
        say(pong, value);
        if (value < 0) return;
      }
    };
    const answered = answer();
    for (let i = 0; running(); i++) {
      say(ping, i);
      assertEquals(await pong.receive(), i);
    }
    say(ping, -1);
    await pong.receive();
    await answered;
  };
}

const pipelines: Record<string, Pipeline> = {
  "a rendezvous": async (running) => {
    const channel = new Channel<number>();
    const fed = feed(channel, running);
    for (let i = 0; !channel.closed; i++) {
      const value = await channel.receive().catch(() => i);
      assertEquals(value, i);
    }
    await fed;
  },
  "a buffer": async (running) => {
    const channel = new Channel<number>(64);
    const fed = feed(channel, running);
    while (!channel.drained) await channel.receive().catch(() => {});
    await fed;
  },
  "an unbounded buffer that one task fills and empties": async (running) => {
    const channel = new Channel<number>(Infinity);
    while (running()) {
      await channel.send(1);
      await channel.receive();
    }
  },
  "for await": async (running) => {
    const channel = new Channel<number>(64);
    const fed = feed(channel, running);
    let next = 0;
    for await (const value of channel) assertEquals(value, next++);
    await fed;
  },
  "for await of a rendezvous": async (running) => {
    const channel = new Channel<number>();
    const fed = feed(channel, running);
    let next = 0;
    for await (const value of channel) assertEquals(value, next++);
    await fed;
  },
  "for await that is left at once, again and again": async (running) => {
    const channel = new Channel<number>(1);
    while (running()) {
      channel.sendNow(1);
      for await (const _ of channel) break;
    }
  },
  "select": async (running) => {
    const [one, other] = [new Channel<number>(), new Channel<number>(16)];
    const fed = [feed(one, running), feed(other, running)];
    while (!one.drained || !other.drained) {
      await select({
        one: one.drained ? null : one,
        other: other.drained ? null : other,
      });
    }
    await Promise.all(fed);
  },
  "sendAll and batches": async (running) => {
    const channel = new Channel<number>(64);
    const sent = channel.sendAll(numbers(running)).then(() => channel.close());
    let next = 0;
    for await (const batch of channel.batches()) next += batch.length;
    await sent;
  },
  "sendAll into an unbounded channel": async (running) => {
    const channel = new Channel<number>(Infinity);
    const sent = channel.sendAll(numbers(running)).then(() => channel.close());
    for await (const _ of channel.batches(16));
    await sent;
  },
  "sendAll into a channel that drops": async (running) => {
    const channel = new Channel<number>({
      capacity: 4,
      overflow: "drop-oldest",
    });
    await channel.sendAll(numbers(running));
  },
  "sendAll of a slow source into a channel that drops": async (running) => {
    const channel = new Channel<number>({
      capacity: 4,
      overflow: "drop-oldest",
    });
    await channel.sendAll(slowNumbers(running));
  },
  "receiveMany": async (running) => {
    const channel = new Channel<number>(64);
    const fed = feed(channel, running);
    while (!channel.drained) await channel.receiveMany(8).catch(() => {});
    await fed;
  },
  "ping-pong by send": pingPong(1, (channel, value) => {
    channel.send(value);
  }),
  "ping-pong by trySend alone": pingPong(1, (channel, value) => {
    channel.trySend(value);
  }),
  "ping-pong by sendNow over larger buffers": pingPong(64, (channel, value) => {
    channel.sendNow(value);
  }),
  "a receive that polls a filled buffer": async (running) => {
    const channel = new Channel<number>(Infinity);
    for (let i = 0; i < 1e5; i++) channel.sendNow(i);
    while (running()) channel.sendNow(await channel.receive());
  },
  "a receive that is refused": repeated(() => ended.receive()),
  "a receiveMany that is refused": repeated(() => ended.receiveMany()),
  "a send that is refused": repeated(() => ended.send(1)),
  "a join that is over": repeated(() => ended.join()),
  "a loop that is over": repeated(() => ended.values().next()),
  "a select of what is over": repeated(() => select([ended])),
  "a signal that was aborted before": repeated(() => ended.join({ signal })),
};

for (const [name, pipeline] of Object.entries(pipelines)) {
  for (const cost of [0.001, 0.02]) {
    Deno.test(`${name} lets a timer of 1 ms fire again and again, and I/O complete (rule 9, ${cost} ms each)`, async () => {
      const start = now;
      let longest = 0;
      // Operations that were cheap before may have put off the first look at the clock.
      let last: number | undefined;
      let over = false;
      const turn = () => {
        longest = Math.max(longest, now - (last ?? now));
        last = now;
        if (!over) later(turn);
      };
      later(turn);
      let fired = false;
      const timer = setTimeout(() => fired = true, 1);
      let read = false;
      const reading = Deno.readTextFile(new URL(import.meta.url)).then(() => {
        read = true;
      });
      // A pipeline that starves all others ends all the same.
      await pipeline(() => {
        now += cost;
        return now - start < (read && fired ? RUN : RUN * 100);
      });
      longest = Math.max(longest, now - (last ?? start));
      const readMeanwhile = read;
      over = true;
      clearTimeout(timer);
      await reading;
      assert(fired, "a timer had to wait for the pipeline");
      assert(readMeanwhile, "I/O had to wait for the pipeline");
      assertLess(longest, 20);
      await tick();
      await tick();
      assertEquals(timers, 0);
    });
  }
}

/** Operations of one turn, in the order in which they are decided. */
const bursts: Record<
  string,
  (channel: ChannelOf<number>) => Promise<unknown>[]
> = {
  "receives of buffered values": (channel) => {
    for (let i = 0; i < 8; i++) channel.sendNow(i);
    return times(8, () => channel.receive());
  },
  "sends to a buffer": (channel) => {
    const sent = times(8, () => channel.send(1));
    channel.drain();
    return sent;
  },
  "a send and its receive": (channel) =>
    times(8, (i) => i % 2 ? channel.receive() : channel.send(i)),
  "a receive and its send": (channel) =>
    times(8, (i) => i % 2 ? channel.send(i) : channel.receive()),
  "receives that wait, then one that does not": (channel) => {
    const received = times(4, () => channel.receive());
    for (let i = 0; i < 5; i++) channel.trySend(i);
    return [...received, channel.receive()];
  },
  "sends that wait": (channel) => {
    for (let i = 0; i < 8; i++) channel.sendNow(i);
    const sent = times(4, () => channel.send(1));
    channel.drain();
    return sent;
  },
  "a send that waits and the receive that lets it in": (channel) => {
    for (let i = 0; i < 8; i++) channel.sendNow(i);
    return times(8, (i) => i % 2 ? channel.receive() : channel.send(i));
  },
  "calls of next() that wait": (channel) => {
    const loop = channel.values();
    const received = times(4, () => loop.next());
    for (let i = 0; i < 4; i++) channel.trySend(i);
    return [...received, loop.next(), loop.return!()];
  },
  "selects that wait, and receives": (channel) => {
    const received = times(
      8,
      (i) => i % 2 ? select([channel]) : channel.receive(),
    );
    for (let i = 0; i < 8; i++) channel.trySend(i);
    return received;
  },
  "what a close and an abort refuse": (channel) => {
    const controller = new AbortController();
    const { signal } = controller;
    const closing = new Channel<number>();
    const waiting = times(4, () => channel.receive());
    const aborted = times(2, () => channel.receive({ signal }));
    const refused = times(2, () => closing.receive());
    for (let i = 0; i < 4; i++) channel.trySend(i);
    controller.abort("enough");
    closing.close();
    return [
      ...waiting,
      ...aborted,
      ...refused,
      closing.receive(),
      closing.send(1),
      channel.receive({ signal }),
      closing.join(),
    ];
  },
  "receives and calls of next() that find a reason": () => {
    const ended = new Channel<number>();
    ended.close("reason");
    return times(8, (i) => i % 2 ? ended.values().next() : ended.receive());
  },
  "receives and joins of what ends": () => {
    const channel = new Channel<number>(1);
    const received = channel.receive();
    channel.trySend(1);
    channel.close();
    return [received, channel.join(), channel.join()];
  },
};

function times<T>(count: number, act: (i: number) => T): T[] {
  return Array.from({ length: count }, (_, i) => act(i));
}

for (const [name, burst] of Object.entries(bursts)) {
  Deno.test(`${name} settle in order, whatever pauses there are (rule 9, case 138)`, async () => {
    const channel = new Channel<number>(8);
    const pauses = asked;
    let misplaced = 0;
    let rounds = 0;
    for (const start = now; now - start < RUN / 3; now += 0.02) {
      // So that pauses begin at another operation of the burst each time.
      for (let i = rounds++ % 31; i > 0; i--) ended.receive().catch(() => {});
      let settled = 0;
      const note = (i: number) => () => {
        if (settled++ !== i) misplaced++;
      };
      await Promise.all(
        burst(channel).map((promise, i) => promise.then(note(i), note(i))),
      );
      channel.drain();
    }
    assertEquals(misplaced, 0);
    assertLess(pauses + 3, asked, "there was no pause");
  });
}

Deno.test("return() loses nothing that was decided before, whatever pauses there are (rule 9, case 94)", async () => {
  const channel = new Channel<number>();
  const other = new Channel<number>(1);
  const loops: (() => AsyncIterableIterator<unknown>)[] = [
    () => channel.values(),
    () => channel.batches(),
    () => selectEach([channel]),
  ];
  for (const loop of loops) {
    const pauses = asked;
    let rounds = 0;
    let received = 0;
    for (const start = now; now - start < RUN / 3; now += 0.02) {
      const iterator = loop();
      const results = [iterator.next(), iterator.next()];
      // One of these may begin a pause.
      const others = times(8, () => {
        other.sendNow(1);
        return other.receive();
      });
      assert(channel.trySend(rounds++));
      await iterator.return!();
      const [first, second] = await Promise.all(results);
      await Promise.all(others);
      if (!first!.done) received++;
      assert(second!.done);
    }
    assertEquals(received, rounds);
    assertLess(pauses + 3, asked, "there was no pause");
  }
});

/** Operations that all find what they need. */
async function operations(count: number): Promise<void> {
  const channel = new Channel<number>(1);
  for (let i = 0; i < count; i++) {
    await channel.send(i);
    await channel.receive();
  }
}

Deno.test("no timer is left, and none is set any more, when nothing is busy (rule 9)", async () => {
  await operations(100_000);
  await tick();
  await tick();
  assertEquals(timers, 0);
  const before = asked;
  const channel = new Channel<number>();
  const waiting = channel.receive();
  for (let turn = 0; turn < 20; turn++) await tick();
  assertEquals(asked, before);
  channel.close();
  await waiting.catch(() => {});
});

Deno.test("no timer is set for bursts of 4 ms of work (rule 9)", async () => {
  const channel = new Channel<number>(1);
  await tick();
  const before = asked;
  for (let burst = 0; burst < 50; burst++) {
    for (let i = 0; i < 400; i++) {
      now += 0.01;
      channel.sendNow(i);
      await channel.receive();
    }
    await tick();
    now += 50; // ms in which there was nothing to do
  }
  // Of slow work it cannot tell a gap between two looks that follow each other.
  assertLess(asked - before, 5);
});

const bursting: Record<string, (channel: ChannelOf<number>) => unknown> = {
  sends: (channel) => channel.send(1),
  receives: (channel) => channel.receive(),
};

for (const [name, act] of Object.entries(bursting)) {
  Deno.test(`a synchronous burst of 1e6 ${name} is no busy turn (rule 9)`, async () => {
    const channel = new Channel<number>(Infinity);
    for (let i = 0; i < 1e6; i++) channel.sendNow(i);
    await tick();
    let settled = 0;
    const count = () => void settled++;
    for (let i = 0; i < 1e6; i++) {
      now += 0.001;
      (act(channel) as Promise<unknown>).then(count);
    }
    // By microtasks alone.
    for (let i = 0; i < 8; i++) await undefined;
    assertEquals(settled, 1e6);
    await tick();
    assertEquals(timers, 0);
  });
}

Deno.test("a rejection in a busy turn is unhandled once if at all (rule 9, case 55)", async () => {
  const unhandled = await unhandledIn(async () => {
    const refuse = () => {
      const channel = new Channel<number>();
      const received = channel.receive();
      channel.close();
      return received;
    };
    // Long enough for the channel to make way for the event loop.
    for (const start = now; now - start < 20; now += 0.01) {
      refuse().catch(() => {});
      await Promise.resolve();
    }
    for (let i = 0; i < 10; i++) refuse();
  });
  assertEquals(unhandled.length, 10);
});

/** Runs a program in a process of its own; resolves to how it ended. */
async function run(program: string): Promise<{ code: number; text: string }> {
  const url = new URL("./channel.ts", import.meta.url);
  const code = `import { Channel } from ${JSON.stringify(url)};\n${program}`;
  const command = new Deno.Command(Deno.execPath(), {
    args: ["eval", "--no-config", "--ext=ts", code],
    env: { NO_COLOR: "1" },
    stdout: "piped",
    stderr: "piped",
    signal: AbortSignal.timeout(60_000),
  });
  const output = await command.output();
  const decoder = new TextDecoder();
  return {
    code: output.code,
    text: decoder.decode(output.stdout) + decoder.decode(output.stderr),
  };
}

Deno.test("waiting operations keep no process alive (rule 10)", async () => {
  const program = `
    const channel = new Channel<number>();
    const { signal } = new AbortController();
    channel.receive();
    channel.receive({ signal });
    channel.values({ signal }).next();
    channel.join({ signal });
    new Channel<number>().send(1, { signal });
    console.log("end");`;
  assertEquals(await run(program), { code: 0, text: "end\n" });
});

Deno.test("a process ends when a busy channel has nothing more to do (rule 10)", async () => {
  const program = `
    const channel = new Channel<number>();
    const end = performance.now() + 50;
    const send = async () => {
      while (performance.now() < end) await channel.send(1);
      channel.close();
    };
    send();
    for await (const _ of channel);
    console.log("end");`;
  assertEquals(await run(program), { code: 0, text: "end\n" });
});
