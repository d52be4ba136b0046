/**
 * The secrets that keys are hashed and links are signed with. The newest signs, all of them verify: so a secret can be
 * replaced while what was made with the old one is still in use.
 */
export interface Peppers {
  newest: string;
  /** The newest first. */
  all: readonly string[];
}

/** Every one costs an HMAC at each call with a key. */
const MOST = 4;
/** Characters; 32 random hexadecimal ones are 128 bits. */
const MIN_LENGTH = 32;
const VERSION = /^v([1-9]\d{0,3}):(.*)$/s;

/**
 * Reads the secrets as they are configured.
 * @param versioned `v2:…,v1:…`, the newest first
 * @param single a secret from before there were versions: it is v1
 * @returns the peppers, or what is wrong as words after the variable's name; never a secret
 */
export function readPeppers(versioned: string | undefined, single: string | undefined): Peppers | string {
  const found = new Map<string, string>();
  for (const part of versioned === undefined ? [] : versioned.split(",")) {
    const [, version, secret = ""] = VERSION.exec(part.trim()) ?? [];
    if (!version) return "must read v2:SECRET,v1:SECRET, the newest first";
    if (found.has(version)) return `has v${version} twice`;
    found.set(version, secret);
  }
  if (single !== undefined) {
    const first = found.get("1") ?? single;
    if (first !== single) return "has another v1 than KEY_PEPPER, which is v1: remove one of the two";
    found.set("1", single);
  }
  const all = [...found.values()];
  if (all.length === 0) return "is missing: v1: and 32 or more random characters";
  if (all.length > MOST) return `has more than ${MOST} versions: remove the oldest`;
  if (all.some((secret) => secret.length < MIN_LENGTH)) return `has a secret of less than ${MIN_LENGTH} characters`;
  if (new Set(all).size < all.length) return "has one secret twice";
  return { newest: all[0]!, all };
}
