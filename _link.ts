// _link.ts: the messages between the two sides of a port, and the end of each.
//
// 1. A message of ours is an array that begins with TAG; all else on the port is
//    somebody else's, and ignored.
// 2. Each side says hello first, with its version and what it is; nothing else is
//    heard before the other's hello has come and fits.
// 3. `gone` is called once at most, and nothing is heard after it.
// 4. Whoever closes says bye, and keeps port and lock until the other side has answered:
//    a lock that is free would overtake what was said before.

import { Lifeline } from "./_lifeline.ts";
import { ChannelError } from "./errors.ts";

/** What one side is; the other must be its counterpart. */
export type Side =
  | "lender"
  | "receiver"
  | "intake"
  | "sender"
  | "host"
  | "crew";

/** What a link tells its owner. */
export interface Listener {
  /** A message has come. */
  heard(kind: string, data: unknown): void;
  /** The other side is gone, or is none: the fact that an error is to tell. */
  gone(fact: string): void;
}

/** Ports of Node, and of the runtimes that follow it, keep their thread alive. */
interface AlivePort extends MessagePort {
  unref?(): void;
}

/** Messages of threads that share no port yet. */
export type Call = [tag: typeof TAG, kind: string, port?: MessagePort];

/** Of the protocol: a change of what messages mean makes another one. */
const VERSION = 1;
export const TAG = "@sluice/channel";
const COUNTERPARTS: Readonly<Record<Side, Side>> = {
  lender: "receiver",
  receiver: "lender",
  intake: "sender",
  sender: "intake",
  host: "crew",
  crew: "host",
};

/** Ports of this thread that have an owner. */
const owned = new WeakSet<MessagePort>();

/** Throws unless something is a port that nobody here has used. */
export function checkPort(act: string, port: MessagePort): void {
  if (
    typeof port?.postMessage !== "function" ||
    typeof port.addEventListener !== "function" ||
    typeof port.start !== "function" || typeof port.close !== "function"
  ) {
    throw new TypeError(`Cannot ${act}: not a MessagePort`);
  }
  if (owned.has(port)) {
    throw new ChannelError(`Cannot ${act}: the port is in use already`);
  }
}

/** One side of a port. */
export class Link {
  readonly #port: AlivePort;
  readonly #side: Side;
  readonly #listener: Listener;
  #greeted = false;
  /** Whether this side has closed, or lost the other. */
  #over = false;
  readonly #life: Lifeline = new Lifeline(() => this.#left());

  constructor(port: MessagePort, side: Side, listener: Listener) {
    owned.add(port);
    this.#port = port;
    this.#side = side;
    this.#listener = listener;
    port.addEventListener("message", this.#hear);
    port.addEventListener("messageerror", this.#garbled);
    port.addEventListener("close", this.#left);
    port.start();
    this.post("hello", [VERSION, side]);
    this.#life.hold(
      TAG,
      (name) => this.post("lock", name),
      () => this.post("held"),
    );
  }

  /** Throws a `DataCloneError`, and has sent nothing, if `data` cannot be cloned. */
  post(kind: string, data?: unknown, transfer: Transferable[] = []): void {
    if (!this.#over) this.#port.postMessage([TAG, kind, data], transfer);
  }

  /** Keeps the thread alive no longer, where ports do. */
  unref(): void {
    this.#port.unref?.();
  }

  /** Hears and says no more. The other side learns that this one is gone. */
  close(): void {
    if (this.#over) return;
    this.post("bye");
    this.#over = true;
    if (!this.#greeted) this.#end();
  }

  #end(): void {
    this.#over = true;
    this.#life.end();
    this.#port.removeEventListener("message", this.#hear);
    this.#port.removeEventListener("messageerror", this.#garbled);
    this.#port.removeEventListener("close", this.#left);
    this.#port.close();
  }

  readonly #hear = ({ data }: MessageEvent): void => {
    if (!Array.isArray(data) || data[0] !== TAG) return;
    const [, kind, content] = data;
    this.#life.heard++;
    if (kind === "bye") this.#left();
    else if (kind === "hello") this.#greet(content);
    else if (!this.#greeted) return;
    else if (kind === "lock") this.#life.watch(content);
    else if (kind === "held") this.#life.held = true;
    else if (!this.#over) this.#tell(kind, content);
  };

  // What is not as it should be is not ours, whatever it begins with.
  #tell(kind: string, content: unknown): void {
    try {
      this.#listener.heard(kind, content);
    } catch {
      this.#lose("a message could not be understood");
    }
  }

  readonly #garbled = (): void => {
    this.#lose("a message could not be read");
  };

  readonly #left = (): void => {
    this.#lose("the other thread is gone");
  };

  #greet(content: unknown): void {
    const [version, side] = Array.isArray(content) ? content : [];
    const wanted = COUNTERPARTS[this.#side];
    if (version !== VERSION) {
      this.#lose(
        `the other thread has version ${version} of the protocol, this one ${VERSION}`,
      );
    } else if (side !== wanted) {
      const end = COUNTERPARTS[side as Side];
      this.#lose(`the port is for a ${end}, not for a ${this.#side}`);
    } else this.#greeted = true;
  }

  #lose(fact: string): void {
    this.post("bye");
    const closed = this.#over;
    this.#end();
    if (!closed) this.#listener.gone(fact);
  }
}
