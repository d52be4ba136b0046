/** Everything printed goes through here: numbers, tables, and at the end what was to be reached. */

const known = (value: number, text: (value: number) => string) => (Number.isFinite(value) ? text(value) : "n/a");

export const number = (value: number, digits = 0) => known(value, (it) => it.toFixed(digits));
export const milliseconds = (value: number) => known(value, (it) => `${it.toFixed(it < 10 ? 2 : 0)} ms`);
export const seconds = (ms: number) => known(ms, (it) => `${(it / 1000).toFixed(2)} s`);
export const kib = (bytes: number) => known(bytes, (it) => `${(it / 1024).toFixed(1)} KiB`);
export const mib = (bytes: number) => known(bytes, (it) => `${(it / 1024 ** 2).toFixed(1)} MiB`);
export const percent = (share: number) => `${(share * 100).toFixed(1)} %`;

export function heading(text: string): void {
  console.log(`\n${text}\n${"=".repeat(text.length)}`);
}

/** The first column is text, the rest are numbers. */
export function table(columns: string[], rows: string[][]): void {
  const all = [columns, ...rows];
  const widths = columns.map((_, column) => Math.max(...all.map((row) => (row[column] ?? "").length)));
  const line = (row: string[]) =>
    row.map((cell, column) => (column ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!))).join("  ");
  console.log([line(columns), widths.map((width) => "-".repeat(width)).join("  "), ...rows.map(line)].join("\n"));
}

interface Target {
  what: string;
  target: string;
  measured: string;
  met: boolean | null;
}
const targets: Target[] = [];

/** Notes something to be reached; it is printed with the others at the end. */
export function atLeast(what: string, measured: number, target: number, text: (value: number) => string): void {
  note(what, `at least ${text(target)}`, measured, text, measured >= target);
}

export function atMost(what: string, measured: number, target: number, text: (value: number) => string): void {
  note(what, `at most ${text(target)}`, measured, text, measured <= target);
}

function note(what: string, target: string, value: number, text: (value: number) => string, met: boolean): void {
  targets.push({ what, target, measured: text(value), met: Number.isNaN(value) ? null : met });
}

export function printTargets(): void {
  heading("Targets");
  const word = (met: boolean | null) => (met === null ? "not measured" : met ? "met" : "MISSED");
  table(
    ["", "target", "measured", "met"],
    targets.map(({ what, target, measured, met }) => [what, target, measured, word(met)]),
  );
}
