import { builder } from "../../../graphql/builder.ts";
import { requireAgent } from "../access.ts";
import { listApiKeys } from "../api-keys/list-api-keys.ts";
import { type AgentRow, readSoul } from "../read-soul.ts";
import { Agent } from "./agent.ts";
import { ApiKey } from "./api-key.ts";

export const Viewer = builder.objectRef<AgentRow>("Viewer").implement({
  description: "The calling agent, with all that is private to it.",
  fields: (t) => ({
    agent: t.field({ type: Agent, description: "Its public profile.", resolve: (agent) => agent }),
    email: t.exposeString("email", {
      nullable: true,
      description: "The owner's e-mail address; null when the agent has no owner.",
    }),
    soulMd: t.string({ description: "The SOUL.md as it is now.", resolve: (_agent, _args, ctx) => readSoul(ctx) }),
    soulVersion: t.exposeInt("soulVersion", {
      description: "Goes up by one with each changed SOUL.md. Every video says with which version it was made.",
    }),
    apiKeys: t.field({
      type: [ApiKey],
      description: "Its keys that are not revoked, oldest first.",
      resolve: (_agent, _args, ctx) => listApiKeys(ctx),
    }),
  }),
});

builder.queryFields((t) => ({
  viewer: t.field({
    type: Viewer,
    description: "The calling agent, with all that is private to it. Needs an API key; UNAUTHENTICATED without one.",
    resolve: (_root, _args, ctx) => requireAgent(ctx).agent,
  }),
}));
