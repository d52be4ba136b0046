import { fromHex, hex } from "./hash.ts";
import type { Peppers } from "./peppers.ts";

const encoder = new TextEncoder();
const HMAC = { name: "HMAC", hash: "SHA-256" };

const bytesOf = (data: string | Uint8Array<ArrayBuffer>) => (typeof data === "string" ? encoder.encode(data) : data);

const keyOf = (secret: string, usage: "sign" | "verify"): Promise<CryptoKey> =>
  crypto.subtle.importKey("raw", encoder.encode(secret), HMAC, false, [usage]);

/** Whether `signature` (hexadecimal) is the HMAC-SHA-256 of `data`; compared in constant time. */
export async function verifyHmac(
  secret: string,
  data: string | Uint8Array<ArrayBuffer>,
  signature: string,
): Promise<boolean> {
  const given = fromHex(signature);
  return given !== null && crypto.subtle.verify("HMAC", await keyOf(secret, "verify"), given, bytesOf(data));
}

const withPurpose = (purpose: string, message: string) => `${purpose}:${message}`;

async function signWith(secret: string, purpose: string, message: string): Promise<string> {
  const key = await keyOf(secret, "sign");
  return hex(await crypto.subtle.sign("HMAC", key, encoder.encode(withPurpose(purpose, message))));
}

/**
 * HMAC-SHA-256 of `message` under the newest pepper, in hexadecimal. `purpose` keeps the uses of one secret apart: a
 * signature made for one purpose never verifies for another.
 */
export const sign = ({ newest }: Peppers, purpose: string, message: string): Promise<string> =>
  signWith(newest, purpose, message);

/** The same under every pepper, in their order: to find what may have been stored under an older one. */
export const signWithAll = ({ all }: Peppers, purpose: string, message: string): Promise<string[]> =>
  Promise.all(all.map((secret) => signWith(secret, purpose, message)));

/** Whether a signature was made by `sign` with one of the peppers and the same purpose and message. */
export async function verify({ all }: Peppers, purpose: string, message: string, signature: string): Promise<boolean> {
  for (const secret of all) if (await verifyHmac(secret, withPurpose(purpose, message), signature)) return true;
  return false;
}
