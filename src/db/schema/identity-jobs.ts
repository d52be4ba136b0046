import { sql } from "drizzle-orm";
import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { inDoubtColumn, leaseColumns } from "../lease-columns.ts";

/**
 * The job that makes an agent's identity at the vendor, one row per agent: what the identity is made from, what the
 * vendor was last given, and the lease. Not a part of `agents`, which every authentication reads.
 */
export const identityJobs = sqliteTable(
  "identity_jobs",
  {
    /** The agent's id. */
    id: text("agent_id").primaryKey(),
    /** The newest version of SOUL.md that R2 holds; 0 when none. */
    backedUpSoulVersion: integer("backed_up_soul_version").notNull().default(0),

    /** Names this sample: the vendor's voice, the R2 object and the signed link carry it. Null when there is no sample. */
    sampleId: text("sample_id"),
    /** Where the sample is to be fetched from; null when it was sent along. */
    sampleUrl: text("sample_url"),
    /** Its R2 key, while R2 holds it. */
    sampleKey: text("sample_key"),
    faceImageUrl: text("face_image_url"),
    /** When the current sample and portrait were taken in: their deadlines count from here. */
    voiceSince: integer("voice_since").notNull(),
    faceSince: integer("face_since").notNull(),

    /**
     * What the persona was last given; where a value differs from the agent's present one, the persona is out of date.
     */
    personaSoulVersion: integer("persona_soul_version").notNull().default(0),
    personaFaceId: text("persona_face_id"),
    personaVoiceId: text("persona_voice_id"),

    /** Refusals (4xx) in a row of each part's present input; after some the part has FAILED. */
    voiceRefusals: integer("voice_refusals").notNull().default(0),
    faceRefusals: integer("face_refusals").notNull().default(0),
    personaRefusals: integer("persona_refusals").notNull().default(0),
    /** No training begins before this time: the day's trainings of unclaimed agents were used up. */
    trainingNotBefore: integer("training_not_before").notNull().default(0),

    ...leaseColumns,
    ...inDoubtColumn,
  },
  (table) => [
    index("identity_jobs_due").on(table.dueAt),
    // A claim reads its rows by their lease; few rows have one at a time.
    index("identity_jobs_lease")
      .on(table.lease)
      .where(sql`${table.lease} IS NOT NULL`),
  ],
);
export type IdentityJobRow = typeof identityJobs.$inferSelect;
