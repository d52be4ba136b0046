import clip from "./speaking-face.json" with { type: "json" };

/** Ticks of the movie and of the picture track: milliseconds, so that any length can be said exactly. */
const ticksPerSecond = 1000;
const pictureTicks = ticksPerSecond / clip.framesPerSecond;
const samplesPerSound = 1024;
// Both tracks advance 0.64 s with each pair of chunks, and three pairs are one loop of the clip.
const picturesPerChunk = 16;
const soundsPerChunk = 15;

const pictures = clip.pictures.map((text) => lengthPrefixed(fromBase64(text)));
const sounds = clip.sounds.map(fromBase64);

/** A JPEG of the speaking face, 640 x 360, as a video's still thumbnail. */
export function stillFile(): Uint8Array<ArrayBuffer> {
  return fromBase64(clip.still);
}

/**
 * A real MP4 of exactly so many seconds (to the millisecond): H.264 baseline 640 x 360 at 25/s and AAC-LC mono at 24 kHz, index
 * before data, so that it can be played while it loads. It repeats a 1.92 s clip of a talking face.
 *
 * The bytes are the same for the same length. About 13 KB a second: six minutes are under 5 MB.
 *
 * @throws RangeError unless `seconds` is from 0.04 to 3,600.
 */
export function videoFile(seconds: number): Uint8Array<ArrayBuffer> {
  if (!(seconds >= 0.04 && seconds <= 3600)) throw new RangeError(`cannot make a video of ${seconds} seconds`);
  const duration = Math.round(seconds * ticksPerSecond);
  const pictureTrack = Array.from(
    { length: Math.ceil(duration / pictureTicks) },
    (_, i) => pictures[i % pictures.length]!,
  );
  const soundCount = Math.max(1, Math.floor((duration / ticksPerSecond) * (clip.sampleRate / samplesPerSound)));
  const soundTrack = Array.from({ length: soundCount }, (_, i) => sounds[i % sounds.length]!);

  const chunks: { samples: Uint8Array[]; size: number; sound: boolean }[] = [];
  for (let i = 0; i * picturesPerChunk < pictureTrack.length || i * soundsPerChunk < soundTrack.length; i++) {
    const pair = [
      {
        samples: pictureTrack.slice(i * picturesPerChunk, (i + 1) * picturesPerChunk),
        sound: false,
      },
      { samples: soundTrack.slice(i * soundsPerChunk, (i + 1) * soundsPerChunk), sound: true },
    ];
    for (const chunk of pair) {
      if (chunk.samples.length > 0) chunks.push({ ...chunk, size: total(chunk.samples) });
    }
  }

  const head = (dataStartsAt: number) => {
    const offsets: { picture: number[]; sound: number[] } = { picture: [], sound: [] };
    let at = dataStartsAt;
    for (const chunk of chunks) {
      offsets[chunk.sound ? "sound" : "picture"].push(at);
      at += chunk.size;
    }
    return concat([
      box("ftyp", ascii("isom"), u32(0x200), ascii("isomiso2avc1mp41")),
      box(
        "moov",
        box("mvhd", u32(0, 0, 0, ticksPerSecond, duration, 0x10000, 0x1000000, 0, 0), matrix, u32(0, 0, 0, 0, 0, 0, 3)),
        pictureTrackBox(duration, pictureTrack, offsets.picture),
        soundTrackBox(soundTrack, offsets.sound),
      ),
      u32(8 + total(chunks.flatMap((chunk) => chunk.samples))),
      ascii("mdat"),
    ]);
  };
  // The index holds absolute offsets but its own length does not depend on their values: measure it first, then write it.
  return concat([head(head(0).length), ...chunks.flatMap((chunk) => chunk.samples)]);
}

const matrix = u32(0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000);

function pictureTrackBox(duration: number, samples: Uint8Array[], offsets: number[]): Uint8Array {
  const sps = fromBase64(clip.sps);
  const pps = fromBase64(clip.pps);
  const settings = concat([
    new Uint8Array([1, sps[1]!, sps[2]!, sps[3]!, 0xff, 0xe1]),
    u16(sps.length),
    sps,
    new Uint8Array([1]),
    u16(pps.length),
    pps,
  ]);
  const entry = box(
    "avc1",
    u32(0),
    u16(0, 1),
    u32(0, 0, 0, 0),
    u16(clip.width, clip.height),
    u32(0x480000, 0x480000, 0),
    u16(1),
    new Uint8Array(32),
    u16(24, 0xffff),
    box("avcC", settings),
  );
  const whole = samples.length - 1;
  const last = duration - whole * pictureTicks;
  const keys = samples.flatMap((_, index) => (index % pictures.length === 0 ? [index + 1] : []));
  return box(
    "trak",
    trackHeader(1, duration, 0, clip.width, clip.height),
    box(
      "mdia",
      box("mdhd", u32(0, 0, 0, ticksPerSecond, duration), u16(0x55c4, 0)),
      handler("vide", "picture"),
      box(
        "minf",
        box("vmhd", u32(1, 0, 0)),
        dataHere(),
        box(
          "stbl",
          box("stsd", u32(0, 1), entry),
          box("stts", whole > 0 ? u32(0, 2, whole, pictureTicks, 1, last) : u32(0, 1, 1, last)),
          box("stss", u32(0, keys.length, ...keys)),
          ...sampleTable(samples, offsets, picturesPerChunk),
        ),
      ),
    ),
  );
}

