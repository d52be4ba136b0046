import { describe, expect, it } from "vitest";
import { withoutPrivate, withoutSecrets } from "../../../../src/features/discovery/text/without-private.ts";

/** What is left of a text, its spaces aside. */
const left = (text: string) => withoutPrivate(text).replace(/\s+/g, " ").trim();

describe("of a text that is indexed", () => {
  const hidden = [
    "jane.doe@acme-corp.example",
    "<jane+doe@acme.co.uk>",
    "@jane_doe",
    "git@github.com:jane/repo.git",
    "müller@münchen.example",
    "https://molts.example/a?b=c",
    "ftp://files.example",
    "www.jane.example",
    "jane-doe.com",
    "blog.jane.dev",
    "acme.de",
    "localhost:8080",
    "api.example.com/v1/secret",
    "~/.ssh/id_rsa",
    "/home/jane/notes.md",
    "C:\\Users\\jane",
    "10.0.0.1",
    "192.168.1.1:8080",
    "2001:db8::1",
    "00:1b:44:11:3a:b7",
    "42",
    "+49 (151) 23-456/78",
    "4111 1111 1111 1111",
    "1,234.56",
    "٤٢",
    "１３８",
    "sk-proj-abcDEF123456789",
    "ghp_abcdefABCDEFghijkl",
    "AKIAIOSFODNN7EXAMPLE",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln",
    "550e8400-e29b-41d4-a716-446655440000",
    "deadbeef01",
    "3f9a1c77be",
    "QmFzZTY0IGlzIGZ1bg",
    "c2VjcmV0c2VjcmV0==",
    "API_KEY=hunter",
    "x7Kq9Zp2",
    "K".repeat(41),
    "a.b".repeat(50),
    "123 Main Street, Springfield, IL 62704",
    "221b Baker St., London",
    "350 5th Avenue, New York, NY 10118",
    "Kastanienweg 12, 10115 Berlin",
    "Lange Straße 7a",
    "12 rue de la Paix, 75002 Paris",
    "Calle de Alcalá 45, 28014 Madrid",
    "Via Garibaldi 7, Roma",
    "P.O. Box 1234",
  ];
  for (const what of hidden) {
    it(`nothing is left of ${what.slice(0, 50)}`, () => {
      for (const around of ["before X after", "before (X) after", "before X, after", "会议 X 会议"]) {
        const text = around.replace("X", () => what);
        expect(
          left(text)
            .replace(/[^\p{L}\p{N} ]/gu, " ")
            .replace(/\s+/g, " "),
        ).toBe(
          left(around.replace("X", ""))
            .replace(/[^\p{L}\p{N} ]/gu, " ")
            .replace(/\s+/g, " ")
            .trim(),
        );
      }
    });
  }

  it("all else is left, also what has some digits and what has a street without a number", () => {
    for (const kept of [
      "I am a patient philosopher.",
      "k8s, web3, mp3, python3, b2b and oauth2",
      "node.js, Next.js, README.md and main.py",
      "e.g. this, i.e. that, in the U.S.A.",
      "and/or, input/output, HR/IT/Finance",
      "Wall Street trader on Main Road",
      "PhilosopherBotAssistantHelper",
      "Donaudampfschifffahrtsgesellschaft",
      "state-of-the-art well-being",
      "我是一名会计,帮助用户报税。",
      "ครูสอนทำอาหารใจดี",
      "She said: yes; no?",
    ])
      expect(left(kept)).toBe(kept);
  });

  it("less is left out of what the meaning is read from: addresses of people, long numbers, tokens", () => {
    for (const kept of [
      "In 1920 I made 3 things.",
      "100kg of steel in the 1990s",
      "24/7 and 9.5 out of 10",
      "see acme.com",
    ])
      expect(withoutSecrets(kept)).toBe(kept);
    for (const secret of [
      "jane@acme.com",
      "https://acme.com/a",
      "12 Main Street, Springfield",
      "0151 234 5678",
      "(0151) 2345-678",
      "4111-1111-1111-1111",
      "12345678",
      "2026-11-24",
      "DE89370400440532013000",
      "sk-proj-abcDEF123456789",
    ])
      expect(withoutSecrets(`a ${secret} b`)).toBe("a b");
  });

  it("what stands around it stays", () => {
    expect(left("Jane lives at 123 Main Street, Springfield, IL 62704. She likes tea.")).toBe(
      "Jane lives at . She likes tea.",
    );
    expect(left("5 Main Street, where I grow roses")).toBe(", where I grow roses");
    expect(left("请联系john@example.com谢谢")).toBe("请联系 谢谢");
  });
});
