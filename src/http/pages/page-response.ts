import type { Html } from "./html.ts";

/** What a page may load, by directive of its Content-Security-Policy; anything else is not loaded. */
export type Sources = Partial<
  Record<"script" | "style" | "img" | "font" | "media" | "frame" | "connect" | "worker", readonly string[]>
>;

/** What every page of ours may load. */
const OWN: Sources = { script: ["'self'"], style: ["'self'"], img: ["'self'"] };

/** Content-Security-Policy: nothing but the sources given, and never inside another site's page. */
export function contentSecurityPolicy(sources: Sources): string {
  const loads = Object.entries({ ...OWN, ...sources })
    .filter(([, from]) => from.length > 0)
    .map(([kind, from]) => `${kind}-src ${from.join(" ")}`);
  return ["default-src 'none'", ...loads, "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"].join("; ");
}

export interface PageOptions {
  status?: number;
  sources?: Sources;
  /** Whether a browser may cache the page and revalidate it before each use. Other pages are not cached. */
  revalidated?: boolean;
  /** Tells search engines to leave the page out. */
  noindex?: boolean;
  headers?: Record<string, string>;
}

/** An HTML page with the headers that all of ours have. */
export function pageResponse(page: Html, options: PageOptions = {}): Response {
  return new Response(String(page), {
    status: options.status ?? 200,
    headers: {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": contentSecurityPolicy(options.sources ?? {}),
      "x-content-type-options": "nosniff",
      // The path of an unlisted video is its secret: other sites learn our origin at most.
      "referrer-policy": "strict-origin-when-cross-origin",
      "cache-control": options.revalidated ? "no-cache" : "no-store",
      ...(options.noindex ? { "x-robots-tag": "noindex" } : {}),
      ...options.headers,
    },
  });
}
