// logs.ts: settlement logs, compared.

/** Lines shown before the first that differs. */
const CONTEXT = 3;

/** A short name of a text. */
export async function digest(text: string): Promise<string> {
  const bytes = await crypto.subtle.digest(
    "SHA-256",
    new TextEncoder().encode(text),
  );
  return [...new Uint8Array(bytes).slice(0, 6)]
    .map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Where two logs part, and which program it was. */
export function difference(expected: string, actual: string): string {
  const [theirs, ours] = [expected.split("\n"), actual.split("\n")];
  const index = theirs.findIndex((line, i) => line !== ours[i]);
  const at = index < 0 ? theirs.length : index;
  const line = theirs[at] ?? ours[at] ?? "";
  const [number] = line.match(/^\d+/) ?? [];
  const program = number !== undefined
    ? theirs.find((one) => one.startsWith(`${number} is `))
    : theirs.slice(0, at).findLast((one) => one.startsWith("== "));
  return [
    `  ${program}`,
    ...theirs.slice(Math.max(0, at - CONTEXT), at).map((one) => `    ${one}`),
    `  - ${theirs[at] ?? "(the end)"}`,
    `  + ${ours[at] ?? "(the end)"}   (line ${at + 1})`,
  ].join("\n");
}
