// _scenes.ts: the programs of settlement_log.ts that were written by hand.

import { Channel, select, selectEach, sending } from "../../mod.ts";
import type { Journal } from "./_journal.ts";

/** One program; it may go on after it returns, until the next tick. */
type Scene = (journal: Journal) => unknown;

function times<T>(count: number, act: (i: number) => T): T[] {
  return Array.from({ length: count }, (_, i) => act(i));
}

/** Says whatever a loop sees, and how it ends. */
async function readAll(
  journal: Journal,
  name: string,
  loop: AsyncIterable<unknown>,
): Promise<void> {
  await journal.watch(
    `${name} ends`,
    (async () => {
      for await (const value of loop) journal.note(`${name} ${value}`);
    })(),
  );
}

/** Parks one wait of each kind on a channel that has nothing for it. */
function parkAll(
  journal: Journal,
  channel: Channel<number>,
  signal?: AbortSignal,
): void {
  const waits: Record<string, Promise<unknown>> = {
    receive: channel.receive({ signal }),
    receiveMany: channel.receiveMany(3, { signal }),
    next: channel.values({ signal }).next(),
    select: select([channel, new Channel<number>()], { signal }),
    selectEach: selectEach({ channel }, { signal }).next(),
    join: channel.join({ signal }),
    batch: channel.batches().next(),
  };
  for (const [name, wait] of Object.entries(waits)) journal.watch(name, wait);
}

