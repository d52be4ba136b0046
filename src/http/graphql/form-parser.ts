import { make, type MultipartError } from "multipasta";
import { BodyError } from "../body-error.ts";

/** What a form says, in the order in which it comes. */
export type FormEvent =
  | { kind: "part"; name: string }
  | { kind: "bytes"; bytes: Uint8Array }
  /** The end of a part. */
  | { kind: "end" };

export interface FormParser {
  /** @throws BodyError 400 */
  write(bytes: Uint8Array): FormEvent[];
  /** @throws BodyError 400 when the form does not end with its last boundary */
  end(): FormEvent[];
}

const notAForm = (why: string) => new BodyError(400, `The request body is not valid multipart/form-data: ${why}`);

// RFC 2046, section 5.1.1.
const BOUNDARY = /^multipart\/form-data *;(?:.*;)? *boundary=(?:"([^"]*)"|([^\s;"]*)) *(?:;|$)/i;
const BOUNDARY_CHARACTERS = /^[0-9A-Za-z'()+_,./:=? -]{1,70}(?<! )$/;
/** How often a boundary's end may repeat itself. The search compares a byte that many times at the worst. */
const MOST_REPEATS = 8;

/**
 * Parses a form as it comes, and holds nothing of it back but what may be the beginning of a boundary.
 * https://github.com/tim-smart/multipasta, which neither uses Node nor keeps a part in memory.
 * @throws BodyError 400
 */
export function createFormParser(contentType: string): FormParser {
  const [, quoted, bare] = BOUNDARY.exec(contentType) ?? [];
  const boundary = quoted ?? bare ?? "";
  // Its table of skips has 8 bits: a boundary of 252 characters would make it search the same place for ever.
  if (!BOUNDARY_CHARACTERS.test(boundary)) throw notAForm("its boundary must be 1 to 70 characters, as RFC 2046 says.");
  if (repeats(`\r\n--${boundary}`)) throw notAForm("its boundary repeats itself. Use a random one.");

  let events: FormEvent[] = [];
  let isDone = false;
  const parser = make({
    headers: { "content-type": `multipart/form-data; boundary="${boundary}"` },
    // Every part is taken as it comes; the parser would collect fields, each up to a limit of its own.
    isFile: () => true,
    onFile: ({ name }) => {
      events.push({ kind: "part", name });
      return (bytes) => void events.push(bytes ? { kind: "bytes", bytes } : { kind: "end" });
    },
    onField: () => {},
    onError: (error) => {
      if (!isDone) throw notAForm(REASONS[error._tag]);
    },
    onDone: () => {
      isDone = true;
    },
  });

  // It takes a piece that ends between the two last dashes of a form for the beginning of one more part, so up to two
  // dashes at a piece's end wait for the next piece.
  let held: Uint8Array = new Uint8Array(0);
  const feed = (work: () => void): FormEvent[] => {
    events = [];
    // What follows the end means nothing.
    if (isDone) return events;
    try {
      work();
    } catch (error) {
      // E.g. a file's name whose escapes are wrong.
      throw error instanceof BodyError ? error : notAForm("the headers of a part cannot be read.");
    }
    return events;
  };

  return {
    write(bytes) {
      const whole = held.length > 0 ? joined(held, bytes) : bytes;
      const dashes = whole.at(-1) !== DASH ? 0 : whole.at(-2) !== DASH ? 1 : 2;
      held = whole.slice(whole.length - dashes);
      return feed(() => parser.write(whole.subarray(0, whole.length - dashes)));
    },
    end() {
      const last = feed(() => {
        parser.write(held);
        parser.end();
      });
      if (!isDone) throw notAForm("it ends before its last boundary.");
      return last;
    },
  };
}

const DASH = 0x2d;

const REASONS: Record<MultipartError["_tag"], string> = {
  InvalidBoundary: "it has no boundary.",
  BadHeaders: "the headers of a part cannot be read.",
  InvalidDisposition: "a part has no name.",
  ReachedLimit: "it has too many parts.",
  EndNotReached: "it ends before its last boundary.",
};

function joined(one: Uint8Array, other: Uint8Array): Uint8Array {
  const both = new Uint8Array(one.length + other.length);
  both.set(one);
  both.set(other, one.length);
  return both;
}

/**
 * Whether the end of a text repeats itself more than MOST_REPEATS times. The search compares from the end and moves on
 * by the distance at which the end may come again (Boyer-Moore-Horspool), so a file of dashes with a boundary of dashes
 * would cost 70 comparisons a byte.
 */
function repeats(text: string): boolean {
  for (let period = 1; period <= text.length / MOST_REPEATS; period++) {
    let length = period;
    while (length < text.length && text.at(-1 - length) === text.at(-1 - length + period)) length++;
    if (length > MOST_REPEATS * period) return true;
  }
  return false;
}
