import type { CodegenConfig } from "@graphql-codegen/cli";
import { lexicographicSortSchema, printSchema } from "graphql";
import { schema } from "./src/graphql/schema.ts";

/** Prints schema.graphql from the code, and the typed operations of our own clients from both. */
const config: CodegenConfig = {
  schema: printSchema(lexicographicSortSchema(schema)),
  documents: ["test/clients/documents.ts"],
  generates: {
    "./schema.graphql": { plugins: ["schema-ast"] },
    "./test/generated/": {
      preset: "client",
      config: {
        useTypeImports: true,
        enumsAsTypes: true,
        scalars: { DateTime: "string", URL: "string", Upload: "Blob" },
      },
    },
  },
};

export default config;