export const SCENES: Readonly<Record<string, Scene>> = {
  "a ping and a pong": async (journal) => {
    const [ping, pong] = [new Channel<number>(), new Channel<number>()];
    const answer = async () => {
      for await (const value of ping) {
        journal.note(`ping ${value}`);
        await pong.send(value);
      }
      pong.close();
    };
    const answered = answer();
    for (let i = 0; i < 20; i++) {
      await ping.send(i);
      journal.note(`pong ${await pong.receive()}`);
    }
    ping.close();
    await journal.watch("answer", answered);
  },
  "a chain of 20": async (journal) => {
    const links = times(21, () => new Channel<number>());
    for (let i = 0; i < 20; i++) {
      const pass = async () =>
        links[i]!.send(1 + await links[i + 1]!.receive());
      journal.watch(`link ${i}`, pass());
    }
    journal.watch("last", links[20]!.send(1));
    await journal.watch("first", links[0]!.receive());
  },
  "two producers, a buffer and three loops": async (journal) => {
    const channel = new Channel<string>(2);
    const loops = times(3, (i) => readAll(journal, `loop ${i}`, channel));
    const produce = async (name: string) => {
      for (let i = 0; i < 10; i++) await channel.send(`${name}${i}`);
    };
    const produced = [..."ab"].map((name) =>
      journal.watch(name, produce(name))
    );
    await Promise.all(produced);
    channel.close();
    await Promise.all(loops);
  },
  "sendAll and batches": async (journal) => {
    const channel = new Channel<number>(3);
    const sent = channel.sendAll(times(20, Number));
    journal.watch("sent", sent.then(() => channel.close("enough")));
    await readAll(journal, "batch", channel.batches(4));
  },
  "every wait, then values": (journal) => {
    const channel = new Channel<number>(9);
    parkAll(journal, channel);
    for (let i = 0; i < 9; i++) channel.sendNow(i);
  },
  "every wait, then close": (journal) => {
    const channel = new Channel<number>();
    parkAll(journal, channel);
    channel.close();
  },
  "every wait, then close with a reason": (journal) => {
    const channel = new Channel<number>(1);
    parkAll(journal, channel);
    channel.close("reason");
  },
  "every wait on one signal, then abort": (journal) => {
    const controller = new AbortController();
    parkAll(journal, new Channel<number>(), controller.signal);
    controller.abort("aborted");
  },
  "every wait, some served, then abort and close": (journal) => {
    const controller = new AbortController();
    const channel = new Channel<number>();
    parkAll(journal, channel, controller.signal);
    for (let i = 0; i < 3; i++) channel.trySend(i);
    controller.abort("aborted");
    journal.watch("send", channel.send(3));
    channel.close();
  },
  "selects of sends meet selects of receives": (journal) => {
    const channels = times(4, () => new Channel<number>());
    for (let i = 0; i < 8; i++) {
      const cases = i % 2 ? channels : channels.map((one) => sending(one, i));
      journal.watch(`select ${i}`, select(cases));
    }
  },
  "selects that could meet themselves": (journal) => {
    const channel = new Channel<number>();
    const task = async (id: number) => {
      for (let i = 0; i < 10; i++) {
        const cases = [sending(channel, id), channel] as const;
        const { key, value } = await select(
          i % 2 ? cases : [...cases].reverse(),
        ) as { key: number; value?: number };
        journal.note(`task ${id}: ${key} ${value}`);
      }
    };
    journal.watch("task 1", task(1));
    journal.watch("task 2", task(2));
  },
  "selectEach over three that end": async (journal) => {
    const channels = times(3, () => new Channel<number>(1));
    const all = async () => {
      for await (const result of selectEach(channels)) {
        journal.note(`${result.key} ${result.state}`);
      }
    };
    const done = all();
    for (const channel of channels) {
      journal.watch(
        "sent",
        channel.sendAll([1, 2, 3]).then(() => channel.close()),
      );
    }
    await journal.watch("all", done);
  },
  "return() while next() calls wait": (journal) => {
    const channel = new Channel<number>();
    const loop = channel.values();
    for (let i = 0; i < 3; i++) journal.watch(`next ${i}`, loop.next());
    journal.watch("receive", channel.receive());
    channel.trySend(0);
    journal.watch("return", loop.return!());
    journal.watch("send", channel.send(1));
    journal.watch("late", loop.next());
  },
  "delivered and aborted in one turn": (journal) => {
    for (const first of ["deliver", "abort"]) {
      const channel = new Channel<number>();
      const controller = new AbortController();
      const { signal } = controller;
      journal.watch(`${first} first`, channel.receive({ signal }));
      if (first === "abort") controller.abort("aborted");
      journal.watch(
        "send",
        channel.send(1, { signal: new AbortController().signal }),
      );
      controller.abort("aborted");
      journal.watch("next", channel.receive());
      channel.trySend(2);
    }
  },
  "thenables, through every way out": (journal) => {
    const channel = new Channel<unknown>(9);
    const thenable = (name: string) => ({
      then(resolve: (value: unknown) => void) {
        journal.note(`${name} is asked`);
        channel.trySend("from then");
        resolve(name);
      },
    });
    for (const name of "abcd") channel.sendNow(thenable(name));
    channel.sendNow(Promise.resolve("promise"));
    channel.sendNow(Promise.reject("rejected"));
    for (let i = 0; i < 2; i++) {
      journal.watch(`receive ${i}`, channel.receive());
    }
    journal.watch("next", channel.values().next());
    journal.watch("many", channel.receiveMany(1));
    journal.watch("promise", channel.receive());
    journal.watch("rejected", channel.receive());
    journal.watch("sent", channel.receive());
  },
  "a cancel that re-enters": (journal) => {
    const channel: Channel<number> = new Channel<number>({
      capacity: 2,
      onDrop(value) {
        journal.note(`drop ${value}`);
        journal.watch("send in onDrop", channel.send(value));
        journal.watch("receive in onDrop", channel.receive());
      },
    });
    channel.closeSignal.addEventListener("abort", () => {
      journal.note("abort event");
      journal.watch("join in the event", channel.join());
    });
    for (let i = 0; i < 4; i++) journal.watch(`send ${i}`, channel.send(i));
    journal.watch("join", channel.join());
    channel.cancel("reason");
  },
};
