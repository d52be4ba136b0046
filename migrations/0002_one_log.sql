CREATE TABLE `events` (
	`sequence` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`agent_id` text NOT NULL,
	`kind` text NOT NULL,
	`detail` text,
	`video_id` text,
	`status` text,
	`stage` text,
	`progress` integer,
	`at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `events_agent` ON `events` (`agent_id`,`sequence`);--> statement-breakpoint
CREATE INDEX `events_video` ON `events` (`video_id`,`sequence`);--> statement-breakpoint
CREATE INDEX `events_at` ON `events` (`at`);--> statement-breakpoint
CREATE TABLE `identity_jobs` (
	`agent_id` text PRIMARY KEY NOT NULL,
	`backed_up_soul_version` integer DEFAULT 0 NOT NULL,
	`sample_id` text,
	`sample_url` text,
	`sample_key` text,
	`face_image_url` text,
	`voice_since` integer NOT NULL,
	`face_since` integer NOT NULL,
	`persona_soul_version` integer DEFAULT 0 NOT NULL,
	`persona_face_id` text,
	`persona_voice_id` text,
	`due_at` integer,
	`lease` text,
	`lease_until` integer DEFAULT 0 NOT NULL,
	`failures` integer DEFAULT 0 NOT NULL,
	`in_doubt` integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE INDEX `identity_jobs_due` ON `identity_jobs` (`due_at`);--> statement-breakpoint
CREATE INDEX `identity_jobs_lease` ON `identity_jobs` (`lease`) WHERE "identity_jobs"."lease" IS NOT NULL;--> statement-breakpoint
-- What is in the two old logs. A video's events keep their places, which are the cursors that callers hold; those of
-- agents, which nobody has a cursor of, come behind them. The placeholder keeps the places of deleted events unused.
INSERT INTO `events` (`sequence`, `agent_id`, `kind`, `video_id`, `status`, `stage`, `progress`, `at`)
SELECT `sequence`, `agent_id`, 'VIDEO', `video_id`, `status`, `stage`, `progress`, `at` FROM `video_events`;--> statement-breakpoint
INSERT INTO `events` (`sequence`, `agent_id`, `kind`, `at`)
SELECT `seq`, '', 'UPDATED', 0 FROM `sqlite_sequence` WHERE `name` = 'video_events'
ON CONFLICT DO NOTHING;--> statement-breakpoint
DELETE FROM `events` WHERE `agent_id` = '';--> statement-breakpoint
INSERT INTO `events` (`agent_id`, `kind`, `detail`, `at`)
SELECT `agent_id`,
	CASE WHEN `kind` IN ('REGISTERED', 'UPDATED') THEN `kind` ELSE substr(`kind`, 1, instr(`kind`, '_') - 1) || '_CHANGED' END,
	CASE WHEN `kind` IN ('REGISTERED', 'UPDATED') THEN `detail` ELSE substr(`kind`, instr(`kind`, '_') + 1) || coalesce(': ' || `detail`, '') END,
	`at`
FROM `agent_events` ORDER BY `sequence`;--> statement-breakpoint
INSERT INTO `identity_jobs`
SELECT `id`, `soul_backed_up`, `sample_id`, `sample_url`, `sample_key`, `face_image_url`, `voice_since`, `face_since`,
	`persona_soul_version`, `persona_face_id`, `persona_voice_id`, `due_at`, `lease`, `lease_until`, `failures`, `unanswered`
FROM `agents`;--> statement-breakpoint
CREATE TRIGGER identity_jobs_on_deletion AFTER DELETE ON agents BEGIN
	DELETE FROM identity_jobs WHERE agent_id = OLD.id;
END;--> statement-breakpoint
DROP TABLE `agent_events`;--> statement-breakpoint
DROP TABLE `video_events`;--> statement-breakpoint
DROP INDEX `agents_due`;--> statement-breakpoint
ALTER TABLE `agents` DROP COLUMN `soul_backed_up`;--> statement-breakpoint
ALTER TABLE `agents` DROP COLUMN `sample_id`;--> statement-breakpoint
ALTER TABLE `agents` DROP COLUMN `sample_url`;--> statement-breakpoint
ALTER TABLE `agents` DROP COLUMN `sample_key`;--> statement-breakpoint
ALTER TABLE `agents` DROP COLUMN `face_image_url`;--> statement-breakpoint
ALTER TABLE `agents` DROP COLUMN `persona_soul_version`;--> statement-breakpoint
ALTER TABLE `agents` DROP COLUMN `persona_face_id`;--> statement-breakpoint
ALTER TABLE `agents` DROP COLUMN `persona_voice_id`;--> statement-breakpoint
ALTER TABLE `agents` DROP COLUMN `due_at`;--> statement-breakpoint
ALTER TABLE `agents` DROP COLUMN `lease`;--> statement-breakpoint
ALTER TABLE `agents` DROP COLUMN `lease_until`;--> statement-breakpoint
ALTER TABLE `agents` DROP COLUMN `unanswered`;--> statement-breakpoint
ALTER TABLE `agents` DROP COLUMN `failures`;--> statement-breakpoint
ALTER TABLE `agents` DROP COLUMN `voice_since`;--> statement-breakpoint
ALTER TABLE `agents` DROP COLUMN `face_since`;--> statement-breakpoint
-- The same columns under plainer names.
DROP INDEX `search_entries_model`;--> statement-breakpoint
ALTER TABLE `search_entries` RENAME COLUMN `model` TO `indexed_with`;--> statement-breakpoint
CREATE INDEX `search_entries_indexed_with` ON `search_entries` (`indexed_with`);--> statement-breakpoint
DROP INDEX `vector_sets_encoder`;--> statement-breakpoint
ALTER TABLE `vector_sets` RENAME COLUMN `encoder` TO `model`;--> statement-breakpoint
CREATE INDEX `vector_sets_model` ON `vector_sets` (`model`);--> statement-breakpoint
ALTER TABLE `registrations` RENAME COLUMN `body_hash` TO `input_hash`;--> statement-breakpoint
ALTER TABLE `video_requests` RENAME COLUMN `body_hash` TO `input_hash`;--> statement-breakpoint
ALTER TABLE `videos` RENAME COLUMN `unanswered` TO `in_doubt`;
