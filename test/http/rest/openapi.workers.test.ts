import { describe, expect, it } from "vitest";
import { ERROR_CODES } from "../../../src/core/errors.ts";
import { generateVideoBody } from "../../../src/http/rest/generate-video.ts";
import { fieldNames } from "../../../src/http/rest/read-input.ts";
import { registerAgentBody } from "../../../src/http/rest/register-agent.ts";
import { ROUTE_NAMES } from "../../../src/http/router.ts";
import { withHarness } from "../../harness/harness.ts";
import { problemsOf, resolveRef } from "./json-schema.ts";
import { operations, requestSchema, successSchema } from "./operations.ts";
import { DOCUMENT, newAgent, rest, SOUL } from "./rest.ts";

const METHODS = ["get", "post", "put", "patch", "delete"];

/** Every object in the document that fulfils a condition. */
function everywhere(
  found: (node: Record<string, unknown>) => boolean,
  node: unknown = DOCUMENT,
): Record<string, unknown>[] {
  if (typeof node !== "object" || node === null) return [];
  const here = !Array.isArray(node) && found(node as Record<string, unknown>) ? [node as Record<string, unknown>] : [];
  return [...here, ...Object.values(node).flatMap((child) => everywhere(found, child))];
}

/** Paths for vendors, for people and for machines that hold a signed link: no caller of the API has a use for them. */
const NOT_FOR_CALLERS = (name: string) => /^\/(webhooks\/|samples\/|$)/.test(name);

