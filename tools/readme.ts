// Runs the examples of README.md in Deno, Node and Bun, each pasted into a file of its own.
//
//     deno task readme
//
// An example is a block that is marked `ts`, unless it says `ignore` or `no-run` behind that. It passes if it
// ends by itself and in time, with exit code 0, and neither writes to stderr nor warns: so it fails by an
// error, by a promise that is rejected and that nobody handles, and by one that it awaits for ever. Deno runs
// the example itself, Node and Bun a bundle of it. Types are left to `deno test --doc`.

import { bundleModules } from "./bundle.ts";
import { type Found, type Host, HOSTS } from "./hosts.ts";
import { config, findStd, root, type Std } from "./std.ts";

/** A fenced block of a Markdown text. */
export interface Block {
  /** Where it begins; the first line is 1. */
  readonly line: number;
  /** What stands behind the opening fence, such as `ts ignore`. */
  readonly mark: string;
  /** The lines between the fences. */
  readonly code: string;
}

interface Example {
  readonly line: number;
  /** The file that holds it, and nothing else. */
  readonly source: string;
  /** The same with all that it imports. */
  readonly bundle: string;
}

interface Runtime extends Found {
  readonly name: string;
}

/** No example may take longer, in ms. */
const PATIENCE = 60_000;
/** The oldest Node that the package supports. */
const OLDEST_NODE = 20;
/** Lines of output that are shown of an example that fails. */
const LAST = 15;

/** Finds the fenced blocks of a Markdown text. */
export function blocksIn(markdown: string): Block[] {
  const blocks: Block[] = [];
  let open: { line: number; fence: string; mark: string } | undefined;
  let code: string[] = [];
  for (const [index, text] of markdown.split("\n").entries()) {
    const [, fence = "", mark = ""] =
      /^ *(`{3,}|~{3,}) *([^`]*?) *$/.exec(text) ?? [];
    if (open === undefined) {
      if (fence) open = { line: index + 1, fence, mark };
      code = [];
    } else if (fence.startsWith(open.fence) && !mark) {
      const { line, mark } = open;
      blocks.push({
        line,
        mark,
        code: code.map((line) => `${line}\n`).join(""),
      });
      open = undefined;
    } else code.push(text);
  }
  if (open) {
    throw new Error(
      `Cannot find blocks: line ${open.line} opens one that has no end`,
    );
  }
  return blocks;
}

/** Whether a block is to be run. */
export function isExample({ mark }: Block): boolean {
  const [language, ...attributes] = mark.split(/[\s,]+/);
  return language === "ts" &&
    !attributes.some((one) => one === "ignore" || one === "no-run");
}

/** As `std`; besides, the name of the package stands for the files here, wherever it is imported. */
function withPackage(std: Std): Std {
  const prefix = "--import-map=data:application/json,";
  const given = std.flags.find((flag) => flag.startsWith(prefix));
  const imports: Record<string, string> = { ...config.imports };
  if (given) {
    const map = decodeURIComponent(given.slice(prefix.length));
    Object.assign(imports, JSON.parse(map).imports);
  } else {
    // What deno.json says shortly, an import map has to spell out.
    for (const [name, target] of Object.entries(config.imports)) {
      imports[`${name}/`] = `${target.replace(/^(jsr|npm):\/?/, "$1:/")}/`;
    }
  }
  const { name } = config as typeof config & { readonly name: string };
  for (const [door, file] of Object.entries(config.exports)) {
    imports[name + door.slice(1)] = new URL(file, root).href;
  }
  const others = std.flags.filter((flag) => flag !== given);
  const map = encodeURIComponent(JSON.stringify({ imports }));
  return { ...std, flags: [...others, prefix + map] };
}

function host(name: string): Host {
  return HOSTS.find((one) => one.name === name)!;
}

/** The Node at hand, unless there is none or it is too old. */
async function findNode(): Promise<Found> {
  try {
    const { stdout } = await new Deno.Command("node", {
      args: ["--version"],
      stdin: "null",
    }).output();
    const version = new TextDecoder().decode(stdout).trim().replace(/^v/, "");
    if (parseInt(version) >= OLDEST_NODE) {
      return { version, command: "node", args: [] };
    }
  } catch {
    // There is none.
  }
  return await host(`node${OLDEST_NODE}`).find();
}

