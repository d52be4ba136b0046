/** Random bytes; the context carries the source, so that a test can fix it. */
export type Random = (bytes: number) => Uint8Array<ArrayBuffer>;

export type IdPrefix = "agt" | "vid" | "key";

// Crockford's base 32 in lower case: no i, l, o, u, and it sorts as the bits do.
const BASE32 = "0123456789abcdefghjkmnpqrstvwxyz";

/**
 * A new id, `<prefix>_<26 characters>`: a ULID in lower case (48 bits of milliseconds, 80 random bits), so ids of one
 * kind sort by the time at which they were made. https://github.com/ulid/spec
 */
export function newId(prefix: IdPrefix, now: number, random: Random): string {
  let text = "";
  for (let shift = 45; shift >= 0; shift -= 5) text += BASE32[Math.floor(now / 2 ** shift) % 32];
  const bytes = random(16);
  for (const byte of bytes) text += BASE32[byte % 32];
  return `${prefix}_${text}`;
}

/** The kind that an id's prefix names, or null when it is not one of our ids. */
export function idPrefix(id: string): IdPrefix | null {
  const match = /^(agt|vid|key)_[0-9a-hjkmnp-tv-z]{26}$/.exec(id);
  return match ? (match[1] as IdPrefix) : null;
}

/** A fixed-width base-32 number, so that strings sort as the numbers do. */
export function sortable(value: number, width: number): string {
  let text = "";
  for (let rest = value; text.length < width; rest = Math.floor(rest / 32)) text = BASE32[rest % 32] + text;
  return text;
}

/** The inverse of `sortable`; NaN for a character outside of the alphabet. */
export function fromSortable(text: string): number {
  let value = 0;
  for (const char of text) {
    const digit = BASE32.indexOf(char);
    if (digit < 0) return Number.NaN;
    value = value * 32 + digit;
  }
  return value;
}
