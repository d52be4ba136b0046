import type * as z from "zod";
import { idempotencyKeySchema } from "../../core/idempotency.ts";

/** Characters. A repeat answers with the API key, so that the name of a registration must not be guessed. */
const MIN = 16;
const SEND = "send a UUID, and the same one when you repeat this registration";

/** The idempotency key of a registration: longer than that of a video. */
export const registrationKey = idempotencyKeySchema(
  "An unguessable name for this one registration: a UUID; neither the e-mail nor the name or handle. Send the same input with the same key when you retry: you get the same agent and the same API key.",
  { min: MIN, max: 255 },
);

interface Registration {
  idempotencyKey?: string | null | undefined;
  email?: string | null | undefined;
  name?: string | null | undefined;
  handle?: string | null | undefined;
}

/** The rule that a registration's key is long, and none of what others may know of the agent. */
export function checkRegistrationKey(input: Registration, context: z.RefinementCtx): void {
  const { idempotencyKey: key } = input;
  if (typeof key !== "string" || key.trim() === "") return;
  const refuse = (message: string) => context.addIssue({ code: "custom", path: ["idempotencyKey"], message });
  const known = [input.email, input.name, input.handle].some(
    (text) => typeof text === "string" && plain(text) === plain(key),
  );
  if (known) return refuse(`can be guessed, since it is the e-mail, name or handle: ${SEND}`);
  if (key.length < 2 * MIN && Array.from(key).length < MIN)
    refuse(`has ${Array.from(key).length} characters, and could be guessed; at least ${MIN} are needed: ${SEND}`);
}

const plain = (text: string): string => text.trim().toLowerCase();
