import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import {
  type GraphQLInputObjectType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isNonNullType,
  isObjectType,
  isSpecifiedScalarType,
  lexicographicSortSchema,
  printSchema,
} from "graphql";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { registerAgentFields, updateAgentFields } from "../src/features/agents/input.ts";
import { similarToFields } from "../src/features/discovery/input.ts";
import { generateVideoInput } from "../src/features/videos/input.ts";
import { schema } from "../src/graphql/schema.ts";

const root = resolve(import.meta.dirname, "..");

describe("schema.graphql", () => {
  it("is what the code prints (npm run codegen brings it up to date)", () => {
    expect(readFileSync(resolve(root, "schema.graphql"), "utf8").trim()).toBe(
      printSchema(lexicographicSortSchema(schema)).trim(),
    );
  });

  it("loads in plain Node, with neither the Worker's runtime nor leave to write, connect or spawn", () => {
    const script = `import { schema } from "./src/graphql/schema.ts"; console.log(Object.keys(schema.getTypeMap()).includes("Video"));`;
    const args = [
      "--permission",
      "--allow-fs-read=*",
      "--disable-warning=ExperimentalWarning",
      "--input-type=module-typescript",
      "-e",
      script,
    ];
    expect(execFileSync(process.execPath, args, { cwd: root, encoding: "utf8" }).trim()).toBe("true");
  });

  it.each<[string, z.ZodObject]>([
    ["RegisterAgentInput", registerAgentFields],
    ["UpdateAgentInput", updateAgentFields],
    ["GenerateVideoInput", generateVideoInput],
    ["SimilarTo", similarToFields],
  ])("has in %s what its verb's schema has: the same fields, needs, defaults and descriptions", (name, fields) => {
    const type = schema.getType(name) as GraphQLInputObjectType;
    const {
      description,
      properties = {},
      required = [],
    } = z.toJSONSchema(fields, {
      io: "input",
      // A file is no JSON.
      unrepresentable: "any",
    });
    expect(type.description).toBe(description);
    const inSchema = Object.values(type.getFields()).map((field) => [
      field.name,
      { required: isNonNullType(field.type), default: field.defaultValue, description: field.description },
    ]);
    const inVerb = Object.entries(properties as Record<string, z.core.JSONSchema.BaseSchema>).map(([field, one]) => [
      field,
      { required: required.includes(field), default: one.default, description: one.description },
    ]);
    expect(Object.fromEntries(inSchema)).toEqual(Object.fromEntries(inVerb));
    expect(inVerb.length).toBeGreaterThan(2);
  });

  it("describes every type, field, argument and enum value", () => {
    const bare: string[] = [];
    const check = (name: string, part: { description?: string | null | undefined }) => {
      if (!part.description?.trim()) bare.push(name);
    };
    for (const type of Object.values(schema.getTypeMap())) {
      if (type.name.startsWith("__") || isSpecifiedScalarType(type)) continue;
      check(type.name, type);
      if (isEnumType(type)) for (const value of type.getValues()) check(`${type.name}.${value.name}`, value);
      if (!isObjectType(type) && !isInterfaceType(type) && !isInputObjectType(type)) continue;
      for (const field of Object.values(type.getFields())) {
        check(`${type.name}.${field.name}`, field);
        for (const arg of "args" in field ? field.args : []) check(`${type.name}.${field.name}(${arg.name})`, arg);
      }
    }
    expect(bare).toEqual([]);
  });
});
