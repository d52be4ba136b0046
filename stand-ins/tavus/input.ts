import { z } from "zod";
import { refuse } from "./reply.ts";

/** An http or https address. */
export const link = z.url({ protocol: /^https?$/ });

/** Whether the path of an address, whatever its query, ends in one of these (lower case, with the dot). */
export function endsIn(address: string, extensions: readonly string[]): boolean {
  const path = new URL(address).pathname.toLowerCase();
  return extensions.some((extension) => path.endsWith(extension));
}

/**
 * A JSON body that holds what the schema says and nothing else.
 *
 * Refuses with 415 a body that does not call itself JSON, with 400 `{"error"}` (or `refusalStatus`) what is not JSON, has an unknown
 * field, lacks one or has a wrong one. (Tavus docs show 400 `{"error": …}`; its wording for these cases is not documented.)
 */
export async function readBody<T extends z.ZodType>(
  request: Request,
  schema: T,
  { mediaTypes = ["application/json"], refusalStatus = 400 } = {},
): Promise<{ input: z.output<T>; raw: unknown }> {
  const mediaType = request.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase() ?? "";
  if (!mediaTypes.includes(mediaType)) refuse(415, { error: `Content-Type must be ${mediaTypes.join(" or ")}` });
  let raw: unknown;
  try {
    raw = JSON.parse(await request.text());
  } catch {
    refuse(refusalStatus, { error: "The body is not valid JSON" });
  }
  const parsed = schema.safeParse(raw);
  if (!parsed.success) refuse(refusalStatus, { error: complaint(parsed.error) });
  return { input: parsed.data, raw };
}

/**
 * The query of a request. An unknown parameter is refused with 400 `{"error"}`: Tavus would ignore it, but a client that counts on a
 * filter that does not exist should learn of it here.
 */
export function readQuery<T extends z.ZodType>(url: URL, schema: T): z.output<T> {
  const parsed = schema.safeParse(Object.fromEntries(url.searchParams));
  if (!parsed.success) refuse(400, { error: complaint(parsed.error) });
  return parsed.data;
}

/** `true` or `false` in a query. */
export const flag = z.enum(["true", "false"]).transform((text) => text === "true");

/** `limit` and `page` in a query; pages count from 0 or from 1, as the list has it. */
export function paging(firstPage: 0 | 1) {
  return {
    limit: z.coerce.number().int().min(1).max(100).default(10),
    page: z.coerce.number().int().min(firstPage).default(firstPage),
  };
}

/** One page of a list in the vendor's envelope, `total_count` counting all pages. */
export function pageOf<T>(all: T[], limit: number, skippedPages: number): { data: T[]; total_count: number } {
  return {
    data: all.slice(limit * skippedPages, limit * (skippedPages + 1)),
    total_count: all.length,
  };
}

function complaint(error: z.ZodError): string {
  const issue = error.issues[0]!;
  if (issue.code === "unrecognized_keys") return `Unknown field: ${[...issue.path, issue.keys[0]].join(".")}`;
  const field = issue.path.join(".");
  if (issue.code === "invalid_type" && issue.message.endsWith("received undefined")) return `${field} is required`;
  return field === "" ? issue.message : `${field}: ${issue.message}`;
}
