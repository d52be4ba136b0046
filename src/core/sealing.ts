import { fromHex, hex } from "./hash.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const IV_BYTES = 12;

async function sealingKey(secret: string): Promise<CryptoKey> {
  const material = await crypto.subtle.importKey("raw", encoder.encode(secret), "HKDF", false, ["deriveKey"]);
  const parameters = {
    name: "HKDF",
    hash: "SHA-256",
    salt: new Uint8Array(),
    info: encoder.encode("molts seal 1"),
  };
  return crypto.subtle.deriveKey(parameters, material, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

/** Encrypts a text under a secret (HKDF-SHA-256, AES-256-GCM); `iv` is 12 fresh random bytes. Returns hexadecimal. */
export async function seal(secret: string, text: string, iv: Uint8Array<ArrayBuffer>): Promise<string> {
  const key = await sealingKey(secret);
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, encoder.encode(text));
  return hex(iv) + hex(sealed);
}

/** The inverse of `seal`. @throws when the secret is another, or the text was changed */
export async function unseal(secret: string, sealed: string): Promise<string> {
  const bytes = fromHex(sealed);
  if (!bytes) throw new Error("this is not a sealed text");
  const key = await sealingKey(secret);
  const iv = bytes.slice(0, IV_BYTES);
  return decoder.decode(await crypto.subtle.decrypt({ name: "AES-GCM", iv }, key, bytes.slice(IV_BYTES)));
}
