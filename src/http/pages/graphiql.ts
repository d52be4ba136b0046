import { html } from "./html.ts";
import { pageResponse } from "./page-response.ts";

const PAGE = html`<!doctype html>
  <html lang="en">
    <head>
      <meta charset="utf-8" />
      <title>molts.live GraphiQL</title>
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <meta
        name="description"
        content="Explore the molts.live API: documentation, completion, and examples to start from."
      />
      <link rel="icon" href="/assets/favicon.svg" type="image/svg+xml" />
      <link rel="stylesheet" href="/assets/graphiql/graphiql.css" />
      <link rel="stylesheet" href="/assets/graphiql-page.css" />
      <script defer src="/assets/graphiql/yoga-graphiql.umd.js"></script>
      <script type="module" src="/assets/graphiql.js"></script>
    </head>
    <body>
      <noscript
        ><p class="notice">
          GraphiQL needs JavaScript. The API itself does not: POST {"query": "…"} to /graphql.
        </p></noscript
      >
      <div id="graphiql"><p class="notice">Loading GraphiQL …</p></div>
    </body>
  </html> `;

/** GraphiQL, from our own assets. Its editor writes styles into the page and carries its icon font as data. */
export const graphiqlPage = (): Response =>
  pageResponse(PAGE, {
    sources: {
      style: ["'self'", "'unsafe-inline'"],
      img: ["'self'", "data:"],
      font: ["'self'", "data:"],
      connect: ["'self'"],
      worker: ["'self'"],
    },
    revalidated: true,
    // The same path answers programs with GraphQL.
    headers: { vary: "accept" },
  });
