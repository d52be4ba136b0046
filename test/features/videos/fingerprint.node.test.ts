import { describe, expect, it } from "vitest";
import type { Context } from "../../../src/context.ts";
import type { AgentRow } from "../../../src/db/schema/agents.ts";
import { plannedRender } from "../../../src/features/videos/fingerprint.ts";

describe("the fingerprint of a video", () => {
  const ctx = { config: { tavus: { stockFaceId: "stock" } } } as unknown as Context;
  const own = { faceStatus: "READY", faceId: "face", faceVoiceId: "voice" } as AgentRow;
  const input = {
    script: "Hello.",
    context: null,
    visibility: "PUBLIC" as const,
    force: false,
    idempotencyKey: null,
    clientReference: null,
  };
  const print = async (agent: AgentRow, fields: object = {}) =>
    (await plannedRender(ctx, agent, { ...input, ...fields }))!.fingerprint;

  it("is the same for the same face, voice, script, context and visibility, and differs with each of them", async () => {
    const same = await print(own);
    expect(same).toMatch(/^[0-9a-f]{64}$/);
    expect(
      await print({ ...own, name: "Other", soulVersion: 9 } as AgentRow, { force: true, idempotencyKey: "k" }),
    ).toBe(same);
    const others = await Promise.all([
      print({ ...own, faceId: "face 2" }),
      print({ ...own, faceVoiceId: "voice 2" }),
      print({ ...own, faceVoiceId: null }),
      print({ ...own, faceStatus: "DEFAULT" }),
      print(own, { script: "Hello. " }),
      print(own, { context: "a party" }),
      print(own, { script: 'Hello.","a party' }),
      print(own, { visibility: "UNLISTED" }),
      print(own, { visibility: "PRIVATE" }),
    ]);
    expect(new Set([same, ...others]).size).toBe(10);
  });

  it("names the face that speaks, and there is none while the own one is in training or was refused", async () => {
    expect(await plannedRender(ctx, own, input)).toMatchObject({ faceId: "face" });
    expect(await plannedRender(ctx, { ...own, faceStatus: "DEFAULT" }, input)).toMatchObject({ faceId: "stock" });
    for (const faceStatus of ["PENDING", "FAILED"] as const)
      expect(await plannedRender(ctx, { ...own, faceStatus }, input)).toBeNull();
  });
});
