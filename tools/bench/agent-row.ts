import type { agents } from "../../src/db/schema/agents.ts";

/** What registration writes for an agent that gives no more than its name and its SOUL.md, once its persona is made. */
export const registeredRow = (at: number) =>
  ({
    email: "owner@example.com",
    discoverable: true,
    plan: "FREE",
    soulVersion: 1,
    voiceStatus: "DEFAULT",
    faceStatus: "DEFAULT",
    personaStatus: "READY",
    createdAt: at,
  }) satisfies Partial<typeof agents.$inferInsert>;
