import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { gql, GraphQLClient } from "graphql-request";

const example = join(import.meta.dirname, "..", "..", "tools", "run", "example");
export const SOUL_MD = await readFile(join(example, "SOUL.md"), "utf8");
export const VOICE = await readFile(join(example, "voice.mp3"));

export interface Part {
  status: string;
  vendorId: string | null;
  detail: string | null;
}
export interface Video {
  id: string;
  status: string;
  stage: string;
  durationSeconds: number | null;
  url: string;
}

/** An agent as its own program would be: it has its key and calls the API with stock clients. */
export interface TestAgent {
  key: string;
  id: string;
  url: string;
  client: GraphQLClient;
  generate(input: object): Promise<Video>;
  video(id: string): Promise<Video>;
  identity(): Promise<Record<"face" | "voice" | "persona", Part>>;
  usage(): Promise<{ videosGenerated: number; videosHeld: number; videosRemaining: number; secondsGenerated: number }>;
  updateSoul(soulMd: string): Promise<number>;
}

interface Registered {
  apiKey: string;
  agent: { id: string };
  errors: { code: string; message: string }[];
}

const VIDEO = "id status stage durationSeconds url";

/** @throws Error with the errors of a payload */
function valueOf<Payload extends { errors: { code: string; message: string }[] }>(payload: Payload): Payload {
  if (payload.errors.length > 0) throw new Error(JSON.stringify(payload.errors));
  return payload;
}

/** Registers over the GraphQL multipart request specification, with the example's SOUL.md and voice. */
export async function registerWithVoice(url: string, input: object = {}): Promise<TestAgent> {
  const body = new FormData();
  const query =
    "mutation ($input: RegisterAgentInput!) { registerAgent(input: $input) { apiKey agent { id } errors { code message } } }";
  const whole = {
    name: "Ambrose",
    email: "owner@example.com",
    soulMd: SOUL_MD,
    voiceSample: null,
    voiceConsent: "SYNTHETIC",
    ...input,
  };
  body.set("operations", JSON.stringify({ query, variables: { input: whole } }));
  body.set("map", JSON.stringify({ sample: ["variables.input.voiceSample"] }));
  body.set("sample", new Blob([VOICE], { type: "audio/mpeg" }), "voice.mp3");
  const response = await fetch(`${url}/graphql`, { method: "POST", body });
  const { data, errors } = (await response.json()) as { data: { registerAgent: Registered }; errors?: unknown };
  if (errors) throw new Error(JSON.stringify(errors));
  const { apiKey, agent } = valueOf(data.registerAgent);
  return agentWith(url, apiKey, agent.id);
}

/** An agent without a voice of its own, registered over REST. */
export async function registerOverRest(url: string): Promise<TestAgent> {
  const response = await fetch(`${url}/agents/register`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ name: "Beatrice", email: "owner@example.com", soul_md: "# Beatrice\nI am brief." }),
  });
  const { api_key: key, agent_id: id } = (await response.json()) as { api_key: string; agent_id: string };
  return agentWith(url, key, id);
}

function agentWith(url: string, key: string, id: string): TestAgent {
  const client = new GraphQLClient(`${url}/graphql`, { headers: { authorization: `Bearer ${key}` } });
  return {
    key,
    id,
    url,
    client,
    async generate(input) {
      const { generateVideo } = await client.request<{ generateVideo: { video: Video; errors: [] } }>(
        gql`mutation ($input: GenerateVideoInput!) {
          generateVideo(input: $input) { video { ${VIDEO} } errors { code message } }
        }`,
        { input },
      );
      return valueOf(generateVideo).video;
    },
    async video(videoId) {
      const { video } = await client.request<{ video: Video }>(gql`query ($id: ID!) { video(id: $id) { ${VIDEO} } }`, {
        id: videoId,
      });
      return video;
    },
    async identity() {
      const part = "{ status vendorId detail }";
      const { viewer } = await client.request<{ viewer: { agent: { identity: never } } }>(
        gql`{ viewer { agent { identity { face ${part} voice ${part} persona ${part} } } } }`,
      );
      return viewer.agent.identity;
    },
    async usage() {
      const { viewer } = await client.request<{ viewer: { usage: never } }>(gql`
        {
          viewer {
            usage {
              videosGenerated
              videosHeld
              videosRemaining
              secondsGenerated
            }
          }
        }
      `);
      return viewer.usage;
    },
    async updateSoul(soulMd) {
      const { updateAgent } = await client.request<{ updateAgent: { errors: [] } }>(
        gql`
          mutation ($soulMd: String!) {
            updateAgent(input: { soulMd: $soulMd }) {
              errors {
                code
                message
              }
            }
          }
        `,
        { soulMd },
      );
      valueOf(updateAgent);
      const { viewer } = await client.request<{ viewer: { soulVersion: number } }>(gql`
        {
          viewer {
            soulVersion
          }
        }
      `);
      return viewer.soulVersion;
    },
  };
}
