// retention_ends_test.ts: what is over, and what lives long, retains nothing: sends that
// were refused, iterators that were left, sources, reasons, dropped values; a signal or
// a `quit` channel that serves for a million operations. Needs --expose-gc.

import { assert, assertEquals, assertThrows } from "@std/assert";
import { assertAtRest, CountedController, holding, tick } from "../_testing.ts";
import type { ChannelOverflow } from "../mod.ts";
import {
  Channel,
  ChannelFullError,
  select,
  selectEach,
  sending,
  trySelect,
} from "../mod.ts";
import type { Play, Watch } from "./_retention.ts";
import { aliveOf, collecting, react, retainsNothing } from "./_retention.ts";

const REASON = { why: "enough" };

/** A closed channel that is noted. */
function closedOne(watch: Watch): Channel<object> {
  const channel = watch(new Channel<object>());
  channel.close();
  return channel;
}

retainsNothing("a send that was refused at once leaves no value behind", {
  "trySend()": (watch) => {
    const full = holding<object>({});
    assert(!full.trySend(watch({})));
    return { stays: full };
  },
  "sendNow()": (watch) => {
    const full = holding<object>({});
    assertThrows(() => full.sendNow(watch({})), ChannelFullError);
    return { stays: full };
  },
  "send() with an aborted signal": async (watch) => {
    const channel = new Channel<object>(1);
    const signal = AbortSignal.abort(REASON);
    await channel.send(watch({}), { signal }).catch(() => {});
    return { stays: [channel, signal] };
  },
  "sendAll() to a closed channel": async (watch) => {
    const channel = new Channel<object>();
    channel.close();
    await channel.sendAll(watch([watch({})])).catch(() => {});
    return { stays: channel };
  },
  "trySelect()": (watch) => {
    const full = holding<object>({});
    assertEquals(
      trySelect(watch({ out: sending(full, watch({})) })),
      undefined,
    );
    return { stays: full };
  },
  "select() whose other case is ready": async (watch) => {
    const [full, ready] = [holding<object>({}), holding<object>({})];
    await select(watch([sending(full, watch({})), ready]));
    return { stays: [full, ready] };
  },
  "select() that sends to a closed channel": async (watch) => {
    const [open, closed] = [new Channel<object>(), new Channel<object>()];
    closed.close();
    const cases = [sending(open, watch({})), sending(closed, watch({}))];
    await select(watch(cases)).catch(() => {});
    return { stays: [open, closed] };
  },
});

retainsNothing("what was received in one piece is kept by nobody", {
  "receiveMany()": async (watch) => {
    const channel = holding<object>(watch({}), watch({}));
    watch(await channel.receiveMany());
    return { stays: channel };
  },
  "drain()": (watch) => {
    const channel = holding<object>(watch({}), watch({}));
    watch(channel.drain());
    return { stays: channel };
  },
  "snapshot() and drain()": (watch) => {
    const channel = holding<object>(watch({}), watch({}));
    watch(channel.snapshot());
    channel.drain();
    return { stays: channel };
  },
  "batches()": async (watch) => {
    const channel = holding<object>(watch({}), watch({}));
    const batches = channel.batches();
    watch((await batches.next()).value);
    return { stays: [channel, batches] };
  },
  "selectEach(), three asked at once": async (watch) => {
    const channel = holding<object>(watch({}), watch({}), watch({}));
    const results = selectEach([channel]);
    const asked = [results.next(), results.next(), results.next()];
    for (const promise of asked) watch((await watch(promise)).value);
    return { stays: [channel, results] };
  },
  "trySelect()": (watch) => {
    const channel = holding<object>(watch({}));
    watch(trySelect([channel])!);
    return { stays: channel };
  },
});

