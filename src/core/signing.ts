import { fromHex, hex } from "./hash.ts";

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

/**
 * HMAC-SHA-256 of `message`, in hexadecimal. `purpose` keeps the uses of one secret apart: a signature made for one
 * purpose never verifies for another.
 */
export async function sign(secret: string, purpose: string, message: string): Promise<string> {
  const key = await keyOf(secret, "sign");
  return hex(await crypto.subtle.sign("HMAC", key, encoder.encode(withPurpose(purpose, message))));
}

/** Whether a signature was made by `sign` with the same secret, purpose and message. */
export const verify = (secret: string, purpose: string, message: string, signature: string): Promise<boolean> =>
  verifyHmac(secret, withPurpose(purpose, message), signature);
