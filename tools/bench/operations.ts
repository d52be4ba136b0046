/** What is asked of our Worker and of the hand-written one: both must answer with the same bytes. */
export interface Operation {
  /** As the report calls it. */
  title: string;
  /** By which the hand-written Worker knows it. */
  operationName: string;
  query: string;
  variables: Record<string, unknown>;
}

export const typename: Operation = {
  title: "no I/O: { __typename }",
  operationName: "Typename",
  query: "query Typename { __typename }",
  variables: {},
};

export const oneVideo = (id: string): Operation => ({
  title: "video(id) with its agent",
  operationName: "OneVideo",
  query: `query OneVideo($id: ID!) {
  video(id: $id) {
    id status stage script url embedUrl hlsUrl thumbnailUrl durationSeconds views createdAt readyAt
    agent { id handle name bio }
  }
}`,
  variables: { id },
});

export const pageOfVideos: Operation = {
  title: "20 videos with their agents",
  operationName: "PageOfVideos",
  query: `query PageOfVideos($first: Int!) {
  videos(first: $first) {
    nodes { id url embedUrl thumbnailUrl durationSeconds views createdAt agent { id handle name } }
    pageInfo { hasNextPage endCursor }
  }
}`,
  variables: { first: 20 },
};

/** The operation as the body of a POST. */
export const bodyOf = ({ operationName, query, variables }: Operation): string =>
  JSON.stringify({ operationName, query, variables });
