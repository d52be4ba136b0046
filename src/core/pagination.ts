import * as z from "zod";
import { InputError } from "./errors.ts";
import { fromSortable, idPrefix, sortable } from "./ids.ts";

/** How many items a list gives; `fallback` where the caller does not say. */
export const firstSchema = (max: number, fallback: number) => {
  const problem = `must be 1 to ${max}`;
  return z
    .int(problem)
    .min(1, problem)
    .max(max, problem)
    .nullish()
    .meta({ description: `How many at most: 1 to ${max}.`, default: fallback })
    .transform((value) => value ?? fallback);
};

/** How many items a page has where the caller does not say. */
export const DEFAULT_FIRST = 20;
/** How many items a page has at the most. */
export const MAX_FIRST = 100;

/** Which page of a list is asked for. */
export const pageFields = z.object({
  first: firstSchema(MAX_FIRST, DEFAULT_FIRST),
  after: z
    .string()
    .nullish()
    .meta({ description: "Begin after this cursor: `pageInfo.endCursor` of the page before." }),
});
export type PageRequest = z.input<typeof pageFields>;

/** One page of a list ordered newest first by id. */
export interface Page<Item> {
  items: Item[];
  hasNextPage: boolean;
  hasPreviousPage: boolean;
}

/** Makes a page of `first` items; `rows` has one more where the list goes on. */
export function pageOf<Item>(rows: Item[], first: number, after: string | null | undefined): Page<Item> {
  return { items: rows.slice(0, first), hasNextPage: rows.length > first, hasPreviousPage: after != null };
}

/** The cursor of a list item. Opaque to callers; ids sort by time, so the id is the whole position. */
export const encodeIdCursor = (id: string): string => `c1_${id}`;

/** @throws InputError when it is not a cursor of a list */
export function decodeIdCursor(cursor: string): string {
  const id = cursor.startsWith("c1_") ? cursor.slice(3) : "";
  if (!idPrefix(id))
    throw InputError.of(["after"], "is not a cursor of this list: pass pageInfo.endCursor as it was given");
  return id;
}

// 11 base-32 digits hold 55 bits, more than a JavaScript integer can.
const SEQUENCE_DIGITS = 11;

/** The cursor of an event in the log; as strings, cursors sort in the order of the events. */
export const encodeEventCursor = (sequence: number): string => `e1_${sortable(sequence, SEQUENCE_DIGITS)}`;

/** @throws InputError when it is not a cursor of an event */
export function decodeEventCursor(cursor: string): number {
  const digits = cursor.startsWith("e1_") ? cursor.slice(3) : "";
  const sequence = digits.length === SEQUENCE_DIGITS ? fromSortable(digits) : Number.NaN;
  if (!Number.isSafeInteger(sequence))
    throw InputError.of(["after"], "is not a cursor of an event: pass the cursor of an event as it was given");
  return sequence;
}
