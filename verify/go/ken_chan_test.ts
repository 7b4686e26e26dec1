// ken_chan_test.ts: Go's test/ken/chan.go: numbered values through channels whose
// two ends are held by plain tasks and by selects in every mixture.
//
// Each channel carries 76 consecutive numbers, starting at a multiple of 100.
// Either end knows which number comes next, so a value that is lost, doubled or
// out of order is noticed where it happens. A select that has done with one end of a
// channel goes on with `null` in its place.

import { assert, assertEquals } from "@std/assert";
import { Channel, select, sending } from "../../mod.ts";
import { assertAtRest, random } from "../../_testing.ts";
import { pass, together } from "./_tasks.ts";

/** Values that each channel carries. */
const LENGTH = 76;

/** A channel and how far each of its ends has got. */
class Line {
  readonly channel: Channel<number>;
  sent = 0;
  received = 0;

  constructor(capacity: number, readonly start: number) {
    this.channel = new Channel<number>(capacity);
  }

  /** Where to send, until all is sent. */
  get into(): Channel<number> | null {
    return this.sent < LENGTH ? this.channel : null;
  }

  /** Where to receive from, until all is received. */
  get from(): Channel<number> | null {
    return this.received < LENGTH ? this.channel : null;
  }

  get next(): number {
    return this.start + this.sent;
  }

  accept(value: number): void {
    assertEquals(value, this.start + this.received);
    this.received++;
  }
}

/** One run of the program: its channels, its randomness. */
class Run {
  readonly lines: Line[] = [];
  readonly #random: () => number;

  constructor(readonly capacity: number) {
    this.#random = random(10_007 + capacity);
  }

  /** New channels, each with numbers of its own. */
  make(count: number): Line[] {
    const made = Array.from(
      { length: count },
      (_, i) => new Line(this.capacity, 100 * (this.lines.length + i + 1)),
    );
    this.lines.push(...made);
    return made;
  }

  /** Steps aside for a random number of turns. */
  #dawdle(most: number): Promise<void> {
    return pass(1 + this.#random() * most | 0);
  }

  async send(line: Line): Promise<void> {
    while (line.into) {
      await this.#dawdle(10);
      await line.channel.send(line.next);
      line.sent++;
    }
  }

  async receive(line: Line): Promise<void> {
    while (line.from) {
      await this.#dawdle(10);
      line.accept(await line.channel.receive());
    }
  }

  /** Does all the receives and all the sends, in the order that select likes. */
  async choose(incoming: Line[], outgoing: Line[]): Promise<void> {
    const lines = [...incoming, ...outgoing];
    for (let left = lines.length * LENGTH; left > 0; left--) {
      await this.#dawdle(5);
      const result = await select([
        ...incoming.map((line) => line.from),
        ...outgoing.map((line) => sending(line.into, line.next)),
      ]);
      const line = lines[result.key]!;
      assert(result.state === "ok");
      if (result.key < incoming.length) line.accept(result.value!);
      else line.sent++;
    }
  }

  /** A task for each line. */
  each(
    verb: "send" | "receive",
    lines: readonly Line[],
  ): Record<string, () => Promise<void>> {
    return Object.fromEntries(
      lines.map((line) => [`${verb} ${line.start}`, () => this[verb](line)]),
    );
  }
}

/** The mixtures: what holds the ends of how many channels. */
const MIXTURES: readonly {
  name: string;
  channels: number;
  start: (run: Run) => Promise<void>;
}[] = [{
  name: "plain senders and plain receivers",
  channels: 4,
  start(run) {
    const lines = run.make(4);
    return together({
      ...run.each("send", lines),
      ...run.each("receive", lines),
    });
  },
}, {
  name: "plain senders and a select that receives",
  channels: 4,
  start(run) {
    const lines = run.make(4);
    return together({
      ...run.each("send", lines),
      select: () => run.choose(lines, []),
    });
  },
}, {
  name: "a select that sends and plain receivers",
  channels: 4,
  start(run) {
    const lines = run.make(4);
    return together({
      ...run.each("receive", lines),
      select: () => run.choose([], lines),
    });
  },
}, {
  name: "a select that sends and one that receives",
  channels: 4,
  start(run) {
    const lines = run.make(4);
    return together({
      sends: () => run.choose([], lines),
      receives: () => run.choose(lines, []),
    });
  },
}, {
  name: "two selects that send to and receive from each other",
  channels: 8,
  start(run) {
    const [there, back] = [run.make(4), run.make(4)];
    return together({
      one: () => run.choose(back, there),
      other: () => run.choose(there, back),
    });
  },
}, {
  name: "two selects between plain senders and plain receivers",
  channels: 12,
  start(run) {
    const [first, between, last] = [run.make(4), run.make(4), run.make(4)];
    return together({
      ...run.each("send", first),
      ...run.each("receive", last),
      before: () => run.choose(first, between),
      behind: () => run.choose(between, last),
    });
  },
}];

/** Every line carried all its values, and nothing is left. */
function assertDone(run: Run, channels: number): void {
  const { lines } = run;
  assertEquals(lines.map((one) => one.sent), Array(channels).fill(LENGTH));
  assertEquals(lines.map((one) => one.received), Array(channels).fill(LENGTH));
  assertEquals(lines.map((one) => one.channel.size), Array(channels).fill(0));
  assertAtRest(...lines.map((one) => one.channel));
}

for (const capacity of [0, 1, 10, 100]) {
  for (const { name, channels, start } of MIXTURES) {
    Deno.test(`${name} pass on all values in order (capacity ${capacity}, case 151)`, async () => {
      const run = new Run(capacity);
      await start(run);
      assertDone(run, channels);
    });
  }

  Deno.test(`all mixtures at once pass on all values in order (capacity ${capacity}, case 151)`, async () => {
    const run = new Run(capacity);
    await Promise.all(MIXTURES.map(({ start }) => start(run)));
    assertDone(run, 4 * 4 + 8 + 12);
  });
}
