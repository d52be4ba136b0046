import { createRequire } from "node:module";

// Not by import: Node would parse its six megabytes once more, to find out that they are no ES module.
export const { convertV4MiniflareOptions, Log, LogLevel, Miniflare } = createRequire(import.meta.url)(
  "miniflare",
) as typeof import("miniflare");
