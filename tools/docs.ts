// Builds the documentation as a site, and checks what JSR's score asks of the sources.
//
//     deno task docs [folder]
//
// The folder, a new one outside the tree unless it is named, is emptied first. Fails if deno doc warns or
// finds fault, if an entry point or an exported symbol has no doc comment, if there are slow types, or if
// deno.json or README.md lack what they must have. The rest of the score is not in the sources: description
// and runtimes are settings of the package on JSR, provenance comes of publishing from a workflow.

import { blocksIn, isExample } from "./readme.ts";
import { config, root } from "./std.ts";

/** A part of what `deno doc --json` writes. */
interface Docs {
  readonly version: number;
  /** By the address of the module. */
  readonly nodes: Readonly<Record<string, ModuleDocs>>;
}

interface ModuleDocs {
  readonly module_doc?: object;
  readonly symbols: readonly {
    readonly name: string;
    readonly declarations: readonly Declaration[];
  }[];
}

interface Declaration {
  readonly kind: string;
  readonly declarationKind: "export" | "declare" | "private";
  readonly location: Place;
  /** Absent if there is no doc comment, or one that says nothing. */
  readonly jsDoc?: object;
  readonly def?: {
    readonly hasBody?: boolean;
    /** What a reference stands for. */
    readonly target?: Place;
  };
}

interface Place {
  readonly filename: string;
  readonly line: number;
  readonly col: number;
}

/** The form of `deno doc --json` that is read here. */
const VERSION = 2;
/** The part of the symbols that must be documented; JSR gives its full score for 0.8. */
const ENOUGH = 1;
/** A file that every site has, and that nothing else will have. */
const SITE = "all_symbols.html";

const manifest: Readonly<Record<string, unknown>> = { ...config };
const doors = Object.values(config.exports);
const complaints: string[] = [];

interface Output {
  readonly success: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs deno to its end. */
async function deno(...args: string[]): Promise<Output> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args,
    env: { NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1" },
    stdin: "null",
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes).trim();
  return { success, stdout: text(stdout), stderr: text(stderr) };
}

/** What deno.json and README.md must have. */
async function checkFiles(): Promise<void> {
  for (const key of ["name", "version", "license", "exports"]) {
    if (!manifest[key]) complaints.push(`deno.json has no ${key}`);
  }
  const readme = await Deno.readTextFile("README.md").catch(() => undefined);
  if (readme === undefined) complaints.push("There is no README.md");
  else if (!blocksIn(readme).some(isExample)) {
    complaints.push("README.md has no example");
  }
}

/** What is published must have no slow types, among other things. */
async function checkPublication(): Promise<void> {
  const { success, stdout, stderr } = await deno(
    ...["publish", "--dry-run", "--allow-dirty"],
  );
  const said = `${stdout}\n${stderr}`;
  if (!success) complaints.push(`deno publish --dry-run:\n${said.trim()}`);
  else complaints.push(...said.match(/^warning.*$/gim) ?? []);
}

/** Any fault that deno finds, such as a member without a doc comment or a private type. */
async function lint(): Promise<void> {
  const { success, stdout, stderr } = await deno("doc", "--lint", ...doors);
  const said = `${stdout}\n${stderr}`.replace(/^Checked \d+ files?$/m, "");
  if (success && !said.trim()) return;
  complaints.push(`deno doc --lint:\n${said.trim()}`);
}

/** What is exported, and whether it is documented. */
async function count(): Promise<void> {
  // In the order in which JSR looks at them: what it says of a module depends on those before it.
  const inOrder = doors.toSorted();
  const { success, stdout, stderr } = await deno("doc", "--json", ...inOrder);
  if (!success || stderr) complaints.push(`deno doc --json:\n${stderr}`);
  if (!success) return;
  const docs: Docs = JSON.parse(stdout);
  if (docs.version !== VERSION) {
    complaints.push(
      `Cannot read deno doc --json: expected version ${VERSION}, received ${docs.version}`,
    );
    return;
  }

  const modules = Object.entries(docs.nodes);
  const documented = new Set<string>();
  for (const [, { symbols }] of modules) {
    for (const { declarations } of symbols) {
      for (const { jsDoc, location } of declarations) {
        if (jsDoc) documented.add(placeOf(location));
      }
    }
  }

  let all = 0;
  let missing = 0;
  let seen = 0; // by JSR
  for (const [module, { module_doc, symbols }] of modules) {
    if (!module_doc) complaints.push(`${nameOf(module)} has no module doc`);
    let own = 0;
    for (const { name, declarations } of symbols) {
      for (const one of shown(declarations)) {
        own++;
        if (one.jsDoc) seen++;
        const place = placeOf(one.def?.target ?? one.location);
        if (documented.has(place)) continue;
        missing++;
        complaints.push(`${place}: ${name} has no doc comment`);
      }
    }
    all += own;
    console.log(`${nameOf(module)}: ${own} symbols`);
  }
  console.log(
    `${modules.length} entry points; ${all} symbols, ${
      all - missing
    } documented`,
  );
  // To JSR, what was shown in one entry point and is exported by its name in another has no doc comment there.
  const part = all ? seen / all : 1;
  const score = `JSR counts ${seen} of them, ${Math.floor(100 * part)} %`;
  console.log(score);
  if (part < ENOUGH) complaints.push(`${score}: it wants ${100 * ENOUGH} %`);
}

/** The declarations of a symbol that are documented: not the body below its overloads. */
function shown(declarations: readonly Declaration[]): Declaration[] {
  const shared = declarations.filter((one) =>
    one.declarationKind !== "private"
  );
  const overloads = shared.length > 1 &&
    shared.every(({ kind }) => kind === "function");
  return shared.filter(({ def }) => !(overloads && def?.hasBody));
}

/** A module's path from the root. */
function nameOf(module: string): string {
  return module.replace(root.href, "");
}

function placeOf({ filename, line, col }: Place): string {
  return `${nameOf(filename)}:${line + 1}:${col + 1}`;
}

/** Builds the site in a folder; without one, in a new one. */
async function build(named: string | undefined): Promise<void> {
  if (named !== undefined && !await mayEmpty(named)) {
    complaints.push(`Cannot build docs: ${named} holds something else`);
    return;
  }
  const folder = named ?? await Deno.makeTempDir({ prefix: "sluice-docs-" });
  await Deno.mkdir(folder, { recursive: true });
  const { success, stdout, stderr } = await deno(
    ...["doc", "--html", `--name=${manifest.name}`, `--output=${folder}`],
    ...doors,
  );
  const said = `${stdout}\n${stderr}`.replace(/^Written \d+ files to .*$/m, "");
  if (!success || said.trim()) {
    complaints.push(`deno doc --html:\n${said.trim()}`);
  } else console.log(`site: ${folder}/index.html`);
}

/** Whether a folder is not there yet, or holds nothing but such a site: deno doc removes what is in it. */
async function mayEmpty(folder: string): Promise<boolean> {
  try {
    const names = (await Array.fromAsync(Deno.readDir(folder)))
      .map(({ name }) => name);
    return names.length === 0 || names.includes(SITE);
  } catch (error) {
    return error instanceof Deno.errors.NotFound;
  }
}

Deno.chdir(root);
await checkFiles();
await lint();
await count();
await checkPublication();
await build(Deno.args[0]);
for (const complaint of complaints) console.log(`\n${complaint}`);
console.log(
  complaints.length === 0
    ? "docs: nothing is missing"
    : `\ndocs: ${complaints.length} to mend`,
);
Deno.exitCode = complaints.length === 0 ? 0 : 1;
