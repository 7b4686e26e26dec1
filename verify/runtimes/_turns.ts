// _turns.ts: turns of the event loop that end when settlement_log.ts says so.
//
// To be imported before the library, which keeps what it finds. By which of these
// it learns of the end of a turn differs from runtime to runtime, and so does their
// order; here its turns end together with those of the programs.

const { setTimeout } = globalThis;

/** What is to be called at the end of the turn. */
let waiting: (() => void)[] = [];
let ended = 0;

function later(end: () => void): void {
  waiting.push(end);
}

Object.assign(globalThis, { setTimeout: later, setImmediate: later });

/** Lets all microtasks run and ends the turn, again and again until nobody waits for its end. */
export async function endTurn(): Promise<void> {
  let ends: (() => void)[];
  do {
    await new Promise<void>((resolve) => setTimeout(resolve, 0));
    ends = waiting;
    waiting = [];
    for (const end of ends) end();
    ended += ends.length;
  } while (ends.length > 0);
}

/** How many ends of turns the library has waited for. */
export function turnsEnded(): number {
  return ended;
}
