CREATE TABLE `activations` (
	`id` text PRIMARY KEY NOT NULL,
	`machine_id` text NOT NULL,
	`provider` text NOT NULL,
	`directory` text NOT NULL,
	`account_id` text,
	`previous_account_id` text,
	`actor` text NOT NULL,
	`at` integer NOT NULL,
	`backup_id` text,
	`written_at` integer,
	`verified_at` integer,
	`verified_as` text,
	`verified_by` text,
	`rolled_back_at` integer,
	`undone_at` integer,
	`restores` text,
	`failed_at` integer,
	`failure_code` text
);
--> statement-breakpoint
CREATE INDEX `activations_by_place` ON `activations` (`machine_id`,`directory`,`at`);--> statement-breakpoint
CREATE TABLE `backup_files` (
	`id` text PRIMARY KEY NOT NULL,
	`backup_id` text NOT NULL,
	`path` text NOT NULL,
	`content_sealed` text,
	`mode` integer,
	`written_fingerprint` text,
	FOREIGN KEY (`backup_id`) REFERENCES `backups`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `backup_files_path` ON `backup_files` (`backup_id`,`path`);--> statement-breakpoint
CREATE TABLE `backups` (
	`id` text PRIMARY KEY NOT NULL,
	`activation_id` text NOT NULL,
	`machine_id` text NOT NULL,
	`provider` text NOT NULL,
	`directory` text NOT NULL,
	`at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`restored_at` integer
);
--> statement-breakpoint
CREATE INDEX `backups_by_age` ON `backups` (`expires_at`);--> statement-breakpoint
CREATE TABLE `cli_members` (
	`account_id` text PRIMARY KEY NOT NULL,
	`members_sealed` text NOT NULL,
	`at` integer NOT NULL,
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `profiles` (
	`id` text PRIMARY KEY NOT NULL,
	`machine_id` text NOT NULL,
	`provider` text NOT NULL,
	`account_id` text,
	`directory` text NOT NULL,
	`shared` text NOT NULL,
	`created_at` integer NOT NULL,
	`removed_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `profiles_directory` ON `profiles` (`machine_id`,`directory`);--> statement-breakpoint
CREATE INDEX `profiles_by_account` ON `profiles` (`account_id`);--> statement-breakpoint
CREATE TABLE `alert_channels` (
	`id` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`name` text NOT NULL,
	`target_sealed` text,
	`signing_key_sealed` text,
	`is_private_allowed` integer NOT NULL,
	`includes_names` integer NOT NULL,
	`machine_id` text,
	`created_at` integer NOT NULL,
	`paused_at` integer
);
--> statement-breakpoint
CREATE TABLE `alert_deliveries` (
	`id` text PRIMARY KEY NOT NULL,
	`alert_id` text NOT NULL,
	`channel_id` text NOT NULL,
	`tries` integer DEFAULT 0 NOT NULL,
	`next_try_at` integer,
	`delivered_at` integer,
	`gave_up_at` integer,
	`failure_code` text,
	FOREIGN KEY (`alert_id`) REFERENCES `alerts`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`channel_id`) REFERENCES `alert_channels`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `alert_deliveries_once` ON `alert_deliveries` (`alert_id`,`channel_id`);--> statement-breakpoint
CREATE INDEX `alert_deliveries_due` ON `alert_deliveries` (`next_try_at`);--> statement-breakpoint
CREATE INDEX `alert_deliveries_by_channel` ON `alert_deliveries` (`channel_id`);--> statement-breakpoint
CREATE TABLE `alert_snoozes` (
	`account_id` text PRIMARY KEY NOT NULL,
	`until` integer NOT NULL,
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `alert_watches` (
	`subject` text PRIMARY KEY NOT NULL,
	`rules` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `alerts` (
	`id` text PRIMARY KEY NOT NULL,
	`rule_key` text NOT NULL,
	`kind` text NOT NULL,
	`provider` text NOT NULL,
	`account_id` text,
	`window_id` text,
	`threshold` real,
	`at` integer NOT NULL,
	`period_ends_at` integer,
	`details` text NOT NULL,
	`is_quiet` integer NOT NULL,
	`cleared_at` integer,
	`seen_at` integer,
	`snoozed_until` integer,
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `alerts_once` ON `alerts` (`rule_key`) WHERE cleared_at is null;--> statement-breakpoint
CREATE INDEX `alerts_by_rule` ON `alerts` (`rule_key`,`period_ends_at`);--> statement-breakpoint
CREATE INDEX `alerts_by_time` ON `alerts` (`at`);--> statement-breakpoint
CREATE INDEX `alerts_by_account` ON `alerts` (`account_id`);--> statement-breakpoint
CREATE TABLE `calendar_feeds` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`token_hash` text NOT NULL,
	`includes_names` integer NOT NULL,
	`created_at` integer NOT NULL,
	`last_read_at` integer,
	`revoked_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `calendar_feeds_token` ON `calendar_feeds` (`token_hash`);--> statement-breakpoint
CREATE TABLE `console_keys` (
	`id` text PRIMARY KEY NOT NULL,
	`account_id` text NOT NULL,
	`name` text NOT NULL,
	`hint` text NOT NULL,
	`key_sealed` text,
	`created_at` integer NOT NULL,
	`forgotten_at` integer,
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `console_keys_by_account` ON `console_keys` (`account_id`);--> statement-breakpoint
CREATE TABLE `forecasts` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`account_id` text NOT NULL,
	`window_id` text NOT NULL,
	`made_at` integer NOT NULL,
	`resets_at` integer NOT NULL,
	`used_fraction` real NOT NULL,
	`runs_out_at` integer,
	`earliest_at` integer,
	`latest_at` integer,
	`linear_at` integer,
	`scored_at` integer,
	`ran_out_at` integer,
	`is_in_band` integer,
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `forecasts_by_window` ON `forecasts` (`account_id`,`window_id`,`made_at`);--> statement-breakpoint
CREATE INDEX `forecasts_open` ON `forecasts` (`scored_at`,`resets_at`);--> statement-breakpoint
CREATE TABLE `transcript_files` (
	`machine_id` text NOT NULL,
	`path` text NOT NULL,
	`provider` text NOT NULL,
	`directory` text NOT NULL,
	`offset` integer NOT NULL,
	`modified_at` integer NOT NULL,
	PRIMARY KEY(`machine_id`, `path`)
);
--> statement-breakpoint
CREATE TABLE `transcript_hours` (
	`machine_id` text NOT NULL,
	`provider` text NOT NULL,
	`directory` text NOT NULL,
	`account_id` text NOT NULL,
	`at` integer NOT NULL,
	`messages` integer NOT NULL,
	`input_tokens` integer NOT NULL,
	`cached_tokens` integer NOT NULL,
	`output_tokens` integer NOT NULL,
	PRIMARY KEY(`machine_id`, `directory`, `account_id`, `at`)
);
--> statement-breakpoint
CREATE TABLE `usage_calls` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`identity` text NOT NULL,
	`owner` text NOT NULL,
	`at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `usage_calls_by_identity` ON `usage_calls` (`identity`,`at`);--> statement-breakpoint
CREATE TABLE `usage_holds` (
	`identity` text PRIMARY KEY NOT NULL,
	`until` integer NOT NULL,
	`wait_ms` integer NOT NULL,
	`code` text
);
--> statement-breakpoint
CREATE TABLE `usage_points` (
	`account_id` text NOT NULL,
	`window_id` text NOT NULL,
	`resolution` text NOT NULL,
	`at` integer NOT NULL,
	`used_fraction` real NOT NULL,
	`highest_fraction` real NOT NULL,
	`resets_at` integer,
	PRIMARY KEY(`account_id`, `window_id`, `resolution`, `at`),
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `usage_states` (
	`account_id` text PRIMARY KEY NOT NULL,
	`read_at` integer,
	`plan` text,
	`credits` text,
	`failed_at` integer,
	`failure_code` text,
	`failures` integer DEFAULT 0 NOT NULL,
	`next_read_at` integer,
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `usage_states_due` ON `usage_states` (`next_read_at`);--> statement-breakpoint
CREATE TABLE `usage_windows` (
	`account_id` text NOT NULL,
	`window_id` text NOT NULL,
	`position` integer NOT NULL,
	`kind` text NOT NULL,
	`label` text,
	`scope` text,
	`duration_ms` integer,
	`used_fraction` real,
	`resets_at` integer,
	`is_active` integer NOT NULL,
	`read_at` integer NOT NULL,
	PRIMARY KEY(`account_id`, `window_id`),
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
DROP INDEX `generations_of_grant`;--> statement-breakpoint
CREATE UNIQUE INDEX `generations_of_grant` ON `generations` (`grant_id`,`generation`,`how`,`at`);--> statement-breakpoint
DROP INDEX `grant_copies_place`;--> statement-breakpoint
ALTER TABLE `grant_copies` ADD `grant_id` text;--> statement-breakpoint
ALTER TABLE `grant_copies` ADD `access_token_expires_at` integer;--> statement-breakpoint
CREATE INDEX `grant_copies_by_place` ON `grant_copies` (`machine_id`,`place`);--> statement-breakpoint
CREATE UNIQUE INDEX `grant_copies_place` ON `grant_copies` (`account_id`,`kind`,`machine_id`,`place`);--> statement-breakpoint
PRAGMA foreign_keys=OFF;--> statement-breakpoint
CREATE TABLE `__new_credential_files` (
	`machine_id` text NOT NULL,
	`path` text NOT NULL,
	`provider` text NOT NULL,
	`kind` text NOT NULL,
	`account_id` text,
	`state` text NOT NULL,
	`observed_at` integer NOT NULL,
	`modified_at` integer,
	`subject` text,
	`organization_id` text,
	`email` text,
	`refresh_token_fingerprint` text,
	`access_token_expires_at` integer,
	PRIMARY KEY(`machine_id`, `path`),
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE set null
);
--> statement-breakpoint
DROP TABLE `credential_files`;--> statement-breakpoint
ALTER TABLE `__new_credential_files` RENAME TO `credential_files`;--> statement-breakpoint
PRAGMA foreign_keys=ON;--> statement-breakpoint
ALTER TABLE `authorizations` ADD `variant` text;--> statement-breakpoint
ALTER TABLE `grants` ADD `credential_machine_id` text;