import { describe, expect, it } from "vitest";
import { isWellFormedKey, keyPrefix, newApiKey } from "../../src/features/agents/api-keys/api-key.ts";
import { deriveBio } from "../../src/features/agents/derive-bio.ts";
import { HANDLE, handlesFor } from "../../src/features/agents/handle.ts";
import { publicUrlProblem } from "../../src/core/public-url.ts";
import { sniffAudio } from "../../src/features/agents/voice-sample/sniff-audio.ts";
import { ascii, AUDIO } from "../features/agents/agents.ts";

const random = (bytes: number) => crypto.getRandomValues(new Uint8Array(bytes));

describe("an API key", () => {
  it("is molts_live_, 30 random characters and their checksum", () => {
    const keys = Array.from({ length: 200 }, () => newApiKey(random));
    expect(new Set(keys).size).toBe(200);
    for (const key of keys) {
      expect(key).toMatch(/^molts_live_[0-9A-Za-z]{36}$/);
      expect(isWellFormedKey(key)).toBe(true);
      expect(keyPrefix(key)).toBe(key.slice(0, 17));
    }
    // A source of randomness that never gives a byte that may be used would hang: the largest that may is 247.
    expect(isWellFormedKey(newApiKey((bytes) => new Uint8Array(bytes).fill(247)))).toBe(true);
  });

  it("with one character wrong, missing, doubled or swapped is malformed", () => {
    const key = newApiKey(random);
    for (let at = "molts_live_".length; at < key.length; at++) {
      const other = key[at] === "x" ? "y" : "x";
      expect(isWellFormedKey(key.slice(0, at) + other + key.slice(at + 1)), `${at}`).toBe(false);
      expect(isWellFormedKey(key.slice(0, at) + key.slice(at + 1)), `${at}`).toBe(false);
      expect(isWellFormedKey(key.slice(0, at) + key[at] + key.slice(at)), `${at}`).toBe(false);
      if (at + 1 < key.length && key[at] !== key[at + 1]) {
        const swapped = key.slice(0, at) + key[at + 1] + key[at] + key.slice(at + 2);
        expect(isWellFormedKey(swapped), `${at}`).toBe(false);
      }
    }
    for (const wrong of ["", "molts_live_", key.toUpperCase(), ` ${key}`, `${key}\n`, key.replace("live", "test")]) {
      expect(isWellFormedKey(wrong), wrong).toBe(false);
    }
  });
});

describe("an address that we fetch from", () => {
  const open = [
    "https://samples.example/voice.mp3",
    "https://samples.example:8443/voice.mp3?x=1#y",
    "https://93.184.216.34/voice.mp3",
    "https://172.15.0.1/",
    "https://172.32.0.1/",
    "https://100.63.0.1/",
    "https://100.128.0.1/",
    "https://[2606:2800:220:1:248:1893:25c8:1946]/",
    "https://[::ffff:93.184.216.34]/",
    "https://local.example/",
    "https://münchen.example/",
  ];
  const closed = [
    "https://localhost/",
    "https://LOCALHOST./",
    "https://printer/",
    "https://printer.local/",
    "https://api.internal/",
    "https://metadata.google.internal/",
    "https://foo.localhost/",
    "https://foo.localhost../",
    "https://1.0.0.127.in-addr.arpa/",
    "https://127.0.0.1/",
    "https://127.1/",
    "https://2130706433/",
    "https://0x7f.0.0.1/",
    "https://0177.0.0.1/",
    "https://127.0.0.1./",
    "https://0.0.0.0/",
    "https://10.1.2.3/",
    "https://100.64.0.1/",
    "https://100.127.255.254/",
    "https://169.254.169.254/latest/meta-data/",
    "https://172.16.0.1/",
    "https://172.31.255.255/",
    "https://192.168.1.1/",
    "https://192.0.0.1/",
    "https://198.18.0.1/",
    "https://198.19.255.255/",
    "https://224.0.0.1/",
    "https://255.255.255.255/",
    "https://[::]/",
    "https://[::1]/",
    "https://[::2]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:10.0.0.1]/",
    "https://[::127.0.0.1]/",
    "https://[::ffff:0:127.0.0.1]/",
    "https://[64:ff9b::127.0.0.1]/",
    "https://[64:ff9b:1::1]/",
    "https://[2002:7f00:1::]/",
    "https://[2001::1]/",
    "https://[fc00::1]/",
    "https://[fd12:3456::1]/",
    "https://[fe80::1]/",
    "https://[fec0::1]/",
    "https://[ff02::1]/",
  ];
  it("is public", () => {
    for (const url of open) expect(publicUrlProblem(url), url).toBeNull();
  });
  it("is no private, loopback, link-local or reserved one, however it is written", () => {
    for (const url of closed) expect(publicUrlProblem(url), url).toContain("private");
  });
  it("is an absolute https URL without credentials", () => {
    expect(publicUrlProblem("voice.mp3")).toContain("absolute");
    expect(publicUrlProblem("")).toContain("absolute");
    for (const url of [
      "http://samples.example/",
      "ftp://samples.example/",
      "data:audio/mpeg;base64,AAAA",
      "file:///etc/passwd",
    ])
      expect(publicUrlProblem(url), url).toContain("https://");
    for (const url of ["https://user@samples.example/", "https://user:secret@samples.example/"])
      expect(publicUrlProblem(url), url).toContain("password");
  });
});

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

