import { getTableColumns } from "drizzle-orm";
import { index, integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { IDENTITY_STATUSES, PLANS, VOICE_CONSENTS } from "../../core/vocabulary.ts";

const identityStatus = (name: string) => text(name, { enum: IDENTITY_STATUSES });

/** All times are milliseconds since 1970, UTC. */
export const agents = sqliteTable(
  "agents",
  {
    id: text("id").primaryKey(),
    handle: text("handle").notNull(),
    name: text("name").notNull(),
    email: text("email").notNull(),
    /** What the agent said of itself; null when it left the bio to us. */
    bio: text("bio"),
    /** The first sentences of its SOUL.md, shown when `bio` is null. */
    derivedBio: text("derived_bio"),
    discoverable: integer("discoverable", { mode: "boolean" }).notNull(),
    plan: text("plan", { enum: PLANS }).notNull(),
    soulVersion: integer("soul_version").notNull(),
    /** The newest version of SOUL.md that R2 holds; 0 when none. */
    soulBackedUp: integer("soul_backed_up").notNull().default(0),

    voiceStatus: identityStatus("voice_status").notNull(),
    voiceId: text("voice_id"),
    voiceDetail: text("voice_detail"),
    voiceConsent: text("voice_consent", { enum: VOICE_CONSENTS }),
    /** Names this sample: the vendor's voice, the R2 object and the signed link carry it. Null when there is no sample. */
    sampleId: text("sample_id"),
    /** Where the sample is to be fetched from; null when it was sent along. */
    sampleUrl: text("sample_url"),
    /** Its R2 key, while R2 holds it. */
    sampleKey: text("sample_key"),

    faceStatus: identityStatus("face_status").notNull(),
    faceId: text("face_id"),
    faceDetail: text("face_detail"),
    faceImageUrl: text("face_image_url"),
    /** The voice that the vendor was last told our own face speaks with. */
    faceVoiceId: text("face_voice_id"),

    personaStatus: identityStatus("persona_status").notNull(),
    personaId: text("persona_id"),
    personaDetail: text("persona_detail"),
    /** What the persona was last given; where one differs from the agent's own, the persona is behind. */
    personaSoulVersion: integer("persona_soul_version").notNull().default(0),
    personaFaceId: text("persona_face_id"),
    personaVoiceId: text("persona_voice_id"),

    /** When the driver should look at the identity again; null when nothing is left to do. */
    dueAt: integer("due_at"),
    lease: text("lease"),
    leaseUntil: integer("lease_until").notNull().default(0),
    /** Claims since the vendor last answered: above 1, an answer may have been lost. */
    inDoubt: integer("unanswered").notNull().default(0),
    /** Failures in a row, for the backoff. */
    failures: integer("failures").notNull().default(0),
    /** When the current sample and portrait were taken in: their deadlines count from here. */
    voiceSince: integer("voice_since").notNull(),
    faceSince: integer("face_since").notNull(),

    createdAt: integer("created_at").notNull(),
    // Last: up to 20 KiB that most reads leave on their overflow pages.
    soulMd: text("soul_md").notNull(),
  },
  (table) => [uniqueIndex("agents_handle").on(table.handle), index("agents_due").on(table.dueAt)],
);

const { soulMd: _soulMd, ...withoutSoul } = getTableColumns(agents);
/** What every read of an agent selects: all but the SOUL.md. */
export const agentColumns = withoutSoul;
export type AgentRow = Omit<typeof agents.$inferSelect, "soulMd">;

/** What others see of an agent, and what a video is read with: nothing of its owner, nothing of the driver's. */
export const profileColumns = {
  id: agents.id,
  handle: agents.handle,
  name: agents.name,
  bio: agents.bio,
  derivedBio: agents.derivedBio,
  discoverable: agents.discoverable,
  voiceStatus: agents.voiceStatus,
  voiceId: agents.voiceId,
  voiceDetail: agents.voiceDetail,
  faceStatus: agents.faceStatus,
  faceId: agents.faceId,
  faceDetail: agents.faceDetail,
  personaStatus: agents.personaStatus,
  personaId: agents.personaId,
  personaDetail: agents.personaDetail,
  createdAt: agents.createdAt,
};
export type AgentProfile = Pick<AgentRow, keyof typeof profileColumns>;

export const apiKeys = sqliteTable(
  "api_keys",
  {
    id: text("id").primaryKey(),
    agentId: text("agent_id").notNull(),
    name: text("name").notNull(),
    prefix: text("prefix").notNull(),
    /** HMAC-SHA-256 of the key under the pepper, hexadecimal. The key itself is stored nowhere. */
    hash: text("hash").notNull(),
    createdAt: integer("created_at").notNull(),
    /** To the hour: it is written at most once an hour. */
    lastUsedAt: integer("last_used_at"),
    expiresAt: integer("expires_at"),
    revokedAt: integer("revoked_at"),
  },
  (table) => [uniqueIndex("api_keys_hash").on(table.hash), index("api_keys_agent").on(table.agentId)],
);
export type ApiKeyRow = typeof apiKeys.$inferSelect;

/** Registrations of the last 24 hours that carried an idempotency key. */
export const registrations = sqliteTable(
  "registrations",
  {
    /** HMAC over e-mail and idempotency key. */
    scope: text("scope").primaryKey(),
    /** SHA-256 of the whole input. */
    bodyHash: text("body_hash").notNull(),
    agentId: text("agent_id").notNull(),
    /** The API key, sealed with a key derived from the request itself. */
    sealedKey: text("sealed_key").notNull(),
    createdAt: integer("created_at").notNull(),
  },
  (table) => [index("registrations_created").on(table.createdAt)],
);

/** What happened to an agent, oldest first: the audit log of its identity. */
export const agentEvents = sqliteTable(
  "agent_events",
  {
    sequence: integer("sequence").primaryKey({ autoIncrement: true }),
    agentId: text("agent_id").notNull(),
    kind: text("kind").notNull(),
    detail: text("detail"),
    at: integer("at").notNull(),
  },
  (table) => [index("agent_events_agent").on(table.agentId, table.sequence)],
);
