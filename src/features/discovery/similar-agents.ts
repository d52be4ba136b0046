import type { Context } from "../../context.ts";
import { AppError, issue, NotFoundError } from "../../core/errors.ts";
import { idPrefix } from "../../core/ids.ts";
import { parseInput } from "../../core/parse-input.ts";
import { callerOf } from "../agents/access.ts";
import { HANDLE } from "../agents/handle.ts";
import { similarAgentsPage, type SimilarAgentsPage, type SimilarTo, similarToInput } from "./input.ts";
import type { SimilarAgent } from "./search/similar-agent.ts";
import { similarToSelected } from "./search/similar-to-agents.ts";
import { similarToText } from "./search/similar-to-text.ts";

/**
 * The discoverable agents most like an agent or a text, best first. One vector query and one round trip. When the
 * vector index does not answer, agents are found by words alone.
 * @throws InputError; LimitError RATE_LIMITED past 60 searches a minute; NotFoundError for an agent that is unknown or not discoverable; AppError UPSTREAM_UNAVAILABLE
 * when the vector index does not answer and words find nobody
 */
export async function similarAgents(ctx: Context, raw: SimilarTo, page: SimilarAgentsPage): Promise<SimilarAgent[]> {
  const to = parseInput(similarToInput, raw, "to");
  const { first } = parseInput(similarAgentsPage, page, null);
  await ctx.throttle("search", callerOf(ctx));
  const { found, isDegraded } =
    to.text != null ? await similarToText(ctx, to.text, first) : await similarToAgent(ctx, to, first);
  if (found.length === 0 && isDegraded) {
    throw new AppError(
      issue("UPSTREAM_UNAVAILABLE", "The search by meaning does not answer, and no agent has these words. Try again.", {
        retryAfterMs: RETRY_MS,
      }),
    );
  }
  return found;
}

const RETRY_MS = 5_000;

async function similarToAgent(ctx: Context, { agent, handle }: SimilarTo, first: number) {
  // No agent has an id or a handle of another shape.
  const mayExist = agent != null ? idPrefix(agent) === "agt" : HANDLE.test(handle!);
  const [result] = mayExist ? await similarToSelected(ctx, [{ id: agent, handle }], first) : [];
  if (result) return result;
  throw agent != null
    ? new NotFoundError(`A discoverable agent with the id ${agent}`, ["to", "agent"])
    : new NotFoundError(`A discoverable agent with the handle ${handle}`, ["to", "handle"]);
}
