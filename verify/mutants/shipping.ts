// shipping.ts: faults for the sending end in another thread.

import type { MutantFile } from "./_mutant.ts";

const reentry = "worker_reentry_test.ts";
const sender = "worker_sender_test.ts";
const senderEnd = "worker_sender_end_test.ts";

export const shipping: readonly MutantFile[] = [
  {
    file: "_intake.ts",
    mutants: [
      {
        about: "a value overtakes one that waits",
        from: "    if (this.#parked) return;\n    const target",
        to: "    const target",
        by: sender,
      },
      {
        about: "accepted values are not told of",
        from: 'if (this.#took > 0) this.#link.post("took", this.#took);',
        to: "",
        by: sender,
      },
      {
        about: "an answer overtakes the one before",
        from: '    this.#tell();\n    this.#link.post("refused"',
        to: '    this.#link.post("refused"',
        by: sender,
      },
      {
        about: "what is refused is kept",
        from:
          '    this.#link.post("refused", this.#queue.length);\n    this.#queue = [];',
        to: '    this.#link.post("refused", this.#queue.length);',
        by: sender,
        equivalent:
          "the channel is closed by then: what follows is refused too",
      },
      {
        about: "a withdrawn value is sent",
        from: "    this.#queue.splice(index, 1);\n",
        to: "",
        by: sender,
      },
      {
        about: "the head is withdrawn, and stays in the channel",
        from: "    if (index > 0 || !this.#parked) return;\n",
        to: "    return;\n",
        by: sender,
      },
      {
        about: "a thread that has ended leaves its producer open",
        from: "if (!(target instanceof Channel)) target[Symbol.dispose]?.();",
        to: "",
        by: senderEnd,
      },
      {
        about: "a thread that has ended closes the channel",
        from: "if (!(target instanceof Channel)) target[Symbol.dispose]?.();",
        to: "(target as Partial<Disposable>)[Symbol.dispose]?.();",
        by: senderEnd,
      },
      {
        about: "a producer is closed before its values are accepted",
        from:
          "if (!this.#over || this.#queue.length > 0 || this.#parked) return;",
        to: "if (!this.#over) return;",
        by: senderEnd,
      },
      {
        about: "the reason of a close is lost on the way",
        from: "if (reason.length === 0) this.#target.close();",
        to: "if (reason.length < 2) this.#target.close();",
        by: senderEnd,
      },
      {
        about: "the other side is not told of a close",
        from:
          'const closed = () => this.#link.post("closed", pack(closeSignal.reason));',
        to: "const closed = () => {};",
        by: senderEnd,
      },
    ],
  },
  {
    file: "_port_sender.ts",
    mutants: [
      {
        about: "more is on the way than there is room for",
        from: "    this.#room--;\n    this.#next.push(flight)",
        to: "    this.#next.push(flight)",
        by: sender,
      },
      {
        about: "what trySend() sends takes no room",
        from: "    this.#postOne(new Flight<T>(value));\n    this.#room--;",
        to: "    this.#postOne(new Flight<T>(value));",
        by: sender,
      },
      {
        about: "trySend() overtakes what was sent before",
        from: "#launchNow(value: T): void {\n    this.#flush();",
        to: "#launchNow(value: T): void {",
        by: sender,
      },
      {
        about: "room that is given back is forgotten",
        from:
          "        flight.giveUp();\n        this.#admit(1);\n        break;",
        to: "        flight.giveUp();\n        break;",
        by: sender,
      },
      {
        about: "a send that was not posted yet is not withdrawn",
        from: "      this.#next.splice(index, 1);\n",
        to: "",
        by: sender,
      },
      {
        about: "close() overtakes what was sent",
        from: "if (!this.closed || this.#senders || this.#sent.size) return;",
        to: "if (!this.closed) return;",
        by: sender,
      },
      {
        about: "who waits is not told of a close",
        from: "      fail(sender, error);",
        to: "",
        by: senderEnd,
      },
      {
        about: "closeSignal does not tell of a close over there",
        from:
          "      fail(sender, error);\n    }\n    this.#controller?.abort(this.#reason);",
        to: "      fail(sender, error);\n    }",
        by: senderEnd,
      },
      {
        about: "closeSignal does not tell of a close here",
        from:
          "    this.#mayLeave();\n    this.#controller?.abort(this.#reason);\n  }\n\n  /** Resolves",
        to: "    this.#mayLeave();\n  }\n\n  /** Resolves",
        by: senderEnd,
      },
      {
        about: "disposing does not wait",
        from: "    this.close();\n    return this.#leaving;",
        to: "    this.close();\n    return Promise.resolve();",
        by: senderEnd,
      },
      {
        about: "one value that cannot be cloned takes others with it",
        from:
          "      try {\n        this.#postOne(flight);\n        this.#posting.shift();\n",
        to: "      try {\n        throw new Error();\n",
        by: senderEnd,
      },
      {
        about: "close() within a value leaves before it is posted",
        from: "if (this.#next.length + this.#posting.length > 0) return;",
        to: "if (this.#next.length > 0) return;",
        by: reentry,
      },
      {
        about: "an abort within a value is forgotten",
        from: "if (flight.recalled) this.#recall(flight);",
        to: "",
        by: reentry,
      },
      {
        about: "a select with a value that cannot be cloned waits for ever",
        from: "        fail(waiter, error);",
        to: "",
        by: senderEnd,
      },
      {
        about: "what is refused is not told to onLost",
        from:
          "if (!flight.fail(error)) lose(this.#crossing, flight.value, error);",
        to: "flight.fail(error);",
        by: senderEnd,
      },
      {
        about: "sendAll() tells of one lost value only",
        from: "    this.#loseAll(others);\n",
        to: "",
        by: senderEnd,
      },
      {
        about: "the values of one turn are a message each",
        from: "if (!this.#crossing.transfer && this.#postAll()) return;",
        to: "",
        by: sender,
      },
    ],
  },
  {
    file: "_ahead.ts",
    mutants: [
      {
        about: "sendAll() does not wait for what is on its way",
        from: "return this.#flying > 0",
        to: "return this.#flying < 0",
        by: sender,
      },
      {
        about: "sendAll() goes on after a failure",
        from: "    if (first) {\n",
        to: "    if (!this && first) {\n",
        by: senderEnd,
      },
      {
        about: "sendAll() tries what comes after a failure",
        from:
          "if (this.failures.length > 0 || !this.#to[sendable]()) return false;",
        to: "if (!this.#to[sendable]()) return false;",
        by: senderEnd,
      },
      {
        about: "sendAll() forgets what it has taken after a failure",
        from: "      this.failures.push({ value, reason: first.reason });\n",
        to: "",
        by: senderEnd,
      },
    ],
  },
  {
    file: "_flight.ts",
    mutants: [
      {
        about: "a value that has arrived listens to its signal",
        from: "    unwatch(this);\n    if (this.#accepted) settle",
        to: "    if (this.#accepted) settle",
        by: sender,
      },
      {
        about: "a recalled send rejects with something else",
        from: "    this.#reason = reason;\n",
        to: "",
        by: sender,
      },
    ],
  },
];
