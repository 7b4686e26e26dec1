// reentry_test.ts: user code that runs in the middle of a call finds the invariants true.

import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { tick, unhandledIn } from "./_testing.ts";
import { Channel } from "./channel.ts";
import type { ChannelOptions, ChannelWaitOptions } from "./channel.ts";
import { select, sending } from "./select.ts";

/** A channel whose invariants and values are watched. */
class Watched {
  readonly channel: Channel<unknown>;
  /** What is called back into the channel while one of its calls runs; once. */
  act: () => void = () => {};
  acted = 0;
  readonly #controller = new AbortController();
  readonly #accepted: unknown[] = [];
  readonly #done: unknown[] = [];
  #sent = 0;

  constructor(options: ChannelOptions<unknown>) {
    this.channel = new Channel({
      ...options,
      onDrop: (value) => {
        this.#done.push(value);
        this.reenter();
      },
    });
  }

  /** Does what the test wants done in the middle, between two looks at the channel. */
  reenter(): void {
    if (this.acted++ > 0) return;
    this.check();
    this.act();
    this.check();
  }

  /** A value whose `then` getter re-enters, and then throws if it should. */
  value(throws = false): object {
    const watched = this as Watched;
    return {
      get then() {
        watched.reenter();
        if (throws) throw this;
        return undefined;
      },
    };
  }

