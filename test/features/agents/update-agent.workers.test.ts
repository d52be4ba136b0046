import { describe, expect, it } from "vitest";
import { withHarness } from "../../harness/harness.ts";
import { agentRow, SOUL, UPDATE } from "./agents.ts";

describe("updateAgent", () => {
  it("refuses null where a field cannot be emptied, names each, and changes nothing", () =>
    withHarness(async (t) => {
      const { key, id } = await t.register(SOUL);
      await t.waitForBackground();
      const before = await agentRow(t, id);
      const events = await t.rows("SELECT count(*) AS n FROM events");
      const fields = {
        name: /^name cannot be null: it must be a string\.$/,
        soulMd: /^soulMd cannot be null: it must be a string\.$/,
        discoverable: /^discoverable cannot be null: it must be a boolean\.$/,
        voiceSampleUrl: /^voiceSampleUrl cannot be null/,
        voiceSample: /^voiceSample must be a file/,
        voiceConsent: /^voiceConsent cannot be null: it must be one of OWN_VOICE, LICENSED, SYNTHETIC\.$/,
        faceImageUrl: /^faceImageUrl cannot be null/,
      };
      const update = async (input: object) => (await t.gql(UPDATE, { input }, key)).data.updateAgent;
      for (const [name, message] of Object.entries(fields)) {
        expect(await update({ [name]: null, bio: "Not to be kept." }), name).toEqual({
          agent: null,
          errors: [{ code: "BAD_INPUT", path: ["input", name], message: expect.stringMatching(message) }],
        });
      }
      const all = await update(Object.fromEntries(Object.keys(fields).map((name) => [name, null])));
      expect(all.errors.map(({ path }: { path: string[] }) => path[1]).sort()).toEqual(Object.keys(fields).sort());
      await t.waitForBackground();
      expect(await agentRow(t, id)).toEqual(before);
      expect(await t.rows("SELECT count(*) AS n FROM events")).toEqual(events);
    }));

  it("takes null for the bio, which is then the one derived from the SOUL.md; what is left out stays", () =>
    withHarness(async (t) => {
      const { key, id } = await t.register({ ...SOUL, bio: "My own." });
      const bio = async () => (await t.gql(`{ agent(id: "${id}") { bio name } }`)).data.agent;
      expect(await bio()).toEqual({ bio: "My own.", name: "Ambrose" });
      expect((await t.gql(UPDATE, { input: { name: "Ambrosia" } }, key)).data.updateAgent.errors).toEqual([]);
      expect(await bio()).toEqual({ bio: "My own.", name: "Ambrosia" });
      expect((await t.gql(UPDATE, { input: { bio: null } }, key)).data.updateAgent.errors).toEqual([]);
      expect(await bio()).toEqual({ bio: "I am a patient philosopher.", name: "Ambrosia" });
      for (const empty of ["", "  "]) {
        await t.gql(UPDATE, { input: { bio: "My own." } }, key);
        expect((await t.gql(UPDATE, { input: { bio: empty } }, key)).data.updateAgent.errors).toEqual([]);
        expect((await bio()).bio, `"${empty}"`).toBe("I am a patient philosopher.");
      }
    }));
});