describe("openapi.json", () => {
  it("is served as what the code says, with our own address", () =>
    withHarness(async (t) => {
      const { status, headers, body } = await rest(t, "GET", "/openapi.json");
      expect(status).toBe(200);
      expect(headers.get("content-type")).toBe("application/json");
      expect(body).toEqual(JSON.parse(JSON.stringify(DOCUMENT)));
      expect(body.openapi).toMatch(/^3\.1\./);
      expect(body.servers).toEqual([{ url: "https://molts.test" }]);
    }));

  it("describes exactly the paths and methods that the router has", () =>
    withHarness(async (t) => {
      const described = Object.entries(DOCUMENT.paths).map(([path, methods]) => [path, Object.keys(methods).sort()]);
      const routed: [string, string[]][] = [];
      for (const name of ROUTE_NAMES.filter((one) => !NOT_FOR_CALLERS(one))) {
        const { headers } = await rest(t, "OPTIONS", name.replace("{id}", "vid_x"));
        const allowed = headers.get("allow")!.toLowerCase().split(", ");
        expect(allowed).toContain("options");
        expect(allowed.includes("head")).toBe(allowed.includes("get"));
        routed.push([name, allowed.filter((method) => METHODS.includes(method)).sort()]);
      }
      expect(Object.fromEntries(described)).toEqual(Object.fromEntries(routed));
    }));

  it("holds together: every reference resolves, every operation has a name of its own, everything is described", () => {
    for (const { $ref } of everywhere((node) => "$ref" in node)) resolveRef(DOCUMENT, $ref as string);
    const ids = operations().map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    const names = DOCUMENT.tags.map(({ name }) => name);
    for (const { tags, summary, responses, operationId } of operations()) {
      expect(
        tags.every((tag: string) => names.includes(tag)),
        operationId,
      ).toBe(true);
      expect(summary.length, operationId).toBeGreaterThan(5);
      for (const [status, response] of Object.entries(responses)) {
        expect(response.description, `${operationId} ${status}`).toMatch(/\S/);
      }
    }
    const properties = everywhere((node) => "properties" in node && "type" in node).flatMap(
      (schema) => Object.entries(schema.properties as object) as [string, Record<string, unknown>][],
    );
    expect(properties.filter(([, one]) => !one.description && !one.$ref).map(([name]) => name)).toEqual([]);
    for (const one of everywhere((node) => "in" in node && "name" in node)) expect(one.description).toMatch(/\S/);
  });

  it("has no part that nothing refers to", () => {
    const used = new Set(everywhere((node) => "$ref" in node).map(({ $ref }) => $ref));
    const { securitySchemes: _byName, ...components } = DOCUMENT.components;
    const parts = Object.entries(components).flatMap(([kind, all]) =>
      Object.keys(all).map((name) => `#/components/${kind}/${name}`),
    );
    expect(parts.filter((part) => !used.has(part))).toEqual([]);
  });

  it("names every error code, and every field that the routes take", () => {
    const { schemas } = DOCUMENT.components;
    expect(schemas.ErrorCode.enum).toEqual(Object.keys(ERROR_CODES));
    for (const code of Object.keys(ERROR_CODES)) expect(schemas.ErrorCode.description).toContain(`\`${code}\` (`);
    expect(Object.keys(schemas.RegisterRequest.properties!).sort()).toEqual(fieldNames(registerAgentBody).sort());
    expect(Object.keys(schemas.GenerateRequest.properties!).sort()).toEqual(fieldNames(generateVideoBody).sort());
  });

  it("gives examples that its own schemas accept", () => {
    let count = 0;
    const check = (schema: object, value: unknown, what: string) => {
      count++;
      expect(problemsOf(schema, value, DOCUMENT), what).toEqual([]);
    };
    for (const media of everywhere((node) => "schema" in node && ("example" in node || "examples" in node))) {
      const { schema, example, examples = {} } = media as { schema: object; example?: unknown; examples?: object };
      if (example !== undefined) check(schema, example, JSON.stringify(example));
      for (const { value } of Object.values(examples)) check(schema, value, JSON.stringify(value));
    }
    for (const schema of everywhere((node) => Array.isArray(node.examples))) {
      for (const example of schema.examples as unknown[]) check(schema, example, JSON.stringify(example));
    }
    expect(count).toBeGreaterThan(40);
  });

  it("gives examples of requests that are really accepted", () =>
    withHarness(
      async (t) => {
        const { key } = await newAgent(t);
        for (const { method, path, operationId, requestBody, responses } of operations()) {
          if (!requestBody) continue;
          for (const { value } of Object.values(requestBody.content["application/json"].examples) as {
            value: object;
          }[]) {
            const answer = await rest(t, method, path, { body: value, key });
            expect(Object.keys(responses), `${operationId}: ${answer.text}`).toContain(String(answer.status));
            expect(answer.status, answer.text).toBeLessThan(300);
          }
        }
      },
      { runtime: { fetch: withoutExamples } },
    ));

  it.each(["registerAgent", "generateVideo"])("states limits of %s that are really the limits", (operationId) =>
    withHarness(
      async (t) => {
        const { method, path, requestBody } = operations().find((one) => one.operationId === operationId)!;
        const { properties } = requestSchema(requestBody);
        const ask = async (name: string, value: unknown) => {
          const { key } = await newAgent(t);
          const least = operationId === "registerAgent" ? SOUL : { script: "Hello." };
          const body = { ...least, voice_consent: undefined, [name]: value };
          const answer = await rest(t, method, path, { body, key });
          const fault = answer.body.errors?.[0].path?.[0] ?? null;
          return answer.status < 300 ? "accepted" : `${answer.status} ${fault}`;
        };
        for (const [name, property] of Object.entries(properties) as [string, Record<string, any>][]) {
          const refused = `400 ${name}`;
          // What may be null has its own rules beside null's, or a list of types.
          const branches: Record<string, any>[] = property.anyOf ?? [property];
          const schema = branches[0]!;
          const types = branches.flatMap(({ type }) => type as string | string[]);
          expect(await ask(name, types[0] === "boolean" ? "yes" : 7), `${name} of another type`).toBe(refused);
          expect(await ask(name, null), `${name} null`).toBe(types.includes("null") ? "accepted" : refused);
          if (schema.enum) {
            for (const word of schema.enum) expect(await ask(name, word), `${name} ${word}`).toBe("accepted");
            expect(await ask(name, "OTHER")).toBe(refused);
          } else if (schema.format) {
            // Addresses of either kind have rules beyond their lengths: the bad-input tests hold those.
          } else if (schema.maxLength) {
            expect(await ask(name, "a".repeat(schema.maxLength)), `${name} longest`).toBe("accepted");
            expect(await ask(name, "a".repeat(schema.maxLength + 1)), `${name} too long`).toBe(refused);
            expect(await ask(name, "a".repeat(schema.minLength ?? 0)), `${name} shortest`).toBe("accepted");
            if (schema.minLength) expect(await ask(name, ""), `${name} empty`).toBe(refused);
          } else if (schema.pattern) {
            const [least, most] = [3, 32].map((length) => "z".repeat(length));
            for (const text of [least!, most!, "z-0"]) {
              expect(text).toMatch(new RegExp(schema.pattern));
              expect(await ask(name, text), `${name} ${text}`).toBe("accepted");
            }
            for (const text of ["aa", `${most}a`, "A-b", "a_b"]) {
              expect(text).not.toMatch(new RegExp(schema.pattern));
              expect(await ask(name, text), `${name} ${text}`).toBe(refused);
            }
          }
        }
      },
      { runtime: { fetch: withoutExamples } },
    ),
  );

  it("documents an answer for every operation", () => {
    for (const one of operations()) expect(successSchema(one), one.operationId).toBeDefined();
  });
});

/** The network without the hosts of the examples. */
const withoutExamples: typeof fetch = (input, init) => {
  const url = input instanceof Request ? input.url : String(input);
  return /\.example\.com\//.test(url) ? Promise.resolve(new Response(null, { status: 404 })) : fetch(input, init);
};
