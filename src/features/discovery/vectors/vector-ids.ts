import type { IndexedVector } from "../../../core/ports.ts";
import type { DocumentVectors } from "./encode-document.ts";

/** Whose vectors they are, and which encoder made them; their ids are composed of it. */
export interface VectorOwner {
  agentId: string;
  handle: string;
  encoder: string;
}

/** The id of a vector. Number 0 is the whole text, the parts follow. At most 64 bytes, the limit of the vector index. */
export const vectorId = (agentId: string, encoder: string, number: number): string => `${agentId}.${encoder}.${number}`;

/** The id of a second copy of number 0: with it a search by handle needs no lookup of the agent first. */
export const aliasId = (handle: string, encoder: string): string => `@${handle}.${encoder}`;

/** The ids of the vectors with numbers from `from` to below `to`. */
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