function soundTrackBox(samples: Uint8Array[], offsets: number[]): Uint8Array {
  const length = samples.length * samplesPerSound;
  const inMovie = Math.round((length / clip.sampleRate) * ticksPerSecond);
  // AAC-LC (2), 24 kHz (index 6), one channel, in the bit layout of an AudioSpecificConfig.
  const decoder = descriptor(5, new Uint8Array([0x13, 0x08]));
  const description = concat([
    u16(2),
    new Uint8Array([0]),
    descriptor(4, concat([new Uint8Array([0x40, 0x15, 0, 0, 0]), u32(32_000, 32_000), decoder])),
    descriptor(6, new Uint8Array([2])),
  ]);
  const entry = box(
    "mp4a",
    u32(0),
    u16(0, 1),
    u32(0, 0),
    u16(1, 16, 0, 0),
    u32(clip.sampleRate * 0x10000),
    box("esds", u32(0), descriptor(3, description)),
  );
  return box(
    "trak",
    trackHeader(2, inMovie, 0x100, 0, 0),
    box(
      "mdia",
      box("mdhd", u32(0, 0, 0, clip.sampleRate, length), u16(0x55c4, 0)),
      handler("soun", "sound"),
      box(
        "minf",
        box("smhd", u32(0, 0)),
        dataHere(),
        box(
          "stbl",
          box("stsd", u32(0, 1), entry),
          box("stts", u32(0, 1, samples.length, samplesPerSound)),
          ...sampleTable(samples, offsets, soundsPerChunk),
        ),
      ),
    ),
  );
}

function sampleTable(samples: Uint8Array[], offsets: number[], perChunk: number): Uint8Array[] {
  const inLast = samples.length - (offsets.length - 1) * perChunk;
  const runs = [1, Math.min(perChunk, samples.length), 1];
  if (offsets.length > 1 && inLast !== perChunk) runs.push(offsets.length, inLast, 1);
  return [
    box("stsc", u32(0, runs.length / 3, ...runs)),
    box("stsz", u32(0, 0, samples.length, ...samples.map((sample) => sample.length))),
    box("stco", u32(0, offsets.length, ...offsets)),
  ];
}

function trackHeader(id: number, duration: number, volume: number, width: number, height: number): Uint8Array {
  // Flags 3: the track is enabled and is part of the presentation.
  const start = u32(3, 0, 0, id, 0, duration, 0, 0);
  return box("tkhd", start, u16(0, 0, volume, 0), matrix, u32(width * 0x10000, height * 0x10000));
}

function handler(kind: string, name: string): Uint8Array {
  return box("hdlr", u32(0, 0), ascii(kind), u32(0, 0, 0), ascii(`${name}\0`));
}

/** Says that the samples are in this very file. */
function dataHere(): Uint8Array {
  return box("dinf", box("dref", u32(0, 1), box("url ", u32(1))));
}

function descriptor(tag: number, content: Uint8Array): Uint8Array {
  return concat([new Uint8Array([tag, content.length]), content]);
}

function box(type: string, ...parts: Uint8Array[]): Uint8Array {
  return concat([u32(8 + total(parts)), ascii(type), ...parts]);
}

function u32(...values: number[]): Uint8Array {
  const bytes = new DataView(new ArrayBuffer(values.length * 4));
  for (const [index, value] of values.entries()) bytes.setUint32(index * 4, value);
  return new Uint8Array(bytes.buffer);
}

function u16(...values: number[]): Uint8Array {
  const bytes = new DataView(new ArrayBuffer(values.length * 2));
  for (const [index, value] of values.entries()) bytes.setUint16(index * 2, value);
  return new Uint8Array(bytes.buffer);
}

function ascii(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** A picture as MP4 stores it: its length in four bytes, then itself. */
function lengthPrefixed(unit: Uint8Array): Uint8Array {
  return concat([u32(unit.length), unit]);
}

function total(parts: Uint8Array[]): number {
  let size = 0;
  for (const part of parts) size += part.length;
  return size;
}

function concat(parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(total(parts));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}
