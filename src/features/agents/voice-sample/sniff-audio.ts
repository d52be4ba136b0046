/** The kinds of voice sample we take: the file ending that the vendor wants to see, and the media type. */
export const AUDIO_TYPES = {
  mp3: "audio/mpeg",
  wav: "audio/wav",
  m4a: "audio/mp4",
  flac: "audio/flac",
  ogg: "audio/ogg",
  webm: "audio/webm",
} as const;
export type AudioKind = keyof typeof AUDIO_TYPES;

/** The kinds in words: "mp3, wav, …, or webm". */
export const AUDIO_KINDS = new Intl.ListFormat("en", { type: "disjunction" }).format(Object.keys(AUDIO_TYPES));

/** The most bytes that `sniffAudio` reads. */
export const SNIFF_BYTES = 64;

/**
 * The kind of an audio file by its first bytes; its name and declared type are ignored. Null when it is not audio that
 * we take. Signatures as in the WHATWG MIME Sniffing Standard, sections 6.2 and 6.3.
 */
export function sniffAudio(bytes: Uint8Array): AudioKind | null {
  const text = String.fromCharCode(...bytes.subarray(0, SNIFF_BYTES));
  if (text.startsWith("ID3")) return "mp3";
  if (startsWithMp3Frame(bytes)) return "mp3";
  if (text.startsWith("RIFF") && text.slice(8, 12) === "WAVE") return "wav";
  if (text.slice(4, 8) === "ftyp" && /^(M4A |M4B |mp41|mp42|isom|iso2|dash)/.test(text.slice(8))) return "m4a";
  if (text.startsWith("fLaC")) return "flac";
  if (text.startsWith("OggS")) return "ogg";
  if (text.startsWith("\x1aE\xdf\xa3") && text.includes("webm")) return "webm";
  return null;
}

/** Eleven sync bits, a version that exists, layer III, a bit rate and a sampling rate that exist (ISO/IEC 11172-3, 2.4.2.3). */
function startsWithMp3Frame([sync = 0, kind = 0, rates = 0xff]: Uint8Array): boolean {
  const layer3 = (kind & 0xe0) === 0xe0 && (kind & 0x18) !== 0x08 && (kind & 0x06) === 0x02;
  return sync === 0xff && layer3 && (rates & 0xf0) !== 0xf0 && (rates & 0x0c) !== 0x0c;
}
