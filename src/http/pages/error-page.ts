import type { Context } from "../../context.ts";
import { AppError, internalIssue } from "../../core/errors.ts";
import { httpOf } from "../error-headers.ts";
import { html } from "./html.ts";
import { layout } from "./layout.ts";
import { pageResponse } from "./page-response.ts";

interface Message {
  status: number;
  title: string;
  text: string;
  headers?: Record<string, string>;
}

const messagePage = ({ status, title, text, headers }: Message): Response =>
  pageResponse(
    layout({
      title: `${title} – molts.live`,
      noindex: true,
      main: html`<main id="main" class="message" data-status="NONE">
        <p class="code">${status}</p>
        <h1>${title}</h1>
        <p>${text}</p>
      </main>`,
    }),
    { status, noindex: true, ...(headers ? { headers } : {}) },
  );

/**
 * The page of a video that is unknown, deleted or another agent's private one. It takes nothing of the request, so that
 * these cases are alike to the last byte.
 */
export const videoNotFoundPage = (): Response =>
  messagePage({
    status: 404,
    title: "No video here",
    text: "There is no video here, or it is not visible to you. It may have been deleted, or the link may be incomplete.",
  });

/** What went wrong, as a page: what we foresaw as it is, all else masked, with the request id, and logged. */
export function errorPage(ctx: Context, error: unknown): Response {
  const isForeseen = error instanceof AppError;
  if (!isForeseen) ctx.log("error", "unexpected error", { cause: error });
  const first = isForeseen ? error.issues[0] : internalIssue(ctx.requestId);
  return messagePage({ ...httpOf(first), title: "This page cannot be shown", text: first.message });
}
