import type { Context } from "../context.ts";
import { purgeTrainings } from "../features/agents/identity/purge-trainings.ts";
import { purgeRegistrationCounts, purgeRegistrations } from "../features/agents/purge-registrations.ts";
import { purgeEvents } from "../features/events/purge-events.ts";
import { purgeCounters } from "../features/usage/purge-counters.ts";
import { rollUpLedger } from "../features/usage/roll-up-ledger.ts";
import { purgeFailedVideos } from "../features/videos/purge-failed-videos.ts";
import { purgeRequests } from "../features/videos/purge-requests.ts";

/** The most rows of one purge: D1 is busy with them for well under a second. */
const ROWS = 5_000;
/** Videos go through their job, which asks the vendors about each: few at a time, or they would hold up new ones. */
const VIDEOS = 50;

/** What has an age at which it goes: all rows of every other table belong to an agent or a video that is there. */
const PURGES: readonly (readonly [name: string, purge: (ctx: Context) => Promise<number>])[] = [
  ["registrations", (ctx) => purgeRegistrations(ctx, ROWS)],
  ["events", (ctx) => purgeEvents(ctx, ROWS)],
  ["requests", (ctx) => purgeRequests(ctx, ROWS)],
  ["registration counts", (ctx) => purgeRegistrationCounts(ctx, ROWS)],
  ["registrations", (ctx) => purgeRegistrations(ctx, ROWS)],
  ["failed videos", (ctx) => purgeFailedVideos(ctx, VIDEOS)],
  ["ledger", (ctx) => rollUpLedger(ctx, ROWS)],
  ["counters", (ctx) => purgeCounters(ctx, ROWS)],
  ["trainings", (ctx) => purgeTrainings(ctx, ROWS)],
];

/**
 * Deletes the old rows of one table: each minute it is another's turn, so a run spends one round trip on it, and what fails
 * holds up nothing else. Returns how many rows.
 */
export async function purgeOldRows(ctx: Context): Promise<number> {
  const [table, purge] = PURGES[Math.floor(ctx.now() / 60_000) % PURGES.length]!;
  const rows = await purge(ctx);
  if (rows > 0) ctx.log("info", "purged", { table, rows });
  return rows;
}
