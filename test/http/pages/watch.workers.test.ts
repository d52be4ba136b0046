import { describe, expect, it } from "vitest";
import { type Harness, ORIGIN, withHarness } from "../../harness/harness.ts";

const GENERATE = `mutation ($input: GenerateVideoInput!) {
  generateVideo(input: $input) { video { id } errors { code message } }
}`;

async function ask(t: Harness, key: string, input: Record<string, unknown> = {}): Promise<string> {
  const { data } = await t.gql(GENERATE, { input: { script: "Hello there, everybody.", ...input } }, key);
  return data.generateVideo.video.id;
}

async function open(t: Harness, id: string, init: RequestInit = {}) {
  const response = await t.fetch(`/v/${id}`, init);
  return { status: response.status, headers: response.headers, text: await response.text() };
}

const bearer = (key: string): RequestInit => ({ headers: { authorization: `Bearer ${key}` } });

/** The content of a meta element, unescaped, or null. */
function meta(page: string, name: string): string | null {
  const content = new RegExp(`<meta (?:name|property)="${name}" content="([^"]*)"`).exec(page)?.[1];
  return content?.replaceAll("&amp;", "&") ?? null;
}

const policyOf = (headers: Headers): Record<string, string> =>
  Object.fromEntries(
    headers
      .get("content-security-policy")!
      .split("; ")
      .map((directive) => [directive.split(" ")[0], directive.split(" ").slice(1).join(" ")]),
  );

async function setVideo(t: Harness, id: string, values: Record<string, string | number | null>): Promise<void> {
  const columns = Object.keys(values).map((column) => `${column} = ?`);
  await t.env.DB.prepare(`UPDATE videos SET ${columns.join(", ")} WHERE id = ?`)
    .bind(...Object.values(values), id)
    .run();
}

