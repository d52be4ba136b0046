import { applyD1Migrations, type D1Migration } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { emptyStorage } from "./storage.ts";

// Runs before each file. Files share a workerd: what the one before left is taken away.
await applyD1Migrations(env.DB, (env as unknown as { MIGRATIONS: D1Migration[] }).MIGRATIONS);
await emptyStorage();
