// _turn.ts: letting the event loop breathe.
//
// Tasks that only wait on channels hand the turn to each other by microtasks,
// and no timer or I/O runs before the last of those. So operations count one down
// here: one that waited when it is woken, of those that found what they needed one
// in four or eight. Now and then that leads to a look at the clock; and when
// microtasks have run for SUSPECT + LIMIT ms without a break, operations settle in
// the next turn of the event loop: all of them, until it comes, so that they still
// settle in the order in which they were decided.
//
// The cost, against the same code without it: 4 % in W1 and W2, 5 % in W3, half of
// it for the order.
//
// The end of a turn is told by setImmediate or, where there is none, by a timer of
// 0 ms, set after SUSPECT ms of work: so there is none while nothing is busy, and
// never more than one. When a pause begins the timer is overdue already, so that a
// pause costs a turn and not a timer's delay. A
// burst within one synchronous run is no starvation and never pauses: `begun` is
// set by a microtask.

const SUSPECT = 5;
const LIMIT = 2;
const LONGEST_STRIDE = 256;

// Kept from the start, so that a test's fake timers cannot stop real work. Where
// there is setImmediate, I/O runs before it; a timer that is overdue Node 20 fires
// before any I/O, again and again.
const { setImmediate: later = setTimeout } = globalThis as {
  setImmediate?: (turned: () => void) => unknown;
};
const clock = performance;

/** The one promise that is resolved already. */
export const DONE: Promise<void> = Promise.resolve();

/**
 * Operations until the next look; and which bits of a ring's index must be 0 for it
 * to count: all are, so each operation does, while a pause is on. (An array, since
 * a `let` costs W2 4 % more.)
 */
export const left: Int32Array = Int32Array.of(64, 7);
/** How many operations there were to be after the last look. */
let stride = 64;
let looked = 0;
/** When the last turn ended, as far as is known. */
let since = 0;
/** When the first microtask ran after a timer was set that will tell of the end of the turn; else 0. */
let begun = 0;
/** While a pause is on, what settles what was decided in it, in that order. */
let held: (() => void)[] | undefined;

/** Counts one operation. A promise of its value; during a pause, in the next turn of the event loop. */
export function rest<T>(value: T): Promise<T> {
  // `hold`, written out: the core alone has no other use for it.
  return due()
    ? new Promise((resolve) => held!.push(() => resolve(value)))
    : Promise.resolve(value) as Promise<T>;
}

/** `rest` for a rejection. */
export function refuse(reason: unknown): Promise<never> {
  return due()
    ? new Promise((_, reject) => held!.push(() => reject(reason)))
    : Promise.reject(reason);
}

/** Counts one operation. Whether it must not settle before that next turn. */
export function due(): boolean {
  return --left[0]! <= 0 && look();
}

/** Counts one operation that waited, and settles its promise: now, or in that next turn. */
export function settle<V>(resolve: (value: V) => void, value?: V): void {
  if (--left[0]! > 0) resolve(value as V);
  else settleSlowly(resolve, value as V);
}

function settleSlowly<V>(resolve: (value: V) => void, value: V): void {
  if (held) {
    held.push(() => resolve(value));
  } else {
    // Before the pause, if this begins one: it may be half of a call whose other
    // half settles before it.
    resolve(value);
    look();
  }
}

/** A promise of a value in that next turn. Only once `due()` has said so. */
export function hold<T>(value: T): Promise<T> {
  return new Promise((resolve) => held!.push(() => resolve(value)));
}

/** Resolves behind all that was decided until now, a pause included. */
export function behind(): Promise<void> {
  return DONE.then(rest<void>);
}

function look(): boolean {
  if (held) return true;
  const now = clock.now();
  // Twice as far to the next look, or one step if it took over a millisecond.
  const elapsed = now - looked;
  looked = now;
  // In so long a gap there was nothing to do, or else the next look knows better.
  if (elapsed > SUSPECT && stride > 1) since = now;
  left[1] = 7;
  left[0] = stride = elapsed > 1 ? 1 : Math.min(stride * 2, LONGEST_STRIDE);
  if (!begun) {
    if (now - since < SUSPECT) return false;
    begun = Infinity;
    later(turned);
    DONE.then(() => begun = clock.now());
  }
  if (now - begun < LIMIT) return false;
  held = [];
  left[0] = left[1] = 0;
  return true;
}

function turned(): void {
  begun = 0;
  since = clock.now();
  const ending = held;
  held = undefined;
  ending?.forEach((settle) => settle());
}
