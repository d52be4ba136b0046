import { type App, createApp } from "../../src/app.ts";
import { countingD1, type D1Counter } from "../../test/harness/counting-d1.ts";

// The application over a database that is counted, for the parts of the bench that count and do not compare: an answer
// carries its round trips, and /__bench/cron runs the scheduled handler and tells what that came to.

/** Everything that went to D1; `answers` leaves out what an answer sets off and does not wait for. */
const total = { roundTrips: 0, statements: 0 };
const answers: D1Counter = {
  count: 0,
  fault(queries) {
    total.roundTrips++;
    total.statements += queries.length;
    return null;
  },
};

const unlimited: RateLimit = { limit: async () => ({ success: true }) };

let app: App | undefined;
const appOf = (env: Env): App =>
  (app ??= createApp({
    ...env,
    DB: countingD1(env.DB, answers),
    LIMIT_BY_KEY: unlimited,
    LIMIT_BY_IP: unlimited,
    LIMIT_REGISTRATION: unlimited,
  }));

async function runCron(env: Env, execution: ExecutionContext): Promise<Response> {
  const before = { ...total };
  const started = Date.now();
  await appOf(env).scheduled({ cron: "* * * * *", scheduledTime: started, noRetry() {} } as never, execution);
  return Response.json({
    ms: Date.now() - started,
    roundTrips: total.roundTrips - before.roundTrips,
    statements: total.statements - before.statements,
  });
}

export default {
  async fetch(request, env, execution) {
    if (new URL(request.url).pathname === "/__bench/cron") return runCron(env, execution);
    const before = answers.count;
    const response = await appOf(env).fetch(request, execution);
    const counted = new Response(response.body, response);
    counted.headers.set("x-d1-round-trips", String(answers.count - before));
    return counted;
  },
} satisfies ExportedHandler<Env>;
