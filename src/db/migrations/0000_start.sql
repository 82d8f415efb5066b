CREATE TABLE `accounts` (
	`id` text PRIMARY KEY NOT NULL,
	`provider` text NOT NULL,
	`subject` text NOT NULL,
	`organization_id` text DEFAULT '' NOT NULL,
	`organization_name` text,
	`email` text,
	`display_name` text,
	`plan` text,
	`rate_limit_tier` text,
	`label` text,
	`position` integer NOT NULL,
	`paused_at` integer,
	`profile_read_at` integer,
	`profile_failure` text,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `accounts_identity` ON `accounts` (`provider`,`subject`,`organization_id`);--> statement-breakpoint
CREATE TABLE `attempts` (
	`id` text PRIMARY KEY NOT NULL,
	`grant_id` text NOT NULL,
	`generation` integer NOT NULL,
	`parent_fingerprint` text NOT NULL,
	`owner` text NOT NULL,
	`lease_epoch` integer NOT NULL,
	`purpose` text NOT NULL,
	`outcome` text NOT NULL,
	`started_at` integer NOT NULL,
	`ended_at` integer,
	`http_status` integer,
	`code` text,
	FOREIGN KEY (`grant_id`) REFERENCES `grants`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `attempts_by_grant` ON `attempts` (`grant_id`,`started_at`);--> statement-breakpoint
CREATE INDEX `attempts_open` ON `attempts` (`grant_id`) WHERE outcome = 'intent';--> statement-breakpoint
CREATE TABLE `audit_events` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`at` integer NOT NULL,
	`account_id` text,
	`kind` text NOT NULL,
	`actor` text NOT NULL,
	`details` text NOT NULL,
	`mac` text
);
--> statement-breakpoint
CREATE INDEX `audit_events_by_account` ON `audit_events` (`account_id`,`at`);--> statement-breakpoint
CREATE INDEX `audit_events_unchained` ON `audit_events` (`id`) WHERE mac is null;--> statement-breakpoint
CREATE TABLE `authorizations` (
	`id` text PRIMARY KEY NOT NULL,
	`provider` text NOT NULL,
	`method` text NOT NULL,
	`account_id` text,
	`label` text,
	`state_fingerprint` text NOT NULL,
	`state_sealed` text NOT NULL,
	`code_verifier_sealed` text NOT NULL,
	`redirect_uri` text NOT NULL,
	`browser_hash` text,
	`device_code_sealed` text,
	`user_code` text,
	`verification_uri` text,
	`poll_interval_ms` integer,
	`profile_path` text,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`exchanging_at` integer,
	`completed_at` integer,
	`completed_account_id` text,
	`failed_at` integer,
	`failure_code` text,
	`failure_detail` text,
	`cancelled_at` integer,
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `credential_files` (
	`path` text PRIMARY KEY NOT NULL,
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
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE set null
);
--> statement-breakpoint
CREATE TABLE `generations` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`account_id` text NOT NULL,
	`grant_id` text NOT NULL,
	`generation` integer NOT NULL,
	`how` text NOT NULL,
	`custody` text NOT NULL,
	`actor` text NOT NULL,
	`why` text,
	`at` integer NOT NULL,
	`refresh_token_fingerprint` text,
	`access_token_expires_at` integer,
	`ended_how` text,
	`ended_at` integer,
	`ended_why` text
);
--> statement-breakpoint
CREATE UNIQUE INDEX `generations_of_grant` ON `generations` (`grant_id`,`generation`);--> statement-breakpoint
CREATE INDEX `generations_by_account` ON `generations` (`account_id`,`at`);--> statement-breakpoint
CREATE INDEX `generations_by_refresh_token` ON `generations` (`refresh_token_fingerprint`);--> statement-breakpoint
CREATE TABLE `grant_copies` (
	`id` text PRIMARY KEY NOT NULL,
	`account_id` text NOT NULL,
	`kind` text NOT NULL,
	`machine_id` text,
	`place` text NOT NULL,
	`refresh_token_fingerprint` text,
	`generation` integer,
	`may_refresh` integer NOT NULL,
	`seen_at` integer NOT NULL,
	`gone_at` integer,
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `grant_copies_place` ON `grant_copies` (`account_id`,`kind`,`place`);--> statement-breakpoint
CREATE INDEX `grant_copies_by_refresh_token` ON `grant_copies` (`refresh_token_fingerprint`);--> statement-breakpoint
CREATE TABLE `grants` (
	`id` text PRIMARY KEY NOT NULL,
	`account_id` text NOT NULL,
	`custody` text NOT NULL,
	`origin` text NOT NULL,
	`generation` integer DEFAULT 1 NOT NULL,
	`access_token_sealed` text NOT NULL,
	`refresh_token_sealed` text,
	`id_token_sealed` text,
	`access_token_fingerprint` text NOT NULL,
	`refresh_token_fingerprint` text,
	`client_id` text,
	`scopes` text NOT NULL,
	`access_token_issued_at` integer NOT NULL,
	`access_token_expires_at` integer,
	`login_expires_at` integer,
	`credential_path` text,
	`created_at` integer NOT NULL,
	`retired_at` integer,
	`last_proof_at` integer,
	`refused_at` integer,
	`refusal_code` text,
	`uncertain_at` integer,
	`suspect_at` integer,
	`failures` integer DEFAULT 0 NOT NULL,
	`last_failure_at` integer,
	`last_failure_code` text,
	`last_failure_detail` text,
	`next_refresh_at` integer,
	`lease_owner` text,
	`lease_epoch` integer DEFAULT 0 NOT NULL,
	`lease_until` integer,
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `grants_current` ON `grants` (`account_id`) WHERE retired_at is null;--> statement-breakpoint
CREATE INDEX `grants_due` ON `grants` (`next_refresh_at`) WHERE retired_at is null and next_refresh_at is not null;--> statement-breakpoint
CREATE INDEX `grants_by_refresh_token` ON `grants` (`refresh_token_fingerprint`);--> statement-breakpoint
CREATE TABLE `inbox` (
	`id` text PRIMARY KEY NOT NULL,
	`account_id` text NOT NULL,
	`grant_id` text NOT NULL,
	`generation` integer NOT NULL,
	`parent_fingerprint` text NOT NULL,
	`answer_sealed` text NOT NULL,
	`received_at` integer NOT NULL,
	`applied_at` integer,
	`quarantined_at` integer,
	`quarantine_reason` text,
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `inbox_open` ON `inbox` (`received_at`) WHERE applied_at is null;--> statement-breakpoint
CREATE TABLE `machines` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`first_seen_at` integer NOT NULL,
	`last_seen_at` integer NOT NULL,
	`retired_at` integer
);
--> statement-breakpoint
CREATE TABLE `meta` (
	`name` text PRIMARY KEY NOT NULL,
	`value` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `provider_calls` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`at` integer NOT NULL,
	`provider` text NOT NULL,
	`account_id` text,
	`endpoint` text NOT NULL,
	`why` text NOT NULL,
	`outcome` text NOT NULL,
	`http_status` integer,
	`code` text,
	`duration_ms` integer NOT NULL,
	`budget_left` integer
);
--> statement-breakpoint
CREATE INDEX `provider_calls_by_time` ON `provider_calls` (`at`);--> statement-breakpoint
CREATE INDEX `provider_calls_by_account` ON `provider_calls` (`account_id`,`at`);--> statement-breakpoint
CREATE TABLE `revocations` (
	`id` text PRIMARY KEY NOT NULL,
	`provider` text NOT NULL,
	`account_id` text NOT NULL,
	`account_name` text NOT NULL,
	`token_sealed` text NOT NULL,
	`token_hint` text NOT NULL,
	`client_id` text,
	`actor` text NOT NULL,
	`requested_at` integer NOT NULL,
	`tries` integer DEFAULT 0 NOT NULL,
	`next_try_at` integer,
	`last_failure_code` text,
	`confirmed_at` integer,
	`gave_up_at` integer
);
--> statement-breakpoint
CREATE INDEX `revocations_due` ON `revocations` (`next_try_at`) WHERE next_try_at is not null;--> statement-breakpoint
CREATE TABLE `sessions` (
	`id_hash` text PRIMARY KEY NOT NULL,
	`created_at` integer NOT NULL,
	`last_seen_at` integer NOT NULL,
	`user_agent` text
);
--> statement-breakpoint
CREATE TABLE `settings` (
	`name` text PRIMARY KEY NOT NULL,
	`value` text NOT NULL,
	`changed_at` integer NOT NULL
);