describe("the watch page", () => {
  it("shows how far a video is, and follows it", () =>
    withHarness(async (t) => {
      const { key } = await t.register();
      // The render goes on for as long as the page is looked at.
      await t.tavus.change({ renderMs: 600_000 });
      const id = await ask(t, key);
      await t.waitForBackground();
      await setVideo(t, id, { stage: "RENDERING", progress: 42 });
      const { status, headers, text } = await open(t, id);
      expect(status).toBe(200);
      expect(headers.get("content-type")).toBe("text/html; charset=utf-8");
      expect(headers.get("cache-control")).toBe("no-store");
      expect(text).toMatch(/<progress[^>]* value="42"/);
      expect(text).toMatch(/data-stage="RENDERING"[^>]*aria-current="step"/);
      expect(text).toMatch(/<noscript><meta http-equiv="refresh" content="5"/);
      expect(text).toContain('src="/assets/watch.js"');
      expect(text).toContain("AI-generated");
      expect(text).toContain('<meta name="robots" content="noindex"');
      expect(headers.get("x-robots-tag")).toBe("noindex");
      expect(meta(text, "og:video")).toBe(null);
      expect(text).not.toMatch(/<(video|iframe)/);
      expect(policyOf(headers)).toMatchObject({
        "connect-src": "'self'",
        "frame-src": "https://*.cloudflarestream.com",
      });
    }));

  it("plays the file of a host that has no player", () =>
    withHarness(async (t) => {
      const { key, handle } = await t.register({ bio: "I answer slowly." });
      const id = await ask(t, key, { context: "For the opening" });
      expect(await t.finish(id)).toBe("READY");
      const { data } = await t.gql(`{ video(id: "${id}") { embedUrl durationSeconds } }`);
      const { embedUrl, durationSeconds } = data.video;
      const { status, headers, text } = await open(t, id);
      expect(status).toBe(200);
      expect(text).toMatch(new RegExp(`<video controls playsinline[^>]* src="${embedUrl}"`));
      expect(policyOf(headers)).toEqual({
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self'",
        "media-src": new URL(embedUrl).origin,
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
      });
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("referrer-policy")).toBe("strict-origin-when-cross-origin");
      expect(headers.get("cache-control")).toBe("no-cache");
      expect(text).toContain("<title>Ambrose: Hello there, everybody. – molts.live</title>");
      expect(text).toContain(`<link rel="canonical" href="${ORIGIN}/v/${id}"`);
      expect(text).not.toContain("noindex");
      expect(headers.has("x-robots-tag")).toBe(false);
      for (const shown of ["AI-generated", "Ambrose", `@${handle}`, "I answer slowly.", "For the opening", "1 view"])
        expect(text).toContain(shown);
      expect(text).toContain(`0:0${Math.round(durationSeconds)}`);
      expect(text).toContain(String(new Date(t.now()).getUTCFullYear()));
      expect(meta(text, "og:type")).toBe("video.other");
      expect(meta(text, "og:title")).toBe("Ambrose: Hello there, everybody.");
      expect(meta(text, "og:url")).toBe(`${ORIGIN}/v/${id}`);
      expect(meta(text, "og:video")).toBe(embedUrl);
      expect(meta(text, "og:video:type")).toBe("video/mp4");
      expect(meta(text, "description")).toBe("AI-generated video. Hello there, everybody.");
    }));

  it("frames Stream's player, and loads from nowhere else", () =>
    withHarness(async (t) => {
      const { key } = await t.register();
      const id = await ask(t, key);
      await t.finish(id);
      const player = "https://customer-abc.cloudflarestream.com";
      await setVideo(t, id, {
        embed_is_file: 0,
        embed_url: `${player}/0123/iframe`,
        thumbnail_url: `${player}/0123/thumbnails/thumbnail.jpg`,
      });
      const { headers, text } = await open(t, id);
      expect(text).toMatch(new RegExp(`<iframe[^>]* src="${player}/0123/iframe"`));
      expect(text).toMatch(/<iframe[^>]* title="[^"]+"/);
      expect(text).toMatch(/<iframe[^>]* allow="[^"]*picture-in-picture/);
      expect(policyOf(headers)["frame-src"]).toBe(player);
      expect(policyOf(headers)).not.toHaveProperty("media-src");
      expect(policyOf(headers)).not.toHaveProperty("connect-src");
      for (const name of ["og:video", "og:video:secure_url", "twitter:player"])
        expect(meta(text, name)).toBe(`${player}/0123/iframe`);
      expect(meta(text, "og:video:type")).toBe("text/html");
      expect(meta(text, "og:image")).toBe(`${player}/0123/thumbnails/thumbnail.jpg`);
      expect(meta(text, "twitter:card")).toBe("player");
    }));

  it("says why a video failed", () =>
    withHarness(async (t) => {
      await t.tavus.fault({ kind: "error", reason: "The <b>face</b> was not found." });
      const { key } = await t.register();
      const id = await ask(t, key);
      expect(await t.finish(id)).toBe("FAILED");
      const { status, headers, text } = await open(t, id);
      expect(status).toBe(200);
      expect(text).toContain("The &lt;b&gt;face&lt;/b&gt; was not found.");
      expect(text).toContain("could not be made");
      expect(text).not.toContain("watch.js");
      expect(headers.get("x-robots-tag")).toBe("noindex");
      expect(headers.get("cache-control")).toBe("no-store");
    }));

  it("escapes whatever an agent says", () =>
    withHarness(async (t) => {
      const evil = `"><script>alert(1)</script><img src=x onerror='alert(2)'>&lt;`;
      const { key } = await t.register({ name: evil, bio: evil });
      const id = await ask(t, key, { script: evil, context: evil });
      const escaped =
        "&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&lt;img src=x onerror=&#39;alert(2)&#39;&gt;&amp;lt;";
      for (const page of [await open(t, id), (await t.finish(id), await open(t, id))]) {
        expect(page.text).not.toMatch(/<script>|<img|onerror='/);
        // Name, context, script and bio; the title and the previews show a shortened one.
        expect(page.text.split(escaped).length - 1).toBeGreaterThanOrEqual(4);
        // What is left of the tags without their attributes' values: no handler, no style, and scripts by file alone.
        const tags = page.text.replaceAll(/"[^"]*"/g, "").match(/<[a-z][^>]*>/g)!;
        expect(tags.filter((tag) => /<style|\s(on\w+|style)=|<script(?!.* src=)/.test(tag))).toEqual([]);
      }
    }));

  it("counts the views of a READY video, and no look at its headers", () =>
    withHarness(async (t) => {
      const { key } = await t.register();
      const id = await ask(t, key);
      await open(t, id);
      await t.finish(id);
      const views = async () => {
        await t.waitForBackground();
        return (await t.gql(`{ video(id: "${id}") { views } }`)).data.video.views;
      };
      expect(await views()).toBe(0);
      expect((await open(t, id)).text).toContain("1 view<");
      await t.waitForBackground();
      expect((await open(t, id)).text).toContain("2 views<");
      await t.waitForBackground();
      expect((await open(t, id, { method: "HEAD" })).status).toBe(200);
      expect(await views()).toBe(2);
      expect(await t.roundTrips(() => open(t, id, { method: "HEAD" }))).toBe(1);
    }));
});

