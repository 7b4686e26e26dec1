// retention_test.ts: no path retains a value, a waiter or a channel. Needs --expose-gc.
//
// memory_test.ts asks the same of values: received in each way on channels of four
// capacities, three at once; aborted, refused and rejected sends; a losing send of
// select; overflow; and the last result of selectEach. lone_test.ts asks it of a
// single hand-over. Here is what those leave out: who waits, seen by an object that
// only the reaction to the promise knows; iterators, sources, batches, reasons,
// channels. What is over, and what lives long, is in retention_ends_test.ts.

import { holding, tick } from "../_testing.ts";
import {
  broadcast,
  Channel,
  map,
  select,
  selectEach,
  sending,
  trySelect,
} from "../mod.ts";
import type { Play, Watch } from "./_retention.ts";
import { react, retainsNothing } from "./_retention.ts";
import { repeatably } from "./_storm.ts";

const REASON = { why: "enough" };

/** Takes one value; what it pushes to `others` lives on. */
type Taking = (
  channel: Channel<object>,
  others: unknown[],
) => Promise<unknown> | void;

/** Keeps something, and returns it. */
function kept<T>(others: unknown[], one: T): T {
  others.push(one);
  return one;
}

const taking: Record<string, Taking> = {
  "receive()": (channel) => channel.receive(),
  "tryReceive()": (channel) => void channel.tryReceive(),
  "receiveNow()": (channel) => void channel.receiveNow(),
  "receiveMany()": (channel) => channel.receiveMany(),
  "peek(), snapshot() and drain()": (channel) => {
    channel.peek();
    channel.snapshot();
    channel.drain();
  },
  "next()": (channel, others) => kept(others, channel.values()).next(),
  "next() of batches()": (channel, others) =>
    kept(others, channel.batches()).next(),
  "a loop that is left": async (channel, others) => {
    for await (const _ of kept(others, channel.values())) break;
  },
  "select()": (channel, others) =>
    select([kept(others, new Channel()), channel]),
  "trySelect()": (channel) => void trySelect({ channel }),
  "selectEach()": (channel, others) =>
    kept(others, selectEach([channel])).next(),
};

/** A table whose rows are made of another's. */
function each<R>(
  rows: Readonly<Record<string, R>>,
  make: (row: R, name: string) => Play | undefined,
): Record<string, Play> {
  const plays: Record<string, Play> = {};
  for (const [name, row] of Object.entries(rows)) {
    const play = make(row, name);
    if (play) plays[name] = play;
  }
  return plays;
}

retainsNothing(
  "no way to receive retains the value of a sender that waited alone",
  each(taking, (take) => (watch) => {
    const channel = new Channel<object>();
    const others: unknown[] = [];
    channel.send(watch({}));
    return {
      stays: [channel, others],
      release: async () => {
        await take(channel, others);
      },
    };
  }),
);

retainsNothing(
  "no way to receive retains the value that it waited for",
  each(
    taking,
    (take, name) =>
      /try|Now|drain/.test(name) ? undefined : async (watch) => {
        const channel = new Channel<object>();
        const others: unknown[] = [];
        const taken = take(channel, others);
        channel.sendNow(watch({}));
        await taken;
        return { stays: [channel, others] };
      },
  ),
);

retainsNothing("no channel retains a loop that waited alone and was served", {
  "next()": (watch) => {
    const channel = new Channel<object>();
    watch(channel.values()).next();
    return { stays: channel, release: () => channel.trySend({}) };
  },
  "next() that was counted": (watch) => {
    const channel = new Channel<object>();
    watch(channel.values()).next();
    channel.stats();
    return { stays: channel, release: () => channel.trySend({}) };
  },
});

retainsNothing(
  "no way to receive retains a value that a pause of the library's held up",
  each(taking, (take) => async (watch) => {
    const channel = new Channel<object>(4);
    const others: unknown[] = [];
    // A look at the clock finds 3 ms gone, so that pause follows pause.
    await repeatably(Math.random, 1, async () => {
      for (let i = 0; i < 100; i++) {
        channel.send(watch({}));
        channel.send(watch({}));
        take(channel, others);
        await undefined;
        channel.drain();
      }
      await tick();
    });
    return { stays: [channel, others] };
  }),
);

/** All that an operation may wait on, and which lives on. */
interface Place {
  /** Has nothing to receive, and no room. */
  readonly channel: Channel<object>;
  readonly sibling: Channel<object>;
  readonly controller: AbortController;
  readonly others: unknown[];
}

/** Waits at a place until it is aborted or the channel closes. `watch` sees what it has but lent. */
type Waiting = (place: Place, watch: Watch) => Promise<unknown>;

/** A source that never has a value. */
function stuckSource(watch: Watch, others: unknown[]): AsyncIterable<object> {
  const never = kept(others, new Promise<never>(() => {}));
  const source = watch({
    next: () => never,
    return: () => Promise.resolve({ value: undefined, done: true as const }),
  });
  return watch({ [Symbol.asyncIterator]: () => source });
}

