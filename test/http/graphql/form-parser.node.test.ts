import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createFormParser } from "../../../src/http/graphql/form-parser.ts";

// Where there is Node's Buffer the parser searches with it; in workerd it searches itself.
const { Buffer } = globalThis;
beforeAll(() => void Reflect.deleteProperty(globalThis, "Buffer"));
afterAll(() => void Reflect.set(globalThis, "Buffer", Buffer));

const BOUNDARY = "----WebKitFormBoundary7MA4YWxkTrZu0gW";
const encoder = new TextEncoder();
const latin1 = new TextDecoder("latin1");

const part = (boundary: string, headers: string, content: string) =>
  `--${boundary}\r\nContent-Disposition: form-data; ${headers}\r\n\r\n${content}\r\n`;

function form(boundary: string, end = "--\r\n"): Uint8Array {
  const file = "xx\r\n--\r\r\n-yy\r\n--------\r\n--";
  return encoder.encode(
    part(boundary, 'name="operations"', '{"a":1}') +
      part(boundary, 'name="map"', "{}") +
      part(boundary, 'name="0"; filename="a.mp3"\r\nContent-Type: audio/mpeg', file) +
      part(boundary, 'name="1"; filename=""', "") +
      `--${boundary}${end}`,
  );
}

/** The parts of a form that comes in pieces, each with its content. */
function parse(bytes: Uint8Array, cuts: number[], boundary = BOUNDARY): [name: string, content: string][] {
  const parser = createFormParser(`multipart/form-data; boundary=${boundary}`);
  const parts: [string, string][] = [];
  let from = 0;
  const pieces = [...cuts, bytes.length].map((to) => {
    const piece = bytes.slice(from, to);
    from = to;
    return piece;
  });
  for (const event of [...pieces.flatMap((piece) => parser.write(piece)), ...parser.end()]) {
    if (event.kind === "part") parts.push([event.name, ""]);
    else if (event.kind === "bytes") parts.at(-1)![1] += latin1.decode(event.bytes);
  }
  return parts;
}

const refusal = (work: () => unknown): string => {
  try {
    work();
    return "none";
  } catch (error) {
    return (error as Error).message;
  }
};

describe("a form", () => {
  it("is read the same wherever its pieces end", () => {
    for (const boundary of [BOUNDARY, "x", "a-", "a--", "--a----"]) {
      for (const end of ["--\r\n", "--", "--\r\nepilogue"]) {
        const bytes = form(boundary, end);
        const whole = parse(bytes, [], boundary);
        expect(whole.map(([name]) => name)).toEqual(["operations", "map", "0", "1"]);
        expect(whole[2]![1]).toBe("xx\r\n--\r\r\n-yy\r\n--------\r\n--");
        for (let cut = 1; cut < bytes.length; cut++)
          expect(parse(bytes, [cut], boundary), `${boundary} cut at ${cut}`).toEqual(whole);
        const everywhere = Array.from({ length: bytes.length - 1 }, (_, index) => index + 1);
        expect(parse(bytes, everywhere, boundary)).toEqual(whole);
        expect(
          parse(
            bytes,
            everywhere.filter((cut) => cut % 3 === 0),
            boundary,
          ),
        ).toEqual(whole);
      }
    }
  });

  it("is refused when it has no end, no boundary, or headers that are none", () => {
    const bytes = form(BOUNDARY);
    expect(refusal(() => parse(bytes.slice(0, -6), []))).toContain("ends before its last boundary");
    expect(refusal(() => parse(encoder.encode("nonsense"), []))).toContain("ends before its last boundary");
    expect(refusal(() => parse(new Uint8Array(), []))).toContain("ends before its last boundary");
    for (const type of ["multipart/form-data", "multipart/form-data; boundary=", 'multipart/form-data; boundary=" "'])
      expect(refusal(() => createFormParser(type))).toContain("boundary");
    const wrong = encoder.encode(`--${BOUNDARY}\r\nno header at all\r\n\r\nx\r\n--${BOUNDARY}--`);
    expect(refusal(() => parse(wrong, []))).toContain("headers");
    const escaped = encoder.encode(part(BOUNDARY, `name="0"; filename*=UTF-8''%ZZ`, "x"));
    expect(refusal(() => parse(escaped, []))).toContain("headers");
    expect(refusal(() => parse(encoder.encode(`--${BOUNDARY}\r\nx: ${"y".repeat(20_000)}`), []))).toContain("headers");
  });

  it("with a boundary over which the search would stumble is refused", () => {
    // The parser's table of skips has 8 bits.
    expect(refusal(() => createFormParser(`multipart/form-data; boundary=${"b".repeat(252)}`))).toContain("70");
    for (const boundary of ["-".repeat(70), "ab".repeat(30), `q${"z".repeat(20)}`, "xaya".repeat(12)])
      expect(refusal(() => createFormParser(`multipart/form-data; boundary=${boundary}`))).toContain("repeats itself");
    // What browsers, curl, Node and Python send.
    for (const boundary of [
      BOUNDARY,
      "------------------------d74496d66958873e",
      "----formdata-undici-012345678901",
      "0c0f1ec4a8f5e6b3d0f2b6a1c9e8d7f6",
      "---------------------------9051914041544843365972754266",
    ])
      expect(refusal(() => createFormParser(`multipart/form-data; boundary="${boundary}"; charset=utf-8`))).toBe(
        "none",
      );
  });
});
