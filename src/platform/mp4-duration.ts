import type { MeasureMp4 } from "../core/ports.ts";

const CHUNK = 64 * 1024;
const MAX_BOXES = 32;

/** More bytes than from the beginning of a `moov` box to the length in its `mvhd`. */
const HEADERS = 256;
/** "All ones" means that the length is not known (ISO/IEC 14496-12, 8.2.2.3). */
const UNKNOWN = 0xffffffff;

interface Chunk {
  start: number;
  view: DataView;
}

/**
 * Finds an MP4's length in its movie header (`moov/mvhd`: timescale and duration, ISO/IEC 14496-12, 8.2.2), reading
 * ranges of the file and never its media data. From a server that ignores Range only the first chunk is read. The meter
 * throws when the file cannot be read at all.
 */
export function createMp4Meter(fetcher: typeof fetch, timeoutMs: number): MeasureMp4 {
  async function read(url: string, start: number): Promise<Chunk | null> {
    const response = await fetcher(url, {
      headers: { range: `bytes=${start}-${start + CHUNK - 1}` },
      signal: AbortSignal.timeout(timeoutMs),
    });
    const fromStart = response.status === 206 || (response.ok && start === 0);
    if (!fromStart) await response.body?.cancel();
    // 416: the file ends before `start`.
    if (!response.ok && response.status !== 416) throw new Error(`the file's host answered ${response.status}`);
    if (!fromStart) return null;
    const bytes = new Uint8Array(CHUNK);
    let length = 0;
    for await (const part of response.body ?? []) {
      const fits = part.subarray(0, CHUNK - length);
      bytes.set(fits, length);
      length += fits.length;
      if (length === CHUNK) break;
    }
    return { start, view: new DataView(bytes.buffer, 0, length) };
  }

  return async (url) => {
    let chunk = await read(url, 0);
    let offset = 0;
    for (let boxes = 0; chunk && boxes < MAX_BOXES; boxes++) {
      if (offset + HEADERS > chunk.start + chunk.view.byteLength && offset > chunk.start)
        chunk = (await read(url, offset)) ?? chunk;
      const at = offset - chunk.start;
      const box = boxAt(chunk.view, at);
      if (!box) return null;
      if (box.type === "moov") return movieSeconds(chunk.view, box.header);
      offset += box.size;
    }
    return null;
  };
}

function boxAt(view: DataView, at: number): { type: string; size: number; header: number } | null {
  if (view.byteLength < at + 16) return null;
  const short = view.getUint32(at);
  const type = String.fromCharCode(...[4, 5, 6, 7].map((i) => view.getUint8(at + i)));
  const size = short === 1 ? Number(view.getBigUint64(at + 8)) : short;
  return size < 8 ? null : { type, size, header: at + (short === 1 ? 16 : 8) };
}

/** `mvhd` is by rule the first box of `moov` in nearly every file; others before it are stepped over. */
function movieSeconds(view: DataView, start: number): number | null {
  for (let at = start, box = boxAt(view, at); box; at += box.size, box = boxAt(view, at)) {
    if (box.type !== "mvhd") continue;
    const long = view.getUint8(box.header) === 1;
    const fields = box.header + (long ? 20 : 12);
    if (view.byteLength < fields + 12) return null;
    const timescale = view.getUint32(fields);
    const duration = long ? Number(view.getBigUint64(fields + 4)) : view.getUint32(fields + 4);
    return timescale > 0 && duration > 0 && (long || duration !== UNKNOWN) ? duration / timescale : null;
  }
  return null;
}
