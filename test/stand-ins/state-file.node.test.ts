import { appendFile, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { applyLine, lineOf } from "../../stand-ins/tavus/journal.ts";
import { createStateFile, readStateFile } from "../../stand-ins/tavus/state-file.ts";
import { type Change, countMade, newAccount, type TavusState } from "../../stand-ins/tavus/state.ts";

const endings: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0)) await end();
});

const pal = (id: string) => ({ id, document: { pal_name: id }, createdAt: 1, updatedAt: 1 });

/** A state with one account, kept in a file of its own. */
async function kept() {
  const folder = await mkdtemp(join(tmpdir(), "tavus-state-"));
  endings.push(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, "state.json");
  const account = newAccount("key");
  const state: TavusState = { accounts: { key: account } };
  const file = createStateFile<Change>(path, () => state, lineOf);
  const add = (id: string) => {
    account.pals[id] = pal(id);
    countMade(account, "pals", id);
    file.touch({ account, kind: "pals", id, name: id });
  };
  const read = () => readStateFile<TavusState>(path, applyLine)!.accounts["key"]!;
  return { path, account, file, add, read };
}

it("writes the whole once and then what has changed, however large the whole is", async () => {
  const { path, account, file, add, read } = await kept();
  for (let number = 0; number < 2_000; number++) account.pals[`p${number}`] = pal(`p${number}`);
  file.touch(null);
  await file.settled();
  const whole = await readFile(path, "utf8");
  for (const id of ["one", "two"]) {
    add(id);
    await file.settled();
  }
  delete account.pals["p7"];
  file.touch({ account, kind: "pals", id: "p7" });
  account.settings.renderMs = 7;
  file.touch({ account });
  await file.settled();

  expect(await readFile(path, "utf8")).toBe(whole);
  expect((await stat(`${path}.changes`)).size).toBeLessThan(whole.length / 20);
  expect(read()).toEqual(JSON.parse(JSON.stringify(account)));
});

it("is read without the line that a kill has cut off, and without changes of an earlier whole", async () => {
  const { path, account, file, add, read } = await kept();
  file.touch(null);
  add("one");
  await file.settled();
  add("two");
  await file.settled();
  const early = await readFile(`${path}.changes`, "utf8");
  await appendFile(`${path}.changes`, '{"apiKey":"key","acc');
  expect(Object.keys(read().pals)).toEqual(["one", "two"]);

  delete account.pals["two"];
  file.touch(null);
  await file.settled();
  // As if it had been killed after the whole was written and before the changes were begun anew.
  await writeFile(`${path}.changes`, early);
  expect(Object.keys(read().pals)).toEqual(["one"]);
});

it("is written whole again once its changes have become many", async () => {
  const { path, file, add, read } = await kept();
  file.touch(null);
  await file.settled();
  const first = JSON.parse(await readFile(path, "utf8")).version;
  const long = "x".repeat(1_000_000);
  for (const id of ["a", "b", "c", "d", "e"]) {
    add(id + long);
    await file.settled();
  }
  expect(JSON.parse(await readFile(path, "utf8")).version).not.toBe(first);
  expect(Object.keys(read().pals).map((id) => id[0])).toEqual(["a", "b", "c", "d", "e"]);
});