retainsNothing(
  "an iterator that was left is not retained, and retains nothing",
  {
    "next() that waits when return() is called": (watch) => {
      const channel = new Channel<object>();
      const { signal } = new AbortController();
      const iterator = channel.values({ signal });
      react(watch(iterator.next()), watch({}));
      react(watch(iterator.next()), watch({}));
      return {
        stays: [channel, signal, iterator],
        release: () => iterator.return!(),
      };
    },
    "values() and batches()": async (watch) => {
      const channel = new Channel<object>();
      const { signal } = new AbortController();
      for (const make of [channel.values({ signal }), channel.batches()]) {
        const iterator = watch(make);
        react(watch(iterator.next()), watch({}));
        await iterator.return!();
      }
      return { stays: [channel, signal] };
    },
    "selectEach() that waits when return() is called": (watch) => {
      const results = selectEach([watch(new Channel()), watch(new Channel())]);
      react(watch(results.next()), watch({}));
      react(watch(results.next()), watch({}));
      return { stays: results, release: () => results.return!() };
    },
    "selectEach() that waits on what stays when return() is called": (
      watch,
    ) => {
      const channels = [new Channel<object>(), new Channel<object>()];
      const results = selectEach(channels);
      react(watch(results.next()), watch({}));
      return { stays: [channels, results], release: () => results.return!() };
    },
    "selectEach() whose channel is retired": (watch) => {
      const open = new Channel<object>();
      const results = selectEach([closedOne(watch), open]);
      return { stays: [results, open], release: () => results.next() };
    },
    "selectEach() that was aborted": (watch) => {
      const controller = new AbortController();
      const results = selectEach([watch(new Channel())], controller);
      react(watch(results.next()), watch({}));
      return {
        stays: [results, controller],
        release: () => controller.abort(REASON),
      };
    },
  },
);

/** A source of three values; its iterator is noted. */
function sourceOf(watch: Watch, slow: boolean): Iterable<object> {
  let left = 3;
  const next = () => {
    const done = left-- === 0;
    const result = { value: done ? undefined : {}, done };
    return slow ? Promise.resolve(result) : result;
  };
  const iterator = watch({ next, return: () => ({ done: true }) });
  const key = slow ? Symbol.asyncIterator : Symbol.iterator;
  return { [key]: () => iterator } as unknown as Iterable<object>;
}

const endsOfSources: Record<
  string,
  (channel: Channel<object>, controller: AbortController) => unknown
> = {
  "is done": async (channel) => {
    for (let i = 0; i < 4; i++) {
      channel.drain();
      await tick();
    }
  },
  "meets close()": (channel) => channel.close(),
  "is aborted": (_, controller) => controller.abort(REASON),
};

function playsOfSources(): Record<string, Play> {
  const plays: Record<string, Play> = {};
  for (const slow of [false, true]) {
    for (const [ending, end] of Object.entries(endsOfSources)) {
      const kind = slow ? "an async iterable" : "an iterable";
      plays[`${kind} that ${ending}`] = async (watch) => {
        const channel = new Channel<object>();
        const controller = new AbortController();
        const sent = channel.sendAll(sourceOf(watch, slow), controller);
        react(sent, watch({}));
        await tick(); // for an async one has no value at once
        return {
          stays: [channel, controller],
          release: () => end(channel, controller),
        };
      };
    }
  }
  return plays;
}

retainsNothing("sendAll() retains no source", playsOfSources());

/** A channel that counts what it drops, full of one value that is noted. */
function dropping(
  overflow: ChannelOverflow,
  watch: Watch,
): [Channel<object>, () => number] {
  let dropped = 0;
  const onDrop = () => dropped++;
  const channel = new Channel<object>({ capacity: 1, overflow, onDrop });
  channel.send(watch({}));
  return [channel, () => dropped];
}

retainsNothing("what was given to onDrop is not retained", {
  "drop-oldest": (watch) => {
    const [channel, count] = dropping("drop-oldest", watch);
    const release = () => {
      channel.sendNow({});
      assertEquals(count(), 1);
    };
    return { stays: channel, release };
  },
  "drop-incoming": (watch) => {
    const [channel, count] = dropping("drop-incoming", (thing) => thing);
    channel.sendNow(watch({}));
    assertEquals(count(), 1);
    return { stays: channel };
  },
  "cancel()": (watch) => {
    const [channel, count] = dropping("wait", watch);
    channel.send(watch({})).catch(() => {});
    const release = () => {
      channel.cancel();
      assertEquals(count(), 1);
    };
    return { stays: channel, release };
  },
});

/** The closeSignal of a channel that somebody waits on. */
function signalOf(watch: Watch): AbortSignal {
  const channel = watch(new Channel<object>());
  react(watch(channel.receive()), watch({}));
  return channel.closeSignal;
}

/** The closeSignal of a channel that holds values. */
function signalOfHolding(watch: Watch): AbortSignal {
  const channel = watch(holding<object>(watch({}), watch({})));
  react(watch(channel.send(watch({}))), watch({}));
  return channel.closeSignal;
}

