import { VOICE_CONSENTS, type VoiceConsent } from "../../../core/vocabulary.ts";
import { builder } from "../../../graphql/builder.ts";
import { VOICE_CONSENT_MEANINGS } from "../input.ts";

export const VoiceConsentEnum = builder.enumType("VoiceConsent", {
  description: "On what ground a voice sample may be cloned. The caller answers for it.",
  values: Object.fromEntries(
    VOICE_CONSENTS.map((ground) => [ground, { description: VOICE_CONSENT_MEANINGS[ground] }]),
  ) as { [Ground in VoiceConsent]: { description: string } },
});
