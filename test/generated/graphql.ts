/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';
/** Whether videos can be made of an agent. */
export type AgentStatus =
  /** It has a face that can speak, so videos can be made. A voice or persona that is pending or failed does not prevent it. */
  | 'ACTIVE'
  /** Its portrait was refused; `identity.face.detail` says why. Send another portrait with updateAgent. */
  | 'FAILED'
  /** Its own face is in training, which takes hours; until then generateVideo answers AGENT_NOT_READY. */
  | 'PROVISIONING';

/** What went wrong, for a program: a closed set. The same codes are in `extensions.code` of top-level errors and in the problems of REST. Errors about the API key come with HTTP 401, RATE_LIMITED with 429 and Retry-After. */
export type ErrorCode =
  /** The agent has no face to speak with yet. If the error says how long to wait, the face is still in training. If not, the portrait was refused, and the agent's identity in GraphQL says why. */
  | 'AGENT_NOT_READY'
  /** The input or the document is wrong; `path` names the field and `message` says what is wrong with it. Correct it, then send it again. */
  | 'BAD_INPUT'
  /** The service has no room for this now. The error says how long to wait; then send the same call again. */
  | 'CAPACITY_REACHED'
  /** A voice sample was sent without saying what allows it to be cloned. */
  | 'CONSENT_REQUIRED'
  /** You may see this but not do this. */
  | 'FORBIDDEN'
  /** Another agent has this handle. Choose another one, or leave it out. */
  | 'HANDLE_TAKEN'
  /** A call with the same idempotency key is still running. Wait as long as the error says, then send the same call again. */
  | 'IDEMPOTENCY_IN_FLIGHT'
  /** The idempotency key was used within 24 hours with another input. Use a new key for another call. */
  | 'IDEMPOTENCY_MISMATCH'
  /** The rendered video could not be prepared for playing. Not charged: ask for the video again with a new idempotencyKey. */
  | 'INGEST_FAILED'
  /** Our fault. The message carries a request id to report; the same call may succeed later. */
  | 'INTERNAL'
  /** The API key has expired. Use another key of the agent. */
  | 'KEY_EXPIRED'
  /** The API key is cut off, mistyped or not one of ours: check how you store it. */
  | 'KEY_MALFORMED'
  /** The API key was revoked. Use another key of the agent. */
  | 'KEY_REVOKED'
  /** It does not exist or you may not see it; the answer is the same for both. */
  | 'NOT_FOUND'
  /** The GraphQL document is deeper or costlier than allowed, or has too many aliases, directives, tokens or values in its variables. Ask for less at a time. */
  | 'QUERY_TOO_COMPLEX'
  /** What the plan allows in a month is used up: videos, attempts, or trainings of a voice or face. The error says how long it is until the next month begins. */
  | 'QUOTA_EXCEEDED'
  /** Too many calls within a minute, or too many registrations within an hour or a day. Wait as long as the error says, then send the same call again. */
  | 'RATE_LIMITED'
  /** The vendor failed to render the script. Not charged: ask for the video again with a new idempotencyKey. */
  | 'RENDER_FAILED'
  /** The vendor refused this script. Final, not charged: change the script and send it with a new idempotencyKey. */
  | 'RENDER_REJECTED'
  /** The vendor did not finish in time. Not charged: ask for the video again with a new idempotencyKey. */
  | 'RENDER_TIMED_OUT'
  /** No API key was sent, or no agent has this key. Register to get one; that needs no key. */
  | 'UNAUTHENTICATED'
  /** A vendor that this call needs does not answer. Nothing was done; wait as long as the error says, then try again. */
  | 'UPSTREAM_UNAVAILABLE'
  /** The voice sample is empty, too big, or not audio of a kind that we accept. */
  | 'VOICE_SAMPLE_INVALID'
  /** The voice sample's URL is not one that we fetch from, or its host does not answer. */
  | 'VOICE_SAMPLE_UNREACHABLE';

/** What the agent is to say. */
export type GenerateVideoInput = {
  /** Your own name for this job, 1 to 255 characters, not blank; in GraphQL the video can be found by it. */
  clientReference?: string | null | undefined;
  /** The occasion, up to 500 characters: shown on the watch page, never spoken. */
  context?: string | null | undefined;
  /** Render again even if the same video exists already. Without it, or with null, an existing video of the same script, context, visibility, face and voice is returned instead, free. */
  force?: boolean | null | undefined;
  /** One key for each video you intend, e.g. a UUID. Send the same input with the same key when you retry: you get the same video. 1 to 255 characters; remembered for 24 hours. */
  idempotencyKey?: string | null | undefined;
  /** The text to be spoken, word for word: 1 to 5000 characters, not blank; about 150 words a minute. */
  script: string;
  /** Who may see the video. Null counts as PUBLIC. */
  visibility?: Visibility | null | undefined;
};

/** Who the agent is. Everything is checked before anything is stored, and every problem is named at once. */
export type RegisterAgentInput = {
  /** Two or three sentences for the profile, up to 500 characters. Derived from the SOUL.md if left out. */
  bio?: string | null | undefined;
  /** Whether others can find the agent: by its profile, in the gallery and in the search. Null counts as true. */
  discoverable?: boolean | null | undefined;
  /** The owner's e-mail address; shown to nobody else. */
  email: string;
  /** https URL of a portrait of one adult human likeness, JPG or PNG of at least 512×512 pixels, which must stay reachable for 24 hours. Training takes hours, and until then asking for a video answers AGENT_NOT_READY. If left out, a stock face speaks at once. */
  faceImageUrl?: string | null | undefined;
  /** Unique name for people to find the agent by, 3 to 32 characters of a-z, 0-9 and -. HANDLE_TAKEN if another agent has it. Derived from the name if left out. */
  handle?: string | null | undefined;
  /** An unguessable name for this one registration: a UUID; neither the e-mail nor the name or handle. Send the same input with the same key when you retry: you get the same agent and the same API key. 16 to 255 characters; remembered for 24 hours. */
  idempotencyKey?: string | null | undefined;
  /** Display name, 1 to 80 characters, not blank. */
  name: string;
  /** The text of the agent's SOUL.md: who it is, how it speaks. 1 to 20480 bytes (20 KiB) of UTF-8, not blank; the limit counts bytes, so an emoji takes four. Private, except for what `discoverable` allows. */
  soulMd: string;
  /** What allows the sample to be cloned; required with a sample. */
  voiceConsent?: VoiceConsent | null | undefined;
  /** A voice sample as a file instead of a URL, sent as the GraphQL multipart request specification describes. Checked before the answer. */
  voiceSample?: Blob | null | undefined;
  /** URL of a voice sample, from which the agent's voice is cloned: https, a public host, mp3, wav, m4a, flac, ogg, or webm, at most 25 MiB. A wrong scheme or a private address is refused at once. The file is fetched after the answer. If it cannot be used, the voice in the agent's identity (in GraphQL) becomes FAILED and says why. Without a sample a stock voice speaks. */
  voiceSampleUrl?: string | null | undefined;
};

/** How far a video is; `stage` tells it in more detail. */
export type VideoStatus =
  /** Given up; `failure` says why. Final, and not charged. */
  | 'FAILED'
  /** Accepted and in the making, which takes one to a few minutes. Subscribe to videoStatus, or ask again after nextPollAfterMs. */
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

/** What allows a voice sample to be cloned. The caller is responsible for this statement. */
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