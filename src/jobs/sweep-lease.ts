import { and, eq, lte, sql } from "drizzle-orm";
import type { Context } from "../context.ts";
import { hex } from "../core/hash.ts";
import { sweeps } from "../db/schema/sweeps.ts";

/** A run that was killed holds up its kind of sweep for so long. */
const LEASE_MS = 15_000;
/** A run at work renews its lease so often. */
const RENEW_MS = 5_000;

/**
 * Runs a kind of sweep unless another run is at it: that one has the rows, and with two at work each vendor would get
 * twice the calls it should.
 * @param gapMs milliseconds that must have passed since the last run began
 * @param isRun whether this is a run of its own, whose time is stored
 * @returns what `work` returns; null when another run is at it, or the last one was too short a time ago
 */
export async function withSweepLease<Value>(
  ctx: Context,
  name: string,
  work: () => Promise<Value>,
  { gapMs = 0, isRun = true } = {},
): Promise<Value | null> {
  const lease = hex(ctx.random(8));
  const now = ctx.now();
  const held = { lease, leaseUntil: now + LEASE_MS };
  const mayRun = and(lte(sweeps.leaseUntil, now), gapMs > 0 ? lte(sweeps.lastRunAt, now - gapMs) : undefined)!;
  const claimed = await ctx.db
    .insert(sweeps)
    .values({ name, ...held, lastRunAt: isRun ? now : 0 })
    .onConflictDoUpdate({
      target: sweeps.name,
      set: isRun ? { ...held, lastRunAt: now } : held,
      setWhere: mayRun,
    })
    .returning({ name: sweeps.name });
  if (claimed.length === 0) return null;
  const own = and(eq(sweeps.name, name), eq(sweeps.lease, lease));
  const ended = new AbortController();
  const renewing = renew(ctx, ended.signal, () =>
    ctx.db
      .update(sweeps)
      .set({ leaseUntil: ctx.now() + LEASE_MS })
      .where(own),
  );
  try {
    return await work();
  } finally {
    ended.abort();
    await renewing;
    await ctx.db.update(sweeps).set({ lease: null, leaseUntil: 0 }).where(own);
  }
}

async function renew(ctx: Context, ended: AbortSignal, write: () => PromiseLike<unknown>): Promise<void> {
  for (;;) {
    await ctx.sleep(RENEW_MS, ended);
    if (ended.aborted) return;
    try {
      await write();
    } catch (cause) {
      ctx.log("warn", "a sweep's lease was not renewed", { cause });
    }
  }
}

/**
 * Whether no run of a kind of sweep has begun for so many milliseconds. Where there was none ever, the time counts from
 * the first call.
 */
export async function isSilent({ db, now }: Context, name: string, ms: number): Promise<boolean> {
  const first = { name, leaseUntil: 0, lastRunAt: now() };
  const [, [row]] = await db.batch([
    db.insert(sweeps).values(first).onConflictDoNothing(),
    db
      .select({ isSilent: sql<number>`${sweeps.lastRunAt} < ${now() - ms}` })
      .from(sweeps)
      .where(eq(sweeps.name, name)),
  ]);
  return row?.isSilent === 1;
}
