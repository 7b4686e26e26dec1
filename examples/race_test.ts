// race_test.ts: runs race.ts as its own process.

import { assert, assertEquals, assertMatch } from "@std/assert";

async function race(
  ...args: string[]
): Promise<{ code: number; out: string; ms: number }> {
  const start = performance.now();
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--no-config", "--no-prompt", "--allow-net=127.0.0.1"],
      new URL("race.ts", import.meta.url).href,
      ...args,
    ],
  }).output();
  const out = new TextDecoder().decode(stdout) +
    new TextDecoder().decode(stderr);
  return { code, out, ms: performance.now() - start };
}

function count(text: string, part: string): number {
  return text.split(part).length - 1;
}

Deno.test("race takes the first answer and aborts the other requests", async () => {
  const { code, out } = await race("--limit=60000");
  assertEquals(code, 0, out);
  const winner = /^(\w+) won after \d+ ms\n/.exec(out)?.[1];
  assertMatch(out, new RegExp(`^${winner} answered$`, "m"));
  assertEquals(count(out, "saw its request aborted\n"), 2, out);
});

Deno.test("race says when nobody answers in time, and exits with 1", async () => {
  const { code, out } = await race("--limit=25"); // the fastest takes 50 ms
  assertEquals(code, 1, out);
  assertMatch(out, /^Nobody answered within 25 ms\n/);
  assertEquals(count(out, " answered\n"), 0, out);
});

Deno.test("race waits neither for the losers nor for the time limit", async () => {
  const { code, ms } = await race("--limit=60000");
  assertEquals(code, 0);
  assert(ms < 20_000, `took ${ms} ms`);
});

for (const args of [["--limit=soon"], ["--limit=-1"], ["--limit=1", "x"]]) {
  Deno.test(`race ${args.join(" ")} is refused`, async () => {
    const { code, out } = await race(...args);
    assertEquals(code, 2);
    assertMatch(out, /^Usage: /);
  });
}
