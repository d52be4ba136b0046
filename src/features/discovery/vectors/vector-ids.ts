import type { IndexedVector } from "../../../core/ports.ts";
import type { DocumentVectors } from "./encode-document.ts";

/** Whose vectors they are, and which encoder made them; their ids are composed of it. */
export interface VectorOwner {
  agentId: string;
  handle: string;
  /** The name of the encoder's model. */
  model: string;
}

/** The id of a vector. Number 0 is the whole text, the parts follow. At most 64 bytes, the limit of the vector index. */
export const vectorId = (agentId: string, model: string, number: number): string => `${agentId}.${model}.${number}`;

/** The id of a second copy of number 0: with it a search by handle needs no lookup of the agent first. */
export const aliasId = (handle: string, model: string): string => `@${handle}.${model}`;

/** The ids of the vectors with numbers from `from` to below `to`. */
export const vectorIds = ({ agentId, model }: VectorOwner, from: number, to: number): string[] =>
  Array.from({ length: Math.max(0, to - from) }, (_, index) => vectorId(agentId, model, from + index));

/** An agent's vectors as the index stores them: the whole, its alias, and the parts. */
export function indexedVectors(owner: VectorOwner, { whole, parts }: DocumentVectors): IndexedVector[] {
  const { agentId, handle, model } = owner;
  const common = { agentId, model };
  return [
    { ...common, id: vectorId(agentId, model, 0), values: whole, kind: "whole" },
    { ...common, id: aliasId(handle, model), values: whole, kind: "alias" },
    ...parts.map((values, index) => ({
      ...common,
      id: vectorId(agentId, model, index + 1),
      values,
      kind: "part" as const,
    })),
  ];
}
