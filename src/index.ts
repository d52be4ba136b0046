import { appOf } from "./app.ts";

export default {
  fetch: (request, env, execution) => appOf(env).fetch(request, execution),
  scheduled: (controller, env, execution) => appOf(env).scheduled(controller, execution),
} satisfies ExportedHandler<Env>;
