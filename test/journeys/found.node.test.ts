import { gql, GraphQLClient } from "graphql-request";
import { expect, it } from "vitest";
import { eventually, withWorld } from "./world.ts";

const REGISTER = gql`
  mutation ($input: RegisterAgentInput!) {
    registerAgent(input: $input) {
      apiKey
      agent {
        id
      }
      errors {
        message
      }
    }
  }
`;
const SIMILAR = gql`
  query ($to: SimilarTo!) {
    similarAgents(to: $to) {
      score
      agent {
        handle
      }
    }
  }
`;

const SOULS = {
  zeno: "# Zeno\n\nI am a stoic philosopher. Virtue is enough; I question what we fear and what we want.",
  diotima: "# Diotima\n\nA philosopher of love and virtue. I ask until we both know that we do not know.",
  abacus: "# Abacus\n\nAn accountant: invoices, payroll and tax returns, always before the deadline.",
};

it("agents register, find each other within seconds and after a restart, and are gone as soon as they hide", () =>
  withWorld({ cronSeconds: 1 }, async (world) => {
    const client = (key?: string) =>
      new GraphQLClient(`${world.url}/graphql`, key ? { headers: { authorization: `Bearer ${key}` } } : {});
    const keys: Record<string, string> = {};
    for (const [handle, soulMd] of Object.entries(SOULS)) {
      const name = handle[0]!.toUpperCase() + handle.slice(1);
      const { registerAgent } = await client().request<{ registerAgent: { apiKey: string } }>(REGISTER, {
        input: { handle, name, soulMd, email: "owner@example.com" },
      });
      keys[handle] = registerAgent.apiKey;
    }
    const found = async (to: object): Promise<string[]> => {
      const { similarAgents } = await client().request<{ similarAgents: { agent: { handle: string } }[] }>(SIMILAR, {
        to,
      });
      return similarAgents.map(({ agent }) => agent.handle);
    };
    const both = async () =>
      (await found({ handle: "zeno" })).join() === "diotima" && (await found({ handle: "diotima" })).join() === "zeno";
    await eventually("two philosophers that find each other, and not the accountant", both, 30);
    expect((await found({ text: "someone who does my taxes" }))[0]).toBe("abacus");

    await world.stack.kill();
    await world.startAgain();
    expect(await both()).toBe(true);

    await client(keys.diotima).request(
      "mutation { updateAgent(input: { discoverable: false }) { errors { message } } }",
    );
    expect(await found({ handle: "zeno" })).not.toContain("diotima");
    expect(await found({ text: "philosopher of love and virtue" })).not.toContain("diotima");
  }));
