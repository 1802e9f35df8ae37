BEGIN TRANSACTION;
CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL);
INSERT INTO "about" VALUES('written_by','0.1.0');
CREATE TABLE events (
        event_id INTEGER PRIMARY KEY AUTOINCREMENT CHECK (event_id > 0),
        time TEXT NOT NULL,
        kind TEXT NOT NULL,
        reviewer TEXT NOT NULL,
        record_id TEXT REFERENCES records (record_id),
        target INTEGER REFERENCES events,
        token TEXT UNIQUE,
        payload TEXT NOT NULL
    );
INSERT INTO "events" VALUES(1,'2026-11-27T21:41:40.131386+00:00','criteria','',NULL,NULL,NULL,'{"fingerprint": "", "seed": 0}');
INSERT INTO "events" VALUES(2,'2026-11-27T21:41:40.132229+00:00','imported','',NULL,NULL,NULL,'{"duplicates": 0, "found": 2, "known": 0, "last_position": 2, "name": "search.ris", "new": 2, "sha256": "ab", "source_id": 1, "unreadable": 0}');
INSERT INTO "events" VALUES(3,'2026-11-27T21:41:40.132594+00:00','labelled','eva','1',NULL,'t1','{"decision": "include", "note": "ask Kim", "prior": false, "reason": ""}');
INSERT INTO "events" VALUES(4,'2026-11-27T21:41:40.132819+00:00','labelled','eva','2',NULL,NULL,'{"decision": "exclude", "note": "", "prior": false, "reason": "wrong population"}');
INSERT INTO "events" VALUES(5,'2026-11-27T21:41:40.133221+00:00','undone','eva','2',4,NULL,'{}');
CREATE TABLE pico (
        fingerprint TEXT NOT NULL,
        criteria TEXT NOT NULL,
        version TEXT NOT NULL,
        value BLOB NOT NULL,
        PRIMARY KEY (fingerprint, criteria, version)
    ) WITHOUT ROWID;
CREATE TABLE records (
        position INTEGER PRIMARY KEY,
        record_id TEXT NOT NULL UNIQUE,
        source_id INTEGER NOT NULL REFERENCES sources,
        fingerprint TEXT NOT NULL,
        title TEXT NOT NULL,
        abstract TEXT NOT NULL,
        authors TEXT NOT NULL,
        year INTEGER,
        journal TEXT NOT NULL,
        doi TEXT NOT NULL,
        pmid TEXT NOT NULL,
        keywords TEXT NOT NULL,
        publication_types TEXT NOT NULL,
        language TEXT NOT NULL,
        source TEXT NOT NULL,
        extra TEXT NOT NULL
    );
INSERT INTO "records" VALUES(1,'1',1,'13e3f8bd069d5c70','Yoga for backs','Ten people stretched.','["Müller, A"]',2020,'','','','[]','[]','','','[]');
INSERT INTO "records" VALUES(2,'2',1,'4fa9508fc9127afe','Swimming','','[]',NULL,'','','','[]','[]','','','[]');
CREATE TABLE sources (
        source_id INTEGER PRIMARY KEY,
        name TEXT NOT NULL,
        sha256 TEXT NOT NULL,
        found INTEGER NOT NULL,
        new INTEGER NOT NULL,
        known INTEGER NOT NULL,
        duplicates INTEGER NOT NULL,
        unreadable INTEGER NOT NULL
    );
INSERT INTO "sources" VALUES(1,'search.ris','ab',2,2,0,0,0);
CREATE INDEX events_by_reviewer ON events (reviewer, kind, event_id);
CREATE UNIQUE INDEX events_by_target ON events (target, kind) WHERE target IS NOT NULL;
CREATE TRIGGER events_no_update BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
CREATE TRIGGER events_no_delete BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
CREATE TRIGGER records_no_update BEFORE UPDATE ON records BEGIN SELECT RAISE(ABORT, 'records are append-only'); END;
CREATE TRIGGER records_no_delete BEFORE DELETE ON records BEGIN SELECT RAISE(ABORT, 'records are append-only'); END;
CREATE TRIGGER sources_no_update BEFORE UPDATE ON sources BEGIN SELECT RAISE(ABORT, 'sources are append-only'); END;
CREATE TRIGGER sources_no_delete BEFORE DELETE ON sources BEGIN SELECT RAISE(ABORT, 'sources are append-only'); END;
CREATE TRIGGER events_no_replace BEFORE INSERT ON events WHEN EXISTS (SELECT 1 FROM events WHERE event_id = NEW.event_id OR token = NEW.token) BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
CREATE TRIGGER records_no_replace BEFORE INSERT ON records WHEN EXISTS (SELECT 1 FROM records WHERE position = NEW.position OR record_id = NEW.record_id) BEGIN SELECT RAISE(ABORT, 'records are append-only'); END;
CREATE TRIGGER sources_no_replace BEFORE INSERT ON sources WHEN EXISTS (SELECT 1 FROM sources WHERE source_id = NEW.source_id) BEGIN SELECT RAISE(ABORT, 'sources are append-only'); END;
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('events',5);
COMMIT;
PRAGMA application_id = 1953063266;
PRAGMA user_version = 1;
