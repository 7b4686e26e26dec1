// _ring.ts: a growable first-in, first-out queue of values.
//
// 1. `slots.length` is a power of two; the values lie at `head`, `head + 1`, …
//    `head + size - 1`, modulo that length.
// 2. No other slot holds a value: what was taken is not retained.
// 3. `push` needs a free slot, `shift` and `swap` need a value.
// 4. Memory follows the values held: at most 8 slots for each value, or 1,024 in
//    all (8 kB).
// 5. `limit` is the lesser of the slots and the capacity: while `size < limit`
//    there is room and a slot for it.

const FIRST = 8;
const KEPT = 1024;

/** A growable ring of values. Every operation is O(1), amortised, unless it says more. */
export class Ring<T> {
  // Declared alone: what writes them first is `resize`.
  declare slots: (T | undefined)[];
  declare head: number;
  /** The size at which there are too many slots; -1 for never. */
  declare mark: number;
  declare limit: number;
  size = 0;
  readonly #capacity: number;

  constructor(capacity: number) {
    this.#capacity = capacity;
    this.resize(FIRST);
  }

  /** Appends a value, in a new slot if there is none. */
  add(value: T): void {
    if (this.slots.length === this.size) {
      // From 2 MB on a new array costs more than the values to be put in it.
      this.resize(this.size * (this.size >> 18 ? 4 : 2));
    }
    this.push(value);
  }

  /** Appends a value. */
  push(value: T): void {
    const slots = this.slots;
    slots[(this.head + this.size++) & (slots.length - 1)] = value;
  }

  /** Takes the oldest value. */
  shift(): T {
    const slots = this.slots;
    const head = this.head;
    const value = slots[head] as T;
    slots[head] = undefined;
    this.head = (head + 1) & (slots.length - 1);
    if (--this.size <= this.mark) this.resize(slots.length >> 2);
    return value;
  }

  /** Takes the oldest value, and appends one for it. */
  swap(value: T): T {
    const oldest = this.shift();
    this.push(value);
    return oldest;
  }

  /** A copy of the values, oldest first, in an array of `length`. O(length). */
  copy(length: number): (T | undefined)[] {
    const copy = new Array<T | undefined>(length);
    const slots = this.slots;
    for (let i = 0; i < this.size; i++) {
      copy[i] = slots[(this.head + i) & (slots.length - 1)];
    }
    return copy;
  }

  /** Has `length` slots from now on: a power of two that holds the values. O(length). */
  resize(length: number): void {
    const slots = this.slots = this.copy(length);
    // So that the engine sees one kind of array, whatever the values are.
    slots[this.size] = undefined;
    this.head = 0;
    this.mark = length > KEPT ? length >> 3 : -1;
    this.limit = Math.min(length, this.#capacity);
  }
}
