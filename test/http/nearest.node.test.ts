import { describe, expect, it } from "vitest";
import { nearest } from "../../src/http/nearest.ts";
import { nearestRoute } from "../../src/http/nearest-route.ts";

describe("the nearest word", () => {
  const FIELDS = ["name", "email", "soul_md", "voice_sample_url", "bio"];

  it("is found for a few wrong, missing or additional letters, and for another spelling", () => {
    const typed: Record<string, string> = {
      soulMd: "soul_md",
      soulmd: "soul_md",
      "Soul-MD": "soul_md",
      soul_m: "soul_md",
      nane: "name",
      emails: "email",
      voiceSampleUri: "voice_sample_url",
      voice_smaple_url: "voice_sample_url",
    };
    for (const [word, meant] of Object.entries(typed)) expect(nearest(word, FIELDS), word).toBe(meant);
  });

  it("is none where more than a letter in four is wrong, or the word is very long", () => {
    for (const word of ["voice", "nom", "", "constructor", "soul", "bib", "x".repeat(100_000)])
      expect(nearest(word, FIELDS), word.slice(0, 20)).toBeNull();
    expect(nearest("name", [])).toBeNull();
  });

  it("is the one with the fewest errors", () => {
    expect(nearest("context", ["contexts", "content", "context"])).toBe("context");
    expect(nearest("contexta", ["content", "context"])).toBe("context");
  });
});

describe("the nearest route", () => {
  const ROUTES = [
    { name: "/agents/register", methods: { POST: 1 } },
    { name: "/videos/{id}", methods: { GET: 1 } },
    { name: "/graphql", methods: { GET: 1, POST: 1 } },
  ];
  it.each([
    ["/agent/register", "POST /agents/register"],
    ["/agents/register/", "POST /agents/register"],
    ["/v1/agents/register", "POST /agents/register"],
    ["/AGENTS/register", "POST /agents/register"],
    ["/video/vid_01kbnq3v5e8m2r7t9w0x4y6z1a", "GET /videos/{id}"],
    ["/graphq", "GET or POST /graphql"],
    ["/api/graphql", "GET or POST /graphql"],
    ["/", null],
    ["/.env", null],
    ["/wp-login.php", null],
    ["/a/b/c/d/e", null],
  ])("of %s is %s", (path, meant) => expect(nearestRoute(path, ROUTES)).toBe(meant));

  // Comparing this one would take minutes.
  it("of a path that is longer than any route is none", () =>
    expect(nearestRoute(`/vv/${"a".repeat(100_000)}`, ROUTES)).toBeNull());
});
