import { describe, expect, it } from "vitest";
import { createMp4Meter } from "../../src/platform/mp4-duration.ts";

const HOST = "https://files.example/video.mp4";

function box(type: string, ...content: Uint8Array[]): Uint8Array {
  const length = content.reduce((sum, part) => sum + part.length, 8);
  const head = new Uint8Array(8);
  new DataView(head.buffer).setUint32(0, length);
  head.set(new TextEncoder().encode(type), 4);
  return join(head, ...content);
}

/** A box with its size in 64 bits. */
function longBox(type: string, content: Uint8Array): Uint8Array {
  const head = new Uint8Array(16);
  const view = new DataView(head.buffer);
  view.setUint32(0, 1);
  head.set(new TextEncoder().encode(type), 4);
  view.setBigUint64(8, BigInt(16 + content.length));
  return join(head, content);
}

function join(...parts: Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function mvhd(timescale: number, duration: number | bigint, version: 0 | 1 = 0): Uint8Array {
  const content = new Uint8Array(version === 0 ? 100 : 112);
  const view = new DataView(content.buffer);
  view.setUint8(0, version);
  view.setUint32(version === 0 ? 12 : 20, timescale);
  if (version === 0) view.setUint32(16, Number(duration));
  else view.setBigUint64(24, BigInt(duration));
  return box("mvhd", content);
}

const ftyp = box("ftyp", new Uint8Array(24));
const moov = (...content: Uint8Array[]) => box("moov", ...content, box("trak", new Uint8Array(300)));
const mdat = (size: number) => box("mdat", new Uint8Array(size));

/** What the meter makes of a file, and how much of it was asked for. */
async function measure(file: Uint8Array, { ranges = true } = {}) {
  const asked: string[] = [];
  const meter = createMp4Meter(async (_url, init) => {
    const range = new Headers(init?.headers).get("range")!;
    asked.push(range);
    if (!ranges) return new Response(file as Uint8Array<ArrayBuffer>);
    const [first, last] = range.match(/\d+/g)!.map(Number);
    if (first! >= file.length) return new Response(null, { status: 416 });
    return new Response(file.slice(first, last! + 1) as Uint8Array<ArrayBuffer>, { status: 206 });
  }, 1000);
  return { seconds: await meter(HOST), asked };
}

describe("the length of an MP4", () => {
  it("is found with `moov` first in one read, and with `moov` last in two, whatever lies between", async () => {
    const first = await measure(join(ftyp, moov(mvhd(1000, 12_345)), mdat(500_000)));
    expect(first).toEqual({ seconds: 12.345, asked: ["bytes=0-65535"] });
    const last = await measure(join(ftyp, mdat(500_000), moov(mvhd(90_000, 180_000))));
    expect(last.seconds).toBe(2);
    expect(last.asked).toHaveLength(2);
  });

  it("is found behind a box with a size of 64 bits, and in a header of version 1", async () => {
    const file = join(ftyp, longBox("mdat", new Uint8Array(200_000)), moov(mvhd(600, 6_000_000_000n, 1)));
    expect((await measure(file)).seconds).toBe(10_000_000);
  });

  it("is found when `moov` straddles the end of a chunk, and when other boxes come before `mvhd`", async () => {
    const edge = join(ftyp, mdat(65_536 - ftyp.length - 8 - 20), moov(mvhd(1000, 4000)));
    expect((await measure(edge)).seconds).toBe(4);
    expect((await measure(join(ftyp, moov(box("udta", new Uint8Array(40)), mvhd(1000, 4000))))).seconds).toBe(4);
  });

  it("is found in the first chunk of a server that knows no ranges, and nowhere else", async () => {
    expect((await measure(join(ftyp, moov(mvhd(1000, 4000)), mdat(500_000)), { ranges: false })).seconds).toBe(4);
    expect((await measure(join(ftyp, mdat(100), moov(mvhd(1000, 4000))), { ranges: false })).seconds).toBe(4);
    const far = await measure(join(ftyp, mdat(500_000), moov(mvhd(1000, 4000))), { ranges: false });
    expect(far.seconds).toBeNull();
  });

  it("is null for what has none, and ends for what is no MP4", async () => {
    const none = [
      new Uint8Array(),
      new TextEncoder().encode("<!doctype html><title>Not a video</title>"),
      ftyp,
      join(ftyp, mdat(1000)),
      join(ftyp, moov(mvhd(1000, 0))),
      join(ftyp, moov(mvhd(0, 1000))),
      join(ftyp, moov(mvhd(1000, 0xffffffff))),
      join(ftyp, moov()),
      join(...Array.from({ length: 100 }, () => box("free", new Uint8Array(8)))),
    ];
    for (const [index, file] of none.entries()) expect((await measure(file)).seconds, `${index}`).toBeNull();
  });

  it("is not said to be missing when the file cannot be had", async () => {
    for (const status of [403, 404, 500, 503]) {
      const meter = createMp4Meter(async () => new Response("no", { status }), 1000);
      await expect(meter(HOST), `${status}`).rejects.toThrow(String(status));
    }
  });
});
