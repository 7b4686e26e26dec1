// _turn.ts: letting the event loop breathe.
//
// Tasks that only wait on channels hand the turn to each other by microtasks,
// and no timer or I/O runs before the last of those. So operations count one down
// here: one that waited when it is woken, of those that found what they needed one
// in four or eight. Now and then that leads to a look at the clock; and when
// microtasks have run for SUSPECT + LIMIT ms without a break, operations settle in
// the next turn of the event loop. Each settles once and with the same outcome;
// only the order in which several settle is not kept across such a pause.
//
// Two tasks that a pause has let go of together would go on waiting for each other
// at every value, with a buffer that they no longer use. So the first operation that
// waited, in the millisecond after a pause, settles one microtask later: the other
// task then gets ahead, and the buffer carries them again.
//
// The cost, against the same code without it: 2 % in W1 and W2, 4 % in W3.
//
// The end of a turn is seen by a timer of 0 ms, set after SUSPECT ms of work: so
// there is none while nothing is busy, and never more than one. When a pause begins
// it is overdue already, so that a pause costs a turn and not a timer's delay. A
// burst within one synchronous run is no starvation and never pauses: `begun` is
// set by a microtask.

const SUSPECT = 5;
const LIMIT = 2;
const LONGEST_STRIDE = 256;

// Kept from the start, so that a test's fake timers cannot stop real work.
const later = setTimeout;
const clock = performance;

/** The one promise that is resolved already. */
export const DONE: Promise<void> = Promise.resolve();

/** Operations until the next look. An array, since a `let` costs W2 4 % more. */
const left = Int32Array.of(64);
/** How many operations there were to be after the last look. */
let stride = 64;
let looked = 0;
/** When the last turn ended, as far as is known. */
let since = 0;
/** When the first microtask ran after a timer was set that will tell of the end of the turn; else 0. */
let begun = 0;
let pause: Promise<void> | undefined;
let resume: (() => void) | undefined;

/**
 * Counts one operation. Returns its promise, or one that settles like it but not
 * before the next turn of the event loop.
 */
export function rest<T>(promise: Promise<T>): Promise<T> {
  return due() ? breathe(promise) : promise;
}

/** Counts one operation. Whether it must not settle before that next turn. */
export function due(waited = false): boolean {
  return counted() && look(waited);
}

/** Counts one operation. Whether it is time for the next to look at the clock. */
export function counted(): boolean {
  return --left[0]! <= 0;
}

/** Counts one operation that waited, and resolves its promise: now, or in that next turn. */
export function settle<V>(resolve: (value: V) => void, value: V): void {
  if (due(true)) defer(resolve, value);
  else resolve(value);
}

// Apart, since a closure costs the function around it a context for each call.
function defer<V>(resolve: (value: V) => void, value: V): void {
  paused().then(() => resolve(value));
}

function breathe<T>(promise: Promise<T>): Promise<T> {
  // Whoever gets the promise returned here answers for a rejection, not this one.
  promise.catch(() => {});
  return paused().then(() => promise);
}

/** Resolves behind all that was decided until now, a pause included. */
export function behind(): Promise<void> {
  return DONE.then(() => rest(DONE));
}

function paused(): Promise<void> {
  const promise = pause!;
  if (!begun) pause = undefined;
  return promise;
}

function look(waited: boolean): boolean {
  const now = clock.now();
  if (pause && (begun || waited && now - since < 1)) return true;
  pause = undefined;
  // Twice as far to the next look, or one step if it took over a millisecond.
  const elapsed = now - looked;
  looked = now;
  // In so long a gap there was nothing to do, or else the next look knows better.
  if (elapsed > SUSPECT && stride > 1) since = now;
  left[0] = stride = elapsed > 1 ? 1 : Math.min(stride * 2, LONGEST_STRIDE);
  if (!begun) {
    if (now - since < SUSPECT) return false;
    begun = Infinity;
    later(turned, 0);
    DONE.then(() => begun = clock.now());
  }
  if (now - begun < LIMIT) return false;
  pause = new Promise((resolve) => resume = resolve);
  left[0] = 0;
  return true;
}

function turned(): void {
  begun = 0;
  since = clock.now();
  resume?.();
}
