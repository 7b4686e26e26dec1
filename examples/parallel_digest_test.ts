// parallel_digest_test.ts: runs parallel_digest.ts beside digest.ts, on folders made for it.

import { assertEquals } from "@std/assert";

const text = new TextDecoder();
const linux = Deno.build.os === "linux";

/** What a program printed, its problems in any order, and its exit code. */
interface Ended {
  code: number;
  out: string;
  err: string[];
}

async function run(
  name: string,
  args: string[],
  flags: string[] = [],
): Promise<Ended> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--no-config", "--no-prompt", "--allow-read", ...flags],
      new URL(name, import.meta.url).href,
      ...args,
    ],
  }).output();
  const err = text.decode(stderr).trimEnd().split("\n").sort();
  return { code, out: text.decode(stdout), err };
}

/** Gives `body` a folder with files of these sizes. */
async function withFiles(
  sizes: Record<string, number>,
  body: (folder: string) => Promise<void>,
): Promise<void> {
  const made = await Deno.makeTempDir({ prefix: "digest" });
  const folder = made.replaceAll("\\", "/");
  try {
    for (const [path, size] of Object.entries(sizes)) {
      const parent = path.slice(0, path.lastIndexOf("/") + 1);
      await Deno.mkdir(`${folder}/${parent}`, { recursive: true });
      const bytes = Uint8Array.from({ length: size }, (_, i) => i % 251);
      await Deno.writeFile(`${folder}/${path}`, bytes);
    }
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("parallel_digest prints what digest does, whatever the sizes and the threads", async () => {
  const sizes = {
    "-b": 3,
    "a/b c/small": 65_537,
    "a.b": 2 ** 22 - 1,
    "empty": 0,
    "large/one": 2 ** 22,
    "large/two": 2 ** 23 + 1,
    "ﬁ": 1,
    "😀": 2,
  };
  await withFiles(sizes, async (folder) => {
    const expected = await run("digest.ts", [folder]);
    assertEquals(expected.code, 0);
    for (const threads of ["1", "3"]) {
      const found = await run("parallel_digest.ts", [folder, threads]);
      assertEquals(found, expected);
    }
    assertEquals(await run("parallel_digest.ts", [`${folder}/`]), expected);
  });
});

// Denied by Deno, a file is unreadable for root too, and on Windows.
Deno.test("parallel_digest reports what is unreadable, small or large, and goes on", async () => {
  const sizes = { "file": 1, "large": 2 ** 22, "readable": 1, "sub/file": 1 };
  await withFiles(sizes, async (folder) => {
    const paths = ["file", "large", "sub"].map((path) => `${folder}/${path}`);
    const denied = [`--deny-read=${paths.join()}`];
    const expected = await run("digest.ts", [folder], denied);
    assertEquals(expected.code, 1);
    const found = await run("parallel_digest.ts", [folder], denied);
    assertEquals(found, expected);
  });
});

Deno.test({
  name: "parallel_digest reports a large file that fails while it is read",
  ignore: !linux || Deno.uid() === 0,
  fn: () =>
    withFiles({ "locked": 2 ** 22, "readable": 1 }, async (folder) => {
      await Deno.chmod(`${folder}/locked`, 0);
      const expected = await run("digest.ts", [folder]);
      assertEquals(expected.code, 1);
      assertEquals(await run("parallel_digest.ts", [folder]), expected);
    }),
});

Deno.test({
  name: "parallel_digest escapes names, and reports those that are not UTF-8",
  ignore: !linux,
  fn: () =>
    withFiles({ "a\\b": 1, "c\nd": 1, "bad\uFFFD": 1 }, async (folder) => {
      const script = `: > "$1/bad$(printf '\\377')"`;
      const shell = new Deno.Command("sh", {
        args: ["-c", script, "", folder],
      });
      assertEquals((await shell.output()).code, 0);
      const expected = await run("digest.ts", [folder]);
      assertEquals(expected.code, 1);
      assertEquals(await run("parallel_digest.ts", [folder]), expected);
    }),
});
