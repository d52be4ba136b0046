/**
 * Makes `speaking-face.json`, the 1.92 s loop from which every served video is assembled (see mp4.ts).
 *
 * Run by hand, and only to change the picture or the sound: `node make-speaking-face.ts`. It is the one file here that needs ffmpeg;
 * serving videos and running the tests need nothing but the JSON it wrote.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const width = 640;
const height = 360;
const framesPerSecond = 25;
// 48 pictures at 25/s and 45 AAC frames of 1,024 samples at 24 kHz both last exactly 1.92 s, so that the two tracks never drift apart.
const pictures = 48;
const sampleRate = 24_000;
const soundFrames = 45;
const syllables = 8;
const samplesInLoop = soundFrames * 1024;

/** How far the mouth is open (0..1) at a phase (0..1) of the loop; the sound is loud when the mouth is open. */
function openness(phase: number): number {
  const within = (phase * syllables) % 1;
  const index = Math.floor(phase * syllables) % syllables;
  const strength = [1, 0.7, 0.9, 0.5, 1, 0.8, 0.6, 0.05][index] ?? 0;
  return strength * Math.sin(Math.PI * within) ** 2;
}

/** One picture as rgb24 bytes. */
function draw(phase: number): Uint8Array {
  const rgb = new Uint8Array(width * height * 3);
  const sway = Math.sin(2 * Math.PI * phase);
  const centreX = width / 2 + 6 * sway;
  const centreY = height / 2 + 4 * Math.sin(4 * Math.PI * phase);
  const open = openness(phase);
  // A blink lasts 0.16 s, once a loop.
  const lid = Math.max(0, 1 - Math.abs(phase - 0.62) / 0.05);
  const eyeHeight = 15 * (1 - lid) + 2;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const colour = [28 + y / 12, 40 + y / 10, 66 + y / 8];
      const paint = (inside: number, red: number, green: number, blue: number) => {
        const cover = Math.min(1, Math.max(0, inside + 0.5));
        colour[0] = colour[0]! * (1 - cover) + red * cover;
        colour[1] = colour[1]! * (1 - cover) + green * cover;
        colour[2] = colour[2]! * (1 - cover) + blue * cover;
      };
      const ellipse = (cx: number, cy: number, rx: number, ry: number) =>
        (1 - Math.hypot((x - cx) / rx, (y - cy) / ry)) * Math.min(rx, ry);
      paint(ellipse(centreX, height + 60, 170, 130), 62, 92, 120);
      paint(ellipse(centreX, centreY, 112, 132), 238, 196, 160);
      for (const side of [-1, 1]) {
        const eyeX = centreX + side * 42 + 2 * sway;
        paint(ellipse(eyeX, centreY - 28, 18, eyeHeight), 250, 250, 246);
        paint(
          Math.min(ellipse(eyeX + 3 * sway, centreY - 28, 8, 8), eyeHeight - Math.abs(y - centreY + 28)),
          44,
          58,
          74,
        );
        paint(ellipse(eyeX, centreY - 56 - 5 * open, 24, 4), 112, 72, 48);
      }
      paint(ellipse(centreX + 2 * sway, centreY + 14, 8, 16), 222, 172, 136);
      paint(ellipse(centreX, centreY + 66, 34 - 8 * open, 5 + 23 * open), 150, 60, 64);
      paint(ellipse(centreX, centreY + 66, 29 - 8 * open, 1 + 20 * open), 66, 20, 28);
      rgb.set(colour, (y * width + x) * 3);
    }
  }
  return rgb;
}

/** `loops` repetitions of a soft babble, as 16-bit mono samples: a buzz at a speaking pitch through two wandering vowel resonances. */
function babble(loops: number): Int16Array {
  const out = new Int16Array(samplesInLoop * loops);
  const memory = [0, 0, 0, 0];
  // Whole periods in a loop keep the pitch in step where the loop closes.
  const periods = Math.round((125 * samplesInLoop) / sampleRate);
  for (let i = 0; i < out.length; i++) {
    const phase = (i % samplesInLoop) / samplesInLoop;
    const pitch = phase * periods + 1.5 * Math.sin(2 * Math.PI * phase);
    const buzz = 2 * (pitch - Math.floor(pitch)) - 1;
    const resonances = [520 + 220 * Math.sin(2 * Math.PI * phase * 3), 1500 + 500 * Math.sin(2 * Math.PI * phase * 5)];
    let signal = buzz;
    for (const [index, frequency] of resonances.entries()) {
      const radius = Math.exp((-Math.PI * 110) / sampleRate);
      const next =
        (1 - radius) * signal * 2 +
        2 * radius * Math.cos((2 * Math.PI * frequency) / sampleRate) * memory[2 * index]! -
        radius * radius * memory[2 * index + 1]!;
      memory[2 * index + 1] = memory[2 * index]!;
      memory[2 * index] = next;
      signal = index === 0 ? next * 0.8 + buzz * 0.05 : next;
    }
    out[i] = Math.max(-1, Math.min(1, 2.2 * signal * openness(phase))) * 9000;
  }
  return out;
}

