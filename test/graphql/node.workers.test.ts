import { describe, expect, it } from "vitest";
import { withHarness } from "../harness/harness.ts";

const NODE =
  "query ($id: ID!) { node(id: $id) { __typename id ... on Video { script } ... on Agent { handle } ... on ApiKey { prefix } } }";

describe("node", () => {
  it("finds an agent, a video and a key by their ids, each as its own type, and shows to whom it may", () =>
    withHarness(async (t) => {
      const mine = await t.register();
      const other = await t.register({ discoverable: false });
      const { data } = await t.gql(
        'mutation { generateVideo(input: { script: "Find me.", visibility: PRIVATE }) { video { id } } }',
        {},
        mine.key,
      );
      const videoId = data.generateVideo.video.id;
      const keyId = (await t.gql("{ viewer { apiKeys { id prefix } } }", {}, mine.key)).data.viewer.apiKeys[0].id;
      const find = async (id: string, key?: string) => (await t.gql(NODE, { id }, key)).data.node;

      expect(await find(mine.id)).toEqual({ __typename: "Agent", id: mine.id, handle: mine.handle });
      expect(await find(videoId, mine.key)).toEqual({ __typename: "Video", id: videoId, script: "Find me." });
      expect(await find(keyId, mine.key)).toMatchObject({ __typename: "ApiKey", prefix: mine.key.slice(0, 17) });
      expect(await find(other.id, other.key)).toMatchObject({ __typename: "Agent" });
      for (const [id, key] of [
        [videoId],
        [videoId, other.key],
        [keyId],
        [keyId, other.key],
        [other.id, mine.key],
        ["vid_nonsense"],
        [""],
        ["agt_00000000000000000000000000"],
      ] as const) {
        expect(await find(id, key), `${id} ${key}`).toBeNull();
      }
    }));
});
