// _retention.ts: finding out whether something is retained, and the proof that the
// finding works.

import { assert, assertEquals } from "@std/assert";
import { collect, tick } from "../_testing.ts";

/** What is left of a scene when the function that made it has returned. */
export interface Scene {
  /** What lives on; it alone may retain the things. */
  readonly stays: unknown;
  /**
   * Until this is called the things are retained, by what stays; after it nothing may
   * retain them. Without it nothing retains them from the start. Functions share the
   * variables of the one that makes them, so where this is made no thing has a name.
   */
  readonly release?: () => unknown;
}

/** Notes a thing that is to go, and returns it. */
export type Watch = <T extends object>(thing: T) => T;

/** Makes things, and what might retain them. */
export type Play = (watch: Watch) => Scene | Promise<Scene>;

// JavaScriptCore takes whatever is left on the stack for a pointer in use, so that there
// one thing or another is found alive at random.
const canCollect = "gc" in globalThis && !("Bun" in globalThis);

/** A test that needs an exact collector; ignored where a program cannot call one. */
export function collecting(name: string, body: () => Promise<void>): void {
  Deno.test(name, { ignore: !canCollect }, body);
}

/** How many of them are still there after collection, for each name. */
export async function aliveOf(
  references: ReadonlyMap<string, readonly WeakRef<object>[]>,
): Promise<Record<string, number>> {
  // Some of what is let go lets go of more in the next turn.
  for (let turn = 0; turn < 2; turn++) {
    await tick();
    collect();
  }
  const alive: Record<string, number> = {};
  for (const [name, some] of references) {
    alive[name] = some.filter((one) => one.deref() !== undefined).length;
  }
  // What `deref` returns is kept until the turn ends.
  await tick();
  return alive;
}

/**
 * A test that nothing of these scenes is retained. Its counter-proof: before `release`
 * each thing is found alive, though nobody but what stays knows it. Where there is no
 * `release`, each thing of such a scene is found alive that the test itself keeps.
 */
export function retainsNothing(
  name: string,
  plays: Readonly<Record<string, Play>>,
): void {
  collecting(`${name} (case 143)`, async () => {
    const scenes: Scene[] = [];
    const references = new Map<string, WeakRef<object>[]>();
    const stillUsed = new Map<string, WeakRef<object>[]>();
    const kept: unknown[] = [];
    const noteIn = (list: WeakRef<object>[]): Watch => (thing) => {
      list.push(new WeakRef<object>(thing));
      return thing;
    };
    for (const [title, play] of Object.entries(plays)) {
      const others: WeakRef<object>[] = [];
      const note = noteIn(others);
      // First, or it would hide what the library remembers of its last call.
      const stand = await play((thing) => {
        kept.push(thing);
        return note(thing);
      });
      kept.push(stand);
      const some: WeakRef<object>[] = [];
      const scene = await play(noteIn(some));
      scenes.push(scene);
      references.set(title, some);
      stillUsed.set(title, scene.release ? some : others);
    }
    assert([...stillUsed.values()].every((some) => some.length > 0));
    assertEquals(await aliveOf(stillUsed), counts(stillUsed), "while in use");
    for (const scene of scenes) await scene.release?.();
    const none = new Map([...references.keys()].map((title) => [title, []]));
    assertEquals(await aliveOf(references), counts(none), "when done with");
    // These have stayed until now.
    assert(scenes.concat(kept as Scene[]).length > 0);
  });
}

function counts(
  references: ReadonlyMap<string, readonly unknown[]>,
): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const [name, some] of references) counts[name] = some.length;
  return counts;
}

/** Has `proxy` live as long as what will tell of the promise's outcome. */
export function react(promise: Promise<unknown>, proxy: object): void {
  const told = () => void proxy;
  promise.then(told, told);
}