/** The units of an Annex B stream, without their start codes. */
function unitsOf(stream: Uint8Array): Uint8Array[] {
  const starts: { at: number; after: number }[] = [];
  for (let i = 0; i + 2 < stream.length; i++) {
    if (stream[i] === 0 && stream[i + 1] === 0 && stream[i + 2] === 1) {
      starts.push({ at: i > 0 && stream[i - 1] === 0 ? i - 1 : i, after: i + 3 });
    }
  }
  return starts.map((start, index) => stream.subarray(start.after, starts[index + 1]?.at ?? stream.length));
}

/** The raw AAC frames of an ADTS stream. */
function framesOf(stream: Uint8Array): Uint8Array[] {
  const frames: Uint8Array[] = [];
  for (let at = 0; at + 7 <= stream.length;) {
    const length = ((stream[at + 3]! & 3) << 11) | (stream[at + 4]! << 3) | (stream[at + 5]! >> 5);
    frames.push(stream.subarray(at + (stream[at + 1]! & 1 ? 7 : 9), at + length));
    at += length;
  }
  return frames;
}

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64");
const folder = mkdtempSync(join(tmpdir(), "speaking-face-"));
try {
  const raw = join(folder, "pictures.rgb");
  const pcm = join(folder, "sound.pcm");
  const loops = 4;
  const sound = babble(loops);
  writeFileSync(raw, Buffer.concat(Array.from({ length: pictures }, (_, index) => draw(index / pictures))));
  writeFileSync(pcm, Buffer.from(sound.buffer));
  const rawInput = [
    "-f",
    "rawvideo",
    "-pix_fmt",
    "rgb24",
    "-s",
    `${width}x${height}`,
    "-r",
    String(framesPerSecond),
    "-i",
    raw,
  ];
  const ffmpeg = (...options: string[]) => execFileSync("ffmpeg", ["-v", "error", "-y", ...options]);
  const h264 = join(folder, "pictures.h264");
  ffmpeg(
    ...rawInput,
    "-c:v",
    "libx264",
    "-profile:v",
    "baseline",
    "-level",
    "3.0",
    "-pix_fmt",
    "yuv420p",
    "-preset",
    "veryslow",
    "-crf",
    "27",
    "-g",
    String(pictures),
    "-sc_threshold",
    "0",
    "-x264-params",
    "slices=1",
    "-f",
    "h264",
    h264,
  );
  const aac = join(folder, "sound.aac");
  ffmpeg(
    "-f",
    "s16le",
    "-ar",
    String(sampleRate),
    "-ac",
    "1",
    "-i",
    pcm,
    "-c:a",
    "aac",
    "-b:a",
    "28k",
    "-f",
    "adts",
    aac,
  );
  const still = join(folder, "still.jpg");
  ffmpeg(...rawInput, "-frames:v", "1", "-q:v", "6", still);

  const units = unitsOf(readFileSync(h264));
  const kind = (unit: Uint8Array) => unit[0]! & 31;
  // The second of four loops: the encoder has settled, and what comes before and after it is the same sound.
  const frames = framesOf(readFileSync(aac)).slice(soundFrames + 1, 2 * soundFrames + 1);
  const slices = units.filter((unit) => kind(unit) === 5 || kind(unit) === 1);
  if (slices.length !== pictures || frames.length !== soundFrames) {
    throw new Error(
      `expected ${pictures} pictures and ${soundFrames} sounds, got ${slices.length} and ${frames.length}`,
    );
  }
  const clip = {
    width,
    height,
    framesPerSecond,
    sampleRate,
    sps: base64(units.find((unit) => kind(unit) === 7)!),
    pps: base64(units.find((unit) => kind(unit) === 8)!),
    pictures: slices.map(base64),
    sounds: frames.map(base64),
    still: base64(readFileSync(still)),
  };
  writeFileSync(fileURLToPath(new URL("./speaking-face.json", import.meta.url)), `${JSON.stringify(clip, null, 2)}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
