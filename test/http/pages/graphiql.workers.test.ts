import { expect, it } from "vitest";
import { withHarness } from "../../harness/harness.ts";

const AS_BROWSER = { headers: { accept: "text/html,application/xhtml+xml,*/*;q=0.8" } };

it("a browser at /graphql gets GraphiQL, all of it from here", () =>
  withHarness(async (t) => {
    const response = await t.fetch("/graphql", AS_BROWSER);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
    expect(response.headers.get("vary")).toBe("accept");
    const policy = response.headers.get("content-security-policy")!;
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).not.toMatch(/https?:|blob:|unsafe-eval/);
    const page = await response.text();
    expect(page).toContain("<title>molts.live GraphiQL</title>");
    expect(page).not.toMatch(/(src|href)="(?!\/assets\/)/);
    expect(page).not.toMatch(/<script(?![^>]* src=)|<style|\son\w+=/);
  }));

it("a program at the same address gets GraphQL", () =>
  withHarness(async (t) => {
    const response = await t.fetch("/graphql?query={__typename}", { headers: { accept: "application/json" } });
    expect(await response.json()).toEqual({ data: { __typename: "Query" } });
  }));
