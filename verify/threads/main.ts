// main.ts: where a process or a page begins: does one check, and tells what came of it.
//
// After that a process has nothing more to do, and must end by itself, unless something
// is wrong. What still goes wrong is told in another report, which counts instead.

import type { Report } from "../runtimes/driver.ts";
import { runtime, textOf, watchTroubles } from "../runtimes/shim.ts";
import type { CheckName } from "./checks.ts";
import { CHECKS } from "./checks.ts";

interface Host {
  location?: { search: string; replace(address: string): void };
  process?: { argv: string[]; exit(code: number): void };
}

const { location, process } = globalThis as Host;

/** A page is told by its address, a process by its last arguments. */
function job(): [check: CheckName, times: string] {
  const search = new URLSearchParams(location?.search);
  return (runtime === "browser"
    ? [search.get("thread"), search.get("part")]
    : process!.argv.slice(-2)) as [CheckName, string];
}

function reportOf(name: string, told: string, troubles: string[]): string {
  const good = troubles.length === 0;
  const report: Report = {
    kind: "file",
    outcomes: [{
      name,
      state: good ? "passed" : "failed",
      message: good ? told : troubles.join("\n"),
    }],
  };
  return JSON.stringify(report);
}

const [name, times] = job();
const troubles: string[] = [];
let told: string | undefined;
watchTroubles((trouble) => {
  troubles.push(trouble);
  if (told !== undefined) tell();
});
try {
  told = await CHECKS[name](Number(times));
} catch (error) {
  told = "";
  troubles.unshift(textOf(error));
}
await tell();

async function tell(): Promise<void> {
  const text = reportOf(name, told!, troubles);
  if (runtime !== "browser") {
    console.log(`@threads ${text}`);
    if (troubles.length > 0) process!.exit(0);
    return;
  }
  // The answer comes when there is more to do.
  const answer = await fetch("/report", { method: "POST", body: text });
  location!.replace(await answer.text());
}