retainsNothing(
  "closeSignal retains neither its channel nor what waited on it",
  {
    "of a channel that somebody waits on": (watch) => ({
      stays: signalOf(watch),
    }),
    "of a channel that holds values": (watch) => ({
      stays: signalOfHolding(watch),
    }),
    "that ended a wait elsewhere": (watch) => {
      const upstream = new Channel<object>();
      const signal = upstream.closeSignal;
      react(watch(watch(new Channel()).receive({ signal })), watch({}));
      return { stays: [upstream, signal], release: () => upstream.close() };
    },
    "that something elsewhere had waited on": (watch) => {
      const sibling = new Channel<object>();
      const { closeSignal: signal } = new Channel<object>();
      const job = () => watch(new Channel<object>());
      react(watch(select([job(), sibling], { signal })), watch({}));
      const release = () => {
        sibling.trySend({});
      };
      return { stays: [sibling, signal], release };
    },
  },
);

collecting(
  "a writable stream that is forgotten leaves no listener on its channel",
  async () => {
    const channel = new Channel<object>();
    const signal = channel.closeSignal;
    let listeners = 0;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...args: Parameters<typeof add>) => {
      listeners++;
      add(...args);
    };
    signal.removeEventListener = (...args: Parameters<typeof remove>) => {
      listeners--;
      remove(...args);
    };
    const streams = new Map([["stream", [
      new WeakRef<object>(channel.toWritableStream()),
    ]]]);
    assertEquals(listeners, 1);
    assertEquals(await aliveOf(streams), { stream: 0 });
    assertEquals(listeners, 0);
  },
);

/** What serves for all operations of a long run. */
interface Lasting {
  readonly quit: Channel<object>;
  readonly full: Channel<object>;
  readonly controller: CountedController;
}

/** Waits on what lasts and on a channel of its own, which is noted; gets what it waits for if `serve`. */
type Use = (
  lasting: Lasting,
  watch: Watch,
  serve: boolean,
) => Promise<unknown>;

const uses: Record<string, [Use, times: number]> = {
  "select()": [({ quit, full, controller: { signal } }, watch, serve) => {
    const job = watch(new Channel<object>());
    const selected = select({ job, quit, out: sending(full, job) }, { signal });
    if (serve) job.sendNow({});
    return selected;
  }, 1_000_000],
  "receive()": [({ controller: { signal } }, watch, serve) => {
    const channel = watch(new Channel<object>());
    const received = channel.receive({ signal });
    if (serve) channel.sendNow({});
    return received;
  }, 100_000],
  "send()": [({ controller: { signal } }, watch, serve) => {
    const channel = watch(new Channel<object>());
    const sent = channel.send({}, { signal });
    if (serve) channel.receiveNow();
    return sent;
  }, 100_000],
  "join()": [({ controller: { signal } }, watch, serve) => {
    const channel = watch(new Channel<object>());
    const joined = channel.join({ signal });
    if (serve) channel.close();
    return joined;
  }, 100_000],
};

for (const [name, [use, times]] of Object.entries(uses)) {
  collecting(
    `a million selects or a hundred thousand waits leave nothing on a signal and a quit channel: ${name} (cases 143 and 146)`,
    async () => {
      const lasting: Lasting = {
        quit: new Channel(),
        full: new Channel(),
        controller: new CountedController(),
      };
      const noteIn = (list: WeakRef<object>[]): Watch => (thing) => {
        list.push(new WeakRef<object>(thing));
        return thing;
      };
      const done: WeakRef<object>[] = [];
      const noted = noteIn(done);
      for (let i = 0; i < times; i++) {
        await use(lasting, i % 1000 === 0 ? noted : (thing) => thing, true);
      }
      // What still waits is retained, and the same probe sees it.
      const waiting: WeakRef<object>[] = [];
      const told = [1, 2].map(() => use(lasting, noteIn(waiting), false));
      const ends = Promise.allSettled(told);
      const references = new Map(Object.entries({ done, waiting }));
      assertEquals(done.length, times / 1000);
      assertEquals(await aliveOf(references), { done: 0, waiting: 2 });
      assertEquals(lasting.controller.listeners, 1);

      lasting.controller.abort(REASON);
      await ends;
      assertEquals(await aliveOf(references), { done: 0, waiting: 0 });
      assertEquals(lasting.controller.listeners, 0);
      assertAtRest(lasting.quit, lasting.full);
    },
  );
}
