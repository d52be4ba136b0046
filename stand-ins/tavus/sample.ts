import type { Account, VoiceRecord, World } from "./state.ts";

const timeoutMs = 30_000;
// Tavus docs, troubleshooting: training files may be up to 750 MB.
const mostBytes = 750_000_000;

/**
 * Downloads the audio of a voice and gives the voice its end: when it is due, or at once with a failure if the link cannot be fetched
 * or its bytes are not sound. Never rejects. A voice that was deleted meanwhile is left alone by having no record any more.
 */
export async function fetchSample(world: World, account: Account, voice: VoiceRecord): Promise<void> {
  const { sample } = voice;
  let failure: string | null = null;
  try {
    const signal = AbortSignal.any([AbortSignal.timeout(timeoutMs), world.closing]);
    const response = await world.fetch(sample.url, { signal });
    sample.contentType = response.headers.get("content-type");
    if (response.ok) {
      const start = new Uint8Array(12);
      for await (const piece of piecesOf(response)) {
        if (sample.bytes < start.length) start.set(piece.subarray(0, start.length - sample.bytes), sample.bytes);
        sample.bytes += piece.length;
        if (sample.bytes > mostBytes) break;
      }
      sample.format = soundFormat(start);
      if (sample.bytes > mostBytes) failure = "file_size: the training audio is too large";
      else if (sample.format === null) failure = "The training audio is not in a supported format";
    } else {
      await response.body?.cancel();
      failure = `download_link: the training audio could not be downloaded (status ${response.status})`;
    }
  } catch {
    // It stays pending, so that the next start fetches it anew.
    if (world.closing.aborted) return;
    failure = "download_link: the training audio could not be downloaded";
  }
  sample.state = failure === null ? "fetched" : "failed";
  // A forced state has ended it already.
  if (voice.course.endsAt === null) {
    const now = world.now();
    voice.course.failure = failure ?? voice.course.failure;
    voice.course.endsAt = failure === null ? voice.dueAt && Math.max(voice.dueAt, now) : now;
  }
  world.changed({ account, kind: "voices", id: voice.id });
}

async function* piecesOf(response: Response): AsyncGenerator<Uint8Array> {
  const reader = response.body?.getReader();
  if (reader === undefined) return;
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
  } finally {
    await reader.cancel();
  }
}

/** What a file's first twelve bytes say it is; null if it is none of the kinds that hold sound. */
export function soundFormat(start: Uint8Array): string | null {
  const text = String.fromCharCode(...start.subarray(0, 12));
  if (text.startsWith("ID3") || (start[0] === 0xff && (start[1]! & 0xe0) === 0xe0)) return "mp3";
  if (text.startsWith("RIFF") && text.endsWith("WAVE")) return "wav";
  if (text.startsWith("fLaC")) return "flac";
  if (text.startsWith("OggS")) return "ogg";
  if (text.slice(4, 8) === "ftyp") return "mp4";
  if (text.startsWith("\x1a\x45\xdf\xa3")) return "webm";
  return null;
}
