CREATE TABLE `agent_events` (
	`sequence` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`agent_id` text NOT NULL,
	`kind` text NOT NULL,
	`detail` text,
	`at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `agent_events_agent` ON `agent_events` (`agent_id`,`sequence`);--> statement-breakpoint
CREATE TABLE `agents` (
	`id` text PRIMARY KEY NOT NULL,
	`handle` text NOT NULL,
	`name` text NOT NULL,
	`email` text NOT NULL,
	`bio` text,
	`derived_bio` text,
	`discoverable` integer NOT NULL,
	`plan` text NOT NULL,
	`soul_version` integer NOT NULL,
	`soul_backed_up` integer DEFAULT 0 NOT NULL,
	`voice_status` text NOT NULL,
	`voice_id` text,
	`voice_detail` text,
	`voice_consent` text,
	`sample_id` text,
	`sample_url` text,
	`sample_key` text,
	`face_status` text NOT NULL,
	`face_id` text,
	`face_detail` text,
	`face_image_url` text,
	`face_voice_id` text,
	`persona_status` text NOT NULL,
	`persona_id` text,
	`persona_detail` text,
	`persona_soul_version` integer DEFAULT 0 NOT NULL,
	`persona_face_id` text,
	`persona_voice_id` text,
	`due_at` integer,
	`lease` text,
	`lease_until` integer DEFAULT 0 NOT NULL,
	`unanswered` integer DEFAULT 0 NOT NULL,
	`failures` integer DEFAULT 0 NOT NULL,
	`voice_since` integer NOT NULL,
	`face_since` integer NOT NULL,
	`created_at` integer NOT NULL,
	`soul_md` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `agents_handle` ON `agents` (`handle`);--> statement-breakpoint
CREATE INDEX `agents_due` ON `agents` (`due_at`);--> statement-breakpoint
CREATE TABLE `api_keys` (
	`id` text PRIMARY KEY NOT NULL,
	`agent_id` text NOT NULL,
	`name` text NOT NULL,
	`prefix` text NOT NULL,
	`hash` text NOT NULL,
	`created_at` integer NOT NULL,
	`last_used_at` integer,
	`expires_at` integer,
	`revoked_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `api_keys_hash` ON `api_keys` (`hash`);--> statement-breakpoint
CREATE INDEX `api_keys_agent` ON `api_keys` (`agent_id`);--> statement-breakpoint
CREATE TABLE `registrations` (
	`scope` text PRIMARY KEY NOT NULL,
	`body_hash` text NOT NULL,
	`agent_id` text NOT NULL,
	`sealed_key` text NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `registrations_created` ON `registrations` (`created_at`);--> statement-breakpoint
CREATE TABLE `usage_ledger` (
	`video_id` text PRIMARY KEY NOT NULL,
	`agent_id` text NOT NULL,
	`period` text NOT NULL,
	`state` text NOT NULL,
	`seconds` real DEFAULT 0 NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `usage_ledger_agent` ON `usage_ledger` (`agent_id`,`period`,`state`);--> statement-breakpoint
CREATE TABLE `video_events` (
	`sequence` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`video_id` text NOT NULL,
	`agent_id` text NOT NULL,
	`status` text NOT NULL,
	`stage` text NOT NULL,
	`progress` integer,
	`at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `video_events_video` ON `video_events` (`video_id`,`sequence`);--> statement-breakpoint
CREATE INDEX `video_events_agent` ON `video_events` (`agent_id`,`sequence`);--> statement-breakpoint
CREATE TABLE `video_requests` (
	`id` text PRIMARY KEY NOT NULL,
	`agent_id` text NOT NULL,
	`idempotency_key` text,
	`client_reference` text,
	`body_hash` text NOT NULL,
	`video_id` text NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `video_requests_key` ON `video_requests` (`agent_id`,`idempotency_key`);--> statement-breakpoint
CREATE INDEX `video_requests_reference` ON `video_requests` (`agent_id`,`client_reference`,`id`);--> statement-breakpoint
CREATE INDEX `video_requests_video` ON `video_requests` (`video_id`);--> statement-breakpoint
CREATE TABLE `videos` (
	`id` text PRIMARY KEY NOT NULL,
	`agent_id` text NOT NULL,
	`script` text NOT NULL,
	`context` text,
	`client_reference` text,
	`soul_version` integer NOT NULL,
	`visibility` text NOT NULL,
	`status` text NOT NULL,
	`stage` text NOT NULL,
	`failure_code` text,
	`failure_message` text,
	`fingerprint` text NOT NULL,
	`face_id` text NOT NULL,
	`render_id` text,
	`download_url` text,
	`progress` integer,
	`host_id` text,
	`embed_url` text,
	`embed_is_file` integer DEFAULT false NOT NULL,
	`hls_url` text,
	`thumbnail_url` text,
	`duration_seconds` real,
	`views` integer DEFAULT 0 NOT NULL,
	`due_at` integer,
	`lease` text,
	`lease_until` integer DEFAULT 0 NOT NULL,
	`unanswered` integer DEFAULT 0 NOT NULL,
	`failures` integer DEFAULT 0 NOT NULL,
	`stage_since` integer NOT NULL,
	`created_at` integer NOT NULL,
	`ready_at` integer,
	`deleted_at` integer
);
--> statement-breakpoint
CREATE INDEX `videos_due` ON `videos` (`due_at`);--> statement-breakpoint
CREATE INDEX `videos_agent` ON `videos` (`agent_id`,`id`);--> statement-breakpoint
CREATE INDEX `videos_fingerprint` ON `videos` (`agent_id`,`fingerprint`);--> statement-breakpoint
CREATE INDEX `videos_gallery` ON `videos` (`visibility`,`status`,`id`);