describe("a derived bio", () => {
  it("is the first paragraph of prose without Markdown, three sentences at the most", () => {
    expect(deriveBio("# Me\n\nI **am** a [patient](https://x.example) _philosopher_. I wait.\n\nMore.")).toBe(
      "I am a patient philosopher. I wait.",
    );
    expect(deriveBio("---\nname: x\n---\n\n> A quote of some length here.\n\nOne is here. Two. Three. Four.")).toBe(
      "One is here. Two. Three.",
    );
    expect(deriveBio("```\ncode that is long enough to be prose.\n```\nI am what comes after the code.")).toBe(
      "I am what comes after the code.",
    );
    expect(deriveBio("- a list\n- of things\n1. and numbers\n| and | tables |")).toBeNull();
    expect(deriveBio("Short.")).toBeNull();
    expect(deriveBio("我是一位耐心的哲学家，住在山上。我喜欢等待，也喜欢沉默的早晨。")).toContain("我是");
  });

  it("is at most 280 characters, cut at a sentence or with an ellipsis, and never within a character", () => {
    const sentence = `${"word ".repeat(30).trim()}.`;
    expect(deriveBio(`${sentence} ${sentence} ${sentence}`)).toBe(sentence);
    for (const endless of ["word ".repeat(200), "🙂".repeat(400), `x${"🙂".repeat(400)}`]) {
      const bio = deriveBio(endless)!;
      expect(bio.endsWith("…")).toBe(true);
      expect([...bio].length).toBeLessThanOrEqual(280);
      expect(bio.isWellFormed()).toBe(true);
    }
  });
});

describe("a derived handle", () => {
  it("is the name in a-z, 0-9 and -, and always valid", () => {
    const names: Record<string, RegExp> = {
      Ambrose: /^ambrose$/,
      "  Ambrose  the Elder! ": /^ambrose-the-elder$/,
      "Éloïse Çelik": /^eloise-celik$/,
      "R2-D2": /^r2-d2$/,
      李白: /^agent-.{5}$/,
      "🤖": /^agent-.{5}$/,
      Al: /^al-.{5}$/,
      "---": /^agent-.{5}$/,
      ＦＵＬＬ: /^full$/,
    };
    for (const [name, expected] of Object.entries(names)) {
      const [first, second] = handlesFor(name, random);
      expect(first, name).toMatch(expected);
      for (const handle of [first, second]) expect(handle, name).toMatch(HANDLE);
    }
    for (const length of [25, 26, 27, 31, 32, 33, 80]) {
      for (const handle of handlesFor("a".repeat(length), random)) expect(handle).toMatch(HANDLE);
      for (const handle of handlesFor(`${"a".repeat(length - 1)} b`, random))
        expect(handle).toMatch(/^[a-z0-9].*[a-z0-9]$/);
    }
    expect(new Set(Array.from({ length: 100 }, () => handlesFor("Al", random)[1])).size).toBeGreaterThan(95);
  });
});
