import { SourceMap, type SourceMapPayload } from "node:module";
import { inspect } from "./inspector.ts";

interface CallFrame {
  functionName: string;
  url: string;
  lineNumber: number;
  columnNumber: number;
}

interface Profile {
  nodes: { id: number; callFrame: CallFrame; hitCount: number; children?: number[] }[];
}

/** Where an isolate spends its time. Shares are of the samples in which it was not idle. */
export interface Spending {
  /** The innermost function of each sample, as `function, file:line`. */
  byFunction: [where: string, share: number][];
  /** By package, or by file of ours. */
  byModule: [where: string, share: number][];
}

const NOT_WORK = new Set(["(idle)", "(root)", "(program)"]);

/** Samples an isolate while `work` runs. @param sourceMap of its bundle, by which functions are found again */
export async function profile(
  url: string,
  sourceMap: SourceMapPayload,
  work: () => Promise<unknown>,
): Promise<Spending> {
  const session = await inspect(url);
  await session.call("Profiler.enable");
  await session.call("Profiler.setSamplingInterval", { interval: 200 });
  await session.call("Profiler.start");
  await work();
  const { profile: found } = await session.call<{ profile: Profile }>("Profiler.stop");
  session.close();

  const map = new SourceMap(sourceMap);
  const byFunction = new Map<string, number>();
  const byModule = new Map<string, number>();
  let all = 0;
  for (const { callFrame, hitCount } of found.nodes) {
    if (NOT_WORK.has(callFrame.functionName) || hitCount === 0) continue;
    const { file, line } = origin(callFrame, map);
    all += hitCount;
    const where = `${callFrame.functionName || "(anonymous)"}, ${file}${line ? `:${line}` : ""}`;
    byFunction.set(where, (byFunction.get(where) ?? 0) + hitCount);
    byModule.set(packageOf(file), (byModule.get(packageOf(file)) ?? 0) + hitCount);
  }
  const ranked = (hits: Map<string, number>): [string, number][] =>
    [...hits].map(([where, count]): [string, number] => [where, count / all]).toSorted((a, b) => b[1] - a[1]);
  return { byFunction: ranked(byFunction), byModule: ranked(byModule) };
}

function origin({ url, lineNumber, columnNumber }: CallFrame, map: SourceMap): { file: string; line: number } {
  if (!url) return { file: "(native)", line: 0 };
  if (!url.endsWith("molts.js")) return { file: url, line: lineNumber + 1 };
  const entry = map.findEntry(lineNumber, columnNumber);
  if (!("originalSource" in entry)) return { file: url, line: lineNumber + 1 };
  return { file: entry.originalSource.replace(/^(\.\.\/)+/, ""), line: entry.originalLine + 1 };
}

const packageOf = (file: string): string => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? file;
