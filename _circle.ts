// _circle.ts: intrusive circles: what is in one leaves it in O(1), without a trace.
//
// A circle is named by its oldest member, or `undefined` while it is empty. So an
// idle owner pays one field for it, and a single member needs no list.

/** What can be in a circle. */
interface Linked<L> {
  next: L;
  prev: L;
}

/** Adds `one` as the youngest of a circle. Returns its oldest. */
export function append<L extends Linked<L>>(oldest: L | undefined, one: L): L {
  if (!oldest) return one;
  const youngest = oldest.prev;
  youngest.next = oldest.prev = one;
  one.prev = youngest;
  one.next = oldest;
  return oldest;
}

/** Takes `one` out of its circle. Returns the one after it, if it was not alone. */
export function remove<L extends Linked<L>>(one: L): L | undefined {
  const { next, prev } = one;
  if (next === one) return undefined;
  prev.next = next;
  next.prev = prev;
  one.next = one.prev = one;
  return next;
}

/** How many there are. O(n). */
export function count<L extends Linked<L>>(oldest: L | undefined): number {
  let total = 0;
  let at = oldest;
  if (at) { do total++; while ((at = at.next) !== oldest); }
  return total;
}
