BEGIN TRANSACTION;
CREATE TABLE answers (
	id VARCHAR(40) NOT NULL, 
	created_at DATETIME NOT NULL, 
	payload JSON NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "answers" VALUES('tra-loi-1','2026-11-28 14:12:08.627429','{"text": "Tr\u1ea3 l\u1eddi [1]", "conversation_id": "chuyen-1", "citations": [{"marker": 1}], "question": "h\u1ecfi?"}');
INSERT INTO "answers" VALUES('tra-loi-2','2026-11-28 14:12:08.627738','{"text": "Tr\u1ea3 l\u1eddi kh\u00e1c", "conversation_id": "chuyen-2", "citations": [], "question": "h\u1ecfi n\u1eefa?"}');
CREATE TABLE documents (
	id VARCHAR(100) NOT NULL, 
	origin VARCHAR(10) NOT NULL, 
	content_hash VARCHAR(64) NOT NULL, 
	metadata JSON NOT NULL, 
	text TEXT NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "documents" VALUES('thong-bao-mau','bundled','7e8864b2b2d9fcb8e4c08b235f05a456798548a8f728222743e53fc40ae03c17','{"id": "thong-bao-mau", "number": "5-TB/UBND", "kind": "Th\u00f4ng b\u00e1o", "title": "Th\u00f4ng b\u00e1o m\u1eabu", "issuer": "\u1ee6y ban m\u1eabu", "signer": null, "issued_on": "2025-07-01", "effective_from": null, "in_force": "in_force", "replaced_by": null, "implements": ["60-NQ/TW"], "source_kind": "official", "source_note": "", "sources_as_of": "2025-11-22"}','1. Việc một:

a) Ý thứ nhất;

b) Ý thứ hai.

2. Việc hai.');
INSERT INTO "documents" VALUES('cua-dan','ingested','970bfe851ed917d8026119a9ad8a635972a451f461c561c49178fa15f7b890f5','{"id": "cua-dan", "number": null, "kind": "V\u0103n b\u1ea3n", "title": "B\u1ea3n c\u1ee7a ng\u01b0\u1eddi d\u00f9ng", "issuer": "T\u00f4i", "signer": null, "issued_on": "2025-06", "effective_from": null, "in_force": "unknown", "replaced_by": null, "implements": [], "source_kind": "official", "source_note": "", "sources_as_of": "2025-11-22"}','1. Giữ lại.');
CREATE TABLE feedback (
	id INTEGER NOT NULL, 
	answer_id VARCHAR(40) NOT NULL, 
	created_at DATETIME NOT NULL, 
	useful BOOLEAN NOT NULL, 
	reason TEXT, 
	comment TEXT, 
	PRIMARY KEY (id), 
	FOREIGN KEY(answer_id) REFERENCES answers (id) ON DELETE CASCADE
);
INSERT INTO "feedback" VALUES(1,'tra-loi-1','2026-11-28 14:12:08.627864',1,NULL,NULL);
INSERT INTO "feedback" VALUES(2,'tra-loi-1','2026-11-28 14:12:08.629149',0,'sai','chưa đúng');
INSERT INTO "feedback" VALUES(3,'tra-loi-2','2026-11-28 14:12:08.632775',1,NULL,NULL);
CREATE TABLE handled_updates (
	bot_id BIGINT NOT NULL, 
	"key" VARCHAR(64) NOT NULL, 
	at DATETIME NOT NULL, 
	PRIMARY KEY (bot_id, "key")
);
INSERT INTO "handled_updates" VALUES(77,'tin-1','2026-11-28 14:12:08.635211');
CREATE TABLE meta (
	"key" VARCHAR(60) NOT NULL, 
	value TEXT NOT NULL, 
	PRIMARY KEY ("key")
);
INSERT INTO "meta" VALUES('schema_version','1');
CREATE TABLE passages (
	id VARCHAR(300) NOT NULL, 
	document_id VARCHAR(100) NOT NULL, 
	ordinal INTEGER NOT NULL, 
	kind VARCHAR(20) NOT NULL, 
	path JSON NOT NULL, 
	locator TEXT NOT NULL, 
	anchor VARCHAR(200) NOT NULL, 
	start INTEGER NOT NULL, 
	"end" INTEGER NOT NULL, 
	parent_id VARCHAR(300), 
	context TEXT NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(document_id) REFERENCES documents (id) ON DELETE CASCADE
);
INSERT INTO "passages" VALUES('thong-bao-mau#muc-1','thong-bao-mau',0,'clause','["M\u1ee5c 1"]','Mục 1','muc-1',3,12,NULL,'');
INSERT INTO "passages" VALUES('thong-bao-mau#muc-1-diem-a','thong-bao-mau',1,'point','["M\u1ee5c 1", "\u0111i\u1ec3m a"]','Mục 1, điểm a','muc-1-diem-a',17,28,'thong-bao-mau#muc-1','Việc một:');
INSERT INTO "passages" VALUES('thong-bao-mau#muc-1-diem-b','thong-bao-mau',2,'point','["M\u1ee5c 1", "\u0111i\u1ec3m b"]','Mục 1, điểm b','muc-1-diem-b',33,43,'thong-bao-mau#muc-1','Việc một:');
INSERT INTO "passages" VALUES('thong-bao-mau#muc-2','thong-bao-mau',3,'clause','["M\u1ee5c 2"]','Mục 2','muc-2',48,57,NULL,'');
INSERT INTO "passages" VALUES('cua-dan#muc-1','cua-dan',0,'clause','["M\u1ee5c 1"]','Mục 1','muc-1',3,11,NULL,'');
CREATE TABLE records (
	kind VARCHAR(40) NOT NULL, 
	id VARCHAR(100) NOT NULL, 
	payload JSON NOT NULL, 
	PRIMARY KEY (kind, id)
);
INSERT INTO "records" VALUES('portal-procedure','1.001193','{"name": "\u0110\u0103ng k\u00fd khai sinh", "fee": null}');
CREATE TABLE talks (
	person VARCHAR(64) NOT NULL, 
	chat VARCHAR(64) NOT NULL, 
	conversation_id VARCHAR(100) NOT NULL, 
	at DATETIME NOT NULL, 
	PRIMARY KEY (person, chat)
);
INSERT INTO "talks" VALUES('nguoi-1','phong-1','chuyen-2','2026-11-28 14:12:08.631425');
CREATE TABLE turns (
	id INTEGER NOT NULL, 
	conversation_id VARCHAR(64) NOT NULL, 
	created_at DATETIME NOT NULL, 
	question TEXT NOT NULL, 
	topic JSON NOT NULL, 
	status VARCHAR(30) NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "turns" VALUES(1,'chuyen-1','2026-11-28 14:12:08.629643','hỏi?','{"kind": "document", "ids": ["thong-bao-mau"]}','answered');
INSERT INTO "turns" VALUES(2,'chuyen-1','2026-11-28 14:12:08.630515','còn nữa?','{}','no_evidence');
INSERT INTO "turns" VALUES(3,'chuyen-2','2026-11-28 14:12:08.630816','hỏi nữa?','{}','answered');
CREATE TABLE vectors (
	fingerprint VARCHAR(100) NOT NULL, 
	"key" VARCHAR(64) NOT NULL, 
	vector BLOB NOT NULL, 
	PRIMARY KEY (fingerprint, "key")
);
INSERT INTO "vectors" VALUES('embedder-1','khoa-1',X'0001FF');
INSERT INTO "vectors" VALUES('embedder-1','khoa-2',X'02');
CREATE TABLE visits (
	answer_id VARCHAR(40) NOT NULL, 
	person VARCHAR(64) NOT NULL, 
	conversation_id VARCHAR(100) NOT NULL, 
	at DATETIME NOT NULL, 
	feedback_id INTEGER, 
	PRIMARY KEY (answer_id)
);
INSERT INTO "visits" VALUES('tra-loi-2','nguoi-1','chuyen-2','2026-11-28 14:12:08.631712',3);
CREATE TABLE waiting_updates (
	bot_id BIGINT NOT NULL, 
	"key" VARCHAR(64) NOT NULL, 
	payload JSON NOT NULL, 
	tries INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	PRIMARY KEY (bot_id, "key")
);
INSERT INTO "waiting_updates" VALUES(77,'tin-2','{"text": "\u0111ang ch\u1edd"}',2,'2026-11-28 14:12:08.634482');
CREATE INDEX ix_answers_created_at ON answers (created_at);
CREATE INDEX ix_talks_at ON talks (at);
CREATE INDEX ix_visits_person ON visits (person);
CREATE INDEX ix_visits_at ON visits (at);
CREATE INDEX ix_handled_updates_at ON handled_updates (at);
CREATE INDEX ix_turns_conversation_id ON turns (conversation_id);
CREATE INDEX ix_turns_created_at ON turns (created_at);
CREATE INDEX ix_passages_document_id ON passages (document_id);
CREATE INDEX ix_feedback_answer_id ON feedback (answer_id);
COMMIT;
