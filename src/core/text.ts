// The namespace import is on purpose, here and everywhere: the named `z` would bring all forty locales into the bundle.
import * as z from "zod";

const encoder = new TextEncoder();

/** Length in UTF-8 bytes, the unit of every limit that is not in characters. */
export const utf8Length = (text: string): number => encoder.encode(text).byteLength;

// C0 and C1 controls and DEL, without tab, line feed and carriage return.
// oxlint-disable-next-line no-control-regex -- finding control characters is the point
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/;

/** Why a text may not enter the service, as the rest of a sentence, or null when it may. */
export function textProblem(text: string): string | null {
  if (!text.isWellFormed()) return "contains a lone surrogate: it is not valid Unicode text";
  if (CONTROL.test(text)) return "contains a control character other than tab and line ends";
  return null;
}

/** How long a text may be, in characters: Unicode code points, so an emoji is one. */
export interface Length {
  min: number;
  max: number;
}

/** A length in words, for a description: "1 to 80 characters". */
export const characters = ({ min, max }: Length): string =>
  min > 0 ? `${min} to ${max} characters` : `up to ${max} characters`;

/** A zod string that is clean text of a certain length. Blank text counts as empty when `min` is above 0. */
export function textSchema({ min, max }: Length) {
  return z
    .string()
    .superRefine((value, context) => {
      // A character is at most two units of a string. Nothing walks through a text that is far too long; one that is a
      // little too long is told its length.
      if (value.length > 4 * max)
        return context.addIssue(`has more than ${max} characters: at most that many are allowed`);
      const problem = textProblem(value);
      if (problem) return context.addIssue(problem);
      const length = value.length <= max ? value.length : [...value].length;
      if (min > 0 && value.trim() === "") return context.addIssue(`is empty: give ${min} to ${max} characters`);
      if (length > max) context.addIssue(`has ${length} characters; at most ${max} are allowed`);
      else if (length < min) context.addIssue(`has ${length} characters; at least ${min} are needed`);
    })
    .meta({ ...(min > 0 ? { minLength: min, pattern: "\\S" } : {}), maxLength: max });
}
