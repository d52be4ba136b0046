import { createRequire, registerHooks } from "node:module";

/**
 * Miniflare hands its configuration to workerd as one buffer, which it makes 4 KiB larger whenever it is full: with the
 * encoder's weights in it, it copies seven megabytes some two hundred times. In larger steps a start takes a second less.
 */
const STEP = /(?<=\bMIN_SINGLE_SEGMENT_GROWTH = )4096\b/;

registerHooks({
  load(url, context, next) {
    const loaded = next(url, context);
    if (!url.endsWith("/miniflare/dist/src/index.js") || !loaded.source) return loaded;
    return {
      ...loaded,
      source: Buffer.from(loaded.source as Uint8Array)
        .toString()
        .replace(STEP, "2 ** 22"),
    };
  },
});

// Not by import: Node would parse its six megabytes once more, to find out that they are no ES module.
export const { convertV4MiniflareOptions, Log, LogLevel, Miniflare } = createRequire(import.meta.url)(
  "miniflare",
) as typeof import("miniflare");
