CREATE TABLE `search_entries` (
	`number` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`agent_id` text NOT NULL,
	`handle` text NOT NULL,
	`revision` integer DEFAULT 1 NOT NULL,
	`model` text,
	`themes` text,
	`word_query` text,
	`due_at` integer,
	`lease` text,
	`lease_until` integer DEFAULT 0 NOT NULL,
	`failures` integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `search_entries_agent_id_unique` ON `search_entries` (`agent_id`);--> statement-breakpoint
CREATE INDEX `search_entries_due` ON `search_entries` (`due_at`);--> statement-breakpoint
CREATE INDEX `search_entries_model` ON `search_entries` (`model`);--> statement-breakpoint
CREATE TABLE `vector_sets` (
	`agent_id` text NOT NULL,
	`encoder` text NOT NULL,
	`size` integer NOT NULL,
	`made_of` text,
	PRIMARY KEY(`agent_id`, `encoder`)
);
--> statement-breakpoint
CREATE INDEX `vector_sets_encoder` ON `vector_sets` (`encoder`);
--> statement-breakpoint
-- What drizzle-kit cannot describe. The words of each agent, without the texts they are from; rowid is search_entries.number.
CREATE VIRTUAL TABLE agent_words USING fts5(name, head, body, content='', contentless_delete=1, tokenize='porter unicode61 remove_diacritics 2');--> statement-breakpoint
CREATE TRIGGER search_entries_on_registration AFTER INSERT ON agents BEGIN
	INSERT INTO search_entries (agent_id, handle, due_at) VALUES (NEW.id, NEW.handle, CASE WHEN NEW.discoverable THEN 0 END);
END;--> statement-breakpoint
CREATE TRIGGER search_entries_on_change AFTER UPDATE OF name, bio, soul_version, discoverable ON agents
WHEN OLD.name <> NEW.name OR OLD.bio IS NOT NEW.bio OR OLD.soul_version <> NEW.soul_version OR OLD.discoverable <> NEW.discoverable BEGIN
	UPDATE search_entries SET revision = revision + 1, due_at = 0, failures = 0 WHERE agent_id = NEW.id;
END;--> statement-breakpoint
CREATE TRIGGER search_entries_on_deletion AFTER DELETE ON agents BEGIN
	UPDATE search_entries SET revision = revision + 1, due_at = 0, failures = 0 WHERE agent_id = OLD.id;
END;--> statement-breakpoint
-- Agents that were registered before there was a search.
INSERT INTO search_entries (agent_id, handle, due_at) SELECT id, handle, CASE WHEN discoverable THEN 0 END FROM agents;
