import { describe, expect, it } from "vitest";
import { sniffAudio } from "../../../../src/features/agents/voice-sample/sniff-audio.ts";
import { ascii, AUDIO } from "../agents.ts";

describe("the kind of a sound", () => {
  it("is told by its first bytes", () => {
    for (const [name, start] of Object.entries(AUDIO))
      expect(sniffAudio(new Uint8Array([...start, ...Array(64).fill(0)])), name).toBe(name.split(" ")[0]);
    for (const second of [0xfb, 0xfa, 0xf3, 0xf2, 0xe3, 0xe2])
      expect(sniffAudio(new Uint8Array([0xff, second, 0x90, 0x00])), second.toString(16)).toBe("mp3");
    for (const brand of ["M4A ", "M4B ", "mp42", "isom", "dash"])
      expect(sniffAudio(new Uint8Array([0, 0, 0, 32, ...ascii(`ftyp${brand}`)])), brand).toBe("m4a");
  });

  it("is none for what is no sound, cut off, or of another kind", () => {
    const none: number[][] = [
      [],
      [0xff],
      [0xff, 0xfb],
      [0xff, 0xff, 0xff, 0xff],
      [0xff, 0xfe, 0x00, 0x00],
      [0xff, 0xf1, 0x50, 0x80],
      [0xff, 0xd8, 0xff, 0xe0],
      ascii("<!doctype html>"),
      ascii("RIFF____AVI LIST"),
      ascii("RIFF____WEBPVP8 "),
      [0, 0, 0, 32, ...ascii("ftypavif")],
      [0, 0, 0, 32, ...ascii("ftypqt  ")],
      [0x1a, 0x45, 0xdf, 0xa3, ...ascii("matroska")],
      ascii("PK\u0003\u0004"),
    ];
    for (const start of none) expect(sniffAudio(new Uint8Array(start)), String(start)).toBeNull();
  });
});
