// _lifeline.ts: how a thread learns by a lock that another one has ended.
//
// Ports of Chromium tell nobody that their thread has ended, nor do Deno's. So each side
// holds a lock as long as it lives, and asks for the other's. That one is free says
// little: the other may not have had it yet, or what it said last is on its way. So it
// must be free again some time later, and nothing have come meanwhile; many times over,
// if the other side has never had it.

/** Between two looks at a lock, in ms. */
const QUIET = 20;
/** So often a lock is free that nobody has ever had, before its owner counts as gone. */
const LOOKS = 50;

/** What is used of Web Locks. */
interface Locks {
  request(
    name: string,
    options: { signal: AbortSignal },
    held: () => unknown,
  ): Promise<unknown>;
}

/** What tells of the end of the thread on the other side of a port. */
export class Lifeline {
  /** Messages that have come. */
  heard = 0;
  /** Whether the other side has had its lock. */
  held = false;
  readonly #gone: () => void;
  readonly #ending: AbortController = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(gone: () => void) {
    this.#gone = gone;
  }

  /**
   * Holds a lock from now on. `named` is called at once, since the thread may end before
   * it has the lock, and `had` when it has.
   */
  hold(
    tag: string,
    named: (name: string) => void,
    had: () => void,
  ): void {
    const manager = locks();
    if (!manager) return;
    const name = `${tag} ${Math.random()} ${Math.random()}`;
    const { signal } = this.#ending;
    named(name);
    manager.request(name, { signal }, () => {
      had();
      return new Promise((free) =>
        signal.addEventListener("abort", free, { once: true })
      );
    }).catch(ignore);
  }

  /** Watches the lock of the other side. */
  watch(name: string, looks = 0, heard = -1): void {
    const freed = () => {
      if (heard === this.heard && (this.held || looks > LOOKS)) this.#gone();
      else {
        const now = this.heard;
        this.#timer = setTimeout(
          () => this.watch(name, looks + 1, now),
          QUIET,
        );
      }
    };
    const { signal } = this.#ending;
    locks()?.request(name, { signal }, freed).catch(ignore);
  }

  /** Lets go of both. */
  end(): void {
    clearTimeout(this.#timer);
    this.#ending.abort();
  }
}

/** Undefined outside secure contexts, in older runtimes, and where ports do better. */
function locks(): Locks | undefined {
  // Node's ports tell of the end; and in Node 24 they stall while locks are waited for.
  if (typeof Worker === "undefined") return undefined;
  const { navigator } = globalThis as { navigator?: { locks?: Locks } };
  return navigator?.locks;
}

function ignore(): void {}
