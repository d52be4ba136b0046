import { env as bindings } from "cloudflare:workers";
import { beforeEach, expect, it } from "vitest";
import { emptyDatabase, type Harness, withHarness } from "../../harness/harness.ts";
import { seeThrough } from "../ask.ts";

beforeEach(emptyDatabase);

const PLAYER = "https://customer-1.cloudflarestream.com";
const URLS = "embedUrl hlsUrl thumbnailUrl";

/** Stream as it is in production: players and manifests by id or token, and a count of the tokens it made. */
function realStream() {
  const uploads: { requireSignedURLs?: boolean }[] = [];
  let tokens = 0;
  let isDown = false;
  const asProduced = (video: StreamVideo) => ({
    ...video,
    preview: `${PLAYER}/${video.id}/watch`,
    hlsPlaybackUrl: `${PLAYER}/${video.id}/manifest/video.m3u8`,
    thumbnail: `${PLAYER}/${video.id}/thumbnails/thumbnail.jpg`,
    duration: 4,
  });
  const binding = {
    upload: async (url: string, params: { requireSignedURLs?: boolean }) => {
      uploads.push(params);
      return asProduced(await bindings.STREAM.upload(url, params));
    },
    video: (id: string) => ({
      details: async () => asProduced(await bindings.STREAM.video(id).details()),
      delete: () => bindings.STREAM.video(id).delete(),
      update: (changes: object) => bindings.STREAM.video(id).update(changes),
      generateToken: async () => {
        if (isDown) throw new Error("InternalError: no tokens now");
        return `token-${++tokens}`;
      },
    }),
    videos: bindings.STREAM.videos,
  } as unknown as StreamBinding;
  return { binding, uploads, tokens: () => tokens, breakDown: () => (isDown = true) };
}

async function ready(t: Harness, key: string, visibility: string): Promise<string> {
  const { data } = await t.gql(
    "mutation ($input: GenerateVideoInput!) { generateVideo(input: $input) { video { id } } }",
    { input: { script: `Hello, ${visibility}.`, visibility } },
    key,
  );
  const { id } = data.generateVideo.video;
  expect((await seeThrough(t, id)).status).toBe("READY");
  return id;
}

it("of a PRIVATE video works with a token only, which is made for each reader and once an answer", () => {
  const stream = realStream();
  return withHarness(
    async (t) => {
      const { key } = await t.register();
      const id = await ready(t, key, "PRIVATE");
      expect(stream.uploads).toMatchObject([{ requireSignedURLs: true }]);
      const query = `{ video(id: "${id}") { ${URLS} } }`;
      expect((await t.gql(query)).data.video).toBeNull();
      expect((await t.gql(query, {}, key)).data.video).toEqual({
        embedUrl: `${PLAYER}/token-1/iframe`,
        hlsUrl: `${PLAYER}/token-1/manifest/video.m3u8`,
        thumbnailUrl: `${PLAYER}/token-1/thumbnails/thumbnail.jpg`,
      });
      const page = await t.fetch(`/v/${id}`, { headers: { authorization: `Bearer ${key}` } });
      expect(await page.text()).toContain(`${PLAYER}/token-2/iframe`);
      expect(page.headers.get("cache-control")).toBe("no-store");
      const [{ host_id }] = await t.rows("SELECT host_id FROM videos");
      expect(JSON.stringify((await t.gql(query, {}, key)).data)).not.toContain(host_id);

      stream.breakDown();
      const { data, errors } = await t.gql(`{ video(id: "${id}") { status hlsUrl } }`, {}, key);
      expect(data.video).toEqual({ status: "READY", hlsUrl: null });
      expect(errors).toMatchObject([{ extensions: { code: "UPSTREAM_UNAVAILABLE", retryable: true } }]);
    },
    { env: { STREAM: stream.binding } },
  );
});

it("of any other video needs none", () => {
  const stream = realStream();
  return withHarness(
    async (t) => {
      const { key } = await t.register();
      for (const visibility of ["PUBLIC", "UNLISTED"]) {
        const id = await ready(t, key, visibility);
        const [{ host_id }] = await t.rows("SELECT host_id FROM videos WHERE id = ?", id);
        const { data } = await t.gql(`{ video(id: "${id}") { ${URLS} } }`);
        expect(data.video.embedUrl).toBe(`${PLAYER}/${host_id}/iframe`);
      }
      expect(stream.tokens()).toBe(0);
      expect(stream.uploads).toMatchObject([{ requireSignedURLs: false }, { requireSignedURLs: false }]);
    },
    { env: { STREAM: stream.binding } },
  );
});
