import { gzipSync } from "node:zlib";
import type { WorkerModule } from "../run/bundle.ts";

/** Bytes of the code as it is and as gzip makes it; the data beside it (an encoder's weights) is counted apart. */
export function sizeOf(modules: WorkerModule[]) {
  const code = modules.filter(({ type }) => type === "ESModule").map(({ contents }) => contents);
  const data = modules.filter(({ type }) => type !== "ESModule").map(({ contents }) => contents);
  const bytes = (parts: (string | Uint8Array)[]) => parts.reduce((sum, part) => sum + Buffer.from(part).length, 0);
  const packed = code.reduce((sum, part) => sum + gzipSync(part, { level: 9 }).length, 0);
  return { code: bytes(code), gzip: packed, data: bytes(data) };
}
