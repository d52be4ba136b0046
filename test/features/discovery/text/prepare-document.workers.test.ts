import { describe, expect, it } from "vitest";
import { sha256 } from "../../../../src/core/hash.ts";
import { INDEX_VERSION, prepareDocument } from "../../../../src/features/discovery/text/prepare-document.ts";
import { encodeDocument } from "../../../../src/features/discovery/vectors/encode-document.ts";
import { encoder } from "../../../harness/harness.ts";

describe("a document", () => {
  it("of another language is read in English, and found by the words of both", async () => {
    const document = await prepareDocument({
      name: "税务助手",
      bio: null,
      soulMd: "# 税务助手\n\n我是一名会计,帮助用户报税。\n\n- 发票\n- 工资",
    });
    expect(document.windows.map(({ text }) => text).join(" ")).toMatch(/accountant/);
    expect(document.windows.map(({ text }) => text).join(" ")).not.toMatch(/\p{Script=Han}/u);
    expect(document.words.body).toContain("会计");
    expect(document.words.body).toContain("accountant");
    expect(document.words.name).toContain("税务");
  });

  it("with sections in English and in another script is read in both", async () => {
    const { windows } = await prepareDocument({
      name: "Bo",
      bio: null,
      soulMd: "Keep the workspace tidy and write notes.\n\n我是一名会计,帮助用户报税。",
    });
    expect(windows[0]!.text).toMatch(/^Keep the workspace tidy.*accountant/);
  });

  it("is found by a name in CamelCase whole and in parts", async () => {
    const { name, words } = await prepareDocument({ name: "PhilosopherBot", bio: null, soulMd: "I ask." });
    expect(name).toBe("Philosopher Bot");
    expect(words.name.split(/\s+/)).toEqual(expect.arrayContaining(["PhilosopherBot", "Philosopher", "Bot"]));
  });

  it("begins with the bio, and may be of the name alone", async () => {
    const { windows } = await prepareDocument({ name: "Bo", bio: "Keeps bees.", soulMd: "Honey." });
    expect(windows[0]!.text).toBe("Keeps bees. Honey.");
    expect(await prepareDocument({ name: "Bo", bio: null, soulMd: "# Bo\n\n💃" })).toMatchObject({ windows: [] });
  });
});

describe("INDEX_VERSION", () => {
  // Something of all that preparing and encoding tell apart, and more windows than there are parts.
  const GOLDEN = {
    name: "ProfessorOwl",
    bio: "Teaches astronomy by night.",
    soulMd: `---
name: "Professor Owl"
temperature: 1
---
# Professor Owl <!-- draft -->

You are Professor Owl, a patient **astronomer** who explains the sky to children. Visit [the dome](https://owl.example). 🦉

## Memory

Write important things down in the memory folder so that they survive a restart. Ask before you send an email.

## Lessons

- [ ] The moons of Jupiter
- Comets, meteors and the tails of both
1. How far away a star is

| evening | subject |
|---|---|
| Monday | Saturn and its rings |

\`\`\`sh
telescope --point north
\`\`\`

## Stories

${"Long ago sailors found their way home by the pole star. ".repeat(12)}

## 语言

我是一名老师,帮助孩子学习天文。

## Boundaries

Never make up facts. Say so when you do not know. The Sun is never looked at through a telescope without a filter.

## Tone

Calm, curious and a little old-fashioned; questions are answered with questions.`,
  };
  const PINNED = {
    version: 1,
    model: "use-lite-1-int8-1",
    words: "9074421d02c7f8d4",
    themes: "c8ad5a5822248b0d",
    vectors: "f0940dcbd72596e9",
  };

  it("stands for the words, themes and vectors of a document", async () => {
    const document = await prepareDocument(GOLDEN);
    const { whole, parts } = (await encodeDocument(encoder, document))!;
    expect(parts).toHaveLength(6);
    // Rounded, so that the last digit of a logarithm is no new version.
    const rounded = (values: Iterable<number>) => Array.from(values, (value) => Math.round(value * 10_000));
    const hashOf = async (value: unknown) => (await sha256(JSON.stringify(value))).slice(0, 16);
    expect(
      {
        version: INDEX_VERSION,
        model: encoder.model,
        words: await hashOf(document.words),
        themes: await hashOf(document.themes.map(({ word, key, weight }) => [word, key, rounded([weight])])),
        vectors: await hashOf([whole, ...parts].map(rounded)),
      },
      "A SOUL.md now gives other words, themes or vectors. Agents that are indexed keep their old ones until INDEX_VERSION " +
        "in text/prepare-document.ts is counted up, or the encoder has another model: do so, then pin here what came out.",
    ).toEqual(PINNED);
  });
});
