import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { textProblem } from "../../src/core/text.ts";
import type { Grades } from "./metrics.ts";

/** What the eval is given: souls to find, and queries with what they are to find. */
export interface Corpus {
  souls: Soul[];
  queries: Query[];
}

export interface Soul {
  id: string;
  name: string;
  soulMd: string;
  /** Null in all souls, or in none; so is `repository`. */
  category: string | null;
  repository: string | null;
}

export interface Query {
  id: string;
  text: string;
  /** What kinds of query it is of, e.g. paraphrase; may be empty. */
  kinds: string[];
  /** By the souls' ids; not empty. */
  grades: Grades;
}

/** What was given cannot be evaluated; the message is for whoever gave it. */
export class BadInputError extends Error {}

const text = z.string().refine((value) => value.trim() !== "", "is empty");
const optional = z.string().nullish();

const soulLine = z
  .object({ id: text, name: text, soul_md: text, category: optional, source_repo: optional })
  .transform(({ id, name, soul_md, category, source_repo }): Soul => {
    return { id, name, soulMd: soul_md, category: category ?? null, repository: source_repo ?? null };
  });

const queryLine = z
  .object({
    id: text,
    query: text.refine((value) => textProblem(value) === null, "is no clean text"),
    types: z.array(z.string()).nullish(),
    relevant: z.array(z.object({ id: text, grade: z.int().min(1) })).min(1),
  })
  .transform(({ id, query, types, relevant }): Query => {
    return { id, text: query, kinds: types ?? [], grades: new Map(relevant.map((it) => [it.id, it.grade])) };
  });

/**
 * Reads DIR/souls.jsonl and DIR/queries.jsonl; README.md has their fields, and others are ignored. A category or a
 * repository that some souls lack is none at all: figures over the others would be of another corpus.
 * @throws BadInputError that names file and line
 */
export function readCorpus(folder: string): Corpus {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) throw new BadInputError(`${folder} is no folder.`);
  const souls = readLines(join(folder, "souls.jsonl"), soulLine);
  const queries = readLines(join(folder, "queries.jsonl"), queryLine);
  const known = new Set(souls.map(({ id }) => id));
  for (const { id, grades } of queries) {
    const missing = [...grades.keys()].filter((soul) => !known.has(soul));
    if (missing.length > 0)
      throw new BadInputError(`Query ${id} names souls that are not there: ${missing.join(", ")}.`);
  }
  for (const field of ["category", "repository"] as const) {
    if (souls.some((soul) => soul[field] === null)) for (const soul of souls) soul[field] = null;
  }
  return { souls, queries };
}

/** A value a line; empty lines are skipped. */
function readLines<Line extends { id: string }>(file: string, schema: z.ZodType<Line>): Line[] {
  const lines: Line[] = [];
  const seen = new Set<string>();
  for (const [place, content] of readText(file).split("\n").entries()) {
    if (content.trim() === "") continue;
    const wrong = (what: string) => new BadInputError(`${file}, line ${place + 1}: ${what}.`);
    const parsed = schema.safeParse(parseJson(content, wrong));
    if (!parsed.success) throw wrong(parsed.error.issues.map(problemOf).join("; "));
    if (seen.has(parsed.data.id)) throw wrong(`the id ${parsed.data.id} is there twice`);
    seen.add(parsed.data.id);
    lines.push(parsed.data);
  }
  if (lines.length === 0) throw new BadInputError(`${file} is empty.`);
  return lines;
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new BadInputError(`${file} cannot be read: ${(error as NodeJS.ErrnoException).code}.`);
  }
}

function parseJson(content: string, wrong: (what: string) => Error): unknown {
  try {
    return JSON.parse(content);
  } catch {
    throw wrong("no JSON");
  }
}

const problemOf = ({ path, message }: z.core.$ZodIssue): string =>
  path.length > 0 ? `${path.join(".")}: ${message}` : message;
