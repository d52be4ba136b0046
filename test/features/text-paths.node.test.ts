import { describe, expect, it } from "vitest";
import { textSchema } from "../../src/core/text.ts";
import { deriveBio } from "../../src/features/agents/derive-bio.ts";
import { handlesFor } from "../../src/features/agents/handle.ts";
import { registerAgentInput } from "../../src/features/agents/input.ts";
import { fold, languageOfScript, languageOfWords } from "../../src/features/discovery/language/detect-language.ts";
import { markdownBlocks } from "../../src/features/discovery/text/markdown-blocks.ts";
import { themesOf } from "../../src/features/discovery/text/themes.ts";
import { evenly, toWindows } from "../../src/features/discovery/text/windows.ts";
import { contentWords, toIndexText } from "../../src/features/discovery/text/words.ts";
import { nearest } from "../../src/http/nearest.ts";
import { excerpt, initial } from "../../src/http/pages/text.ts";
import { hostileTexts } from "./hostile-texts.ts";

/**
 * Six times what may be sent. Work that grows with the square of the length takes 40 times as long as at the limit: with
 * the half second that a bio once took the test does not end in its time.
 */
const BYTES = 128 * 1024;

const PATHS: Record<string, (text: string) => unknown> = {
  "the bio of a SOUL.md": deriveBio,
  "its blocks and windows": (text) => evenly(toWindows(markdownBlocks(text))),
  "the windows of one block": (text) => toWindows([{ kind: "prose", heading: "", text }]),
  "its words for the index": toIndexText,
  "its words": contentWords,
  "its themes": (text) => themesOf({ name: text.slice(0, 80), head: text.slice(0, 300), body: text }),
  "its language by script": languageOfScript,
  "its language by words": languageOfWords,
  "its comparison form": fold,
  "a description cut from it": (text) => [excerpt(text, 60), excerpt(text, 200), initial(text)],
  "a handle": (text) => handlesFor(text, (count) => new Uint8Array(count)),
  "the nearest of known words": (text) => nearest(text, ["soulMd", "voiceSampleUrl"]),
};

describe("a hostile text takes time by its length and not by the square of it", () => {
  it.each(Object.entries(PATHS))("%s", { timeout: 60_000 }, (_what, run) => {
    for (const [, text] of hostileTexts(BYTES)) run(text);
  });
});

describe("a text that is far too long is refused", () => {
  it("before anything walks through it", () => {
    let walks = 0;
    // A look at a text's characters begins with one of these two.
    const wellFormed = String.prototype.isWellFormed;
    const iterate = String.prototype[Symbol.iterator];
    String.prototype.isWellFormed = function isWellFormed() {
      walks++;
      return wellFormed.call(this);
    };
    String.prototype[Symbol.iterator] = function iterator() {
      walks++;
      return iterate.call(this);
    };
    try {
      const long = "😀".repeat(200_000);
      const refused = textSchema({ min: 1, max: 80 }).safeParse(long);
      expect(refused.success).toBe(false);
      const soul = registerAgentInput.safeParse({ name: long, email: "a@example.com", soulMd: long, bio: long });
      expect(soul.error!.issues.map(({ path }) => path.join(".")).sort()).toEqual(["bio", "name", "soulMd"]);
      expect(walks).toBe(0);
    } finally {
      String.prototype.isWellFormed = wellFormed;
      String.prototype[Symbol.iterator] = iterate;
    }
  });

  it("and one of exactly the limit is not, whatever its characters are", () => {
    expect(textSchema({ min: 1, max: 80 }).safeParse("😀".repeat(80)).success).toBe(true);
    expect(
      textSchema({ min: 1, max: 80 }).safeParse("😀".repeat(40) + "a".repeat(41)).error!.issues[0]!.message,
    ).toContain("81");
  });
});
