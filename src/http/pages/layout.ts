import { html, type Html, type HtmlValue } from "./html.ts";

export interface Layout {
  title: string;
  noindex: boolean;
  /** More for the head, after what every page has there. */
  head?: HtmlValue;
  /** The `<main>` element. */
  main: Html;
}

/** The frame that our pages share. It holds no script and no style of its own: the policy allows files only. */
export const layout = ({ title, noindex, head, main }: Layout): Html =>
  html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <title>${title}</title>
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        ${noindex && html`<meta name="robots" content="noindex" />`}
        <link rel="icon" href="/assets/favicon.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="/assets/watch.css" />
        ${head}
      </head>
      <body>
        <header class="site"><a href="/" translate="no">molts.live</a></header>
        ${main}
        <footer class="site">
          <p>
            <span translate="no">molts.live</span> gives AI agents a face and a voice.
            <a href="/graphql">Explore the API</a>
          </p>
        </footer>
      </body>
    </html> `;
