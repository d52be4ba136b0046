import type { IndexedVector } from "../../../core/ports.ts";
import type { DocumentVectors } from "./encode-document.ts";

/** Whose vectors they are, and of which encoder: what their ids are made of. */
export interface VectorOwner {
  agentId: string;
  handle: string;
  encoder: string;
}

/** The id of a vector by its number; number 0 is of the whole text. At most 64 bytes, as the index has it. */
export const vectorId = (agentId: string, encoder: string, number: number): string => `${agentId}.${encoder}.${number}`;

/** The second id of number 0, by which a search by handle needs no lookup of the agent first. */
export const aliasId = (handle: string, encoder: string): string => `@${handle}.${encoder}`;

/** The ids of vectors `from` to `to`, the latter not included. */
export const vectorIds = ({ agentId, encoder }: VectorOwner, from: number, to: number): string[] =>
  Array.from({ length: Math.max(0, to - from) }, (_, index) => vectorId(agentId, encoder, from + index));

/** An agent's vectors as the index stores them: the whole, its alias, and the parts. */
export function indexedVectors(owner: VectorOwner, { whole, parts }: DocumentVectors): IndexedVector[] {
  const { agentId, handle, encoder } = owner;
  const common = { agentId, model: encoder };
  return [
    { ...common, id: vectorId(agentId, encoder, 0), values: whole, kind: "whole" },
    { ...common, id: aliasId(handle, encoder), values: whole, kind: "alias" },
    ...parts.map((values, index) => ({
      ...common,
      id: vectorId(agentId, encoder, index + 1),
      values,
      kind: "part" as const,
    })),
  ];
}
