/** Stock faces. Ids and names: Tavus docs, "Stock Replicas", and a later third-party reading of it; the name Rose is made up. */
export const stockFaces = [
  { id: "r5dc7c7d0bcb", name: "Gloria", modelName: "phoenix-4" },
  { id: "r90bbd427f71", name: "Anna", modelName: "phoenix-4" },
  { id: "r874cc5f8a3b", name: "Lucas", modelName: "phoenix-4" },
  { id: "rc9cff32ceba", name: "Anna - Casual", modelName: "phoenix-4" },
  { id: "rb32069a3012", name: "Luna", modelName: "phoenix-4" },
  { id: "r3f4182ef554", name: "Lucas - Studio", modelName: "phoenix-4" },
  { id: "rc8992fe8e8e", name: "Brooke", modelName: "phoenix-4.5" },
  { id: "rbb3ca3630f7", name: "Charlie", modelName: "phoenix-4.5" },
  { id: "rfe12d8b9597", name: "Rose", modelName: "phoenix-3" },
] as const;

/** Stock voices: the slug is what `voice_name` of a face takes. Only `anna` is named in the Tavus docs; the ids are made up. */
export const stockVoices = [
  { id: "v0a11a000001", name: "anna", tags: ["female", "american"] },
  { id: "v0a11a000002", name: "gloria", tags: ["female", "warm"] },
  { id: "v0a11a000003", name: "lucas", tags: ["male", "american"] },
  { id: "v0a11a000004", name: "luna", tags: ["female", "calm"] },
  { id: "v0a11a000005", name: "charlie", tags: ["male", "british"] },
] as const;
