import SchemaBuilder, { brandWithType } from "@pothos/core";
import RelayPlugin from "@pothos/plugin-relay";
import { idPrefix } from "../core/ids.ts";
import type { UploadedFile } from "../core/uploaded-file.ts";
import type { GraphQLContext } from "./context.ts";

/** The type behind each kind of id: ids are what callers see everywhere, so `node` takes them as they are. */
const TYPE_OF_PREFIX = { agt: "Agent", vid: "Video", key: "ApiKey" } as const;

interface Types {
  Context: GraphQLContext;
  DefaultFieldNullability: false;
  DefaultEdgesNullability: false;
  DefaultNodeNullability: false;
  Scalars: {
    ID: { Input: string; Output: string };
    /** Milliseconds inside, RFC 3339 outside. */
    DateTime: { Input: number; Output: number };
    URL: { Input: string; Output: string };
    Upload: { Input: UploadedFile; Output: never };
  };
}

/** The weight of a list whose size something above it has counted. */
const ONCE = { field: 1, multiplier: 1 };

type NodeLoader = (ctx: GraphQLContext, id: string) => Promise<object | null>;
const nodeLoaders = new Map<string, NodeLoader>();

/**
 * Lets `node(id:)` find the objects of a type; each feature does so for its own. The types implement Node themselves
 * instead of through `builder.node`, which would make two promises of every id in a list.
 */
export function loadNodesOf(typename: (typeof TYPE_OF_PREFIX)[keyof typeof TYPE_OF_PREFIX], load: NodeLoader): void {
  nodeLoaders.set(typename, load);
}

/** The one schema builder. It knows plugins and scalars, but no type of the schema. */
export const builder = new SchemaBuilder<Types>({
  plugins: [RelayPlugin],
  defaultFieldNullability: false,
  relay: {
    cursorType: "String",
    encodeGlobalID: (_typename, id) => String(id),
    decodeGlobalID: (id) => {
      const prefix = idPrefix(id);
      return { typename: prefix ? TYPE_OF_PREFIX[prefix] : "", id };
    },
    nodeTypeOptions: { description: "Anything that has an id of its own and can be fetched again with `node(id:)`." },
    idFieldOptions: {
      description: "Permanent and unique. Its first letters say of what: agt_ an agent, vid_ a video, key_ an API key.",
    },
    nodeQueryOptions: {
      description:
        "Any object by its id. Null when it does not exist or you may not see it; the answer is the same for both. An API key is shown to its own agent only.",
      args: { id: { description: "An id, as a field `id` gave it: agt_…, vid_… or key_…" } },
      resolve: async (_root, { id }, ctx) => {
        const found = await nodeLoaders.get(id.typename)?.(ctx, id.id);
        if (found) brandWithType(found, id.typename as never);
        return found;
      },
    },
    nodesQueryOptions: false,
    // The connection's own field is multiplied by its size.
    nodesOnConnection: {
      extensions: { cost: ONCE },
      description: "The items of this page; use `edges` only if you need a cursor for each.",
    },
    edgesFieldOptions: {
      extensions: { cost: ONCE },
      description: "The items of this page, each with its cursor.",
      nullable: false,
    },
    nodeFieldOptions: { description: "The item.", nullable: false },
    cursorFieldOptions: { description: "The item's place in the list: pass it as `after` to get what follows." },
    pageInfoFieldOptions: { description: "Whether the list goes on, and from where." },
    pageInfoTypeOptions: { description: "Where a page begins and ends in its list, and whether the list goes on." },
    hasNextPageFieldOptions: { description: "True when there are older items: ask again with `after: endCursor`." },
    hasPreviousPageFieldOptions: {
      description: "True when the page was asked for with `after`, so that others come before it.",
    },
    startCursorFieldOptions: { description: "Cursor of the first item; null when the page is empty." },
    endCursorFieldOptions: { description: "Cursor of the last item, for `after`; null when the page is empty." },
  },
});

builder.queryType({ description: "Everything that can be read. Reading costs nothing." });
builder.mutationType({
  description:
    "Everything that changes something. An error that you can correct is in `errors` of the payload; a wrong key, or too many calls, is a top-level error. Both have the same codes.",
});
builder.subscriptionType({
  description:
    "Status changes as they happen, as server-sent events (graphql-sse, distinct connections mode): send the operation with `Accept: text/event-stream`. Every event has its cursor as `id:`, and a client that connects again goes on from there.",
});
