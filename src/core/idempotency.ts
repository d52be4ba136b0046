import { sha256 } from "./hash.ts";
import { ConflictError } from "./errors.ts";
import { characters, type Length, textSchema } from "./text.ts";

/** How long an idempotency key is remembered, in milliseconds: 24 hours, as with Stripe. */
export const IDEMPOTENCY_MS = 24 * 3_600_000;

const LENGTH = { min: 1, max: 255 };
/** An idempotency key as a text. */
export const idempotencyKeyText = textSchema(LENGTH);

/**
 * The field by which a repeated call is recognised.
 * @param description what the key stands for, as whole sentences
 * @param length as it is described; a `min` above 1 is to be checked by the input's own rule, which says why
 */
export const idempotencyKeySchema = (description: string, length: Length = LENGTH) =>
  idempotencyKeyText
    .meta({ ...idempotencyKeyText.meta(), minLength: length.min })
    .nullish()
    .meta({
      description: `${description} ${characters(length)}; remembered for 24 hours.`,
      examples: ["5f0c1a3e-7c0e-4f0a-9a55-3f1c1f6f2c11"],
    });

/**
 * An input as a text: equal inputs give equal texts. Its fields are sorted by name, and one that is null counts as left
 * out. Values inside are not sorted, since a parsed schema always has its fields in the same order.
 */
export function canonicalInput(input: Record<string, unknown>): string {
  const given = Object.entries(input).filter(([, value]) => value != null);
  return JSON.stringify(given.sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** Identifies an input: the SHA-256 of its canonical text, in hexadecimal. */
export const hashInput = (input: Record<string, unknown>): Promise<string> => sha256(canonicalInput(input));

/** The error of a key that was used with another input before. */
export const idempotencyMismatch = (): ConflictError =>
  new ConflictError(
    "IDEMPOTENCY_MISMATCH",
    "This idempotency key was used within 24 hours with another input. Repeat the first input unchanged, or use a new key.",
    { path: ["input", "idempotencyKey"] },
  );
