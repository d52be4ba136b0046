import { serverAudits } from "graphql-http";
import { describe, expect, it } from "vitest";
import { withHarness } from "../../harness/harness.ts";

describe("GraphQL over HTTP", () => {
  it("passes all checks of the graphql-http audit suite, without a warning", () =>
    withHarness(async (t) => {
      const audits = serverAudits({
        url: "https://molts.test/graphql",
        fetchFn: (url: string, init: RequestInit) => t.fetch(url, init),
      });
      const results = [];
      for (const audit of audits) results.push(await audit.fn());
      const failed = results.filter((result) => result.status !== "ok");
      expect(
        failed.map(
          (result) => `${result.status} ${result.id} ${result.name}: ${"reason" in result ? result.reason : ""}`,
        ),
      ).toEqual([]);
      expect(results).toHaveLength(61);
    }));
});
