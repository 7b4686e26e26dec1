// time.ts: faults for time.ts.

import type { MutantFile } from "./_mutant.ts";

const time = "time_test.ts";
const ticks = "time_ticker_test.ts";
const timers = "time_timers_test.ts";
const clock = "time_clock_test.ts";

export const timing: MutantFile = {
  file: "time.ts",
  mutants: [
    {
      about: "after() refuses 0",
      from: 'checkMs(ms, ms >= 0, ">= 0");',
      to: 'checkMs(ms, ms > 0, ">= 0");',
      by: time,
    },
    {
      about: "ticker() takes 0",
      from: 'checkMs(ms, ms > 0, "> 0");',
      to: 'checkMs(ms, ms >= 0, "> 0");',
      by: timers,
    },
    {
      about: "never() is another one each time",
      from: "return NEVER;",
      to: "return new Never();",
      by: "time_never_test.ts",
    },
    {
      about: "anything is a number of milliseconds",
      from: 'if (typeof ms !== "number") {',
      to: "if (false) {",
      by: timers,
    },
    {
      about: "whoever sets the clock changes when time has passed",
      from: "Date === RealDate\n    ? performance\n    : Date;",
      to: "Date;",
      by: clock,
    },
    {
      about: "fake time does not pass",
      from: "Date === RealDate\n    ? performance\n    : Date;",
      to: "performance;",
      by: time,
    },
    {
      about: "a timer is set by a clock that came later",
      from: "const set = this.#setTimeout;",
      to: "const set = setTimeout;",
      by: clock,
    },
    {
      about: "a timer is cleared by a clock that came later",
      from: "const clear = this.#clearTimeout;",
      to: "const clear = clearTimeout;",
      by: clock,
    },
    {
      about: "time is up from the start",
      from: "this.due = this.made + ms;",
      to: "this.due = ms;",
      by: time,
    },
    {
      about: "after() gives its value again and again",
      from: "return !this.closing && !this.#receivers &&",
      to: "return !this.#receivers &&",
      by: time,
    },
    {
      about: "whoever comes later overtakes one who waits",
      from: "return !this.closing && !this.#receivers &&",
      to: "return !this.closing &&",
      by: time,
    },
    {
      about: "a value comes a moment after its time",
      from: "this.clock.now() >= this.due",
      to: "this.clock.now() > this.due",
      by: time,
    },
    {
      about: "drained with leases out",
      from: "return this.closed && !this.#leased;",
      to: "return this.closed;",
      by: ticks,
    },
    {
      about: "who joins gets a value",
      from: "if (sends === undefined) {",
      to: "if (false) {",
      by: time,
    },
    {
      about: "the youngest is served first",
      from: "this.#receivers = append(this.#receivers, waiter);",
      to: "append(this.#receivers, waiter);\n      this.#receivers = waiter;",
      by: time,
    },
    {
      about: "one who waits is joined by no timer",
      from: "this.#arm();\n    }\n  }\n\n  [withdraw]",
      to: "}\n  }\n\n  [withdraw]",
      by: time,
    },
    {
      about: "a timer stays when nobody waits",
      from: "if (!next) this.#disarm();",
      to: "",
      by: timers,
    },
    {
      about: "no timer stays when one of several gives up",
      from: "if (!next) this.#disarm();",
      to: "this.#disarm();",
      by: timers,
    },
    {
      about: "a lease that is acknowledged tells no joiner",
      from: "this.#leased += n;\n    this.settle();",
      to: "this.#leased += n;",
      by: ticks,
    },
    {
      about: "a timer for each who waits",
      from: "if (this.#timer !== undefined || this.due",
      to: "if (this.due",
      by: timers,
    },
    {
      about: "a timer for what never comes",
      from: "|| this.due === Infinity) return;",
      to: ") return;",
      by: timers,
    },
    {
      about: "time counts from the first wait",
      from: "const delay = this.due - this.clock.now();",
      to: "const delay = this.ms;",
      by: time,
    },
    {
      about: "a timer that has fired is taken for one that runs",
      from: "this.#timer = undefined;\n      if (delay",
      to: "if (delay",
      by: ticks,
    },
    {
      about: "the longest timer is the end",
      from: "if (delay > LONGEST) this.#arm();\n      else this",
      to: "this",
      by: time,
    },
    {
      about: "a timer is a millisecond longer than any can be",
      from: "2 ** 31 - 1",
      to: "2 ** 31",
      by: time,
    },
    {
      about: "a timer is to fire before it is set",
      from: "Math.max(0, Math.min(delay, LONGEST))",
      to: "Math.min(delay, LONGEST)",
      by: clock,
    },
    {
      about: "no timer is ever cleared",
      from: "clear(this.#timer);",
      to: "",
      by: timers,
    },
    {
      about: "a timer that was cleared is taken for one that runs",
      from: "clear(this.#timer);\n    this.#timer = undefined;",
      to: "clear(this.#timer);",
      by: timers,
    },
    {
      about: "who was served is served again",
      from: "this.#receivers = remove(waiter);",
      to: "remove(waiter);",
      by: ticks,
    },
    {
      about: "after a tick no timer runs for the next who waits",
      from: "if (this.#receivers && !this.closing) this.#arm();",
      to: "",
      by: ticks,
    },
    {
      about: "a timer is set for what has ended",
      from: "if (this.#receivers && !this.closing) this.#arm();",
      to: "if (this.#receivers) this.#arm();",
      by: timers,
    },
    {
      about: "those behind who was served do not hear of the end",
      from: "wake(waiter, value);\n    this.settle();",
      to: "wake(waiter, value);",
      by: time,
    },
    {
      about: "the end is told before the value",
      from: "wake(waiter, value);\n    this.settle();",
      to: "this.settle();\n    wake(waiter, value);",
      by: timers,
    },
    {
      about: "a batch is a value",
      from: "max === undefined ? this.takeOne() : [this.takeOne()];",
      to: "this.takeOne();",
      by: time,
    },
    {
      about: "who joins does not hear that the value was taken",
      from: "const value = this.step();\n    this.settle();",
      to: "const value = this.step();",
      by: time,
    },
    {
      about: "one of those who wait is told of the end",
      from: "while (this.#receivers) end(",
      to: "if (this.#receivers) end(",
      by: ticks,
    },
    {
      about: "joiners are told while leases are out",
      from: "while (this.drained && this.#joiners) {",
      to: "while (this.#joiners) {",
      by: ticks,
    },
    {
      about: "one of several joiners is told",
      from: "while (this.drained && this.#joiners) {",
      to: "if (this.drained && this.#joiners) {",
      by: ticks,
    },
    {
      about: "joiners are told before others",
      from: "wake(this[withdraw](this.#joiners), behind());",
      to: "wake(this[withdraw](this.#joiners), undefined);",
      by: ticks,
    },
    {
      about: "the number of a tick is that of the next",
      from: "Math.floor((this.clock",
      to: "Math.ceil((this.clock",
      by: ticks,
    },
    {
      about: "the number of a tick comes twice when its timer is early",
      from: "this.#taken = Math.max(passed, this.#taken + 1);",
      to: "this.#taken = passed;",
      by: clock,
    },
    {
      about: "ticks that nobody took are counted by nobody",
      from: "this.#taken = Math.max(passed, this.#taken + 1);",
      to: "this.#taken++;",
      by: ticks,
    },
    {
      about: "a ticker drifts",
      from: "this.due = this.made + (this.#taken + 1) * this.ms;",
      to: "this.due = this.clock.now() + this.ms;",
      by: ticks,
    },
    {
      about: "the last close counts, not the first",
      from: "if (this.closing) return;",
      to: "",
      by: ticks,
    },
    {
      about: "close(undefined) is taken for close()",
      from: "this.closing.plain = !reason.length;",
      to: "this.closing.plain = reason[0] === undefined;",
      by: ticks,
    },
    {
      about: "the reason of a close is dropped",
      from: "this.closing.reason = reason[0];",
      to: "",
      by: time,
    },
    {
      about: "who waits is not told of a close",
      from: "this.closing.reason = reason[0];\n    this.settle();",
      to: "this.closing.reason = reason[0];",
      by: time,
    },
    {
      about: "a ticker that is disposed goes on",
      from: "[Symbol.dispose](): void {\n    this.close();",
      to: "[Symbol.dispose](): void {",
      by: timers,
    },
    {
      about: "await using does not close",
      from: "return Promise.resolve(this.close());",
      to: "return Promise.resolve();",
      by: ticks,
    },
  ],
};
