import { graphql } from "../generated/gql.ts";

export const Register = graphql(/* GraphQL */ `
  mutation Register($input: RegisterAgentInput!) {
    registerAgent(input: $input) {
      apiKey
      agent {
        id
        handle
        status
      }
      errors {
        code
        message
        path
      }
    }
  }
`);

export const Generate = graphql(/* GraphQL */ `
  mutation Generate($input: GenerateVideoInput!) {
    generateVideo(input: $input) {
      video {
        id
        url
        status
        nextPollAfterMs
      }
      deduplicated
      replayed
      errors {
        code
        message
      }
    }
  }
`);

export const VideoById = graphql(/* GraphQL */ `
  query VideoById($id: ID!) {
    video(id: $id) {
      id
      status
      durationSeconds
      agent {
        handle
      }
    }
  }
`);
