import { problemsOf, resolveRef } from "./json-schema.ts";
import { DOCUMENT, type RestAnswer } from "./rest.ts";

// oxlint-disable-next-line typescript/no-explicit-any -- a part of the document, as a reader of its JSON sees it
type Part = any;

/** An operation of the document with its path; references to responses and parameters are followed. */
export interface Operation {
  path: string;
  method: string;
  operationId: string;
  tags: string[];
  summary: string;
  security: Part[];
  requestBody?: Part;
  responses: Record<string, Part>;
}

const follow = (part: Part): Part => (part.$ref ? resolveRef(DOCUMENT, part.$ref) : part);

export const operations = (): Operation[] =>
  Object.entries(DOCUMENT.paths).flatMap(([path, methods]) =>
    Object.entries(methods as Record<string, Part>).map(([method, operation]) => ({
      ...operation,
      path,
      method: method.toUpperCase(),
      responses: Object.fromEntries(
        Object.entries(operation.responses as Part).map(([status, response]) => [status, follow(response)]),
      ),
    })),
  );

export const requestSchema = (requestBody: Part): Part => follow(requestBody.content["application/json"].schema);

export const successSchema = ({ responses }: Operation): Part => responses[200] ?? responses[201] ?? responses[202];

/** Everything in which an answer is not what the document says of an operation. */
export function untruths({ operationId, responses }: Operation, answer: RestAnswer): string[] {
  const said = responses[String(answer.status)];
  if (!said) return [`${operationId}: ${answer.status} is not documented: ${answer.text.slice(0, 200)}`];
  const type = (answer.headers.get("content-type") ?? "").split(";")[0]!;
  const media = said.content ? said.content[type] : { schema: { const: "" } };
  if (!media) return [`${operationId}: ${answer.status} comes as ${type}, not ${Object.keys(said.content)}`];
  const wrongHeaders = Object.entries(said.headers as Part).flatMap(([name, reference]) => {
    const { schema } = follow(reference);
    const value = answer.headers.get(name);
    return value === null ? [`${name} is missing`] : problemsOf(schema, value, DOCUMENT, name);
  });
  const wrongBody = problemsOf(media.schema, answer.body ?? answer.text, DOCUMENT);
  return [...wrongHeaders, ...wrongBody].map((problem) => `${operationId}: ${answer.status}: ${problem}`);
}

/** What an operation may answer, as `status code` for problems and `status` for the rest. */
export function promised({ responses }: Operation): string[] {
  return Object.entries(responses).flatMap(([status, { content }]) => {
    const problem = content?.["application/problem+json"];
    if (!problem) return [status];
    return (problem.schema.allOf[1].properties.code.enum as string[]).map((code) => `${status} ${code}`);
  });
}
