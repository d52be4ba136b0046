import type { Block } from "./markdown-blocks.ts";

/** Neighbouring blocks under one heading, as much as the encoder reads well at once. */
export interface Window {
  heading: string;
  text: string;
}

/** Characters: about 70 pieces of the encoder, which takes 128. Shorter ones lose what they are about, longer ones blur it. */
const MAX_LENGTH = 320;

/** Packs blocks into windows: none reaches over a heading, and a block too long for one is cut between sentences. */
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

/** Characters of a heading that are read with each of its windows. */
const MAX_HEADING = 80;

/** What the encoder reads: the heading tells what the text below it is of. */
export const withHeading = ({ heading, text }: Window): string =>
  heading ? `${heading.slice(0, MAX_HEADING)}: ${text}` : text;

/** Windows of the longest text that are read, spread evenly over it. */
const MAX_WINDOWS = 96;

/** No more windows than an isolate has the time to encode. */
export function evenly(windows: readonly Window[]): Window[] {
  if (windows.length <= MAX_WINDOWS) return [...windows];
  return Array.from(
    { length: MAX_WINDOWS },
    (_, index) => windows[Math.floor((index * windows.length) / MAX_WINDOWS)]!,
  );
}

/** Characters; what is shorter goes with the sentence before or behind it. */
const SHORT = 25;

/** Cut behind full stops that a capital or a digit follows, and behind those of Chinese and Japanese. */
function sentences(text: string): string[] {
  const cut: string[] = [];
  for (const part of text.split(/(?<=[.!?]["')\]]?)\s+(?=["'([]?[\p{Lu}\p{N}])|(?<=[。！？；])/u)) {
    const last = cut.at(-1);
    if (last !== undefined && (last.length < SHORT || part.length < SHORT / 2)) cut[cut.length - 1] = `${last} ${part}`;
    else cut.push(part);
  }
  return cut.flatMap(inPieces);
}

/** A sentence without an end, as in a list of words, is cut between words. */
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
