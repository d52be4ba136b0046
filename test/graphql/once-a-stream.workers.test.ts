import { expect, it } from "vitest";
import { ask } from "../features/ask.ts";
import { emptySearch, index, registerSouls } from "../features/discovery/world.ts";
import { withHarness } from "../harness/harness.ts";

it("the agents like an event's are searched once a stream, and once a query", () =>
  withHarness(async (t) => {
    await emptySearch();
    const { socrates } = await registerSouls(t, "socrates", "hypatia");
    const id = await ask(t, socrates.key);
    await t.finish(id);
    const searches = async (work: () => Promise<unknown>) => {
      const before = await index.log();
      await work();
      const after = await index.log();
      return after.query + after.queryById - before.query - before.queryById;
    };
    const agent = "video { agent { similar(first: 2) { agent { handle } } } }";
    let text = "";
    const stream = async () => {
      const response = await t.fetch("/graphql", {
        method: "POST",
        headers: { "content-type": "application/json", accept: "text/event-stream" },
        body: JSON.stringify({ query: `subscription { videoStatus(id: "${id}") { ${agent} } }` }),
      });
      text = await response.text();
    };
    expect(await searches(stream)).toBe(1);
    expect(text.match(/"handle":"hypatia"/g)!.length).toBeGreaterThan(3);
    expect(text.match(/event: next/g)!.length).toBe(text.match(/"handle":"hypatia"/g)!.length);
    expect(await searches(stream)).toBe(1);
    expect(await searches(() => t.gql(`{ video(id: "${id}") { agent { similar(first: 2) { score } } } }`))).toBe(1);
  }));
