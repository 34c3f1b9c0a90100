BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0001');
CREATE TABLE announcements (
	id INTEGER NOT NULL, 
	campaign_id INTEGER NOT NULL, 
	kind VARCHAR(16) NOT NULL, 
	who VARCHAR(120) NOT NULL, 
	reason VARCHAR(300) NOT NULL, 
	facts JSON NOT NULL, 
	created_at DATETIME NOT NULL, 
	CONSTRAINT pk_announcements PRIMARY KEY (id), 
	CONSTRAINT fk_announcements_campaign_id_campaigns FOREIGN KEY(campaign_id) REFERENCES campaigns (id)
);
CREATE TABLE area_tallies (
	campaign_id INTEGER NOT NULL, 
	area VARCHAR(4) NOT NULL, 
	verified INTEGER NOT NULL, 
	CONSTRAINT pk_area_tallies PRIMARY KEY (campaign_id, area), 
	CONSTRAINT fk_area_tallies_campaign_id_campaigns FOREIGN KEY(campaign_id) REFERENCES campaigns (id)
);
INSERT INTO "area_tallies" VALUES(1,'SW',1);
CREATE TABLE audit_log (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	campaigner_id INTEGER, 
	actor_name VARCHAR(120) NOT NULL, 
	action VARCHAR(40) NOT NULL, 
	campaign_id INTEGER, 
	subject VARCHAR(120) NOT NULL, 
	"before" JSON NOT NULL, 
	"after" JSON NOT NULL, 
	reason VARCHAR(300) NOT NULL, 
	network VARCHAR(43) NOT NULL, 
	created_at DATETIME NOT NULL
);
INSERT INTO "audit_log" VALUES(1,NULL,'the site itself','create campaign',1,'save-the-pond','{}','{}','','','2026-11-23 12:00:00.000000');
CREATE TABLE batches (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	campaign_id INTEGER NOT NULL, 
	campaigner_id INTEGER, 
	selection JSON NOT NULL, 
	max_signature_id INTEGER NOT NULL, 
	reason_class VARCHAR(16) NOT NULL, 
	reason VARCHAR(200) NOT NULL, 
	state VARCHAR(12) NOT NULL, 
	expected INTEGER NOT NULL, 
	last_signature_id INTEGER NOT NULL, 
	invalidated INTEGER NOT NULL, 
	restored INTEGER NOT NULL, 
	created_at DATETIME NOT NULL, 
	finished_at DATETIME, 
	CONSTRAINT ck_batches_state CHECK (state IN ('running', 'cancelled', 'done', 'undoing', 'undone')), 
	CONSTRAINT fk_batches_campaign_id_campaigns FOREIGN KEY(campaign_id) REFERENCES campaigns (id), 
	CONSTRAINT fk_batches_campaigner_id_campaigners FOREIGN KEY(campaigner_id) REFERENCES campaigners (id)
);
CREATE TABLE campaigners (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	email VARCHAR(254) NOT NULL, 
	email_key VARCHAR(320) NOT NULL, 
	name VARCHAR(120) NOT NULL, 
	operator BOOLEAN DEFAULT 0 NOT NULL, 
	password VARCHAR(255) DEFAULT '' NOT NULL, 
	totp_secret TEXT DEFAULT '' NOT NULL, 
	totp_step INTEGER DEFAULT 0 NOT NULL, 
	wants_alerts BOOLEAN DEFAULT 1 NOT NULL, 
	wants_digest BOOLEAN DEFAULT 0 NOT NULL, 
	created_at DATETIME NOT NULL, 
	disabled_at DATETIME, 
	CONSTRAINT uq_campaigners_email_key UNIQUE (email_key)
);
CREATE TABLE campaigns (
	id INTEGER NOT NULL, 
	slug VARCHAR(80) NOT NULL, 
	text_hash VARCHAR(64) NOT NULL, 
	opens_at DATETIME NOT NULL, 
	closes_at DATETIME NOT NULL, 
	verify_until DATETIME NOT NULL, 
	time_zone VARCHAR(64) NOT NULL, 
	paused BOOLEAN NOT NULL, 
	taken_down_at DATETIME, 
	finalised_at DATETIME, 
	forgotten_at DATETIME, 
	goals JSON NOT NULL, 
	form_fields JSON NOT NULL, 
	note TEXT NOT NULL, 
	contact VARCHAR(254) NOT NULL, 
	revision INTEGER NOT NULL, 
	created_at DATETIME NOT NULL, 
	language VARCHAR(8) DEFAULT 'en' NOT NULL, 
	share_text VARCHAR(200) DEFAULT '' NOT NULL, 
	picture_alt VARCHAR(250) DEFAULT '' NOT NULL, 
	privacy TEXT DEFAULT '' NOT NULL, 
	accent VARCHAR(7) DEFAULT '' NOT NULL, 
	supporters VARCHAR(12) DEFAULT 'first-name' NOT NULL, 
	controller TEXT DEFAULT '' NOT NULL, 
	published_at DATETIME, 
	preview_key VARCHAR(22) DEFAULT '' NOT NULL, 
	summary VARCHAR(300) DEFAULT '' NOT NULL, 
	thank_you TEXT DEFAULT '' NOT NULL, 
	recipient_kind VARCHAR(12) DEFAULT 'other' NOT NULL, 
	paused_message VARCHAR(300) DEFAULT '' NOT NULL, 
	second_factor BOOLEAN DEFAULT 0 NOT NULL, 
	search_text TEXT DEFAULT '' NOT NULL, 
	CONSTRAINT pk_campaigns PRIMARY KEY (id), 
	CONSTRAINT ck_campaigns_window CHECK (opens_at <= closes_at AND closes_at <= verify_until), 
	CONSTRAINT uq_campaigns_slug UNIQUE (slug)
);
INSERT INTO "campaigns" VALUES(1,'save-the-pond','84c240953b7f45cb93c1ae857ebb78accc41de7f84b144e48a8eeb53a1cb365f','2026-11-23 11:00:00.000000','2026-12-23 12:00:00.000000','2026-12-24 12:00:00.000000','Europe/London',0,NULL,NULL,NULL,'[3, 10, 1000]','{"country": "required", "postcode": "required-in-gb", "comment": "optional"}','','',1,'2026-11-23 12:00:00.000000','en','','','','','first-name','','2026-11-23 12:00:00.000000','','','','other','',0,'achub pwll llyn the parish council keep the pond. it is old. it is loved.');
CREATE TABLE certificates (
	campaign_id INTEGER NOT NULL, 
	total INTEGER NOT NULL, 
	sequence INTEGER NOT NULL, 
	certified_at DATETIME NOT NULL, 
	paper INTEGER DEFAULT 0 NOT NULL, 
	CONSTRAINT pk_certificates PRIMARY KEY (campaign_id), 
	CONSTRAINT fk_certificates_campaign_id_campaigns FOREIGN KEY(campaign_id) REFERENCES campaigns (id)
);
CREATE TABLE cohort_tallies (
	campaign_id INTEGER NOT NULL, 
	hour DATETIME NOT NULL, 
	domain VARCHAR(255) NOT NULL, 
	submitted INTEGER NOT NULL, 
	sent INTEGER NOT NULL, 
	refused INTEGER NOT NULL, 
	opened INTEGER NOT NULL, 
	verified INTEGER NOT NULL, 
	CONSTRAINT pk_cohort_tallies PRIMARY KEY (campaign_id, hour, domain), 
	CONSTRAINT fk_cohort_tallies_campaign_id_campaigns FOREIGN KEY(campaign_id) REFERENCES campaigns (id)
);
INSERT INTO "cohort_tallies" VALUES(1,'2026-11-23 12:00:00.000000','example.org',3,0,0,2,2);
CREATE TABLE country_tallies (
	campaign_id INTEGER NOT NULL, 
	country VARCHAR(2) NOT NULL, 
	verified INTEGER NOT NULL, 
	CONSTRAINT pk_country_tallies PRIMARY KEY (campaign_id, country), 
	CONSTRAINT fk_country_tallies_campaign_id_campaigns FOREIGN KEY(campaign_id) REFERENCES campaigns (id)
);
INSERT INTO "country_tallies" VALUES(1,'GB',1);
CREATE TABLE export_parts (
	export_id INTEGER NOT NULL, 
	number INTEGER NOT NULL, 
	body BLOB NOT NULL, 
	CONSTRAINT pk_export_parts PRIMARY KEY (export_id, number), 
	CONSTRAINT fk_export_parts_export_id_exports FOREIGN KEY(export_id) REFERENCES exports (id)
);
CREATE TABLE exports (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	campaign_id INTEGER NOT NULL, 
	campaigner_id INTEGER NOT NULL, 
	"plan" JSON NOT NULL, 
	state VARCHAR(10) NOT NULL, 
	expected INTEGER NOT NULL, 
	written INTEGER NOT NULL, 
	signature_count INTEGER NOT NULL, 
	size INTEGER NOT NULL, 
	part_count INTEGER NOT NULL, 
	sha256 VARCHAR(64) NOT NULL, 
	salt VARCHAR(32) NOT NULL, 
	claim_key VARCHAR(22) NOT NULL, 
	attempts INTEGER NOT NULL, 
	failure_reason VARCHAR(300) NOT NULL, 
	created_at DATETIME NOT NULL, 
	due_at DATETIME NOT NULL, 
	finished_at DATETIME, 
	expires_at DATETIME, 
	CONSTRAINT ck_exports_state CHECK (state IN ('waiting', 'running', 'done', 'cancelled', 'failed', 'expired', 'deleted')), 
	CONSTRAINT ck_exports_sane CHECK (written >= 0 AND written <= expected), 
	CONSTRAINT fk_exports_campaign_id_campaigns FOREIGN KEY(campaign_id) REFERENCES campaigns (id), 
	CONSTRAINT fk_exports_campaigner_id_campaigners FOREIGN KEY(campaigner_id) REFERENCES campaigners (id)
);
CREATE TABLE flags (
	id INTEGER NOT NULL, 
	campaign_id INTEGER NOT NULL, 
	kind VARCHAR(24) NOT NULL, 
	subject VARCHAR(255) NOT NULL, 
	hour DATETIME NOT NULL, 
	score INTEGER NOT NULL, 
	score_parts JSON NOT NULL, 
	figures JSON NOT NULL, 
	created_at DATETIME NOT NULL, 
	dismissed_at DATETIME, 
	dismissed_by INTEGER, 
	CONSTRAINT pk_flags PRIMARY KEY (id), 
	CONSTRAINT fk_flags_campaign_id_campaigns FOREIGN KEY(campaign_id) REFERENCES campaigns (id), 
	CONSTRAINT fk_flags_dismissed_by_campaigners FOREIGN KEY(dismissed_by) REFERENCES campaigners (id), 
	CONSTRAINT uq_flags_campaign_id_kind_subject_hour UNIQUE (campaign_id, kind, subject, hour)
);
CREATE TABLE former_slugs (
	slug VARCHAR(80) NOT NULL, 
	campaign_id INTEGER NOT NULL, 
	created_at DATETIME NOT NULL, 
	CONSTRAINT pk_former_slugs PRIMARY KEY (slug), 
	CONSTRAINT fk_former_slugs_campaign_id_campaigns FOREIGN KEY(campaign_id) REFERENCES campaigns (id)
);
CREATE TABLE hourly_tallies (
	campaign_id INTEGER NOT NULL, 
	hour DATETIME NOT NULL, 
	added INTEGER NOT NULL, 
	ended INTEGER NOT NULL, 
	CONSTRAINT pk_hourly_tallies PRIMARY KEY (campaign_id, hour), 
	CONSTRAINT fk_hourly_tallies_campaign_id_campaigns FOREIGN KEY(campaign_id) REFERENCES campaigns (id)
);
INSERT INTO "hourly_tallies" VALUES(1,'2026-11-23 12:00:00.000000',2,1);
CREATE TABLE intakes (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	campaign_id INTEGER NOT NULL, 
	kind VARCHAR(8) NOT NULL, 
	state VARCHAR(8) NOT NULL, 
	sheet_id INTEGER, 
	label VARCHAR(120) NOT NULL, 
	sha256 VARCHAR(64) NOT NULL, 
	repeat_number INTEGER NOT NULL, 
	rows INTEGER NOT NULL, 
	imported INTEGER NOT NULL, 
	undone INTEGER NOT NULL, 
	excluded JSON NOT NULL, 
	encrypted_rows TEXT, 
	made_by INTEGER, 
	created_at DATETIME NOT NULL, 
	undone_by INTEGER, 
	undone_at DATETIME, 
	reason VARCHAR(200) NOT NULL, 
	CONSTRAINT ck_intakes_kind CHECK (kind IN ('file', 'typed')), 
	CONSTRAINT ck_intakes_state CHECK (state IN ('held', 'taken', 'undoing', 'undone')), 
	CONSTRAINT ck_intakes_sane CHECK (undone >= 0 AND undone <= imported), 
	CONSTRAINT fk_intakes_campaign_id_campaigns FOREIGN KEY(campaign_id) REFERENCES campaigns (id), 
	CONSTRAINT fk_intakes_made_by_campaigners FOREIGN KEY(made_by) REFERENCES campaigners (id), 
	CONSTRAINT fk_intakes_sheet_id_sheets FOREIGN KEY(sheet_id) REFERENCES sheets (id), 
	CONSTRAINT fk_intakes_undone_by_campaigners FOREIGN KEY(undone_by) REFERENCES campaigners (id)
);
CREATE TABLE invitations (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	"key" VARCHAR(22) NOT NULL, 
	campaign_id INTEGER, 
	role VARCHAR(12) NOT NULL, 
	email VARCHAR(254) NOT NULL, 
	email_key VARCHAR(320) NOT NULL, 
	invited_by INTEGER, 
	created_at DATETIME NOT NULL, 
	expires_at DATETIME NOT NULL, 
	accepted_at DATETIME, 
	revoked_at DATETIME, 
	CONSTRAINT fk_invitations_campaign_id_campaigns FOREIGN KEY(campaign_id) REFERENCES campaigns (id), 
	CONSTRAINT fk_invitations_invited_by_campaigners FOREIGN KEY(invited_by) REFERENCES campaigners (id)
);
CREATE TABLE ledger (
	campaign_id INTEGER NOT NULL, 
	sequence INTEGER NOT NULL, 
	signature_id INTEGER NOT NULL, 
	event VARCHAR(12) NOT NULL, 
	change SMALLINT NOT NULL, 
	total INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_ledger PRIMARY KEY (campaign_id, sequence), 
	CONSTRAINT ck_ledger_change CHECK (change IN (1, -1)), 
	CONSTRAINT ck_ledger_sane CHECK (total >= 0 AND sequence >= 1), 
	CONSTRAINT fk_ledger_campaign_id_campaigns FOREIGN KEY(campaign_id) REFERENCES campaigns (id)
);
INSERT INTO "ledger" VALUES(1,1,1,'verify',1,1,'2026-11-23 12:00:00.000000');
INSERT INTO "ledger" VALUES(1,2,2,'verify',1,2,'2026-11-23 12:00:00.000000');
INSERT INTO "ledger" VALUES(1,3,2,'withdraw',-1,1,'2026-11-23 12:00:00.000000');
CREATE TABLE login_links (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	"key" VARCHAR(22) NOT NULL, 
	campaigner_id INTEGER NOT NULL, 
	created_at DATETIME NOT NULL, 
	expires_at DATETIME NOT NULL, 
	used_at DATETIME, 
	CONSTRAINT fk_login_links_campaigner_id_campaigners FOREIGN KEY(campaigner_id) REFERENCES campaigners (id)
);
CREATE TABLE milestones (
	campaign_id INTEGER NOT NULL, 
	goal INTEGER NOT NULL, 
	sequence INTEGER NOT NULL, 
	reached_at DATETIME NOT NULL, 
	CONSTRAINT pk_milestones PRIMARY KEY (campaign_id, goal), 
	CONSTRAINT fk_milestones_campaign_id_campaigns FOREIGN KEY(campaign_id) REFERENCES campaigns (id)
);
CREATE TABLE outbox (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	signature_id INTEGER, 
	kind VARCHAR(20) NOT NULL, 
	mailbox VARCHAR(32) NOT NULL, 
	priority SMALLINT NOT NULL, 
	state VARCHAR(8) NOT NULL, 
	attempts INTEGER NOT NULL, 
	due_at DATETIME NOT NULL, 
	created_at DATETIME NOT NULL, 
	settled_at DATETIME, 
	reason VARCHAR(200) NOT NULL, 
	tallied BOOLEAN DEFAULT 0 NOT NULL, 
	unknown_at DATETIME, 
	campaigner_id INTEGER, 
	campaign_id INTEGER, 
	invitation_id INTEGER, 
	login_link_id INTEGER, 
	dedupe_key VARCHAR(120), 
	facts JSON, 
	CONSTRAINT ck_outbox_state CHECK (state IN ('owed', 'sent', 'refused', 'dropped', 'unknown')), 
	CONSTRAINT fk_outbox_campaign_id_campaigns FOREIGN KEY(campaign_id) REFERENCES campaigns (id), 
	CONSTRAINT fk_outbox_campaigner_id_campaigners FOREIGN KEY(campaigner_id) REFERENCES campaigners (id), 
	CONSTRAINT fk_outbox_signature_id_signatures FOREIGN KEY(signature_id) REFERENCES signatures (id) ON DELETE CASCADE, 
	CONSTRAINT uq_outbox_dedupe_key UNIQUE (dedupe_key)
);
INSERT INTO "outbox" VALUES(1,1,'verify','e3874f26cee2c3733fb25f0b05594d8c',0,'owed',0,'2026-11-23 12:00:00.000000','2026-11-23 12:00:00.000000',NULL,'',0,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "outbox" VALUES(2,2,'verify','c29ffa74e584666d6fbc58ad8bb6acda',0,'owed',0,'2026-11-23 12:00:00.000000','2026-11-23 12:00:00.000000',NULL,'',0,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "outbox" VALUES(3,3,'verify','b5e650dfad3d745d0dfd9358bb4aea63',0,'owed',0,'2026-11-23 12:00:00.000000','2026-11-23 12:00:00.000000',NULL,'',0,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "outbox" VALUES(4,1,'thank_you','e3874f26cee2c3733fb25f0b05594d8c',1,'owed',0,'2026-11-23 12:00:00.000000','2026-11-23 12:00:00.000000',NULL,'',0,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "outbox" VALUES(5,2,'thank_you','c29ffa74e584666d6fbc58ad8bb6acda',1,'owed',0,'2026-11-23 12:00:00.000000','2026-11-23 12:00:00.000000',NULL,'',0,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "outbox" VALUES(6,2,'withdrawn','c29ffa74e584666d6fbc58ad8bb6acda',1,'owed',0,'2026-11-23 12:00:00.000000','2026-11-23 12:00:00.000000',NULL,'',0,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE passkeys (
	id INTEGER NOT NULL, 
	campaigner_id INTEGER NOT NULL, 
	credential_id VARCHAR(1400) NOT NULL, 
	public_key BLOB NOT NULL, 
	sign_count INTEGER NOT NULL, 
	name VARCHAR(80) NOT NULL, 
	created_at DATETIME NOT NULL, 
	used_at DATETIME, 
	CONSTRAINT pk_passkeys PRIMARY KEY (id), 
	CONSTRAINT fk_passkeys_campaigner_id_campaigners FOREIGN KEY(campaigner_id) REFERENCES campaigners (id), 
	CONSTRAINT uq_passkeys_credential_id UNIQUE (credential_id)
);
CREATE TABLE pictures (
	campaign_id INTEGER NOT NULL, 
	width INTEGER NOT NULL, 
	height INTEGER NOT NULL, 
	hash VARCHAR(16) NOT NULL, 
	body BLOB NOT NULL, 
	CONSTRAINT pk_pictures PRIMARY KEY (campaign_id, width), 
	CONSTRAINT fk_pictures_campaign_id_campaigns FOREIGN KEY(campaign_id) REFERENCES campaigns (id)
);
CREATE TABLE place_tallies (
	campaign_id INTEGER NOT NULL, 
	place_id INTEGER NOT NULL, 
	verified INTEGER NOT NULL, 
	CONSTRAINT pk_place_tallies PRIMARY KEY (campaign_id, place_id), 
	CONSTRAINT fk_place_tallies_campaign_id_campaigns FOREIGN KEY(campaign_id) REFERENCES campaigns (id), 
	CONSTRAINT fk_place_tallies_place_id_places FOREIGN KEY(place_id) REFERENCES places (id)
);
CREATE TABLE places (
	id INTEGER NOT NULL, 
	constituency_code VARCHAR(16) NOT NULL, 
	constituency VARCHAR(120) NOT NULL, 
	council_code VARCHAR(16) NOT NULL, 
	council VARCHAR(120) NOT NULL, 
	region VARCHAR(120) NOT NULL, 
	country VARCHAR(120) NOT NULL, 
	CONSTRAINT pk_places PRIMARY KEY (id), 
	CONSTRAINT uq_places_whole UNIQUE (constituency_code, constituency, council_code, council, region, country)
);
CREATE TABLE postcodes (
	postcode VARCHAR(12) NOT NULL, 
	place_id INTEGER NOT NULL, 
	looked_up_at DATETIME NOT NULL, 
	CONSTRAINT pk_postcodes PRIMARY KEY (postcode), 
	CONSTRAINT fk_postcodes_place_id_places FOREIGN KEY(place_id) REFERENCES places (id)
);
CREATE TABLE recovery_codes (
	campaigner_id INTEGER NOT NULL, 
	code_hash VARCHAR(64) NOT NULL, 
	used_at DATETIME, 
	CONSTRAINT pk_recovery_codes PRIMARY KEY (campaigner_id, code_hash), 
	CONSTRAINT fk_recovery_codes_campaigner_id_campaigners FOREIGN KEY(campaigner_id) REFERENCES campaigners (id)
);
CREATE TABLE removal_tallies (
	campaign_id INTEGER NOT NULL, 
	reason_class VARCHAR(16) NOT NULL, 
	removed INTEGER NOT NULL, 
	CONSTRAINT pk_removal_tallies PRIMARY KEY (campaign_id, reason_class), 
	CONSTRAINT ck_removal_tallies_sane CHECK (removed >= 0), 
	CONSTRAINT fk_removal_tallies_campaign_id_campaigns FOREIGN KEY(campaign_id) REFERENCES campaigns (id)
);
CREATE TABLE representatives (
	kind VARCHAR(12) NOT NULL, 
	area VARCHAR(120) NOT NULL, 
	name VARCHAR(120) NOT NULL, 
	form VARCHAR(200) NOT NULL, 
	party VARCHAR(120) NOT NULL, 
	CONSTRAINT pk_representatives PRIMARY KEY (kind, area)
);
CREATE TABLE saved_filters (
	id INTEGER NOT NULL, 
	campaigner_id INTEGER NOT NULL, 
	campaign_id INTEGER NOT NULL, 
	name VARCHAR(80) NOT NULL, 
	filters JSON NOT NULL, 
	created_at DATETIME NOT NULL, 
	CONSTRAINT pk_saved_filters PRIMARY KEY (id), 
	CONSTRAINT fk_saved_filters_campaign_id_campaigns FOREIGN KEY(campaign_id) REFERENCES campaigns (id), 
	CONSTRAINT fk_saved_filters_campaigner_id_campaigners FOREIGN KEY(campaigner_id) REFERENCES campaigners (id), 
	CONSTRAINT uq_saved_filters_campaigner_id_campaign_id_name UNIQUE (campaigner_id, campaign_id, name)
);
CREATE TABLE sheets (
	id INTEGER NOT NULL, 
	campaign_id INTEGER NOT NULL, 
	number INTEGER NOT NULL, 
	print_run INTEGER NOT NULL, 
	text_hash VARCHAR(64) NOT NULL, 
	language VARCHAR(8) NOT NULL, 
	profile VARCHAR(24) NOT NULL, 
	rows INTEGER NOT NULL, 
	made_by INTEGER, 
	created_at DATETIME NOT NULL, 
	CONSTRAINT pk_sheets PRIMARY KEY (id), 
	CONSTRAINT fk_sheets_campaign_id_campaigns FOREIGN KEY(campaign_id) REFERENCES campaigns (id), 
	CONSTRAINT fk_sheets_made_by_campaigners FOREIGN KEY(made_by) REFERENCES campaigners (id), 
	CONSTRAINT uq_sheets_campaign_id_number UNIQUE (campaign_id, number)
);
CREATE TABLE signatures (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	campaign_id INTEGER NOT NULL, 
	text_hash VARCHAR(64) NOT NULL, 
	state VARCHAR(12) NOT NULL, 
	counted_as VARCHAR(12) NOT NULL, 
	counted_country VARCHAR(2) NOT NULL, 
	name VARCHAR(120) NOT NULL, 
	email VARCHAR(254) NOT NULL, 
	email_key VARCHAR(320) NOT NULL, 
	mailbox VARCHAR(32) NOT NULL, 
	country VARCHAR(2) NOT NULL, 
	postcode VARCHAR(12) NOT NULL, 
	comment VARCHAR(500) NOT NULL, 
	public BOOLEAN NOT NULL, 
	updates BOOLEAN NOT NULL, 
	updates_wording VARCHAR(40) NOT NULL, 
	updates_at DATETIME, 
	source VARCHAR(64) NOT NULL, 
	edition INTEGER NOT NULL, 
	edition_floor INTEGER NOT NULL, 
	browser VARCHAR(64) NOT NULL, 
	link_key VARCHAR(16) NOT NULL, 
	signed_at DATETIME NOT NULL, 
	submitted_at DATETIME NOT NULL, 
	verified_at DATETIME, 
	ended_at DATETIME, 
	ended_reason VARCHAR(200) NOT NULL, 
	language VARCHAR(8) DEFAULT 'en' NOT NULL, 
	brought_by VARCHAR(22) DEFAULT '' NOT NULL, 
	ordinal INTEGER, 
	name_key VARCHAR(120) DEFAULT '' NOT NULL, 
	surname_key VARCHAR(120) DEFAULT '' NOT NULL, 
	domain VARCHAR(255) DEFAULT '' NOT NULL, 
	area VARCHAR(4) DEFAULT '' NOT NULL, 
	network VARCHAR(43) DEFAULT '' NOT NULL, 
	first_signed_at DATETIME, 
	opened SMALLINT DEFAULT 0 NOT NULL, 
	counted_opened SMALLINT DEFAULT 0 NOT NULL, 
	counted_source VARCHAR(64) DEFAULT '' NOT NULL, 
	counted_area VARCHAR(4) DEFAULT '' NOT NULL, 
	batch_id INTEGER, 
	ended_class VARCHAR(16) DEFAULT '' NOT NULL, 
	comment_hidden VARCHAR(200) DEFAULT '' NOT NULL, 
	erased_at DATETIME, 
	kind VARCHAR(8) DEFAULT 'online' NOT NULL, 
	counted_kind VARCHAR(8) DEFAULT 'online' NOT NULL, 
	intake_id INTEGER, 
	line INTEGER, 
	place_id INTEGER, 
	counted_place_id INTEGER, 
	CONSTRAINT ck_signatures_counted_as CHECK (counted_as IN ('none', 'pending', 'verified', 'invalidated', 'withdrawn')), 
	CONSTRAINT ck_signatures_state CHECK (state IN ('pending', 'verified', 'invalidated', 'withdrawn')), 
	CONSTRAINT fk_signatures_campaign_id_text_hash_texts FOREIGN KEY(campaign_id, text_hash) REFERENCES texts (campaign_id, hash), 
	CONSTRAINT uq_signatures_campaign_id_email_key UNIQUE (campaign_id, email_key)
);
INSERT INTO "signatures" VALUES(1,1,'84c240953b7f45cb93c1ae857ebb78accc41de7f84b144e48a8eeb53a1cb365f','verified','verified','GB','Ada Lovelace','ada@example.org','ada@example.org','e3874f26cee2c3733fb25f0b05594d8c','GB','SW1A 1AA','',0,0,'',NULL,'',1,1,'','5c60f1d1172b496e','2026-11-23 12:00:00.000000','2026-11-23 12:00:00.000000','2026-11-23 12:00:00.000000',NULL,'','en','',1,'ada lovelace','lovelace','example.org','SW','',NULL,1,1,'','SW',NULL,'','',NULL,'online','online',NULL,NULL,NULL,NULL);
INSERT INTO "signatures" VALUES(2,1,'84c240953b7f45cb93c1ae857ebb78accc41de7f84b144e48a8eeb53a1cb365f','withdrawn','withdrawn','GB','Bob Groß','bob@example.org','bob@example.org','c29ffa74e584666d6fbc58ad8bb6acda','GB','SW1A 1AA','',0,0,'',NULL,'',1,1,'','b2c2e419971e39f2','2026-11-23 12:00:00.000000','2026-11-23 12:00:00.000000','2026-11-23 12:00:00.000000','2026-11-23 12:00:00.000000','','en','',2,'bob gross','gross','example.org','SW','',NULL,1,1,'','SW',NULL,'','',NULL,'online','online',NULL,NULL,NULL,NULL);
INSERT INTO "signatures" VALUES(3,1,'84c240953b7f45cb93c1ae857ebb78accc41de7f84b144e48a8eeb53a1cb365f','pending','pending','GB','Cy','cy@example.org','cy@example.org','b5e650dfad3d745d0dfd9358bb4aea63','GB','SW1A 1AA','',0,0,'',NULL,'',1,1,'','5dd8d290323ebac5','2026-11-23 12:00:00.000000','2026-11-23 12:00:00.000000',NULL,NULL,'','en','',NULL,'cy','cy','example.org','SW','',NULL,0,0,'','SW',NULL,'','',NULL,'online','online',NULL,NULL,NULL,NULL);
CREATE TABLE source_tallies (
	campaign_id INTEGER NOT NULL, 
	source VARCHAR(64) NOT NULL, 
	verified INTEGER NOT NULL, 
	CONSTRAINT pk_source_tallies PRIMARY KEY (campaign_id, source), 
	CONSTRAINT fk_source_tallies_campaign_id_campaigns FOREIGN KEY(campaign_id) REFERENCES campaigns (id)
);
INSERT INTO "source_tallies" VALUES(1,'',1);
CREATE TABLE submissions (
	campaign_id INTEGER NOT NULL, 
	profile VARCHAR(40) NOT NULL, 
	options JSON NOT NULL, 
	revision INTEGER NOT NULL, 
	changed_at DATETIME NOT NULL, 
	CONSTRAINT pk_submissions PRIMARY KEY (campaign_id, profile), 
	CONSTRAINT fk_submissions_campaign_id_campaigns FOREIGN KEY(campaign_id) REFERENCES campaigns (id)
);
CREATE TABLE switches (
	name VARCHAR(24) NOT NULL, 
	is_on BOOLEAN NOT NULL, 
	message VARCHAR(300) NOT NULL, 
	changed_by INTEGER, 
	created_at DATETIME NOT NULL, 
	revision INTEGER NOT NULL, 
	CONSTRAINT pk_switches PRIMARY KEY (name), 
	CONSTRAINT fk_switches_changed_by_campaigners FOREIGN KEY(changed_by) REFERENCES campaigners (id)
);
CREATE TABLE tallies (
	campaign_id INTEGER NOT NULL, 
	sequence INTEGER NOT NULL, 
	verified INTEGER NOT NULL, 
	pending INTEGER NOT NULL, 
	revision INTEGER NOT NULL, 
	as_of DATETIME NOT NULL, 
	paper INTEGER DEFAULT 0 NOT NULL, 
	CONSTRAINT pk_tallies PRIMARY KEY (campaign_id), 
	CONSTRAINT ck_tallies_sane CHECK (verified >= 0 AND pending >= 0 AND sequence >= verified), 
	CONSTRAINT fk_tallies_campaign_id_campaigns FOREIGN KEY(campaign_id) REFERENCES campaigns (id)
);
INSERT INTO "tallies" VALUES(1,3,1,1,3,'2026-11-23 12:00:00.000000',0);
CREATE TABLE team_members (
	campaign_id INTEGER NOT NULL, 
	campaigner_id INTEGER NOT NULL, 
	role VARCHAR(12) NOT NULL, 
	created_at DATETIME NOT NULL, 
	CONSTRAINT pk_team_members PRIMARY KEY (campaign_id, campaigner_id), 
	CONSTRAINT ck_team_members_role CHECK (role IN ('owner', 'editor', 'moderator', 'viewer')), 
	CONSTRAINT fk_team_members_campaign_id_campaigns FOREIGN KEY(campaign_id) REFERENCES campaigns (id), 
	CONSTRAINT fk_team_members_campaigner_id_campaigners FOREIGN KEY(campaigner_id) REFERENCES campaigners (id)
);
CREATE TABLE text_versions (
	campaign_id INTEGER NOT NULL, 
	language VARCHAR(8) NOT NULL, 
	number INTEGER NOT NULL, 
	text_hash VARCHAR(64) NOT NULL, 
	reason VARCHAR(300) NOT NULL, 
	created_at DATETIME NOT NULL, 
	CONSTRAINT pk_text_versions PRIMARY KEY (campaign_id, language, number), 
	CONSTRAINT fk_text_versions_campaign_id_text_hash_texts FOREIGN KEY(campaign_id, text_hash) REFERENCES texts (campaign_id, hash), 
	CONSTRAINT fk_text_versions_campaign_id_campaigns FOREIGN KEY(campaign_id) REFERENCES campaigns (id)
);
INSERT INTO "text_versions" VALUES(1,'en',1,'84c240953b7f45cb93c1ae857ebb78accc41de7f84b144e48a8eeb53a1cb365f','','2026-11-23 12:00:00.000000');
CREATE TABLE texts (
	campaign_id INTEGER NOT NULL, 
	hash VARCHAR(64) NOT NULL, 
	title VARCHAR(150) NOT NULL, 
	recipient VARCHAR(200) NOT NULL, 
	ask TEXT NOT NULL, 
	background TEXT NOT NULL, 
	created_at DATETIME NOT NULL, 
	slug VARCHAR(80) DEFAULT '' NOT NULL, 
	CONSTRAINT pk_texts PRIMARY KEY (campaign_id, hash), 
	CONSTRAINT fk_texts_campaign_id_campaigns FOREIGN KEY(campaign_id) REFERENCES campaigns (id)
);
INSERT INTO "texts" VALUES(1,'84c240953b7f45cb93c1ae857ebb78accc41de7f84b144e48a8eeb53a1cb365f','Achub pwll Llŷn','The parish council','Keep the pond.','It is old.

It is loved.','2026-11-23 12:00:00.000000','save-the-pond');
CREATE TABLE translations (
	campaign_id INTEGER NOT NULL, 
	language VARCHAR(8) NOT NULL, 
	text_hash VARCHAR(64) NOT NULL, 
	note TEXT NOT NULL, 
	share_text VARCHAR(200) NOT NULL, 
	picture_alt VARCHAR(250) NOT NULL, 
	privacy TEXT NOT NULL, 
	summary VARCHAR(300) DEFAULT '' NOT NULL, 
	thank_you TEXT DEFAULT '' NOT NULL, 
	CONSTRAINT pk_translations PRIMARY KEY (campaign_id, language), 
	CONSTRAINT fk_translations_campaign_id_text_hash_texts FOREIGN KEY(campaign_id, text_hash) REFERENCES texts (campaign_id, hash), 
	CONSTRAINT fk_translations_campaign_id_campaigns FOREIGN KEY(campaign_id) REFERENCES campaigns (id)
);
CREATE TABLE wait_tallies (
	campaign_id INTEGER NOT NULL, 
	hour DATETIME NOT NULL, 
	bucket SMALLINT NOT NULL, 
	verified INTEGER NOT NULL, 
	CONSTRAINT pk_wait_tallies PRIMARY KEY (campaign_id, hour, bucket), 
	CONSTRAINT fk_wait_tallies_campaign_id_campaigns FOREIGN KEY(campaign_id) REFERENCES campaigns (id)
);
INSERT INTO "wait_tallies" VALUES(1,'2026-11-23 12:00:00.000000',0,2);
CREATE INDEX ix_audit_log_campaign_id ON audit_log (campaign_id, id);
CREATE INDEX ix_audit_log_subject ON audit_log (campaign_id, subject);
CREATE INDEX ix_announcements_campaign_id ON announcements (campaign_id, id);
CREATE INDEX ix_batches_campaign_id ON batches (campaign_id, id);
CREATE INDEX ix_exports_campaign_id ON exports (campaign_id, campaigner_id, id);
CREATE INDEX ix_exports_kept ON exports (expires_at) WHERE part_count > 0;
CREATE INDEX ix_exports_unfinished ON exports (due_at) WHERE state IN ('waiting', 'running');
CREATE INDEX ix_former_slugs_campaign_id ON former_slugs (campaign_id);
CREATE INDEX ix_invitations_campaign_id ON invitations (campaign_id);
CREATE INDEX ix_ledger_signature_id ON ledger (campaign_id, signature_id);
CREATE INDEX ix_login_links_campaigner_id ON login_links (campaigner_id);
CREATE INDEX ix_passkeys_campaigner_id ON passkeys (campaigner_id);
CREATE INDEX ix_postcodes_looked_up_at ON postcodes (looked_up_at);
CREATE INDEX ix_sheets_run ON sheets (campaign_id, print_run);
CREATE INDEX ix_team_members_campaigner_id ON team_members (campaigner_id);
CREATE INDEX ix_intakes_campaign_id ON intakes (campaign_id, id);
CREATE INDEX ix_intakes_waiting ON intakes (id) WHERE state IN ('held', 'undoing');
CREATE UNIQUE INDEX uq_intakes_label ON intakes (campaign_id, made_by, label) WHERE kind = 'typed' AND sheet_id IS NULL AND state = 'taken';
CREATE UNIQUE INDEX uq_intakes_sha256 ON intakes (campaign_id, sha256, repeat_number) WHERE kind = 'file' AND state IN ('taken', 'undoing');
CREATE UNIQUE INDEX uq_intakes_sheet_id ON intakes (sheet_id) WHERE sheet_id IS NOT NULL AND state <> 'undone';
CREATE INDEX ix_signatures_area ON signatures (campaign_id, area, id) WHERE area <> '';
CREATE INDEX ix_signatures_batch_id ON signatures (batch_id, id) WHERE batch_id IS NOT NULL;
CREATE INDEX ix_signatures_brought_by ON signatures (campaign_id, brought_by) WHERE brought_by <> '';
CREATE INDEX ix_signatures_campaign_id_id ON signatures (campaign_id, id);
CREATE INDEX ix_signatures_comment ON signatures (campaign_id, id) WHERE comment <> '';
CREATE INDEX ix_signatures_comment_hidden ON signatures (campaign_id, id) WHERE comment_hidden <> '';
CREATE INDEX ix_signatures_country ON signatures (campaign_id, country, id) WHERE country <> 'GB';
CREATE INDEX ix_signatures_domain ON signatures (campaign_id, domain, id);
CREATE INDEX ix_signatures_name_key ON signatures (campaign_id, name_key);
CREATE INDEX ix_signatures_network ON signatures (campaign_id, network, id) WHERE network <> '';
CREATE INDEX ix_signatures_signed_at ON signatures (campaign_id, signed_at, id);
CREATE INDEX ix_signatures_source ON signatures (campaign_id, source, id) WHERE source <> '';
CREATE INDEX ix_signatures_surname_key ON signatures (campaign_id, surname_key);
CREATE INDEX ix_signatures_uncounted ON signatures (campaign_id, id) WHERE (counted_as <> state OR counted_opened <> opened OR (counted_as = 'verified' AND (counted_country <> country OR counted_source <> source OR counted_area <> area OR counted_kind <> kind OR coalesce(counted_place_id, -1) <> coalesce(place_id, -1))));
CREATE INDEX ix_signatures_unplaced ON signatures (place_id, id) WHERE (counted_as = 'verified' AND state = 'verified' AND country = 'GB' AND postcode <> '' AND (place_id IS NULL OR place_id = 0));
CREATE INDEX ix_signatures_unverified ON signatures (campaign_id, state, id) WHERE state <> 'verified';
CREATE UNIQUE INDEX uq_signatures_line ON signatures (intake_id, line) WHERE intake_id IS NOT NULL;
CREATE INDEX ix_outbox_mailbox_created_at ON outbox (mailbox, created_at);
CREATE INDEX ix_outbox_owed ON outbox (priority, due_at) WHERE state = 'owed';
CREATE INDEX ix_outbox_signature_id ON outbox (signature_id);
CREATE INDEX ix_outbox_untallied ON outbox (id) WHERE (NOT tallied AND kind = 'verify' AND state IN ('sent', 'refused'));
CREATE UNIQUE INDEX uq_outbox_owed ON outbox (signature_id, kind) WHERE state = 'owed';
CREATE TRIGGER announcements_is_immutable_on_update BEFORE UPDATE ON announcements BEGIN SELECT RAISE(ABORT, 'rows of announcements are never changed'); END;
CREATE TRIGGER announcements_is_immutable_on_delete BEFORE DELETE ON announcements BEGIN SELECT RAISE(ABORT, 'rows of announcements are never changed'); END;
CREATE TRIGGER audit_log_is_immutable_on_update BEFORE UPDATE ON audit_log BEGIN SELECT RAISE(ABORT, 'rows of audit_log are never changed'); END;
CREATE TRIGGER audit_log_is_immutable_on_delete BEFORE DELETE ON audit_log BEGIN SELECT RAISE(ABORT, 'rows of audit_log are never changed'); END;
CREATE TRIGGER certificates_is_immutable_on_update BEFORE UPDATE ON certificates BEGIN SELECT RAISE(ABORT, 'rows of certificates are never changed'); END;
CREATE TRIGGER certificates_is_immutable_on_delete BEFORE DELETE ON certificates BEGIN SELECT RAISE(ABORT, 'rows of certificates are never changed'); END;
CREATE TRIGGER ledger_is_immutable_on_update BEFORE UPDATE ON ledger BEGIN SELECT RAISE(ABORT, 'rows of ledger are never changed'); END;
CREATE TRIGGER ledger_is_immutable_on_delete BEFORE DELETE ON ledger BEGIN SELECT RAISE(ABORT, 'rows of ledger are never changed'); END;
CREATE TRIGGER text_versions_is_immutable_on_update BEFORE UPDATE ON text_versions BEGIN SELECT RAISE(ABORT, 'rows of text_versions are never changed'); END;
CREATE TRIGGER text_versions_is_immutable_on_delete BEFORE DELETE ON text_versions BEGIN SELECT RAISE(ABORT, 'rows of text_versions are never changed'); END;
CREATE TRIGGER texts_is_immutable_on_update BEFORE UPDATE ON texts BEGIN SELECT RAISE(ABORT, 'rows of texts are never changed'); END;
CREATE TRIGGER texts_is_immutable_on_delete BEFORE DELETE ON texts BEGIN SELECT RAISE(ABORT, 'rows of texts are never changed'); END;
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('audit_log',1);
INSERT INTO "sqlite_sequence" VALUES('signatures',3);
INSERT INTO "sqlite_sequence" VALUES('outbox',6);
COMMIT;
