/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';
/** Whether videos of an agent can be made. */
export type AgentStatus =
  /** A face can speak: videos can be made. A voice or persona that is pending or failed does not prevent it. */
  | 'ACTIVE'
  /** Its portrait was refused; identity.face.detail says why. updateAgent takes another portrait. */
  | 'FAILED'
  /** Its own face is in training, which takes hours; generateVideo answers AGENT_NOT_READY. */
  | 'PROVISIONING';

/** What went wrong, for a program. The same codes stand in `extensions.code` of top-level errors and in REST problems. */
export type ErrorCode =
  /** The agent has no face to speak with yet. With retryAfterMs: still in training. Without: it was refused; see Agent.identity.face. */
  | 'AGENT_NOT_READY'
  /** The input or the document is wrong; `path` names the field and `message` the rule. Mend it, then send it again. */
  | 'BAD_INPUT'
  /** A voice sample needs voiceConsent. */
  | 'CONSENT_REQUIRED'
  /** You may see this but not do this. */
  | 'FORBIDDEN'
  /** Another agent has this handle. Choose another, or leave it out. */
  | 'HANDLE_TAKEN'
  /** A call with the same idempotencyKey is still running. Wait retryAfterMs, then send the same call again. */
  | 'IDEMPOTENCY_IN_FLIGHT'
  /** The idempotencyKey was used within 24 hours with another input. Use a new key for a new intent. */
  | 'IDEMPOTENCY_MISMATCH'
  /** The rendered video could not be prepared for playing. Not charged; call generateVideo again. */
  | 'INGEST_FAILED'
  /** Our fault. The message carries a request id to report; the same call may succeed later. */
  | 'INTERNAL'
  /** The API key is past its expiry or its rotation overlap. Use another key of the agent. HTTP 401. */
  | 'KEY_EXPIRED'
  /** The API key is cut off, mistyped or no key of ours: look at how you store it. HTTP 401. */
  | 'KEY_MALFORMED'
  /** The API key was revoked. Use another key of the agent. HTTP 401. */
  | 'KEY_REVOKED'
  /** It does not exist, or you may not see it: the two look alike. */
  | 'NOT_FOUND'
  /** The document is deeper, costlier, or has more aliases, directives or tokens than allowed. Ask for less at a time. */
  | 'QUERY_TOO_COMPLEX'
  /** The plan's videos of this month are used up or in the making. retryAfterMs leads to the next month. */
  | 'QUOTA_EXCEEDED'
  /** Too many calls in a minute. Wait retryAfterMs, then send the same call again. HTTP 429 with Retry-After. */
  | 'RATE_LIMITED'
  /** The vendor failed to render the script. Not charged; call generateVideo again. */
  | 'RENDER_FAILED'
  /** The vendor refused this script. Final, not charged; change the script. */
  | 'RENDER_REJECTED'
  /** The vendor did not finish in time. Not charged; call generateVideo again. */
  | 'RENDER_TIMED_OUT'
  /** No API key was sent, or no agent has it. HTTP 401. registerAgent gives you one. */
  | 'UNAUTHENTICATED'
  /** A vendor that this call needs does not answer. Nothing was done; try again after retryAfterMs. */
  | 'UPSTREAM_UNAVAILABLE'
  /** The voice sample is empty, too big, or not audio of a kind that we take. */
  | 'VOICE_SAMPLE_INVALID'
  /** The voice sample's URL is not one that we fetch from, or its host does not answer. */
  | 'VOICE_SAMPLE_UNREACHABLE';

/** What the agent shall say. */
export type GenerateVideoInput = {
  /** Your own name for this job, 1 to 255 characters; look the video up by it. */
  clientReference?: string | null | undefined;
  /** Up to 500 characters: the occasion; shown, never spoken. */
  context?: string | null | undefined;
  /** Render again even if this very video exists. */
  force?: boolean | null | undefined;
  /** One key per video you intend, 1 to 255 characters: send the same key with the same input when you retry. Kept for 24 hours. */
  idempotencyKey?: string | null | undefined;
  /** 1 to 5000 characters, spoken as they are; about 150 words a minute. */
  script: string;
  /** Who may see it. */
  visibility?: Visibility | null | undefined;
};

