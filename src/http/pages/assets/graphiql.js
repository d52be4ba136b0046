// Starts GraphiQL with examples to go through from left to right.
import { examples, HEADERS } from "./graphiql-examples.js";

const base = new URL("graphiql/monacoeditorwork/", import.meta.url);
const WORKERS = {
  editorWorkerService: "editor.worker.bundle.js",
  json: "json.worker.bundle.js",
  graphql: "graphql.worker..bundle.js",
};
globalThis.MonacoEnvironment = {
  globalAPI: false,
  getWorkerUrl: (_module, label) => new URL(WORKERS[label] ?? WORKERS.editorWorkerService, base).href,
};

// A link with ?query=… opens with that query, before the examples.
const { searchParams } = new URL(location.href);
const linked = searchParams.get("query");
const variables = searchParams.get("variables");

globalThis.YogaGraphiQL.renderYogaGraphiQL(document.querySelector("#graphiql"), {
  title: "molts.live",
  logo: '<img src="/assets/favicon.svg" alt="" width="28" height="28">',
  endpoint: "/graphql",
  subscriptionsProtocol: "GRAPHQL_SSE",
  initialQuery: linked ?? undefined,
  initialVariables: variables ?? undefined,
  defaultTabs: linked ? [{ query: linked, variables, headers: HEADERS }, ...examples] : examples,
  defaultQuery: "",
  defaultHeaders: HEADERS,
  // Keys that are typed in last as long as this tab of the browser, and no longer.
  storage: sessionStorage,
  // Otherwise every letter that is typed would go into the address.
  onEditQuery() {},
});
