import { sql } from "drizzle-orm";
import type { Context } from "../../../context.ts";
import { UpstreamError } from "../../../core/errors.ts";
import { backoffMs } from "../../../core/retry.ts";
import { batchOf, type Statement } from "../../../db/batch-of.ts";
import { type SearchEntry, searchEntries } from "../../../db/schema/discovery.ts";
import { ownsLease, settled } from "../../../jobs/lease.ts";
import type { LeasedJob } from "../../../jobs/leased-job.ts";
import { indexAgent } from "./index-agent.ts";

// Encoding the longest SOUL.md takes seconds, and each of a few calls to the vector index may last until its time-out.
const LEASE_MS = 120_000;
/** The wait after a first failure, and the longest one. */
const BACKOFF_MS = 5_000;
const MAX_BACKOFF_MS = 15 * 60_000;

export type IndexOutcome =
  | { kind: "indexed"; statements: Statement[]; changes: Partial<SearchEntry> }
  /** Somebody else has the lease now, and writes the agent's vectors. */
  | { kind: "leaseLost" }
  | { kind: "failed"; dueAt: number };

/**
 * The job that keeps the search up to date with an agent. A failure is retried with backoff. Until then the agent is
 * found by its old entry, but never while it is not discoverable.
 * @param onEncode called with the number of bytes of text that are about to be encoded
 */
export const createIndexJob = (onEncode: (bytes: number) => void = () => {}): LeasedJob<SearchEntry, IndexOutcome> => ({
  name: "search",
  table: searchEntries,
  leaseMs: LEASE_MS,
  // Every claim counts as a failure until it is settled, and moves the entry back in the queue: otherwise a text that
  // kills its isolate would come first again and again, and end every cron run.
  onClaim: (now) => ({
    failures: sql`${searchEntries.failures} + 1`,
    dueAt: sql`${now} + min(${MAX_BACKOFF_MS}, ${BACKOFF_MS} << min(${searchEntries.failures}, 10))`,
  }),
  step: (ctx, entry) => step(ctx, entry, onEncode),
  settle,
});

async function step(ctx: Context, entry: SearchEntry, onEncode: (bytes: number) => void): Promise<IndexOutcome> {
  const started = ctx.now();
  try {
    const outcome = await indexAgent(ctx, entry, onEncode);
    ctx.log("info", "search.index", { agentId: entry.id, ms: ctx.now() - started });
    return outcome;
  } catch (cause) {
    const asked = cause instanceof UpstreamError ? (cause.retryAfterMs ?? 0) : 0;
    const wait = Math.max(asked, backoffMs(entry.failures, ctx.random, BACKOFF_MS, MAX_BACKOFF_MS));
    ctx.log("warn", "search.index", { agentId: entry.id, failures: entry.failures, ms: ctx.now() - started, cause });
    return { kind: "failed", dueAt: ctx.now() + wait };
  }
}

async function settle(ctx: Context, entry: SearchEntry, outcome: IndexOutcome): Promise<number | null> {
  if (outcome.kind === "leaseLost") return null;
  const isFailed = outcome.kind === "failed";
  const dueAt = isFailed ? outcome.dueAt : null;
  const changes = isFailed ? {} : { ...outcome.changes, failures: 0 };
  await batchOf(ctx.db, [
    ...(isFailed ? [] : outcome.statements),
    ctx.db
      .update(searchEntries)
      .set({ ...changes, ...settled(searchEntries, entry, dueAt) })
      .where(ownsLease(searchEntries, entry)),
  ]);
  return dueAt;
}