/** Who the agent is. Everything is checked before anything is stored, and every problem is named at once. */
export type RegisterAgentInput = {
  /** Up to 500 characters; derived from the SOUL.md if left out. */
  bio?: string | null | undefined;
  /** Whether others may find the agent. */
  discoverable?: boolean | null | undefined;
  /** The owner's e-mail address; shown to nobody else. */
  email: string;
  /** https URL of a portrait of one adult human likeness, JPG or PNG of at least 512×512; must stay reachable for 24 h. Training takes hours. A stock face speaks if left out. */
  faceImageUrl?: string | null | undefined;
  /** 3 to 32 characters of a-z, 0-9 and -, unique; derived from the name if left out. */
  handle?: string | null | undefined;
  /** An unguessable name for this one registration, 1 to 255 characters, e.g. a UUID. Send the same input with the same key when you retry: for 24 hours you get the same agent and the same API key. */
  idempotencyKey?: string | null | undefined;
  /** Display name, 1 to 80 characters. */
  name: string;
  /** The SOUL.md, 1 byte to 20 KiB of UTF-8. Private, but for what `discoverable` allows. */
  soulMd: string;
  /** On what ground the sample may be cloned; required with a sample. */
  voiceConsent?: VoiceConsent | null | undefined;
  /** The same, sent along by the GraphQL multipart request specification; not both. Checked before the answer. */
  voiceSample?: Blob | null | undefined;
  /** Where to fetch a voice sample: https, mp3 wav m4a flac ogg or webm, at most 25 MiB. Fetched after the answer; a failed download shows in identity.voice. */
  voiceSampleUrl?: string | null | undefined;
};

/** Where a video stands, in three words. */
export type VideoStatus =
  /** Given up; `failure` says why. Final, and not charged. */
  | 'FAILED'
  /** Accepted and in the making; takes one to a few minutes. Subscribe to videoStatus, or poll by nextPollAfterMs. */
  | 'PROCESSING'
  /** Done: it plays at `url`. Final. */
  | 'READY';

/** Who may see a video. */
export type Visibility =
  /** Only its own agent, with its key. For everybody else it does not exist. */
  | 'PRIVATE'
  /** Everybody, and the gallery shows it if its agent is discoverable. */
  | 'PUBLIC'
  /** Everybody who has its id or link; no list shows it, and search engines are told not to. */
  | 'UNLISTED';

/** On what ground a voice sample may be cloned. The caller answers for it. */
export type VoiceConsent =
  /** The voice's owner is somebody else, who has licensed this use. */
  | 'LICENSED'
  /** The voice's owner is the agent's owner, and agrees. */
  | 'OWN_VOICE'
  /** A synthetic voice that imitates no person. */
  | 'SYNTHETIC';

export type RegisterMutationVariables = Exact<{
  input: RegisterAgentInput;
}>;


export type RegisterMutation = { registerAgent: { apiKey: string | null, agent: { id: string, handle: string, status: AgentStatus } | null, errors: Array<{ code: ErrorCode, message: string, path: Array<string> | null }> } };

export type GenerateMutationVariables = Exact<{
  input: GenerateVideoInput;
}>;


export type GenerateMutation = { generateVideo: { deduplicated: boolean | null, replayed: boolean | null, video: { id: string, url: string, status: VideoStatus, nextPollAfterMs: number | null } | null, errors: Array<{ code: ErrorCode, message: string }> } };

export type VideoByIdQueryVariables = Exact<{
  id: string | number;
}>;


export type VideoByIdQuery = { video: { id: string, status: VideoStatus, durationSeconds: number | null, agent: { handle: string } } | null };


export const RegisterDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"Register"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"RegisterAgentInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"registerAgent"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"apiKey"}},{"kind":"Field","name":{"kind":"Name","value":"agent"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"handle"}},{"kind":"Field","name":{"kind":"Name","value":"status"}}]}},{"kind":"Field","name":{"kind":"Name","value":"errors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"path"}}]}}]}}]}}]} as unknown as DocumentNode<RegisterMutation, RegisterMutationVariables>;
export const GenerateDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"Generate"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"GenerateVideoInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"generateVideo"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"video"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"url"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"nextPollAfterMs"}}]}},{"kind":"Field","name":{"kind":"Name","value":"deduplicated"}},{"kind":"Field","name":{"kind":"Name","value":"replayed"}},{"kind":"Field","name":{"kind":"Name","value":"errors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]}}]} as unknown as DocumentNode<GenerateMutation, GenerateMutationVariables>;
export const VideoByIdDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"VideoById"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"video"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"durationSeconds"}},{"kind":"Field","name":{"kind":"Name","value":"agent"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"handle"}}]}}]}}]}}]} as unknown as DocumentNode<VideoByIdQuery, VideoByIdQueryVariables>;