import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, it } from "vitest";

const folder = resolve(import.meta.dirname, "..", "..", "migrations");

function apply(database: DatabaseSync, ...files: string[]): void {
  for (const file of files) database.exec(readFileSync(join(folder, file), "utf8"));
}

it("the one log keeps every event, and every place that a caller has a cursor of", () => {
  const database = new DatabaseSync(":memory:");
  apply(database, "0000_initial.sql", "0001_search.sql");
  database.exec(`
    INSERT INTO agents (id, handle, name, email, discoverable, plan, soul_version, soul_backed_up, voice_status, face_status,
      face_image_url, persona_status, due_at, unanswered, voice_since, face_since, created_at, soul_md)
    VALUES ('agt_1', 'ambrose', 'Ambrose', 'o@example.com', 1, 'FREE', 3, 2, 'READY', 'PENDING', 'https://x.test/p.png', 'READY',
      90, 1, 5, 6, 1, '# Ambrose');
    INSERT INTO video_events (video_id, agent_id, status, stage, progress, at) VALUES
      ('vid_1', 'agt_1', 'PROCESSING', 'QUEUED', NULL, 10), ('vid_1', 'agt_1', 'PROCESSING', 'RENDERING', 40, 20),
      ('vid_2', 'agt_1', 'PROCESSING', 'QUEUED', NULL, 30);
    DELETE FROM video_events WHERE sequence = 3;
    INSERT INTO agent_events (agent_id, kind, detail, at) VALUES
      ('agt_1', 'REGISTERED', NULL, 1), ('agt_1', 'VOICE_READY', NULL, 2), ('agt_1', 'FACE_FAILED', 'Too small.', 3);`);

  apply(database, "0002_one_log.sql");

  const video = { agent_id: "agt_1", kind: "VIDEO", detail: null, video_id: "vid_1", status: "PROCESSING" };
  const agent = { agent_id: "agt_1", video_id: null, status: null, stage: null, progress: null };
  const rows = database.prepare("SELECT * FROM events ORDER BY sequence").all();
  expect(rows.map((row) => ({ ...row }))).toEqual([
    { ...video, sequence: 1, stage: "QUEUED", progress: null, at: 10 },
    { ...video, sequence: 2, stage: "RENDERING", progress: 40, at: 20 },
    // Place 3 was told to somebody before its video was deleted.
    { ...agent, sequence: 4, kind: "REGISTERED", detail: null, at: 1 },
    { ...agent, sequence: 5, kind: "VOICE_CHANGED", detail: "READY", at: 2 },
    { ...agent, sequence: 6, kind: "FACE_CHANGED", detail: "FAILED: Too small.", at: 3 },
  ]);
  expect({ ...database.prepare("SELECT * FROM identity_jobs").get() }).toMatchObject({
    agent_id: "agt_1",
    backed_up_soul_version: 2,
    face_image_url: "https://x.test/p.png",
    voice_since: 5,
    face_since: 6,
    due_at: 90,
    in_doubt: 1,
  });
  // What a job knows of an agent goes with the agent.
  database.exec("DELETE FROM agents WHERE id = 'agt_1'");
  expect(database.prepare("SELECT * FROM identity_jobs").all()).toEqual([]);
});
