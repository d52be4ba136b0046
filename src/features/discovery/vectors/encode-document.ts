import { type Encoder, UNKNOWN_PIECE } from "../../../core/ports.ts";
import { GENERIC_SENTENCES } from "../text/generic-sentences.ts";
import subjectSentences from "./subject-sentences.txt";
import type { SearchDocument } from "../text/prepare-document.ts";
import { blend, dot, isZero } from "./vector-math.ts";
import { type Window, withHeading } from "../text/windows.ts";

/** Subjects, trades and characters that an agent may be about, as broad as possible: a text beside the code, one a line. */
const SUBJECT_SENTENCES = subjectSentences.trim().split("\n");

/** The vectors by which an agent is found. */
export interface DocumentVectors {
  whole: Float32Array;
  /** At most MAX_PARTS. */
  parts: Float32Array[];
}

/** More parts do not find more, and each one costs. Measured with `npm run eval`. */
const MAX_PARTS = 6;
/**
 * The weight of a window that says only what nearly all agents say; a window that is all about its agent has weight 1.
 */
const GENERIC_FLOOR = 0.15;
/** Genericness at which the weight is halfway between the two, and how steeply it falls there. */
const GENERIC_MIDDLE = 0.31;
const GENERIC_STEEPNESS = 25;
/** Earlier windows count more: at this one the weight is half of the first one's. */
const HALF_AT = 12;
/** The same for the choice of the lead, which is usually one of the first few windows. */
const LEAD_HALF_AT = 6;
/** For the choice of the lead: how much more a window counts that introduces the agent by its first words or name. */
const INTRODUCTION_BONUS = 1.5;
const INTRODUCTION = /^(you are|you're|i am|i'm|my name|role|name|identity|who)\b/i;
/** Characters of the lead that are encoded together with the name. */
const LEAD_LENGTH = 300;
/** How much lead and name count in the whole, in which all windows together count 1. */
const LEAD_SHARE = 0.5;
const NAME_SHARE = 0.25;
/** How much the whole counts in each part, which counts 1 itself: a part alone does not say which agent it is about. */
const WHOLE_SHARE = 1;
/** A text with a larger share of unknown pieces is not encoded. */
const MOST_UNKNOWN = 0.3;

/**
 * The vectors of a document: one of the whole, and some of its parts. In both, windows that are about this agent in
 * particular come first. Null when the encoder can read none of it.
 */
export async function encodeDocument(
  encoder: Encoder,
  { name, windows }: SearchDocument,
): Promise<DocumentVectors | null> {
  const read: Window[] = [];
  for (const window of windows) if (await isLegible(encoder, window.text)) read.push(window);
  const readName = (await isLegible(encoder, name)) ? name : "";
  const [ofName, ...vectors] = await encoder.encode([readName, ...read.map(withHeading)]);
  if (vectors.length === 0) return isZero(ofName!) ? null : { whole: ofName!, parts: [] };
  const telling = await tellingWeights(encoder, vectors);
  const lead = read[leadOf(read, telling, name)]!;
  const [ofLead] = await encoder.encode([`${name}. ${lead.text.slice(0, LEAD_LENGTH)}`]);

  const weighted = vectors.map((vector, index): [Float32Array, number] => {
    const length = Math.sqrt(withHeading(read[index]!).length);
    return [vector, (telling[index]! * length) / (1 + index / HALF_AT)];
  });
  const whole = blend([blend(...weighted), 1], [ofLead!, LEAD_SHARE], [ofName!, NAME_SHARE]);
  const foremost = weighted.toSorted(([, a], [, b]) => b - a).slice(0, MAX_PARTS);
  return { whole, parts: foremost.map(([vector]) => blend([vector, 1], [whole, WHOLE_SHARE])) };
}

/** Whether the encoder knows enough of a text: all texts in a script that it does not know get similar vectors. */
async function isLegible(encoder: Encoder, text: string): Promise<boolean> {
  const written = (await encoder.pieces(text)).filter((piece) => piece !== "▁");
  return written.filter((piece) => piece === UNKNOWN_PIECE).length <= written.length * MOST_UNKNOWN;
}

/** The index of the window that introduces the agent best. */
function leadOf(windows: readonly Window[], telling: readonly number[], name: string): number {
  const isNamed = (text: string) => name.length > 3 && text.toLowerCase().includes(name.toLowerCase());
  const scores = windows.map(({ text }, index) => {
    const bonus = INTRODUCTION.test(text) || isNamed(text) ? INTRODUCTION_BONUS : 1;
    return (telling[index]! * bonus) / (1 + index / LEAD_HALF_AT);
  });
  return scores.indexOf(Math.max(...scores));
}

interface Reference {
  generic: Float32Array[];
  subjects: Float32Array[];
}
/** Encoded once per encoder and isolate, when the first document is. */
const references = new WeakMap<Encoder, Promise<Reference>>();

function referenceOf(encoder: Encoder): Promise<Reference> {
  let reference = references.get(encoder);
  if (!reference) {
    reference = encoder.encode([...GENERIC_SENTENCES, ...SUBJECT_SENTENCES]).then((vectors) => ({
      generic: vectors.slice(0, GENERIC_SENTENCES.length),
      subjects: vectors.slice(GENERIC_SENTENCES.length),
    }));
    reference.catch(() => references.delete(encoder));
    references.set(encoder, reference);
  }
  return reference;
}

/** How much each window is about this agent in particular, from GENERIC_FLOOR to 1. */
async function tellingWeights(encoder: Encoder, vectors: readonly Float32Array[]): Promise<number[]> {
  const { generic, subjects } = await referenceOf(encoder);
  return vectors.map((vector) => {
    const genericness = closenessTo(vector, generic) - closenessTo(vector, subjects) / 2;
    const telling = 1 / (1 + Math.exp(GENERIC_STEEPNESS * (genericness - GENERIC_MIDDLE)));
    return GENERIC_FLOOR + (1 - GENERIC_FLOOR) * telling;
  });
}

/** The mean cosine of the three sentences that are nearest to a vector. */
function closenessTo(vector: Float32Array, sentences: readonly Float32Array[]): number {
  const nearest = sentences.map((sentence) => dot(vector, sentence)).sort((a, b) => b - a);
  return (nearest[0]! + nearest[1]! + nearest[2]!) / 3;
}
