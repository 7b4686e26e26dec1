// lending.ts: faults for the receiving end in another thread, and for leases.

import type { MutantFile } from "./_mutant.ts";

const receiver = "worker_receiver_test.ts";
const leases = "worker_leases_test.ts";
const reasons = "worker_reasons_test.ts";
const faults = "worker_faults_test.ts";
const pool = "worker_pool_test.ts";
const loans = "loans_test.ts";
const reentry = "worker_reentry_test.ts";
const wanted = "worker_wanted_test.ts";

export const lending: readonly MutantFile[] = [
  {
    file: "_lender.ts",
    mutants: [
      {
        about: "more is lent than was asked for",
        from: "while (this.#asked > 0 && source",
        to: "while (source",
        by: receiver,
      },
      {
        about: "an acknowledged value is still held",
        from: "if (this.#held.delete(n)) loans.push(held!.loan);",
        to: "if (held) loans.push(held.loan);",
        by: receiver,
      },
      {
        about: "an acknowledged value stays leased",
        from: "    settleLoans(this.#source, loans);\n",
        to: "",
        by: receiver,
      },
      {
        about: "what is given back twice comes twice",
        from: "return this.#held.delete(number) ? held! : [];",
        to: "return held ?? [];",
        by: leases,
      },
      {
        about: "what was taken and not posted is lost with the other side",
        from: "...this.#next.splice(0).slice(this.#at)",
        to: "...this.#next.splice(0).slice(Infinity)",
        by: receiver,
      },
      {
        about: "what was posted is lost with the other side",
        from: "      ...held,\n",
        to: "",
        by: receiver,
      },
      {
        about: "what comes back is forgotten in another order",
        from: "const held = [...this.#held.values()];",
        to: "const held = [...this.#held.values()].reverse();",
        by: receiver,
      },
      {
        about: "a waiter stays parked when the other side is gone",
        from:
          "this.#leaving.abort();\n    if (this.#parked) this.#source[withdraw](this.#waiter);",
        to: "this.#leaving.abort();",
        by: faults,
      },
      {
        about: "who leaves leaves its waiter parked",
        from:
          "#quit(): void {\n    if (this.#parked) this.#source[withdraw](this.#waiter);",
        to: "#quit(): void {",
        by: leases,
      },
      {
        about: "who leaves is lent to all the same",
        from: "this.#asked);\n    this.#asked = 0;\n",
        to: "this.#asked);\n",
        by: leases,
      },
      {
        about: "who is gone is lent to all the same",
        from: "this.#over = true;\n    this.#asked = 0;\n",
        to: "this.#over = true;\n",
        by: reentry,
      },
      {
        about: "what was posted already goes back too",
        from: "splice(0).slice(this.#at)",
        to: "splice(0)",
        by: reentry,
      },
      {
        about: "the end overtakes what is being posted",
        from: "    if (this.#posting) {\n",
        to: "    if (false as boolean) {\n",
        by: reentry,
      },
      {
        about: "nobody hears that a source is lost",
        from: "() => this.#drained(), () => this.stop());",
        to: "() => this.#drained(), () => {});",
        by: wanted,
      },
      {
        about: "a value that was transferred is put back",
        from: "this.#hold(loan, list.length > 0);",
        to: "this.#hold(loan, false);",
        by: receiver,
      },
      {
        about: "a value that was transferred counts for join() for ever",
        from: "    settleLoans(this.#source, gone);\n",
        to: "",
        by: receiver,
      },
      {
        about: "a value that cannot be cloned counts for join() for ever",
        from: "      settleLoans(this.#source, [loan]);\n",
        to: "",
        by: receiver,
      },
      {
        about: "nothing comes in the place of what cannot be cloned",
        from: "      this.#asked++;\n",
        to: "",
        by: receiver,
      },
      {
        about: "nobody hears of a value that cannot be cloned",
        from: "else Promise.reject(error);",
        to: "",
        by: receiver,
      },
      {
        about: "the end overtakes the last values",
        from: "    this.#ended = true;\n    this.#flush();",
        to: "    this.#ended = true;",
        by: leases,
      },
      {
        about: "the reason of the close is not told",
        from: "plain ? undefined : pack(error)",
        to: "undefined",
        by: receiver,
      },
      {
        about: "the other side is not told of a close",
        from: '() => this.#link.post("closed"),',
        to: "() => {},",
        by: receiver,
      },
      {
        about: "the other side is not told of a drain",
        from: '    this.#link.post("drained");\n',
        to: "",
        by: receiver,
      },
      {
        about: "the drain is told before the end",
        from: "    this.#end(this.#source[ended]()!);\n",
        to: "",
        by: reasons,
      },
      {
        about: "each value is a message",
        from: "    this.#next.push(loan);\n    this.#batch.add();",
        to: "    this.#next.push(loan);\n    this.#flush();",
        by: receiver,
      },
    ],
  },
  {
    file: "_port_receiver.ts",
    mutants: [
      {
        about: "a value that comes back has another number",
        from: "hand.hold(this.#came++);",
        to: "hand.hold(++this.#came);",
        by: receiver,
      },
      {
        about: "what has come has the number of what comes next",
        from: "hand.hold(this.#came - this.#ready.size);",
        to: "hand.hold(this.#came);",
        by: receiver,
      },
      {
        about: "the window is one wider",
        from: "this.#hands.size + this.#window - 1 -",
        to: "this.#hands.size + this.#window -",
        by: receiver,
      },
      {
        about: "nobody asks for those that wait",
        from: "return this.#hands.size + this.#window - 1 -",
        to: "return this.#window -",
        by: receiver,
      },
      {
        about: "what was asked for is asked for again",
        from: "    this.#asked += want;\n",
        to: "",
        by: receiver,
      },
      {
        about: "an acknowledgement is told again",
        from: "    this.#done = [];\n",
        to: "",
        by: receiver,
        equivalent: "a value is acknowledged once",
      },
      {
        about: "acknowledgements wait for half a window",
        from: "hungry && (this.#doneCount > 0 ||",
        to: "hungry && (",
        by: receiver,
      },
      {
        about: "a disposed receiver does not tell what it is done with",
        from: "    this.#keen = false;\n    this.#tell();",
        to: "    this.#keen = false;",
        by: receiver,
      },
      {
        about: "a loop that is left goes on asking",
        from: "    this.#keen = false;\n    this.#back",
        to: "    this.#back",
        by: receiver,
      },
      {
        about: "what a loop has is lost when it is left",
        from: "    this.#back.push(...numbers);\n",
        to: "",
        by: receiver,
      },
      {
        about: "what was asked for ahead is kept when the last loop is left",
        from: "if (this.#idle) numbers.push(...this.#clear());",
        to: "",
        by: receiver,
      },
      {
        about: "what is given back is in no order",
        from: "this.giveBack(numbers.sort((a, b) => a - b));",
        to: "this.giveBack(numbers.sort((a, b) => b - a));",
        by: receiver,
      },
      {
        about: "one loop that is left ends the asking of all",
        from: "return this.#loops === 0 && !this.#receivers;",
        to: "return !this.#receivers;",
        by: leases,
      },
      {
        about: "what was revoked still counts as asked for",
        from: "        this.#asked -= data as number;\n",
        to: "",
        by: leases,
      },
      {
        about: "plain calls acknowledge nothing",
        from: "    this.#hand.settle();\n    return this.#hand[take](max);",
        to: "    return this.#hand[take](max);",
        by: receiver,
      },
      {
        about: "a plain call that waits acknowledges nothing",
        from:
          "    this.#hand.settle(); // or who joins would wait for itself\n",
        to: "    if (sends === undefined) this.#hand.settle();\n",
        by: receiver,
      },
      {
        about: "who joins waits on when the other side is gone",
        from: "      fail(this.#remove(joiner), error);",
        to: "      this.#remove(joiner);",
        by: faults,
      },
      {
        about: "join() waits for a side that is gone",
        from: "return this.#lost && !this.#drained",
        to: "return this.#lost && this.#drained",
        by: faults,
      },
      {
        about: "what has come is lost at the end",
        from: "return this.#ready.size > 0 ? undefined : this.#ending;",
        to: "return this.#ending;",
        by: receiver,
        equivalent:
          "whoever asks looks first whether there is a value; select and receive do",
      },
      {
        about: "a drained receiver keeps its port",
        from: "    this.#link.close();\n    for (let joiner",
        to: "    for (let joiner",
        by: receiver,
      },
      {
        about: "a keeper acknowledges what it gives back",
        from: "back: () => this.#resign([number]),",
        to: "back: () => this.acknowledge([number]),",
        by: leases,
      },
      {
        about: "who gives up a wait goes on asking",
        from: "if (received && this.#idle) this.#mayQuit.add();",
        to: "",
        by: wanted,
      },
      {
        about: "a stage that is left goes on asking",
        from: "back: () => this.#resign([number]),",
        to: "back: () => this.giveBack([number]),",
        by: wanted,
      },
      {
        about: "who begins a loop is not done with what it has received",
        from: "enter(): void {\n    this.#hand.settle();\n",
        to: "enter(): void {\n",
        by: wanted,
      },
      {
        about: "who joins is not done with what it has received",
        from:
          "    this.#hand.settle(); // or who joins would wait for itself\n",
        to: "    if (sends !== undefined) this.#hand.settle();\n",
        by: wanted,
      },
      {
        about: "tryReceive() in vain is not done with what was received",
        from: "    this.#hand.settle();\n    return super.tryReceive();",
        to: "    return super.tryReceive();",
        by: wanted,
      },
      {
        about: "what is done with is not told when all goes back",
        from: "sort((a, b) => a - b));\n    this.#mayTell();\n",
        to: "sort((a, b) => a - b));\n",
        by: wanted,
      },
    ],
  },
  {
    file: "_hand.ts",
    mutants: [
      {
        about: "a loop acknowledges nothing",
        from: "    this.#hand.settle();\n    if (this.#on",
        to: "    if (this.#on",
        by: receiver,
      },
      {
        about: "a loop that its signal ends goes on",
        from: "if (this.#aborts) step.catch(() => this.#leave());",
        to: "if (this.#aborts) step.catch(() => {});",
        by: leases,
      },
      {
        about: "a loop is left twice",
        from: "    this.#on = false;\n",
        to: "",
        by: receiver,
        equivalent:
          "what it holds is given back once, and more loops left than begun are none",
      },
      {
        about: "leaving a loop keeps its value",
        from: "    const result = super.return(value);\n    this.#leave();",
        to: "    const result = super.return(value);",
        by: receiver,
      },
      {
        about: "what was acknowledged is given back as well",
        from:
          "    this.#receiver.acknowledge(this.#numbers);\n    this.#numbers = [];",
        to: "    this.#receiver.acknowledge(this.#numbers);",
        by: receiver,
      },
    ],
  },
  {
    file: "_loans.ts",
    mutants: [
      {
        about: "a loan that is taken does not count",
        from: "  source[lease](1);\n  const value = source[take]();",
        to: "  const value = source[take]();",
        by: loans,
      },
      {
        about: "a loan that comes to a waiter does not count",
        from:
          "  source[lease](1);\n  return new Loan(value, keeperOf(source, value));",
        to: "  return new Loan(value, keeperOf(source, value));",
        by: receiver,
      },
      {
        about: "who waits second is forgotten",
        from:
          "    if (this.#receivers) this.#source[park](this.#scout, false);\n",
        to: "",
        by: loans,
      },
      {
        about: "who leaves leaves the scout behind",
        from:
          "    if (!this.#receivers) this.#source[withdraw](this.#scout);\n",
        to: "",
        by: pool,
      },
      {
        about: "closing loans leaves the source open",
        from:
          "(this.#source as Partial<ClosableReceiver<T>>).close?.(...reason);",
        to: "",
        by: loans,
      },
    ],
  },
  {
    file: "_merge.ts",
    mutants: [
      {
        about: "what a merged end takes back goes to the wrong source",
        from: "    this.#last = scout.source;\n",
        to: "",
        by: leases,
      },
      {
        about: "what a merged end takes back is one lease too few",
        from: "        source[lease](1);\n        source[giveBack]",
        to: "        source[giveBack]",
        by: leases,
      },
    ],
  },
];