const waiting: Record<string, Waiting> = {
  "send()": ({ channel, controller }, watch) =>
    channel.send(watch({}), controller),
  "receive()": ({ channel, controller }) => channel.receive(controller),
  "receiveMany()": ({ channel, controller }) =>
    channel.receiveMany(2, controller),
  "next()": ({ channel, controller }, watch) =>
    watch(channel.values(controller)).next(),
  "next() of an iterator that stays": ({ channel, controller, others }) =>
    kept(others, channel.values(controller)).next(),
  "join()": ({ channel, controller }) => channel.join(controller),
  "select()": ({ channel, sibling, controller }) =>
    select({ sibling, channel }, controller),
  "select() of sends": ({ channel, sibling, controller }, watch) =>
    select([sending(sibling, watch({})), sending(channel, watch({}))], {
      signal: controller.signal,
    }),
  "selectEach()": ({ channel, sibling, controller }, watch) =>
    watch(selectEach([channel, sibling], controller)).next(),
  "sendAll()": ({ channel, controller }, watch) => {
    const values = watch([watch({}), watch({})]);
    return channel.sendAll(values, controller);
  },
  "sendAll() of a source that is stuck": (place, watch) =>
    place.channel.sendAll(stuckSource(watch, place.others), place.controller),
};

function newPlace(): Place {
  return {
    channel: new Channel(),
    sibling: new Channel(),
    controller: new AbortController(),
    others: [],
  };
}

/** What ends a wait, and which of the operations it does not end. */
interface Ending {
  readonly end: (place: Place) => unknown;
  readonly not?: RegExp;
}

const endings: Record<string, Ending> = {
  "is aborted": { end: ({ controller }) => controller.abort(REASON) },
  // A source that is stuck holds sendAll up until it has a value.
  "ends by close()": { end: ({ channel }) => channel.close(), not: /stuck/ },
  "is served": {
    end: async ({ channel }) => {
      channel.trySend({});
      for (let i = 0; i < 3; i++) {
        channel.drain();
        await tick();
      }
    },
    not: /stuck|join/,
  },
  "is served elsewhere": {
    end: ({ sibling }) => {
      sibling.trySend({});
      sibling.drain();
    },
    not: /^(?!select)/,
  },
};

for (const [ending, { end, not }] of Object.entries(endings)) {
  retainsNothing(
    `nothing that waited and ${ending} is retained by channel, sibling or signal`,
    each(waiting, (wait, name) =>
      not?.test(name) ? undefined : (watch) => {
        const place = newPlace();
        react(watch(wait(place, watch)), watch({}));
        return { stays: place, release: () => end(place) };
      }),
  );
}

retainsNothing(
  "a channel that is dropped while something waits on it goes when the signal, which stays, aborts",
  each(waiting, (wait, name) =>
    // An iterator that stays may keep its channel.
    /stays/.test(name) ? undefined : (watch) => {
      const { controller, others } = newPlace();
      const start = (place: Place) =>
        react(watch(wait(place, watch)), watch({}));
      start({
        ...newPlace(),
        channel: watch(new Channel()),
        controller,
        others,
      });
      return {
        stays: [controller, others],
        release: () => controller.abort(REASON),
      };
    }),
);

retainsNothing(
  "a channel that is dropped while a select waits on it goes when its sibling, which stays, has won",
  each(
    waiting,
    (wait, name) =>
      !name.startsWith("select") ? undefined : (watch) => {
        const { controller, sibling } = newPlace();
        const start = (place: Place) =>
          react(watch(wait(place, watch)), watch({}));
        start({
          ...newPlace(),
          channel: watch(new Channel()),
          controller,
          sibling,
        });
        const release = () => {
          sibling.trySend({});
          sibling.drain();
        };
        return { stays: [controller, sibling], release };
      },
  ),
);

/** A channel that is closed for a reason that all who wait on it are told. */
function closedFor(reason: object, place: Place, watch: Watch): Place {
  for (const [name, wait] of Object.entries(waiting)) {
    if (!/stuck/.test(name)) wait(place, watch).catch(() => {});
  }
  place.channel.close(reason);
  return place;
}

retainsNothing("no stage retains what it has passed on, or never will", {
  "broadcast()": async (watch) => {
    const source = new Channel<object>();
    const subscribers = broadcast(source, 2);
    await source.send(watch({}));
    return {
      stays: [source, subscribers],
      release: () => Promise.all(subscribers.map((one) => one.receive())),
    };
  },
  "map() in order that is closed": async (watch) => {
    const stuck = new Promise<never>(() => {});
    const make = (n: number) => n === 0 ? stuck : watch({});
    const options = { concurrency: 3, ordered: true };
    const results = map(holding(0, 1, 2), make, options);
    await tick();
    return { stays: [stuck, results], release: () => results.close() };
  },
});

retainsNothing(
  "a reason of an abort, and its signal, are retained by no channel",
  each(waiting, (wait, name) => async (watch) => {
    const { channel, sibling, others } = newPlace();
    await (async () => {
      const controller = watch(new AbortController());
      const told = wait({ channel, sibling, controller, others }, watch)
        .catch(() => {});
      controller.abort(watch({}));
      await told;
    })();
    // Nobody can take back a `then`: the promise of a source that is stuck knows
    // what its waiter was told, and goes with the source.
    return { stays: [channel, sibling, /stuck/.test(name) ? [] : others] };
  }),
);

retainsNothing("a reason goes when the channel does that it closed", {
  "of close()": (watch) => {
    const { sibling, controller, others } = newPlace();
    const channels = [
      closedFor(
        watch({}),
        { channel: new Channel(), sibling, controller, others: [] },
        (thing) => thing,
      ).channel,
    ];
    return {
      stays: [sibling, controller, others, channels],
      release: () => channels.pop(),
    };
  },
});
