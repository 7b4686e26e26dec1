// digest_test.ts: runs digest.ts as its own process, on folders made for it.

import { assert, assertEquals } from "@std/assert";

const posix = Deno.build.os !== "windows";
const root = posix && Deno.uid() === 0;
const text = new TextDecoder();

type Content = string | Uint8Array<ArrayBuffer>;

/** What a program printed, and its exit code. */
interface Ended {
  code: number;
  out: string;
  err: string;
}

function command(args: string[], flags: string[] = []): Deno.Command {
  const program = new URL("digest.ts", import.meta.url).href;
  return new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--no-config", "--no-prompt", "--allow-read"],
      ...[...flags, program, ...args],
    ],
    cwd: new URL("../", import.meta.url),
    stdout: "piped",
    stderr: "piped",
  });
}

async function digest(args: string[], flags?: string[]): Promise<Ended> {
  const { code, stdout, stderr } = await command(args, flags).output();
  return { code, out: text.decode(stdout), err: text.decode(stderr) };
}

function shell(script: string, ...args: string[]): Promise<Deno.CommandOutput> {
  return new Deno.Command("sh", {
    args: ["-c", script, "sh", ...args],
    cwd: new URL("../", import.meta.url),
  }).output();
}

/** Gives `body` a folder that holds these files. */
async function withFiles(
  files: Record<string, Content>,
  body: (folder: string) => Promise<void>,
): Promise<void> {
  const made = await Deno.makeTempDir({ prefix: "digest" });
  const folder = made.replaceAll("\\", "/"); // a backslash would be escaped
  try {
    for (const [path, content] of Object.entries(files)) {
      const parent = path.slice(0, path.lastIndexOf("/") + 1);
      await Deno.mkdir(`${folder}/${parent}`, { recursive: true });
      await Deno.writeFile(`${folder}/${path}`, bytesOf(content));
    }
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function bytesOf(content: Content): Uint8Array<ArrayBuffer> {
  return typeof content === "string"
    ? new TextEncoder().encode(content)
    : content;
}

async function sha256(content: Content): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", bytesOf(content));
  return Array.from(
    new Uint8Array(hash),
    (byte) => byte.toString(16).padStart(2, "0"),
  ).join("");
}

Deno.test("digest prints the hash of every file, empty and large ones too", async () => {
  const files: Record<string, Content> = {
    "a/full buffer": new Uint8Array(65_536).fill(1),
    "a/b/c/text": "text",
    "empty": "",
    "large": new Uint8Array(3_000_001).fill(7),
  };
  await withFiles(files, async (folder) => {
    let out = "";
    for (const path of ["a/b/c/text", "a/full buffer", "empty", "large"]) {
      out += `${await sha256(files[path]!)}  ${folder}/${path}\n`;
    }
    assertEquals(await digest([folder]), { code: 0, out, err: "" });
    assertEquals((await digest([`${folder}/`])).out, out);
  });
});

Deno.test("digest sorts by the bytes of the path", async () => {
  // `<` would change places of the last two, and a locale of the others.
  const paths = ["-b", "Z", "a b", "a-b", "a.b/c", "a/b", "aa", "ø", "ﬁ", "😀"];
  const files = Object.fromEntries(
    paths.toReversed().map((path) => [path, ""]),
  );
  await withFiles(files, async (folder) => {
    const lines = (await digest([folder])).out.trimEnd().split("\n");
    const found = lines.map((line) => line.slice(64 + 2 + folder.length + 1));
    assertEquals(found, paths);
  });
});

Deno.test({
  name:
    "digest escapes backslash, newline and carriage return as sha256sum does",
  ignore: !posix,
  fn: () =>
    withFiles(
      { "a\\b": "", "c\nd": "", "e\rf": "", "g\th": "" },
      async (folder) => {
        const hash = await sha256("");
        assertEquals(
          (await digest([folder])).out,
          `\\${hash}  ${folder}/a\\\\b\n\\${hash}  ${folder}/c\\nd\n` +
            `\\${hash}  ${folder}/e\\rf\n${hash}  ${folder}/g\th\n`,
        );
      },
    ),
});

Deno.test({
  name: "digest follows no symbolic link",
  ignore: !posix,
  fn: () =>
    withFiles({ "sub/file": "" }, async (folder) => {
      await Deno.symlink(folder, `${folder}/sub/loop`);
      await Deno.symlink("file", `${folder}/sub/link`);
      const out = `${await sha256("")}  ${folder}/sub/file\n`;
      assertEquals(await digest([folder]), { code: 0, out, err: "" });
    }),
});

// Denied by Deno, a file is unreadable for root too, and on Windows.
Deno.test("digest reports what is unreadable, goes on and exits with 1", async () => {
  const files = { "file": "", "readable": "", "sub/file": "" };
  await withFiles(files, async (folder) => {
    const denied = `--deny-read=${folder}/file,${folder}/sub`;
    const { code, out, err } = await digest([folder], [denied]);
    assertEquals(code, 1);
    assertEquals(out, `${await sha256("")}  ${folder}/readable\n`);
    const lines = err.trimEnd().split("\n").sort();
    assertEquals(lines.length, 2, err);
    assert(lines[0]!.startsWith(`digest: ${folder}/file: `), err);
    assert(lines[1]!.startsWith(`digest: ${folder}/sub: `), err);
  });
});

Deno.test({
  name: "digest reports a file without permission",
  ignore: !posix || root,
  fn: () =>
    withFiles({ "locked": "" }, async (folder) => {
      await Deno.chmod(`${folder}/locked`, 0);
      const err = `digest: ${folder}/locked: Permission denied\n`;
      assertEquals(await digest([folder]), { code: 1, out: "", err });
    }),
});

Deno.test({
  name: "digest reports a name that is not UTF-8, even beside its look-alike",
  ignore: Deno.build.os !== "linux",
  fn: () =>
    withFiles({ "bad\uFFFD": "" }, async (folder) => {
      const { success } = await shell(`: > "$1/bad$(printf '\\377')"`, folder);
      assert(success);
      assertEquals(await digest([folder]), {
        code: 1,
        out: `${await sha256("")}  ${folder}/bad\uFFFD\n`,
        err: `digest: ${folder}/bad\uFFFD: Name is not valid UTF-8\n`,
      });
    }),
});

Deno.test("digest refuses bad usage with exit code 2", async () => {
  await withFiles({ "file": "" }, async (folder) => {
    const bad = [[folder, folder], [`${folder}/nope`], [`${folder}/file`], [
      "",
    ]];
    for (const args of bad) {
      const { code, out, err } = await digest(args);
      assertEquals({ code, out }, { code: 2, out: "" });
      assert(err.includes("Usage: "), err);
    }
  });
});

Deno.test({
  name: "digest stops at once on Ctrl-C, prints no hash and exits with 130",
  ignore: !posix,
  fn: () =>
    withFiles({ "done": "", "endless": "", "sub/file": "" }, async (folder) => {
      await Deno.truncate(`${folder}/endless`, 2 ** 36); // minutes of zeros
      const child = command([folder], [`--deny-read=${folder}/sub`]).spawn();
      const [ours, rest] = child.stderr.tee();
      const errors = ours.getReader();
      await errors.read(); // the walk has come to `sub`, so it is under way
      const start = performance.now();
      child.kill("SIGINT");
      const [{ code }, out, err] = await Promise.all([
        child.status,
        new Response(child.stdout).text(),
        new Response(rest).text(),
        errors.cancel(),
      ]);
      assert(performance.now() - start < 1000);
      assertEquals({ code, out }, { code: 130, out: "" });
      assert(err.endsWith("digest: Interrupted\n"), err);
    }),
});

Deno.test({
  name: "digest ends quietly when nobody reads its output any more",
  ignore: !posix,
  fn: () =>
    withFiles({ "file": "" }, async (folder) => {
      const child = command([folder]).spawn();
      await child.stdout.cancel();
      const err = await new Response(child.stderr).text();
      assertEquals({ code: (await child.status).code, err }, {
        code: 141,
        err: "",
      });
    }),
});

Deno.test({
  name: "digest equals sha256sum over this repository",
  ignore: !posix || !(await shell("command -v sha256sum")).success,
  fn: async () => {
    const script =
      "find . -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum";
    const all = async () => text.decode((await shell(script)).stdout);
    let before = await all();
    for (let tries = 0; tries < 5; tries++) {
      const { out } = await digest([]);
      const after = await all();
      // Unless somebody wrote into the tree meanwhile.
      if (before === after) return assertEquals(out, after);
      before = after;
    }
    throw new Error("Cannot compare: the repository keeps changing");
  },
});