describe("who may open it", () => {
  it("an unlisted video is for everybody with the link, and no search engine", () =>
    withHarness(async (t) => {
      const { key } = await t.register();
      const id = await ask(t, key, { visibility: "UNLISTED" });
      await t.finish(id);
      const { status, headers, text } = await open(t, id);
      expect(status).toBe(200);
      expect(text).toContain("<video");
      expect(text).toContain('<meta name="robots" content="noindex"');
      expect(headers.get("x-robots-tag")).toBe("noindex");
    }));

  it("unknown, deleted and private videos are one and the same 404 page", () =>
    withHarness(async (t) => {
      const owner = await t.register();
      const other = await t.register({ name: "Beatrice", email: "other@example.com" });
      const hidden = await ask(t, owner.key, { visibility: "PRIVATE" });
      const deleted = await ask(t, owner.key, { script: "Forget me." });
      await t.gql(`mutation { deleteVideo(id: "${deleted}") { errors { code } } }`, {}, owner.key);

      const strangers = await Promise.all([
        open(t, "vid_00000000000000000000000000"),
        open(t, "no-id-at-all"),
        open(t, "%00%E0%A4%A"),
        open(t, deleted),
        open(t, hidden),
        open(t, hidden, bearer(other.key)),
        open(t, deleted, bearer(owner.key)),
      ]);
      const seen = strangers.map(({ status, headers, text }) => {
        const sent = Object.fromEntries(headers);
        delete sent["x-request-id"];
        return JSON.stringify({ status, sent, text });
      });
      expect(strangers[0]!.status).toBe(404);
      expect(strangers[0]!.headers.get("content-type")).toBe("text/html; charset=utf-8");
      expect(new Set(seen).size).toBe(1);

      const own = await open(t, hidden, bearer(owner.key));
      expect(own.status).toBe(200);
      expect(own.headers.get("cache-control")).toBe("no-store");
      await t.finish(hidden);
      const ready = await open(t, hidden, bearer(owner.key));
      expect(ready.text).toContain("<video");
      expect(ready.headers.get("cache-control")).toBe("no-store");
      expect(ready.headers.get("x-robots-tag")).toBe("noindex");
    }));

  it("a key that is none is refused on a page", () =>
    withHarness(async (t) => {
      const { status, headers, text } = await open(t, "vid_00000000000000000000000000", bearer("molts_live_nonsense"));
      expect(status).toBe(401);
      expect(headers.get("content-type")).toBe("text/html; charset=utf-8");
      expect(headers.get("www-authenticate")).toMatch(/^Bearer/);
      expect(headers.get("content-security-policy")).toContain("default-src 'none'");
      expect(text).not.toContain("molts_live_nonsense");
    }));
});
