import { resolve } from "node:path";
import { root } from "./config.ts";
import { describeError, startStack } from "./stack.ts";

const port = Number(process.env.PORT ?? 8787);
const cronSeconds = Number(process.env.CRON_SECONDS ?? 5);
const state = resolve(root, process.env.MOLTS_STATE ?? ".molts");
const tavusUrl = process.env.TAVUS_API_URL;

if (!Number.isInteger(port) || port < 1 || port > 65534) throw new Error("PORT must be a port number, 1 to 65534.");
if (!(cronSeconds > 0)) throw new Error("CRON_SECONDS must be a number above 0.");

// Handled from the first moment on: Ctrl-C while it starts must not leave a Worker behind.
let stopping = false;
const stop = async () => {
  if (stopping) return;
  stopping = true;
  await starting.then((running) => running.stop()).catch(() => {});
  process.exit(0);
};
process.on("SIGINT", stop);
process.on("SIGTERM", stop);

const starting = startStack({
  port,
  state,
  cronSeconds,
  ...(tavusUrl ? { tavus: { url: tavusUrl, key: process.env.TAVUS_API_KEY ?? "local-tavus-key" } } : {}),
});
const stack = await starting.catch((error: unknown) => {
  console.error(describeError(error));
  process.exit(1);
});

console.log(`
molts.live is running. Ctrl-C ends it; the next start goes on where this one stops.

  GraphiQL   ${stack.url}/graphql
  Health     ${stack.url}/health
  OpenAPI    ${stack.url}/openapi.json
  Tavus      ${stack.tavusUrl} ${tavusUrl ? "" : "(the stand-in)"}
  State      ${state}

Try:
  curl ${stack.url}/agents/register -H 'content-type: application/json' \\
    -d '{"name": "Ambrose", "email": "owner@example.com", "soul_md": "# Ambrose\\nI am a patient philosopher."}'
`);

void stack.exited.then(async (code) => {
  if (stopping) return;
  console.error(`The Worker ended by itself with code ${code}.`);
  stopping = true;
  await stack.stop();
  process.exit(1);
});
