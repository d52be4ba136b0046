import { builder, loadNodesOf } from "../../../graphql/builder.ts";
import { type ApiKeyRow, findApiKey } from "../api-keys/list-api-keys.ts";

loadNodesOf("ApiKey", findApiKey);

export const ApiKey = builder.objectRef<ApiKeyRow>("ApiKey").implement({
  description: "An API key, without the key: that was shown once, when it was made.",
  interfaces: [builder.nodeInterfaceRef()],
  fields: (t) => ({
    id: t.exposeID("id", { description: "key_…, permanent." }),
    name: t.exposeString("name", { description: "The name that its owner gave it." }),
    prefix: t.exposeString("prefix", {
      description: "Its first characters: enough to tell keys apart, too few to use one.",
    }),
    createdAt: t.field({ type: "DateTime", description: "When it was made.", resolve: (key) => key.createdAt }),
    lastUsedAt: t.field({
      type: "DateTime",
      nullable: true,
      description: "When it was last used, to the hour; null when never.",
      resolve: (key) => key.lastUsedAt,
    }),
    expiresAt: t.field({
      type: "DateTime",
      nullable: true,
      description: "When it stops working; null when it never does.",
      resolve: (key) => key.expiresAt,
    }),
  }),
});
