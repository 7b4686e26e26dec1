// lifeline_test.ts: how a thread learns by a lock that another one has ended.

import { assert, assertEquals, assertFalse } from "@std/assert";
import { Lifeline } from "./_lifeline.ts";

// Where there are no locks, or ports do better, there is nothing to test.
const ignore = typeof Worker === "undefined" || !globalThis.navigator ||
  !("locks" in globalThis.navigator);

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Waits until something is so, for 20 s at most. */
async function until(fact: () => boolean): Promise<void> {
  for (let looks = 0; !fact(); looks++) {
    if (looks > 2000) throw new Error(`Never true: ${fact}`);
    await sleep(10);
  }
}

/** A lifeline, and what it was told. */
function line() {
  const told = { gone: 0, had: 0 };
  const one = new Lifeline(() => told.gone++);
  return {
    told,
    one,
    hold() {
      let name = "";
      one.hold("sluice test", (given) => name = given, () => told.had++);
      return name;
    },
  };
}

Deno.test({
  name: "Lifeline tells when the lock of the other side is free",
  ignore,
  async fn() {
    const [here, there] = [line(), line()];
    const name = there.hold();
    await until(() => there.told.had === 1);
    here.one.held = true;
    here.one.watch(name);
    await sleep(100);
    assertEquals(here.told.gone, 0);
    there.one.end();
    await until(() => here.told.gone === 1);
    here.one.end();
    assertEquals(there.told, { gone: 0, had: 1 });
  },
});

Deno.test({
  name: "Lifeline waits while something comes",
  ignore,
  async fn() {
    const { one, told } = line();
    one.held = true;
    one.watch("sluice test, free");
    const talk = setInterval(() => one.heard++, 2);
    await sleep(150);
    assertEquals(told.gone, 0);
    clearInterval(talk);
    await until(() => told.gone === 1);
    one.end();
  },
});

Deno.test({
  name: "Lifeline gives a lock that nobody has had yet some time",
  ignore,
  async fn() {
    const { one, told } = line();
    one.watch("sluice test, never held");
    await sleep(300);
    assertFalse(told.gone > 0);
    while (told.gone === 0) await sleep(50);
    one.end();
    assertEquals(told.gone, 1);
  },
});

Deno.test({
  name: "Lifeline that has ended holds no lock, and runs no timer",
  ignore,
  async fn() {
    const here = line();
    here.one.hold("sluice test", () => {}, () => {});
    here.one.watch("sluice test, free");
    await sleep(10);
    here.one.end();
    await sleep(50);
    assertEquals(here.told.gone, 0);
    const { locks } = navigator as unknown as {
      locks: { query(): Promise<{ held: { name: string }[] }> };
    };
    const { held } = await locks.query();
    assert(held.every(({ name }) => !name.startsWith("sluice test")));
  },
});