  send(value: unknown = ++this.#sent): void {
    this.channel.send(value).then(() => this.#accepted.push([value]), () => {});
  }

  /** A send that `abort` withdraws. */
  sendUntilAbort(): void {
    const value = ++this.#sent;
    this.channel.send(value, { signal: this.#controller.signal })
      .then(() => this.#accepted.push([value]), () => {});
  }

  receive(): void {
    this.#take(this.channel.receive());
  }

  /** A receive that `abort` withdraws. */
  receiveUntilAbort(): void {
    this.#take(this.channel.receive({ signal: this.#controller.signal }));
  }

  #take(promise: Promise<unknown>): void {
    promise.then((value) => this.#done.push(value), (reason) => {
      // Only a value whose `then` getter threw itself is no error.
      if (reason instanceof Error || typeof reason !== "object") return;
      this.#done.push(reason);
    });
  }

  /** A loop that waits, if it finds no value, and is left at once. */
  leaveLoop(): void {
    const iterator = this.channel.values();
    iterator.next().then(
      ({ done, value }) => done || this.#done.push(value),
      () => {},
    );
    iterator.return!();
  }

  /** A select that waits, if it finds no value, and is aborted at once. */
  giveSelectUp(): void {
    const controller = new AbortController();
    select({ channel: this.channel }, { signal: controller.signal }).then(
      (result) => result.state === "ok" && this.#done.push(result.value),
      () => {},
    );
    controller.abort();
  }

  /** Takes all that is there, as `drain()` does. */
  drain(): void {
    this.#done.push(...this.channel.drain());
  }

  abort(): void {
    this.#controller.abort("enough");
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Invariants 1 to 4 of channel.ts, as far as they can be seen. */
  check(): void {
    const { size, capacity, closed, waitingSenders, waitingReceivers } = this
      .channel.stats();
    assert(size <= capacity, `${size} values, capacity ${capacity}`);
    if (waitingReceivers > 0) assertEquals([size, closed], [0, false]);
    if (waitingSenders > 0) assertEquals([size, closed], [capacity, false]);
    assert(waitingReceivers === 0 || waitingSenders === 0);
  }

  /** Every accepted value came out once, and the channel still works. */
  async finish(): Promise<void> {
    await tick();
    this.check();
    if (!this.channel.closed) {
      this.receive();
      this.send();
      this.send();
      await tick();
    }
    this.drain();
    this.channel.close();
    this.check();
    await tick();
    assert(this.acted > 0, "nothing re-entered");
    const done = this.#done.map((value) => [value]);
    const sorted = (list: unknown[]) => list.map(nameOf).sort();
    assertEquals(sorted(done), sorted(this.#accepted));
    assert(this.channel.drained);
  }
}

function nameOf(boxed: unknown): string {
  const [value] = boxed as [unknown];
  return typeof value === "object" ? "tricky" : `${value}`;
}

/** What user code may do to the channel in the middle of a call. */
const acts: Record<string, (watched: Watched) => void> = {
  "does nothing": () => {},
  "sends": (watched) => watched.send(),
  "sends three times": (watched) => {
    for (let i = 0; i < 3; i++) watched.send();
  },
  "receives": (watched) => watched.receive(),
  "receives three times": (watched) => {
    for (let i = 0; i < 3; i++) watched.receive();
  },
  "drains": (watched) => watched.drain(),
  "closes": (watched) => watched.channel.close(),
  "closes with a reason": (watched) => watched.channel.close("reason"),
  "cancels": (watched) => watched.channel.cancel(),
  "aborts": (watched) => watched.abort(),
  "leaves a loop": (watched) => watched.leaveLoop(),
  "gives a select up": (watched) => watched.giveSelectUp(),
};

/** The calls in whose middle a value's `then` getter runs. */
const deliveries: Record<string, (watched: Watched, value: object) => void> = {
  "send() to a parked receiver": (watched, value) => {
    watched.receive();
    watched.receiveUntilAbort();
    watched.receive();
    watched.send(value);
  },
  "send() to a parked receiver with a signal": (watched, value) => {
    watched.receiveUntilAbort();
    watched.receiveUntilAbort();
    watched.receive();
    watched.send(value);
  },
  "receive() out of a full buffer": (watched, value) => {
    watched.send(value);
    for (let i = 0; i < 4; i++) watched.send();
    watched.sendUntilAbort();
    watched.send();
    watched.receive();
  },
  "receive() of the last value": (watched, value) => {
    watched.send(value);
    watched.receive();
  },
  "receive() of the last value of a closed channel": (watched, value) => {
    watched.send(value);
    watched.channel.close();
    watched.channel.join();
    watched.receive();
    if (watched.acted === 0) watched.reenter(); // refused: nothing to deliver
  },
};

for (const [delivery, deliver] of Object.entries(deliveries)) {
  for (const [name, act] of Object.entries(acts)) {
    Deno.test(`${delivery} is over when a then getter ${name} (case 135)`, async () => {
      for (const capacity of [0, 1, 3, Infinity]) {
        for (const throws of [false, true]) {
          const watched = new Watched({ capacity });
          watched.act = () => act(watched);
          deliver(watched, watched.value(throws));
          await watched.finish();
        }
      }
    });
  }
}

for (const [name, act] of Object.entries(acts)) {
  Deno.test(`onDrop finds an overflowing send done when it ${name} (case 135)`, async () => {
    for (const overflow of ["drop-oldest", "drop-incoming"] as const) {
      for (const capacity of [1, 3]) {
        const watched = new Watched({ capacity, overflow });
        watched.act = () => act(watched);
        for (let i = 0; i < capacity + 2; i++) watched.send();
        await watched.finish();
      }
    }
  });

  Deno.test(`onDrop finds cancel() done when it ${name} (case 135)`, async () => {
    for (const capacity of [1, 3, Infinity]) {
      const watched = new Watched({ capacity });
      watched.act = () => {
        assertEquals(watched.channel.size, 0);
        assert(watched.channel.drained);
        act(watched);
      };
      for (let i = 0; i < 5; i++) watched.send();
      watched.sendUntilAbort();
      watched.channel.cancel();
      await watched.finish();
    }
  });

  Deno.test(`a listener of closeSignal finds close() done when it ${name} (case 135)`, async () => {
    for (const capacity of [0, 1, 3, Infinity]) {
      for (const start of [() => {}, fill, wait]) {
        for (const end of ["close", "cancel"] as const) {
          const watched = new Watched({ capacity });
          watched.act = () => act(watched);
          start(watched);
          const { closeSignal } = watched.channel;
          closeSignal.addEventListener("abort", () => watched.reenter());
          watched.channel[end]();
          await watched.finish();
        }
      }
    }
  });

  Deno.test(`an abort listener finds the aborted waiters gone, or not yet, when it ${name} (case 135)`, async () => {
    for (const capacity of [0, 1, 3, Infinity]) {
      for (const start of [fill, wait]) {
        for (const early of [true, false]) {
          const watched = new Watched({ capacity });
          watched.act = () => act(watched);
          const listen = () =>
            watched.signal.addEventListener("abort", () => watched.reenter());
          if (early) listen();
          start(watched);
          if (!early) listen();
          watched.abort();
          await watched.finish();
        }
      }
    }
  });
}

function fill(watched: Watched): void {
  for (let i = 0; i < 4; i++) watched.send();
  watched.sendUntilAbort();
  watched.send();
  watched.sendUntilAbort();
}

function wait(watched: Watched): void {
  watched.receive();
  watched.receiveUntilAbort();
  watched.receive();
  watched.receiveUntilAbort();
}

/** Options whose signal, written by hand, lets the test act while it is looked at. */
function lookedAt(act: () => void): Record<string, ChannelWaitOptions> {
  const signal = {
    reason: undefined,
    addEventListener() {},
    removeEventListener() {},
  };
  const aborted = {
    get aborted() {
      act();
      return false;
    },
  };
  return {
    "options.signal": {
      get signal() {
        act();
        return undefined;
      },
    },
    "signal.aborted": {
      signal: Object.defineProperties(
        signal,
        Object.getOwnPropertyDescriptors(aborted),
      ) as unknown as AbortSignal,
    },
  };
}

/** What takes a signal, apart from loops. */
const calls: Record<
  string,
  (watched: Watched, options: ChannelWaitOptions) => Promise<unknown>
> = {
  receive: ({ channel }, options) =>
    channel.receive(options).then((value) => [value]),
  receiveMany: ({ channel }, options) => channel.receiveMany(1, options),
  send: ({ channel }, options) => channel.send("late", options),
  join: ({ channel }, options) => channel.join(options),
  select: ({ channel }, options) => select([channel], options),
  "select of a send": ({ channel }, options) =>
    select([sending(channel, "late")], options),
};

for (const [name, call] of Object.entries(calls)) {
  Deno.test(`${name}() looks at its signal before it looks at the channel (case 135)`, async () => {
    const middle: ((channel: Channel<unknown>) => void)[] = [
      (channel) => channel.close(),
      (channel) => channel.cancel("reason"),
      (channel) => channel.drain(),
      (channel) => channel.trySend(3),
    ];
    for (const getter of Object.keys(lookedAt(() => {}))) {
      for (const act of middle) {
        for (const values of [0, 1]) {
          const watched = new Watched({ capacity: 1 });
          const { channel } = watched;
          if (values > 0) channel.sendNow(1);
          const once = () => {
            if (watched.acted++ === 0) act(channel);
          };
          const called = call(watched, lookedAt(once)[getter]!);
          assert(watched.acted > 0);
          watched.check();
          channel.cancel();
          // Whatever comes of it, it is no mistake of our own.
          const reason = await called.then(() => undefined, (error) => error);
          assert(!(reason instanceof TypeError), `${reason}`);
        }
      }
    }
  });
}

Deno.test("onDrop is not called as a method of the channel", () => {
  let self: unknown = "not called";
  const channel = new Channel<number>({
    capacity: 1,
    overflow: "drop-incoming",
    onDrop(this: unknown) {
      self = this;
    },
  });
  for (const value of [1, 2]) channel.sendNow(value);
  assertStrictEquals(self, undefined);
});

Deno.test("onDrop that throws stops nothing, and each error is an unhandled rejection", async () => {
  const dropped: number[] = [];
  const error = new Error("from onDrop");
  const channel = new Channel<number>({
    capacity: 2,
    overflow: "drop-oldest",
    onDrop: (value) => {
      dropped.push(value);
      throw error;
    },
  });
  const reported = await unhandledIn(async () => {
    const joined = channel.join();
    for (const value of [1, 2, 3]) channel.sendNow(value);
    channel.cancel();
    await joined;
  });
  assertEquals(dropped, [1, 2, 3]);
  assertEquals(reported.length, 3);
  for (const one of reported) assertStrictEquals(one, error);
});

Deno.test("receive() rejects with what a then getter throws, and later values flow (case 135)", async () => {
  const error = new Error("then");
  const value = {
    get then() {
      throw error;
    },
  };
  for (const capacity of [0, 1, 3, Infinity]) {
    const channel = new Channel<unknown>(capacity);
    const pending = channel.receive();
    channel.send(value);
    assertStrictEquals(await pending.catch((reason) => reason), error);
    const sent = [channel.send(value), channel.send(2)];
    assertStrictEquals(
      await channel.receive().catch((reason) => reason),
      error,
    );
    assertEquals(await channel.receive(), 2);
    await Promise.all(sent);
  }
});
