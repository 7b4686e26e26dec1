// Every check that a change must pass, each run to its end; the summary says which passed.
import { config, deno, findStd, type Std } from "./std.ts";

interface Step {
  readonly name: string;
  readonly args: string[];
  /** Resolves `@std`: cannot run where no source of it can be reached. */
  readonly needsStd?: boolean;
}

const doors = Object.values(config.exports);

const steps: readonly Step[] = [
  { name: "fmt", args: ["fmt", "--check"] },
  { name: "lint", args: ["lint"] },
  { name: "check", args: ["check"], needsStd: true },
  { name: "doc --lint", args: ["doc", "--lint", ...doors] },
  {
    name: "test --doc",
    args: ["test", "--doc", "-A", "--v8-flags=--expose-gc"],
    needsStd: true,
  },
  // Checks types, slow types, exports and the list of files; asks nothing of JSR.
  {
    name: "publish --dry-run",
    args: ["publish", "--dry-run", "--allow-dirty"],
  },
];

const std = await findStd();
const plain: Std = { ...std, flags: [] };
const summary: string[] = [];
let failed = 0;

for (const { name, args, needsStd = false } of steps) {
  console.log(`\n--- ${name}`);
  const start = performance.now();
  let result = "could not run: @std cannot be reached";
  let passed = false;
  if (!needsStd || std.source !== undefined) {
    passed = await deno(needsStd ? std : plain, args) === 0;
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    result = `${passed ? "passed" : "FAILED"} (${seconds} s)`;
  }
  if (!passed) failed++;
  console.log(`--- ${name}: ${result}`);
  summary.push(`${name}: ${result}`);
}

console.log(`\n${summary.join("\n")}`);
console.log(`${steps.length - failed} passed, ${failed} failed`);
Deno.exit(failed === 0 ? 0 : 1);
