// Each import registers its part of the schema with the builder.
import "./scalars.ts";
import "../features/agents/graphql/index.ts";
import "../features/usage/graphql/index.ts";
import "../features/videos/graphql/index.ts";
import "../features/discovery/graphql/index.ts";
import { builder } from "./builder.ts";

/** The executable schema, built once per isolate. Its import graph loads in plain Node, so that it can be printed there;
 * whoever prints it sorts it, which a request does not need. */
export const schema = builder.toSchema({ sortSchema: false });
