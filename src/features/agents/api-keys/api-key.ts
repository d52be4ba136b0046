import { crc32 } from "../../../core/crc32.ts";
import type { Peppers } from "../../../core/peppers.ts";
import { sign, signWithAll } from "../../../core/signing.ts";
import type { Random } from "../../../core/ids.ts";

const PREFIX = "molts_live_";
const BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const SECRET_LENGTH = 30;
const CHECKSUM_LENGTH = 6;
const SHAPE = new RegExp(`^${PREFIX}[0-9A-Za-z]{${SECRET_LENGTH + CHECKSUM_LENGTH}}$`);

/** CRC-32 of the secret part in base 62: 62^6 is more than 2^32, so it always fits. */
function checksum(secret: string): string {
  let rest = crc32(secret);
  let text = "";
  while (text.length < CHECKSUM_LENGTH) {
    text = BASE62[rest % 62] + text;
    rest = Math.floor(rest / 62);
  }
  return text;
}

/** A new key: 30 random base-62 characters (178 bits) and a checksum, so that a mistyped key is told from an unknown one. */
export function newApiKey(random: Random): string {
  let secret = "";
  while (secret.length < SECRET_LENGTH) {
    // Bytes past the last multiple of 62 are dropped, or some characters would be likelier than others.
    for (const byte of random(SECRET_LENGTH)) {
      if (byte < 248 && secret.length < SECRET_LENGTH) secret += BASE62[byte % 62];
    }
  }
  return PREFIX + secret + checksum(secret);
}

/** Whether a text has the shape and the checksum of a key; needs no database. */
export function isWellFormedKey(key: string): boolean {
  const secret = key.slice(PREFIX.length, -CHECKSUM_LENGTH);
  return SHAPE.test(key) && checksum(secret) === key.slice(-CHECKSUM_LENGTH);
}

const PURPOSE = "api-key";
/** What is stored of a key. */
export const hashApiKey = (peppers: Peppers, key: string): Promise<string> => sign(peppers, PURPOSE, key);
/** What may be stored of it: the hash under the newest pepper first. */
export const possibleHashes = (peppers: Peppers, key: string): Promise<string[]> => signWithAll(peppers, PURPOSE, key);

/** The first characters, enough to tell keys apart and far too few to use one. */
export const keyPrefix = (key: string): string => key.slice(0, PREFIX.length + 6);