const WANTED: readonly Host[] = [
  host("deno"),
  { name: "node", find: findNode },
  host("bun"),
];

/** Runs an example; resolves to what is wrong with it, if anything is. */
async function run(
  { command }: Runtime,
  args: readonly string[],
): Promise<string | undefined> {
  const { code, signal, stdout, stderr } = await new Deno.Command(command, {
    args: [...args],
    env: { NO_COLOR: "1" },
    stdin: "null",
    signal: AbortSignal.timeout(PATIENCE),
  }).output();
  const [out = "", err = ""] = [stdout, stderr].map((bytes) =>
    new TextDecoder().decode(bytes)
  );
  const wrong = signal === "SIGTERM"
    ? `no end within ${PATIENCE / 1000} s`
    : code !== 0
    ? `exit code ${code}`
    : err
    ? "writes to stderr"
    : /\bwarning\b/i.test(out)
    ? "warns"
    : undefined;
  if (wrong === undefined) return undefined;
  const said = (out + err).trimEnd().split("\n").slice(-LAST);
  return [wrong, ...said].join("\n    ").trimEnd();
}

/** Writes each example to a file, and a bundle of each beside them. */
async function write(
  std: Std,
  folder: string,
  blocks: readonly Block[],
): Promise<Example[]> {
  const [sources, bundles] = [`${folder}/examples`, `${folder}/bundles`];
  await Deno.mkdir(sources);
  await Deno.mkdir(bundles);
  if (blocks.length === 0) throw new Error("README.md has no examples");
  const files = blocks.map(({ line }) => `${sources}/line-${line}.ts`);
  for (const [i, { code }] of blocks.entries()) {
    await Deno.writeTextFile(files[i]!, code);
  }
  const modules = await bundleModules(std, bundles, files);
  await Deno.writeTextFile(
    `${bundles}/package.json`,
    '{ "type": "module" }\n',
  );
  return blocks.map(({ line }, i) => ({
    line,
    source: files[i]!,
    bundle: `${bundles}/${modules[i]}`,
  }));
}

/** Finds the runtimes; says of one that cannot be had, why. */
async function findRuntimes(): Promise<Runtime[]> {
  const runtimes: Runtime[] = [];
  for (const { name, find } of WANTED) {
    try {
      runtimes.push({ name, ...await find() });
    } catch (error) {
      console.log(`${name}: not available: ${(error as Error).message}`);
    }
  }
  return runtimes;
}

/** Runs all examples, each in all runtimes at a time; returns whether all is well. */
async function main(std: Std, folder: string): Promise<boolean> {
  const blocks = blocksIn(await Deno.readTextFile(new URL("README.md", root)));
  const examples = await write(std, folder, blocks.filter(isExample));
  const runtimes = await findRuntimes();
  let passed = 0;
  let failed = 0;
  for (const { line, source, bundle } of examples) {
    const results = await Promise.all(runtimes.map((runtime) => {
      const own = runtime.name === "deno" ? [...std.flags, source] : [bundle];
      return run(runtime, [...runtime.args, ...own]);
    }));
    for (const [i, { name, version }] of runtimes.entries()) {
      const wrong = results[i];
      if (wrong === undefined) passed++;
      else failed++;
      const result = wrong === undefined ? "passed" : `FAILED: ${wrong}`;
      console.log(`README.md:${line}  ${name} ${version}  ${result}`);
    }
  }
  const skipped = blocks.filter((block) => !isExample(block))
    .map(({ line, mark }) => `${line} ${mark || "(not marked)"}`);
  console.log(`other blocks, skipped: ${skipped.join(", ") || "none"}`);
  console.log(
    `${examples.length} examples in ${runtimes.length} runtimes: ` +
      `${passed} passed, ${failed} failed; ${skipped.length} blocks skipped`,
  );
  // Where everything must be run, a runtime that cannot be had is a failure.
  const complete = runtimes.length === WANTED.length || !Deno.env.get("CI");
  return failed === 0 && complete;
}

if (import.meta.main) {
  const std = await findStd();
  const folder = await Deno.makeTempDir({ prefix: "sluice-readme-" });
  try {
    const well = std.source !== undefined &&
      await main(withPackage(std), folder);
    Deno.exitCode = well ? 0 : 1;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
