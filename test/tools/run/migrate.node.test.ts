import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, it } from "vitest";
import { localConfig, root } from "../../../tools/run/config.ts";
import { writeLocalConfig } from "./write-local-config.ts";
import { updateDatabase } from "../../../tools/run/migrate.ts";

/** The only database of a state folder, opened while nothing runs. */
function open(persist: string): DatabaseSync {
  const folder = join(persist, "d1", "miniflare-D1DatabaseObject");
  const files = readdirSync(folder).filter((name) => name.endsWith(".sqlite") && name !== "metadata.sqlite");
  expect(files).toHaveLength(1);
  return new DatabaseSync(join(folder, files[0]!));
}

it("a database gets the migrations that it lacks, once, and wrangler finds it complete", async () => {
  const state = await mkdtemp(join(tmpdir(), "molts-migrate-"));
  try {
    const options = { state, publicUrl: "http://localhost:1", tavusUrl: "http://localhost:2", tavusKey: "key" };
    const persist = join(state, "v3");
    await updateDatabase(localConfig(options), persist);
    const names = readdirSync(join(root, "migrations")).filter((name) => name.endsWith(".sql"));
    const database = open(persist);
    const recorded = () => database.prepare("SELECT id, name FROM d1_migrations ORDER BY id").all();
    const complete = names.sort().map((name, place) => ({ id: place + 1, name }));
    expect(recorded()).toEqual(complete);
    expect(database.prepare("SELECT count(*) AS agents FROM agents").get()).toEqual({ agents: 0 });

    // As if the last one, whose effect we take away, were new.
    const last = names.at(-1)!;
    database.prepare("UPDATE d1_migrations SET name = ? WHERE name = ?").run("before.sql", last);
    database.exec("DROP TABLE agents");
    database.close();
    await expect(updateDatabase(localConfig(options), persist)).rejects.toThrow(`The migration ${last} failed`);

    const again = open(persist);
    again.prepare("UPDATE d1_migrations SET name = ? WHERE name = ?").run(last, "before.sql");
    again.close();
    await updateDatabase(localConfig(options), persist);
    const wrangler = join(root, "node_modules", "wrangler", "bin", "wrangler.js");
    const where = ["--local", "-c", writeLocalConfig(options), "--persist-to", state];
    const said = execFileSync(process.execPath, [wrangler, "d1", "migrations", "list", "DB", ...where], {
      encoding: "utf8",
      env: { ...process.env, WRANGLER_SEND_METRICS: "false" },
    });
    expect(said).toContain("No migrations to apply");
  } finally {
    await rm(state, { recursive: true });
  }
});
