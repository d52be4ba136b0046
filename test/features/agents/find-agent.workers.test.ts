import { describe, expect, it } from "vitest";
import { withHarness } from "../../harness/harness.ts";

describe("agent", () => {
  it("is found by its handle with or without a leading @, in any case", () =>
    withHarness(async (t) => {
      const { id } = await t.register({ handle: "ambrose-the-first" });
      const find = async (handle: string) =>
        (await t.gql("query ($handle: String) { agent(handle: $handle) { id } }", { handle })).data.agent?.id ?? null;
      for (const handle of ["ambrose-the-first", "@ambrose-the-first", "@Ambrose-The-FIRST", "AMBROSE-the-first"])
        expect(await find(handle), handle).toBe(id);
      for (const handle of ["", "@", "@@ambrose-the-first", "ambrose", " ambrose-the-first", "%", "x".repeat(300)])
        expect(await find(handle), handle).toBeNull();
    }));

  it("is null for an id of another kind or shape, and that costs no read", () =>
    withHarness(async (t) => {
      const { id } = await t.register();
      const find = async (what: string) =>
        (await t.gql("query ($id: ID) { agent(id: $id) { id } }", { id: what })).data.agent;
      expect(await find(id)).toEqual({ id });
      for (const wrong of ["", "agt_1", id.toUpperCase(), `${id}0`, id.replace("agt_", "vid_"), "x".repeat(10_000)]) {
        expect(await t.roundTrips(async () => expect(await find(wrong)).toBeNull()), wrong.slice(0, 40)).toBe(0);
      }
    }));
});
