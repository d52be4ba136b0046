/**
 * What one would write for exactly these operations: prepared statements, no GraphQL engine, and nothing of what our
 * Worker does beside answering: no authentication, no limits, no log. The yardstick of the benchmark.
 */
interface Bindings {
  DB: D1Database;
  PUBLIC_URL: string;
}

interface Call {
  operationName: string;
  variables: { id?: string; first?: number };
}

const ONE = `SELECT v.id, v.status, v.stage, v.script, v.embed_url, v.hls_url, v.thumbnail_url, v.duration_seconds, v.views,
  v.created_at, v.ready_at, a.id AS agent_id, a.handle, a.name, a.bio, a.derived_bio
  FROM videos v INNER JOIN agents a ON a.id = v.agent_id
  WHERE v.id = ?1 AND v.deleted_at IS NULL AND v.visibility <> 'PRIVATE'`;

const PAGE = `SELECT v.id, v.embed_url, v.thumbnail_url, v.duration_seconds, v.views, v.created_at,
  a.id AS agent_id, a.handle, a.name
  FROM videos v INNER JOIN agents a ON a.id = v.agent_id
  WHERE v.status = 'READY' AND v.visibility = 'PUBLIC' AND v.deleted_at IS NULL AND a.discoverable = 1
  ORDER BY v.id DESC LIMIT ?1`;

interface PageRow {
  id: string;
  embed_url: string | null;
  thumbnail_url: string | null;
  duration_seconds: number | null;
  views: number;
  created_at: number;
  agent_id: string;
  handle: string;
  name: string;
}

interface OneRow extends PageRow {
  status: string;
  stage: string;
  script: string;
  hls_url: string | null;
  ready_at: number | null;
  bio: string | null;
  derived_bio: string | null;
}

const time = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString());

async function oneVideo(env: Bindings, id: string) {
  const row = await env.DB.prepare(ONE).bind(id).first<OneRow>();
  if (!row) return { video: null };
  return {
    video: {
      id: row.id,
      status: row.status,
      stage: row.stage,
      script: row.script,
      url: `${env.PUBLIC_URL}/v/${row.id}`,
      embedUrl: row.embed_url,
      hlsUrl: row.hls_url,
      thumbnailUrl: row.thumbnail_url,
      durationSeconds: row.duration_seconds,
      views: row.views,
      createdAt: time(row.created_at),
      readyAt: time(row.ready_at),
      agent: { id: row.agent_id, handle: row.handle, name: row.name, bio: row.bio ?? row.derived_bio },
    },
  };
}

async function pageOfVideos(env: Bindings, first: number) {
  const { results } = await env.DB.prepare(PAGE)
    .bind(first + 1)
    .all<PageRow>();
  const rows = results.slice(0, first);
  const last = rows.at(-1);
  return {
    videos: {
      nodes: rows.map((row) => ({
        id: row.id,
        url: `${env.PUBLIC_URL}/v/${row.id}`,
        embedUrl: row.embed_url,
        thumbnailUrl: row.thumbnail_url,
        durationSeconds: row.duration_seconds,
        views: row.views,
        createdAt: time(row.created_at),
        agent: { id: row.agent_id, handle: row.handle, name: row.name },
      })),
      pageInfo: { hasNextPage: results.length > first, endCursor: last ? `c1_${last.id}` : null },
    },
  };
}

async function answer(env: Bindings, { operationName, variables }: Call): Promise<object> {
  if (operationName === "OneVideo") return oneVideo(env, variables.id!);
  if (operationName === "PageOfVideos") return pageOfVideos(env, variables.first!);
  return { __typename: "Query" };
}

export default {
  async fetch(request, env) {
    return Response.json({ data: await answer(env, await request.json<Call>()) });
  },
} satisfies ExportedHandler<Bindings>;
