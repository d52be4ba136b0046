import type { Block } from "./markdown-blocks.ts";

/** Consecutive blocks under one heading, as much text as the encoder reads well at once. */
export interface Window {
  heading: string;
  text: string;
}

/** Characters: about 70 of the 128 pieces that the encoder takes. Shorter windows lack context, longer ones blur it. */
const MAX_LENGTH = 320;

/** Packs blocks into windows. No window spans two headings; a block that is too long is cut between sentences. */
export function toWindows(blocks: readonly Block[]): Window[] {
  const windows: Window[] = [];
  let open: Window | null = null;
  for (const { kind, heading, text } of blocks) {
    if (kind === "heading") {
      open = null;
      continue;
    }
    for (const unit of text.length > MAX_LENGTH ? sentences(text) : [text]) {
      if (!open || open.heading !== heading || open.text.length + unit.length >= MAX_LENGTH) {
        open = { heading, text: unit };
        windows.push(open);
      } else {
        open.text += `${/[.!?:;,。！？]$/.test(open.text) ? " " : ". "}${unit}`;
      }
    }
  }
  return windows;
}

/** Characters of a heading that are encoded with each of its windows. */
const MAX_HEADING = 80;

/** The text of a window to encode: its heading says what the text is about. */
export const withHeading = ({ heading, text }: Window): string =>
  heading ? `${heading.slice(0, MAX_HEADING)}: ${text}` : text;

/** How many windows of one text are encoded at the most. */
const MAX_WINDOWS = 96;

/** At most MAX_WINDOWS, spread evenly over the text: an isolate has no time to encode more. */
export function evenly(windows: readonly Window[]): Window[] {
  if (windows.length <= MAX_WINDOWS) return [...windows];
  return Array.from(
    { length: MAX_WINDOWS },
    (_, index) => windows[Math.floor((index * windows.length) / MAX_WINDOWS)]!,
  );
}

/** Characters: a shorter sentence is joined to the one before or after it. */
const SHORT = 25;

/** Cuts a text after full stops that a capital letter or a digit follows, and after Chinese and Japanese ones. */
function sentences(text: string): string[] {
  const cut: string[] = [];
  for (const part of text.split(/(?<=[.!?]["')\]]?)\s+(?=["'([]?[\p{Lu}\p{N}])|(?<=[。！？；])/u)) {
    const last = cut.at(-1);
    if (last !== undefined && (last.length < SHORT || part.length < SHORT / 2)) cut[cut.length - 1] = `${last} ${part}`;
    else cut.push(part);
  }
  return cut.flatMap(inPieces);
}

/** Cuts a sentence that is longer than a window, e.g. a long list of words, between words. */
function inPieces(sentence: string): string[] {
  const pieces: string[] = [];
  for (let rest = sentence; rest;) {
    const space = rest.lastIndexOf(" ", MAX_LENGTH);
    const end = rest.length <= MAX_LENGTH ? rest.length : space > 0 ? space : MAX_LENGTH;
    pieces.push(rest.slice(0, end));
    rest = rest.slice(end).trimStart();
  }
  return pieces;
}
