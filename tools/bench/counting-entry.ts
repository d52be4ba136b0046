import { type App, createApp } from "../../src/app.ts";
import { observeD1 } from "../../src/db/observe-d1.ts";
import { isAfterAnswer } from "./after-answer.ts";

// The application over a database that is counted, for the parts of the bench that count and do not compare: an answer
// carries its round trips, and /__bench/cron runs the scheduled handler and tells what that came to.

/** Everything that went to D1; `answers` leaves out what an answer sets off and does not wait for. */
const total = { roundTrips: 0, statements: 0 };
const answers = { count: 0 };
const counted = (database: D1Database) =>
  observeD1(database, (queries, run) => {
    total.roundTrips++;
    total.statements += queries.length;
    if (!isAfterAnswer(queries)) answers.count++;
    return run();
  });

const unlimited: RateLimit = { limit: async () => ({ success: true }) };

let app: App | undefined;
const appOf = (env: Env): App =>
  (app ??= createApp({
    ...env,
    DB: counted(env.DB),
    LIMIT_BY_KEY: unlimited,
    LIMIT_BY_IP: unlimited,
    LIMIT_KEYED: unlimited,
    LIMIT_REGISTRATION: unlimited,
    LIMIT_SEARCH: unlimited,
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
    const answer = new Response(response.body, response);
    answer.headers.set("x-d1-round-trips", String(answers.count - before));
    return answer;
  },
} satisfies ExportedHandler<Env>;
