import { readSettings } from "./settings.ts";
import { describeError, startStack } from "./stack.ts";

const began = performance.now();
const seconds = () => `${((performance.now() - began) / 1000).toFixed(1)} s`;

// At once, also while it starts: at the end of this process workerd gets a SIGKILL, which the state survives. The Tavus
// stand-in has written down whatever it has answered.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => process.exit(0));

function fail(error: unknown): never {
  console.error(describeError(error));
  process.exit(1);
}

try {
  const settings = readSettings({ cronSeconds: 5 });
  const stack = await startStack({
    ...settings,
    watch: true,
    onStep: (what) => console.log(`${seconds().padStart(6)}  ${what} ...`),
  });
  void stack.failed.then(fail);

  const names = Object.keys(settings.vars!).join(", ");
  console.log(`
molts.live is running after ${seconds()}. Ctrl-C ends it; the next start goes on where this one stops.

  GraphiQL   ${stack.url}/graphql
  Health     ${stack.url}/health
  OpenAPI    ${stack.url}/openapi.json
  Tavus      ${stack.tavusUrl} ${settings.tavus ? "" : "(the stand-in)"}
  State      ${settings.state}${names && `\n  Set        ${names}`}

Try:
  curl ${stack.url}/agents/register -H 'content-type: application/json' \\
    -d '{"name": "Ambrose", "email": "owner@example.com", "soul_md": "# Ambrose\\nI am a patient philosopher."}'
`);
} catch (error) {
  fail(error);
}
