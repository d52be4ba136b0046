import { beforeEach, expect, it } from "vitest";
import { ask } from "../features/ask.ts";
import { UPDATE, upload } from "../features/agents/agents.ts";
import { PORTRAIT, registerWithVoice, wav } from "../features/agents/identity/identities.ts";
import { emptyDatabase, withHarness } from "../harness/harness.ts";

beforeEach(emptyDatabase);

/** Tables that grow with agents, videos or calls. */
const BIG =
  /^SCAN (videos|agents|events|usage_ledger|video_requests|trainings|identity_jobs|search_entries|api_keys|video_archives|registrations|registration_counts|vector_sets)\b/;

it("no statement of an agent's life, of cron or of a page reads a table from end to end", () =>
  withHarness(async (t) => {
    const { key, id } = await registerWithVoice(t, PORTRAIT);
    await t.cronUntil(async () => (await t.rows("SELECT 1 FROM identity_jobs WHERE due_at IS NOT NULL")).length === 0);
    await upload(t, UPDATE, { voiceConsent: "OWN_VOICE" }, wav(), key);
    const video = await ask(t, key, { script: "Hello.", idempotencyKey: "one", clientReference: "one" });
    const failing = await ask(t, key, { script: "Blah." });
    await t.cronUntil(async () => (await t.rows("SELECT 1 FROM video_archives")).length === 0);
    await t.gql(
      "mutation ($id: ID!) { updateVideo(id: $id, visibility: UNLISTED) { errors { code } } }",
      { id: video },
      key,
    );
    await t.gql("mutation ($id: ID!) { deleteVideo(id: $id) { errors { code } } }", { id: failing }, key);
    for (const query of [
      "{ videos { nodes { id agent { videos { nodes { id } } } } } }",
      `{ agent(id: "${id}") { handle similar { agent { id } } } video(id: "${video}") { views } }`,
      '{ viewer { usage { videosHeld } apiKeys { id } videos { nodes { id } } } video: video(idempotencyKey: "one") { id } other: video(clientReference: "one") { id } }',
      '{ similarAgents(to: { text: "a patient philosopher" }) { agent { id } } estimateVideo(input: { script: "Hello." }) { allowed } }',
    ])
      expect((await t.gql(query, {}, key)).errors).toBeUndefined();
    await t.fetch(`/v/${video}`);
    await t.fetch(`/v/${video}.mp4`);
    for (let minute = 0; minute < 10; minute++) {
      t.moveTime(60_000);
      await t.cron();
    }
    const found: string[] = [];
    for (const query of t.d1.queries) {
      if (!/^(select|insert|update|delete|with)/i.test(query)) continue;
      const values = Array.from(query.matchAll(/\?/g), () => 1);
      const plan = await t.rows(`EXPLAIN QUERY PLAN ${query}`, ...values);
      for (const { detail } of plan) if (BIG.test(detail)) found.push(`${detail}: ${query.slice(0, 300)}`);
    }
    expect(t.d1.queries.size).toBeGreaterThan(50);
    expect(found.join("\n")).toBe("");
  }));
