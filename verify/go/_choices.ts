// _choices.ts: every way through a program that makes choices.

/**
 * A tree of choices, walked depth first. Each round of `while (tree.next())` is
 * one way from the root to a leaf; within it `choose` and `maybe` say where
 * the way goes on. What is asked may depend on what was answered.
 */
export class ChoiceTree {
  /** The ways walked so far, this one included. */
  ways = 0;
  /** The choices of this way: which was made, of how many. */
  readonly #made: { chosen: number; of: number }[] = [];
  #depth = 0;

  /** Turns to the next way. Whether there is one. */
  next(): boolean {
    if (this.ways > 0) {
      // The deepest choice that has an answer left is the next to change.
      let last = this.#made.pop();
      while (last && last.chosen + 1 === last.of) last = this.#made.pop();
      if (last === undefined) return false;
      this.#made.push({ chosen: last.chosen + 1, of: last.of });
    }
    this.#depth = 0;
    this.ways++;
    return true;
  }

  /** A number from 0 up to, but not including, `of`. */
  choose(of: number): number {
    const made = this.#made[this.#depth] ?? { chosen: 0, of };
    if (made.of !== of) throw new Error("Cannot choose: the way has changed");
    this.#made[this.#depth++] = made;
    return made.chosen;
  }

  maybe(): boolean {
    return this.choose(2) === 1;
  }
}
