/** Types that a metadata index can have ("Metadata filtering" page of the Vectorize docs). */
type IndexType = "string" | "number" | "boolean";

/** Declared indexes by property; a dot in the property names a nested key (`a.b` reads `{a: {b}}`). */
export type MetadataIndexes = Map<string, IndexType>;

/** What a filter can see of one vector: declared properties that were there and of the declared type. */
export type IndexedMetadata = Record<string, string | number | boolean>;

/** Metadata indexes per index (Vectorize limits page, 2026). */
const MAX_INDEXES = 10;
/** Bytes of UTF-8 indexed per string value (Vectorize limits page, 2026). */
const MAX_INDEXED_BYTES = 64;

/**
 * Reads a list such as `agentId:string,score:number`.
 * @throws Error for an unknown type or more than 10 indexes; a wrong configuration must not go unseen.
 */
export function parseMetadataIndexes(list: string): MetadataIndexes {
  const indexes: MetadataIndexes = new Map();
  for (const item of list.split(",").filter((part) => part.trim() !== "")) {
    const [property = "", type = ""] = item.split(":").map((part) => part.trim());
    if (property === "" || !["string", "number", "boolean"].includes(type)) {
      throw new Error(`METADATA_INDEXES: "${item}" is not property:string|number|boolean`);
    }
    indexes.set(property, type as IndexType);
  }
  if (indexes.size > MAX_INDEXES) throw new Error(`METADATA_INDEXES: at most ${MAX_INDEXES}`);
  return indexes;
}

/**
 * Picks what the declared indexes hold of `metadata`. Done once, when a vector is written: like the original, an
 * index declared later does not cover vectors written earlier. Strings keep their first 64 bytes, cut between
 * characters.
 */
export function indexMetadata(indexes: MetadataIndexes, metadata: unknown): IndexedMetadata {
  const indexed: IndexedMetadata = {};
  for (const [property, type] of indexes) {
    const value = property
      .split(".")
      .reduce<unknown>(
        (at, key) => (at instanceof Object ? (at as Record<string, unknown>)[key] : undefined),
        metadata,
      );
    if (typeof value !== type) continue;
    indexed[property] = typeof value === "string" ? firstBytes(value) : (value as number | boolean);
  }
  return indexed;
}

function firstBytes(text: string): string {
  // encodeInto stops before a character that does not fit whole and says how much of the string it read.
  return text.slice(0, new TextEncoder().encodeInto(text, new Uint8Array(MAX_INDEXED_BYTES)).read);
}
