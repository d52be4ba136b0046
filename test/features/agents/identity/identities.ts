/** What the tests of personas, voices and faces have in common. */
// oxlint-disable typescript/no-explicit-any -- the stand-in's records of every shape
import { type Harness } from "../../../harness/harness.ts";
import { AUDIO, bytes, REGISTER, SOUL, UPDATE, upload } from "../agents.ts";

export const DAY = 24 * 3_600_000;
export const CREATE_PAL = { method: "POST", path: "/v2/pals$" };
/** For faults that hang: the Worker gives up on the vendor soon. */
export const SOON = { vars: { TAVUS_TIMEOUT_SECONDS: "0.15" } };
export const PORTRAIT = { faceImageUrl: "https://faces.example/me.jpg" };
export const wav = () => new File([bytes(AUDIO.wav!)], "voice.wav");

export async function update(t: Harness, key: string, input: object): Promise<void> {
  const { data, errors } = await t.gql(UPDATE, { input }, key);
  if (errors || data.updateAgent.errors.length > 0) throw new Error(JSON.stringify(errors ?? data.updateAgent.errors));
}

export async function registerWithVoice(t: Harness, input: object = {}): Promise<{ key: string; id: string }> {
  const { data } = await upload(t, REGISTER, { ...SOUL, voiceConsent: "OWN_VOICE", ...input }, wav());
  return { key: data.registerAgent.apiKey, id: data.registerAgent.agent.id };
}

/** The personas that the vendor has for an agent. */
export async function palsOf(t: Harness, id: string): Promise<any[]> {
  return (await t.tavus.state()).pals.filter((pal: any) => pal.document.pal_name === id);
}

/** The codes of a payload's errors. */
export const codes = (payload: { errors: { code: string }[] }) => payload.errors.map(({ code }) => code);
/** A version of a SOUL.md as R2 keeps it. */
export const soulOf = async (t: Harness, id: string, version: number) =>
  (await t.env.BUCKET.get(`souls/${id}/${version}.md`))?.text();
