import type { Peppers } from "./peppers.ts";
import { sign, verify } from "./signing.ts";

const signed = (subject: string, expires: number) => `${subject}:${expires}`;

/**
 * The query of a link that works for whoever has it, until a time in milliseconds since 1970, and that nobody else can
 * make or lengthen.
 */
export async function signedQuery(
  peppers: Peppers,
  purpose: string,
  subject: string,
  expires: number,
): Promise<string> {
  return `expires=${expires}&signature=${await sign(peppers, purpose, signed(subject, expires))}`;
}

/** Whether a query was made by `signedQuery` for the same purpose and subject, and has not expired at `now`. */
export async function isSigned(
  peppers: Peppers,
  purpose: string,
  subject: string,
  query: URLSearchParams,
  now: number,
): Promise<boolean> {
  const expires = Number(query.get("expires"));
  if (!(expires > now)) return false;
  return verify(peppers, purpose, signed(subject, expires), query.get("signature") ?? "");
}
