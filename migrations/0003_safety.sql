CREATE TABLE `counters` (
	`name` text PRIMARY KEY NOT NULL,
	`value` real NOT NULL,
	`expires_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `counters_expires` ON `counters` (`expires_at`);--> statement-breakpoint
CREATE TABLE `registration_counts` (
	`address` text PRIMARY KEY NOT NULL,
	`hour` integer NOT NULL,
	`in_hour` integer NOT NULL,
	`day` integer NOT NULL,
	`in_day` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `registration_counts_day` ON `registration_counts` (`day`);--> statement-breakpoint
CREATE TABLE `breakers` (
	`name` text PRIMARY KEY NOT NULL,
	`failures` integer NOT NULL,
	`probe_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `sweeps` (
	`name` text PRIMARY KEY NOT NULL,
	`lease` text,
	`lease_until` integer NOT NULL,
	`last_run_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `trainings` (
	`name` text PRIMARY KEY NOT NULL,
	`agent_id` text NOT NULL,
	`kind` text NOT NULL,
	`period` text NOT NULL,
	`begun_at` integer NOT NULL,
	`vendor_id` text,
	`replaced_at` integer,
	`erased_at` integer
);
--> statement-breakpoint
CREATE INDEX `trainings_agent` ON `trainings` (`agent_id`,`kind`,`period`);--> statement-breakpoint
CREATE INDEX `trainings_begun` ON `trainings` (`begun_at`);--> statement-breakpoint
CREATE TABLE `usage_months` (
	`agent_id` text NOT NULL,
	`period` text NOT NULL,
	`videos` integer NOT NULL,
	`seconds` real NOT NULL,
	PRIMARY KEY(`agent_id`, `period`)
);
--> statement-breakpoint
CREATE TABLE `video_archives` (
	`video_id` text PRIMARY KEY NOT NULL,
	`created_at` integer NOT NULL,
	`due_at` integer,
	`lease` text,
	`lease_until` integer DEFAULT 0 NOT NULL,
	`failures` integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE INDEX `video_archives_due` ON `video_archives` (`due_at`);--> statement-breakpoint
DROP INDEX `videos_due`;--> statement-breakpoint
ALTER TABLE `videos` ADD `views_day` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `videos` ADD `views_in_day` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `videos` ADD `doubt_since` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `videos` ADD `failing_since` integer;--> statement-breakpoint
ALTER TABLE `videos` ADD `outage_ms` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `videos` ADD `failed_copies` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `videos` ADD `file_sha256` text;--> statement-breakpoint
ALTER TABLE `videos` ADD `file_bytes` integer;--> statement-breakpoint
ALTER TABLE `videos` ADD `render_deleted_at` integer;--> statement-breakpoint
CREATE INDEX `videos_agent_status` ON `videos` (`agent_id`,`status`);--> statement-breakpoint
CREATE INDEX `videos_failed` ON `videos` (`created_at`) WHERE "videos"."status" = 'FAILED';--> statement-breakpoint
CREATE INDEX `videos_due` ON `videos` (`due_at`,`agent_id`,`lease_until`) WHERE "videos"."due_at" IS NOT NULL;--> statement-breakpoint
ALTER TABLE `agents` ADD `claimed_at` integer;--> statement-breakpoint
ALTER TABLE `identity_jobs` ADD `voice_refusals` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `identity_jobs` ADD `face_refusals` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `identity_jobs` ADD `persona_refusals` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `identity_jobs` ADD `training_not_before` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `usage_ledger` ADD `free_seconds` real;--> statement-breakpoint
CREATE INDEX `usage_ledger_period` ON `usage_ledger` (`period`);--> statement-breakpoint
CREATE INDEX `video_requests_day` ON `video_requests` (`agent_id`,`created_at`);--> statement-breakpoint
CREATE INDEX `video_requests_created` ON `video_requests` (`created_at`);
--> statement-breakpoint
-- The voices and faces that exist at the vendor, so that a replaced one is found and deleted there.
INSERT INTO `trainings` (`name`, `agent_id`, `kind`, `period`, `begun_at`, `vendor_id`)
SELECT `id` || ' ' || `sample_id`, `id`, 'VOICE', strftime('%Y-%m', `voice_since` / 1000, 'unixepoch'), `voice_since`, `voice_id`
FROM `agents` JOIN `identity_jobs` ON `identity_jobs`.`agent_id` = `agents`.`id`
WHERE `voice_id` IS NOT NULL AND `sample_id` IS NOT NULL;--> statement-breakpoint
INSERT INTO `trainings` (`name`, `agent_id`, `kind`, `period`, `begun_at`, `vendor_id`)
SELECT `id` || ' ' || `face_since`, `id`, 'FACE', strftime('%Y-%m', `face_since` / 1000, 'unixepoch'), `face_since`, `face_id`
FROM `agents` JOIN `identity_jobs` ON `identity_jobs`.`agent_id` = `agents`.`id`
WHERE `face_id` IS NOT NULL;
