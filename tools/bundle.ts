// bundle.ts: makes modules that every runtime can load, of ours and of what they import.

import { deno, root, type Std } from "./std.ts";

/** Node 20 and 22 know no `using`. Nothing else that we write is newer than this. */
const LOWER = ["npm:esbuild@0.28", "--target=es2022", "--log-level=warning"];

/**
 * Bundles modules, each with all that it imports: none shares state with another.
 * What is imported by a computed name stays as it is.
 *
 * @param std Where `@std` comes from.
 * @param folder Where to; a folder of its own.
 * @param entries Paths from the root.
 * @returns Paths in the folder, in the same order: `y.js` for `x/y.ts` if all are in `x`.
 */
export async function bundleModules(
  std: Std,
  folder: string,
  entries: readonly string[],
): Promise<string[]> {
  const flags = await withStdChannel(std, folder);
  await must({ ...std, flags }, [
    "bundle",
    "--quiet",
    "--platform=browser",
    `--outdir=${folder}`,
    ...entries,
  ]);
  const inCommon = commonFolder(entries).length;
  const modules = entries.map((entry) =>
    entry.slice(inCommon).replace(/ts$/, "js")
  );
  await must({ ...std, flags: ["--no-config", "--quiet"] }, [
    "run",
    "-A",
    ...LOWER,
    "--allow-overwrite",
    `--outdir=${folder}`,
    `--outbase=${folder}`,
    ...modules.map((module) => `${folder}/${module}`),
  ]);
  return modules;
}

/** The folder that holds all of the files, with its slash; "" for the root. */
function commonFolder(paths: readonly string[]): string {
  let folder = paths[0]!.replace(/[^/]*$/, "");
  while (!paths.every((path) => path.startsWith(folder))) {
    folder = folder.replace(/[^/]*\/$/, "");
  }
  return folder;
}

async function must(std: Std, args: string[]): Promise<void> {
  const code = await deno(std, args);
  if (code !== 0) throw new Error(`Cannot bundle: deno ${args[0]} failed`);
}

/**
 * The stand-in for @std/async mends a package as it loads, by way of a URL that
 * Deno alone can load. So it is mended here, before it is bundled.
 */
async function withStdChannel(
  std: Std,
  folder: string,
): Promise<readonly string[]> {
  if (std.source !== "npm") return std.flags;
  const standIn = await Deno.readTextFile(
    new URL("tools/std_async.js", root),
  );
  const [, channel] = standIn.match(/"(npm:\S+\/channel\.js)"/) ?? [];
  const [, wrong, right] = standIn.match(/'("\S+")',\s*'("npm:\S+")'/) ?? [];
  const prefix = "--import-map=data:application/json,";
  const flag = std.flags.find((flag) => flag.startsWith(prefix));
  if (!channel || !wrong || !right || !flag) {
    throw new Error("Cannot mend @std/async: tools/ is not as it was");
  }
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: [
      "eval",
      "--no-config",
      `import source from "${channel}" with { type: "text" };
       await Deno.stdout.write(new TextEncoder().encode(source));`,
    ],
    stdin: "null",
  }).output();
  const source = new TextDecoder().decode(stdout);
  if (!source.includes(wrong)) throw new Error("Cannot mend @std/async");
  const mended = `${folder}/std_async_channel.js`;
  await Deno.writeTextFile(mended, source.replace(wrong, right));
  const map = JSON.parse(decodeURIComponent(flag.slice(prefix.length)));
  map.imports["@std/async/channel"] = `file://${mended}`;
  // What needs no mending is imported without the stand-in, which would come along.
  for (const [, url, file] of standIn.matchAll(/"(npm:\S+\/(\w+)\.js)";/g)) {
    const name = `@std/async/${file!.replaceAll("_", "-")}`;
    if (name in map.imports) map.imports[name] = url;
  }
  const amended = encodeURIComponent(JSON.stringify(map));
  return std.flags.map((one) => one === flag ? prefix + amended : one);
}
