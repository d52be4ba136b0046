import { beforeEach, describe, expect, it } from "vitest";
import { emptyDatabase, withHarness } from "../../../harness/harness.ts";
import { agentRow } from "../agents.ts";
import { PORTRAIT } from "./identities.ts";

beforeEach(emptyDatabase);

describe("callbacks about voices and faces", () => {
  it("make us poll at once, and only with the right secret", () =>
    withHarness(
      async (t) => {
        const { id } = await t.register(PORTRAIT);
        await t.waitForBackground();
        const [face] = (await t.tavus.state()).faces;
        const { pathname } = new URL(face.submitted.callback_url);
        await fetch(`${t.tavus.url}/__control/faces/${face.id}`, {
          method: "POST",
          headers: { "content-type": "application/json", "x-api-key": t.tavus.key },
          body: '{"status": "completed"}',
        });
        expect((await t.fetch(`${pathname.slice(0, -4)}0000`, { method: "POST" })).status).toBe(404);
        await t.waitForBackground();
        expect((await agentRow(t, id)).face_status).toBe("PENDING");
        expect((await t.fetch(pathname, { method: "POST" })).status).toBe(204);
        await t.waitForBackground();
        expect((await agentRow(t, id)).face_status).toBe("READY");
      },
      { tavus: { faceMs: 60_000 } },
    ));
});
