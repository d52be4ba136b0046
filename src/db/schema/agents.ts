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
    /** When its owner confirmed this very agent; null: not claimed. */
    claimedAt: integer("claimed_at"),
    soulVersion: integer("soul_version").notNull(),

    voiceStatus: identityStatus("voice_status").notNull(),
    voiceId: text("voice_id"),
    voiceDetail: text("voice_detail"),
    voiceConsent: text("voice_consent", { enum: VOICE_CONSENTS }),

    faceStatus: identityStatus("face_status").notNull(),
    faceId: text("face_id"),
    faceDetail: text("face_detail"),
    /** The voice that we last set for the agent's own face at the vendor. */
    faceVoiceId: text("face_voice_id"),

    personaStatus: identityStatus("persona_status").notNull(),
    personaId: text("persona_id"),
    personaDetail: text("persona_detail"),

    createdAt: integer("created_at").notNull(),
    // The last column: its up to 20 KiB are on overflow pages, which most reads skip.
    soulMd: text("soul_md").notNull(),
  },
  (table) => [uniqueIndex("agents_handle").on(table.handle)],
);

const { soulMd: _soulMd, ...withoutSoul } = getTableColumns(agents);
/** What every read of an agent selects: all but the SOUL.md. */
export const agentColumns = withoutSoul;
export type AgentRow = Omit<typeof agents.$inferSelect, "soulMd">;

/** What others see of an agent, and what is read with a video: nothing about its owner. */
export const profileColumns = {
  id: agents.id,
  handle: agents.handle,
  name: agents.name,
  bio: agents.bio,
  derivedBio: agents.derivedBio,
  discoverable: agents.discoverable,
  claimedAt: agents.claimedAt,
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
    /** HMAC-SHA-256 of the key under a pepper, hexadecimal. The key itself is stored nowhere. */
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
    inputHash: text("input_hash").notNull(),
    agentId: text("agent_id").notNull(),
    /** The API key, sealed with a key derived from the request itself. */
    sealedKey: text("sealed_key").notNull(),
    createdAt: integer("created_at").notNull(),
  },
  (table) => [index("registrations_created").on(table.createdAt)],
);
