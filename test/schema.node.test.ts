import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import {
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isSpecifiedScalarType,
  lexicographicSortSchema,
  printSchema,
} from "graphql";
import { describe, expect, it } from "vitest";
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
