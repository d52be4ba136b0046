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

  it("has nothing of the SOUL.md that is an address, a number or a token, and all of the name", async () => {
    const { words, themes, windows } = await prepareDocument({
      name: "Agent 007",
      bio: "A spy.",
      soulMd: `# Contact jane.roe@mailhost.example

Jane Roe trains falcons at 12 Heather Lane, Kendal. Phone +44 1539 720000, card 4111 1111 1111 1111.

- Token: ghp_abcdefABCDEF0123456789, host falconry.example.com, 192.168.7.9
- Id 550e8400-e29b-41d4-a716-446655440000, hash deadbeefcafe1234

Falcons fly at 77 mph; she likes web3 and python3.`,
    });
    expect(words.name).toBe("Agent 007");
    const indexed = JSON.stringify([words.body, words.head, themes]).toLowerCase();
    const meant = JSON.stringify(windows).toLowerCase();
    for (const secret of [
      "jane.",
      "roe@",
      "heather",
      "kendal",
      "720000",
      "4111",
      "ghp",
      "abcdef",
      "550e",
      "deadbeef",
    ]) {
      expect(indexed, secret).not.toContain(secret);
      expect(meant, secret).not.toContain(secret);
    }
    for (const hidden of ["mailhost", "falconry", "1539", "192", "168", "77"])
      expect(indexed, hidden).not.toContain(hidden);
    for (const told of ["trains falcons", "phone", "web3", "python3"]) expect(indexed, told).toContain(told);
    expect(themes.map(({ word }) => word)).toContain("falcons");
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

Never make up facts. Write to owl@example.com or 221b Baker Street, London; the key is sk-live-3f9a1c77be. Say so when you do not know. The Sun is never looked at through a telescope without a filter.

## Tone

Calm, curious and a little old-fashioned; questions are answered with questions.`,
  };
  const PINNED = {
    version: 2,
    model: "use-lite-1-int8-1",
    words: "4c1e0f382722f07e",
    themes: "d1bcad9b88b1c4ee",
    vectors: "959a11bbdbf9ad87",
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
