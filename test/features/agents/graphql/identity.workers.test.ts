import { expect, it } from "vitest";
import { withHarness } from "../../../harness/harness.ts";
import { seeIdentityThrough } from "../agents.ts";

it("shows what a vendor said of a part to the agent alone, cut and without links", () =>
  withHarness(async (t) => {
    const error = `Too gloomy: see https://vendor.example/files/soul?signature=hunter2 ${"x".repeat(1_000)}`;
    await t.tavus.fault({ kind: "status", status: 400, body: { error } }, { path: "/v2/pals" });
    const { key, id } = await t.register();
    const other = await t.register();
    const row = await seeIdentityThrough(t, id);
    expect(row.persona_status).toBe("FAILED");
    expect(row.persona_detail).toContain("Too gloomy");
    expect(Array.from(row.persona_detail)).toHaveLength(300);
    expect(row.persona_detail).not.toMatch(/vendor\.example|hunter2/);
    const [event] = await t.rows("SELECT detail FROM events WHERE agent_id = ? AND kind = 'PERSONA_CHANGED'", id);
    expect(event.detail).toBe(`FAILED: ${row.persona_detail}`);

    const seenBy = async (as?: string) =>
      (await t.gql(`{ agent(id: "${id}") { identity { persona { status detail } } } }`, {}, as)).data.agent.identity
        .persona;
    expect(await seenBy(key)).toEqual({ status: "FAILED", detail: row.persona_detail });
    for (const stranger of [undefined, other.key])
      expect(await seenBy(stranger)).toEqual({ status: "FAILED", detail: null });
  }));
