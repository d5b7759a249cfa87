BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0001');
CREATE TABLE alerts (
	id TEXT NOT NULL, 
	team TEXT NOT NULL, 
	development TEXT NOT NULL, 
	story TEXT NOT NULL, 
	time BIGINT NOT NULL, 
	payload TEXT NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "alerts" VALUES('fb246e77b4dc87e76e35ba5779b9da0e','gulf','d0fd169bb96f56afa','se28d6dca8b8d0598',1770206760000000,'{"id":"fb246e77b4dc87e76e35ba5779b9da0e","team":"gulf","rules":["us-iran-talks"],"severity":"high","kind":"new","lane":"now","story":"se28d6dca8b8d0598","development":"d0fd169bb96f56afa","item":"bc59f692407f99b6d43a6fa16377b429","channels":["desk","hook"],"matches":[{"team":"gulf","rule":"us-iran-talks","title":"US–Iran talks","severity":"high","events":["talks.round","talks"],"status":"announced","evidence":[{"clause":"what","name":"talks.round","text":"third round of talks","term":"$ordinal round ..2 $talks","origin":"concepts/en.yaml:33","span":{"part":"title","start":20,"end":40}},{"clause":"what","name":"talks","text":"talks","term":"=talks","origin":"concepts/en.yaml:30","span":{"part":"title","start":35,"end":40}},{"clause":"who","name":"USA","text":"US","term":"US","origin":"actors/en.yaml:10","span":{"part":"title","start":9,"end":11}},{"clause":"who","name":"IRN","text":"Iran","term":"Iran","origin":"actors/en.yaml:78","span":{"part":"title","start":0,"end":4}}],"extract":{"new_date":"2026-02-18","venue":"muscat","participants":"IRN, USA","status":"announced","count":"3 round"},"wishes":{"channels":["desk","hook"],"updates":"thread","grain":"normal","throttle":null,"digest":null,"corroborate":null,"at_least":null,"first_in":null,"none_for":null,"stage":"live","was":[]}}],"time":"2026-02-04T12:06:00Z","due":"2026-02-04T12:06:00Z","reason":"new"}');
INSERT INTO "alerts" VALUES('e8f52f405a52d6083bbaa386d56e6096','gulf','d07d902f5d5dfae93','se28d6dca8b8d0598',1770207480000000,'{"id":"e8f52f405a52d6083bbaa386d56e6096","team":"gulf","rules":["us-iran-talks"],"severity":"high","kind":"update","lane":"now","story":"se28d6dca8b8d0598","development":"d07d902f5d5dfae93","item":"5ac60aff3b0ff47ec3f6a8d341160d0e","channels":["desk","hook"],"matches":[{"team":"gulf","rule":"us-iran-talks","title":"US–Iran talks","severity":"high","events":["talks"],"status":"reported","evidence":[{"clause":"what","name":"talks","text":"talks","term":"=talks","origin":"concepts/en.yaml:30","span":{"part":"title","start":8,"end":13}},{"clause":"who","name":"USA","text":"US","term":"US","origin":"actors/en.yaml:10","span":{"part":"title","start":5,"end":7}},{"clause":"who","name":"IRN","text":"Iran","term":"Iran","origin":"actors/en.yaml:78","span":{"part":"title","start":0,"end":4}}],"extract":{"new_date":"2026-02-11","venue":"muscat","participants":"IRN, USA","status":"reported"},"wishes":{"channels":["desk","hook"],"updates":"thread","grain":"normal","throttle":null,"digest":null,"corroborate":null,"at_least":null,"first_in":null,"none_for":null,"stage":"live","was":[]}}],"time":"2026-02-04T12:18:00Z","due":"2026-02-04T12:18:00Z","reason":"update"}');
CREATE TABLE appointments (
	id TEXT NOT NULL, 
	day TEXT, 
	changed BIGINT NOT NULL, 
	payload TEXT NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "appointments" VALUES('p08f0befce4a4cf70','2026-02-11',1770207480000000,'{"id":"p08f0befce4a4cf70","kind":"round","participants":["IRN","USA"],"status":"announced","level":null,"date":"2026-02-11","place":"muscat","claims":[{"slot":"date","value":"2026-02-18","item":"bc59f692407f99b6d43a6fa16377b429","publisher":"Gulf Wire","time":"2026-02-04T12:00:00Z","tier":1,"mark":87141914682004483,"country":""},{"slot":"place","value":"muscat","item":"bc59f692407f99b6d43a6fa16377b429","publisher":"Gulf Wire","time":"2026-02-04T12:00:00Z","tier":1,"mark":87141914682004483,"country":"OMN"},{"slot":"ordinal","value":"round 3","item":"bc59f692407f99b6d43a6fa16377b429","publisher":"Gulf Wire","time":"2026-02-04T12:00:00Z","tier":1,"mark":87141914682004483,"country":""},{"slot":"date","value":"2026-02-11","item":"5ac60aff3b0ff47ec3f6a8d341160d0e","publisher":"Gulf Wire","time":"2026-02-04T12:12:00Z","tier":1,"mark":2085017371405597963,"country":""}]}');
CREATE TABLE attempts (
	delivery TEXT NOT NULL, 
	number INTEGER NOT NULL, 
	started BIGINT NOT NULL, 
	ended BIGINT, 
	outcome TEXT, 
	detail TEXT NOT NULL, 
	PRIMARY KEY (delivery, number), 
	FOREIGN KEY(delivery) REFERENCES deliveries (id) ON DELETE CASCADE
);
INSERT INTO "attempts" VALUES('11c87292cbc10a998957819ce4e1fe57',1,1770207120000000,1770207120000000,'sent','HTTP 204');
INSERT INTO "attempts" VALUES('32f6e822582ea8b2421695ac787ba4b0',1,1770207120000000,1770207120000000,'sent','accepted by 127.0.0.1');
INSERT INTO "attempts" VALUES('7ce5d0a3ea82f704b5e6ca3627a1ade9',1,1770207480000000,1770207480000000,'sent','HTTP 204');
INSERT INTO "attempts" VALUES('19e79696aba291e58dd6f40b980eee31',1,1770207480000000,1770207480000000,'postponed','message refused: 451 later');
CREATE TABLE decisions (
	seq INTEGER NOT NULL, 
	item TEXT NOT NULL, 
	time BIGINT NOT NULL, 
	payload TEXT NOT NULL, 
	PRIMARY KEY (seq)
);
INSERT INTO "decisions" VALUES(1,'bc59f692407f99b6d43a6fa16377b429',1770206760000000,'{"item":"bc59f692407f99b6d43a6fa16377b429","kind":"new","development":"d0fd169bb96f56afa","story":"se28d6dca8b8d0598","reason":"new: no open story of these actors is close","score":0.0,"time":"2026-02-04T12:06:00Z","closest":null}');
INSERT INTO "decisions" VALUES(2,'20e0c5f8b95e703ec443b1b84991d65c',1770207120000000,'{"item":"20e0c5f8b95e703ec443b1b84991d65c","kind":"repeat","development":"d0fd169bb96f56afa","story":"se28d6dca8b8d0598","reason":"repeat of d0fd169bb96f56afa (1.00): same event, same date, same place, same ordinal, same status, words 1.00","score":0.9996378797308616,"time":"2026-02-04T12:12:00Z","closest":"bc59f692407f99b6d43a6fa16377b429"}');
INSERT INTO "decisions" VALUES(3,'5ac60aff3b0ff47ec3f6a8d341160d0e',1770207480000000,'{"item":"5ac60aff3b0ff47ec3f6a8d341160d0e","kind":"update","development":"d07d902f5d5dfae93","story":"se28d6dca8b8d0598","reason":"update: date: 2026-02-18 → 2026-02-11","score":0.0,"time":"2026-02-04T12:18:00Z","closest":null}');
INSERT INTO "decisions" VALUES(4,'af0fea42bf36edcc7e02cd075b75c27f',1770207840000000,'{"item":"af0fea42bf36edcc7e02cd075b75c27f","kind":"possible","development":"d9bd12a03fcd0542f","story":"se28d6dca8b8d0598","reason":"possible: same actors, other words and facts, closest d0fd169bb96f56afa at 0.35","score":0.35368293279658525,"time":"2026-02-04T12:24:00Z","closest":"bc59f692407f99b6d43a6fa16377b429"}');
CREATE TABLE deliveries (
	seq INTEGER NOT NULL, 
	id TEXT NOT NULL, 
	alert TEXT NOT NULL, 
	team TEXT NOT NULL, 
	channel TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	recipient TEXT NOT NULL, 
	bundle TEXT NOT NULL, 
	parcel TEXT, 
	state TEXT NOT NULL, 
	due BIGINT NOT NULL, 
	next BIGINT, 
	attempts INTEGER NOT NULL, 
	PRIMARY KEY (seq), 
	UNIQUE (id), 
	FOREIGN KEY(alert) REFERENCES alerts (id) ON DELETE CASCADE
);
INSERT INTO "deliveries" VALUES(1,'32f6e822582ea8b2421695ac787ba4b0','fb246e77b4dc87e76e35ba5779b9da0e','gulf','desk','email','gulf@example.org','','32f6e822582ea8b2421695ac787ba4b0','sent',1770206760000000,NULL,1);
INSERT INTO "deliveries" VALUES(2,'11c87292cbc10a998957819ce4e1fe57','fb246e77b4dc87e76e35ba5779b9da0e','gulf','hook','webhook','http://127.0.0.1:9/hook','','11c87292cbc10a998957819ce4e1fe57','sent',1770206760000000,NULL,1);
INSERT INTO "deliveries" VALUES(3,'19e79696aba291e58dd6f40b980eee31','e8f52f405a52d6083bbaa386d56e6096','gulf','desk','email','gulf@example.org','','19e79696aba291e58dd6f40b980eee31','postponed',1770207480000000,1770207490000000,1);
INSERT INTO "deliveries" VALUES(4,'7ce5d0a3ea82f704b5e6ca3627a1ade9','e8f52f405a52d6083bbaa386d56e6096','gulf','hook','webhook','http://127.0.0.1:9/hook','','7ce5d0a3ea82f704b5e6ca3627a1ade9','sent',1770207480000000,NULL,1);
CREATE TABLE developments (
	id TEXT NOT NULL, 
	story TEXT NOT NULL, 
	first_seen BIGINT NOT NULL, 
	last_seen BIGINT NOT NULL, 
	title TEXT NOT NULL, 
	payload TEXT NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(story) REFERENCES stories (id) ON DELETE CASCADE
);
INSERT INTO "developments" VALUES('d0fd169bb96f56afa','se28d6dca8b8d0598',1770206760000000,1770207120000000,'Iran and US to hold third round of talks in Muscat on 18 February','{"id":"d0fd169bb96f56afa","story":"se28d6dca8b8d0598","kind":"new","event":"schedule.set","actors":["IRN","USA"],"status":"announced","lane":"now","value":0.9525741268224334,"title":"Iran and US to hold third round of talks in Muscat on 18 February","url":"https://gulfwire.example/a","items":["bc59f692407f99b6d43a6fa16377b429","20e0c5f8b95e703ec443b1b84991d65c"],"publishers":["Gulf Wire"],"first_seen":"2026-02-04T12:06:00Z","last_seen":"2026-02-04T12:12:00Z","changes":[],"inferred_from":[],"facts":{"item":"bc59f692407f99b6d43a6fa16377b429","event":"schedule.set","family":"talks","actors":["IRN","USA"],"status":"announced","publisher":"Gulf Wire","time":"2026-02-04T12:00:00Z","seen":"2026-02-04T12:06:00Z","title":"Iran and US to hold third round of talks in Muscat on 18 February","url":"https://gulfwire.example/a","lang":"en","agent":null,"target":null,"level":null,"speaker":null,"direction":null,"dates":[{"first":"2026-02-18","last":"2026-02-18","role":"planned","span":{"part":"title","start":54,"end":65}}],"places":[{"place":"muscat","role":"planned","span":{"part":"title","start":44,"end":50},"country":"OMN"}],"counts":[{"number":3,"unit":"round","span":{"part":"title","start":20,"end":31}}],"background":false,"principal":true,"guards":[],"spans":[{"part":"title","start":12,"end":19},{"part":"title","start":12,"end":14}],"words":["talk","february","18","iran","third","hold","round","muscat"],"tier":1,"baseline":false,"also":["talks.round","talks"]}}');
INSERT INTO "developments" VALUES('d07d902f5d5dfae93','se28d6dca8b8d0598',1770207480000000,1770207480000000,'Iran-US talks in Muscat brought forward to 11 February','{"id":"d07d902f5d5dfae93","story":"se28d6dca8b8d0598","kind":"update","event":"schedule.moved_up","actors":["IRN","USA"],"status":"announced","lane":"now","value":0.93,"title":"Iran-US talks in Muscat brought forward to 11 February","url":"https://gulfwire.example/c","items":["5ac60aff3b0ff47ec3f6a8d341160d0e"],"publishers":["Gulf Wire"],"first_seen":"2026-02-04T12:18:00Z","last_seen":"2026-02-04T12:18:00Z","changes":[{"slot":"date","before":"2026-02-18","after":"2026-02-11"}],"inferred_from":[],"facts":{"item":"5ac60aff3b0ff47ec3f6a8d341160d0e","event":"schedule.moved_up","family":"talks","actors":["IRN","USA"],"status":"announced","publisher":"Gulf Wire","time":"2026-02-04T12:12:00Z","seen":"2026-02-04T12:18:00Z","title":"Iran-US talks in Muscat brought forward to 11 February","url":"https://gulfwire.example/c","lang":"en","agent":null,"target":null,"level":null,"speaker":null,"direction":"up","dates":[{"first":"2026-02-11","last":"2026-02-11","role":"new","span":{"part":"title","start":43,"end":54}}],"places":[{"place":"muscat","role":"planned","span":{"part":"title","start":17,"end":23},"country":"OMN"}],"counts":[],"background":false,"principal":true,"guards":[],"spans":[{"part":"title","start":8,"end":39}],"words":["talk","forward","february","brought","muscat","iran","11"],"tier":1,"baseline":false,"also":["talks"]}}');
INSERT INTO "developments" VALUES('d9bd12a03fcd0542f','se28d6dca8b8d0598',1770207840000000,1770207840000000,'Oil slips on hopes for US-Iran talks','{"id":"d9bd12a03fcd0542f","story":"se28d6dca8b8d0598","kind":"possible","event":"talks","actors":["IRN","USA"],"status":"considered","lane":"digest","value":0.03732688734412946,"title":"Oil slips on hopes for US-Iran talks","url":"https://gulfwire.example/d","items":["af0fea42bf36edcc7e02cd075b75c27f"],"publishers":["Gulf Wire"],"first_seen":"2026-02-04T12:24:00Z","last_seen":"2026-02-04T12:24:00Z","changes":[],"inferred_from":[],"facts":{"item":"af0fea42bf36edcc7e02cd075b75c27f","event":"talks","family":"talks","actors":["IRN","USA"],"status":"considered","publisher":"Gulf Wire","time":"2026-02-04T12:18:00Z","seen":"2026-02-04T12:24:00Z","title":"Oil slips on hopes for US-Iran talks","url":"https://gulfwire.example/d","lang":"en","agent":null,"target":null,"level":null,"speaker":null,"direction":null,"dates":[],"places":[],"counts":[],"background":false,"principal":true,"guards":["hypothetical","reaction","market"],"spans":[{"part":"title","start":31,"end":36},{"part":"title","start":13,"end":18}],"words":["talk","oil","slip","iran","hop"],"tier":1,"baseline":false,"also":[]}}');
CREATE TABLE holds (
	seq INTEGER NOT NULL, 
	team TEXT NOT NULL, 
	development TEXT NOT NULL, 
	item TEXT NOT NULL, 
	time BIGINT NOT NULL, 
	payload TEXT NOT NULL, 
	PRIMARY KEY (seq)
);
INSERT INTO "holds" VALUES(1,'gulf','d0fd169bb96f56afa','20e0c5f8b95e703ec443b1b84991d65c',1770207120000000,'{"team":"gulf","rules":["us-iran-talks"],"development":"d0fd169bb96f56afa","item":"20e0c5f8b95e703ec443b1b84991d65c","reason":"repeat: alert fb246e77b4dc87e76e35ba5779b9da0e told it","time":"2026-02-04T12:12:00Z","until":null,"matches":[]}');
CREATE TABLE items (
	id TEXT NOT NULL, 
	source TEXT NOT NULL, 
	url TEXT NOT NULL, 
	title TEXT NOT NULL, 
	text TEXT, 
	lang TEXT, 
	publisher TEXT NOT NULL, 
	timezone TEXT NOT NULL, 
	tier INTEGER NOT NULL, 
	baseline BOOLEAN NOT NULL, 
	published BIGINT, 
	seen BIGINT NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "items" VALUES('bc59f692407f99b6d43a6fa16377b429','gulf-wire','https://gulfwire.example/a','Iran and US to hold third round of talks in Muscat on 18 February',NULL,NULL,'Gulf Wire','UTC',1,0,1770206400000000,1770206760000000);
INSERT INTO "items" VALUES('20e0c5f8b95e703ec443b1b84991d65c','gulf-wire','https://gulfwire.example/b','Iran, US to hold third round of talks in Muscat on 18 February',NULL,NULL,'Gulf Wire','UTC',1,0,1770206760000000,1770207120000000);
INSERT INTO "items" VALUES('5ac60aff3b0ff47ec3f6a8d341160d0e','gulf-wire','https://gulfwire.example/c','Iran-US talks in Muscat brought forward to 11 February',NULL,NULL,'Gulf Wire','UTC',1,0,1770207120000000,1770207480000000);
INSERT INTO "items" VALUES('af0fea42bf36edcc7e02cd075b75c27f','gulf-wire','https://gulfwire.example/d','Oil slips on hopes for US-Iran talks',NULL,NULL,'Gulf Wire','UTC',1,0,1770207480000000,1770207840000000);
CREATE TABLE lease (
	id INTEGER NOT NULL, 
	number BIGINT NOT NULL, 
	holder TEXT NOT NULL, 
	taken BIGINT NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "lease" VALUES(1,1,'test',1770206400000000);
CREATE TABLE quarantine (
	seq INTEGER NOT NULL, 
	item TEXT NOT NULL, 
	source TEXT NOT NULL, 
	time BIGINT NOT NULL, 
	error TEXT NOT NULL, 
	payload TEXT NOT NULL, 
	PRIMARY KEY (seq)
);
CREATE TABLE reports (
	seq INTEGER NOT NULL, 
	development TEXT NOT NULL, 
	item TEXT NOT NULL, 
	payload TEXT NOT NULL, 
	PRIMARY KEY (seq), 
	FOREIGN KEY(development) REFERENCES developments (id) ON DELETE CASCADE
);
INSERT INTO "reports" VALUES(1,'d0fd169bb96f56afa','bc59f692407f99b6d43a6fa16377b429','{"item":"bc59f692407f99b6d43a6fa16377b429","event":"schedule.set","family":"talks","actors":["IRN","USA"],"status":"announced","publisher":"Gulf Wire","time":"2026-02-04T12:00:00Z","seen":"2026-02-04T12:06:00Z","title":"Iran and US to hold third round of talks in Muscat on 18 February","url":"https://gulfwire.example/a","lang":"en","agent":null,"target":null,"level":null,"speaker":null,"direction":null,"dates":[{"first":"2026-02-18","last":"2026-02-18","role":"planned","span":{"part":"title","start":54,"end":65}}],"places":[{"place":"muscat","role":"planned","span":{"part":"title","start":44,"end":50},"country":"OMN"}],"counts":[{"number":3,"unit":"round","span":{"part":"title","start":20,"end":31}}],"background":false,"principal":true,"guards":[],"spans":[{"part":"title","start":12,"end":19},{"part":"title","start":12,"end":14}],"words":["talk","february","18","iran","third","hold","round","muscat"],"tier":1,"baseline":false,"also":["talks.round","talks"]}');
INSERT INTO "reports" VALUES(2,'d0fd169bb96f56afa','20e0c5f8b95e703ec443b1b84991d65c','{"item":"20e0c5f8b95e703ec443b1b84991d65c","event":"schedule.set","family":"talks","actors":["IRN","USA"],"status":"announced","publisher":"Gulf Wire","time":"2026-02-04T12:06:00Z","seen":"2026-02-04T12:12:00Z","title":"Iran, US to hold third round of talks in Muscat on 18 February","url":"https://gulfwire.example/b","lang":"en","agent":null,"target":null,"level":null,"speaker":null,"direction":null,"dates":[{"first":"2026-02-18","last":"2026-02-18","role":"planned","span":{"part":"title","start":51,"end":62}}],"places":[{"place":"muscat","role":"planned","span":{"part":"title","start":41,"end":47},"country":"OMN"}],"counts":[{"number":3,"unit":"round","span":{"part":"title","start":17,"end":28}}],"background":false,"principal":true,"guards":[],"spans":[{"part":"title","start":9,"end":16},{"part":"title","start":9,"end":11}],"words":["talk","february","18","iran","third","hold","round","muscat"],"tier":1,"baseline":false,"also":["talks.round","talks"]}');
INSERT INTO "reports" VALUES(3,'d07d902f5d5dfae93','5ac60aff3b0ff47ec3f6a8d341160d0e','{"item":"5ac60aff3b0ff47ec3f6a8d341160d0e","event":"schedule.moved_up","family":"talks","actors":["IRN","USA"],"status":"announced","publisher":"Gulf Wire","time":"2026-02-04T12:12:00Z","seen":"2026-02-04T12:18:00Z","title":"Iran-US talks in Muscat brought forward to 11 February","url":"https://gulfwire.example/c","lang":"en","agent":null,"target":null,"level":null,"speaker":null,"direction":"up","dates":[{"first":"2026-02-11","last":"2026-02-11","role":"new","span":{"part":"title","start":43,"end":54}}],"places":[{"place":"muscat","role":"planned","span":{"part":"title","start":17,"end":23},"country":"OMN"}],"counts":[],"background":false,"principal":true,"guards":[],"spans":[{"part":"title","start":8,"end":39}],"words":["talk","forward","february","brought","muscat","iran","11"],"tier":1,"baseline":false,"also":["talks"]}');
INSERT INTO "reports" VALUES(4,'d9bd12a03fcd0542f','af0fea42bf36edcc7e02cd075b75c27f','{"item":"af0fea42bf36edcc7e02cd075b75c27f","event":"talks","family":"talks","actors":["IRN","USA"],"status":"considered","publisher":"Gulf Wire","time":"2026-02-04T12:18:00Z","seen":"2026-02-04T12:24:00Z","title":"Oil slips on hopes for US-Iran talks","url":"https://gulfwire.example/d","lang":"en","agent":null,"target":null,"level":null,"speaker":null,"direction":null,"dates":[],"places":[],"counts":[],"background":false,"principal":true,"guards":["hypothetical","reaction","market"],"spans":[{"part":"title","start":31,"end":36},{"part":"title","start":13,"end":18}],"words":["talk","oil","slip","iran","hop"],"tier":1,"baseline":false,"also":[]}');
CREATE TABLE rule_folders (
	hash TEXT NOT NULL, 
	texts TEXT NOT NULL, 
	PRIMARY KEY (hash)
);
INSERT INTO "rule_folders" VALUES('79679ed19d705f28bd5102fe076abbcfff34f1900e2acbb075dee1d7ded6020c','{"gulf\u001frules/gulf/talks.yaml": "\nas_of: 2026-02-10\nrules:\n  - rule: US–Iran talks\n    who: [United States, Iran]\n    what: talks\n    unless: [sport, market, opinion]\n    severity: high\n    notify: [desk, hook]\n    examples:\n      alert:\n        - Tehran and Washington to resume indirect talks in Muscat\n      quiet:\n        - Oil slips on hopes for US-Iran talks\n", "gulf\u001frules/gulf/team.yaml": "\nteam: Gulf desk\ntimezone: Europe/London\nchannels:\n  desk: {email: [gulf@example.org]}\n  hook: {webhook: \"http://127.0.0.1:9/hook\", secret: \"secret:hook\"}\ndefault: desk\n"}');
CREATE TABLE rule_history (
	seq INTEGER NOT NULL, 
	team TEXT NOT NULL, 
	hash TEXT, 
	since BIGINT NOT NULL, 
	PRIMARY KEY (seq), 
	FOREIGN KEY(hash) REFERENCES rule_folders (hash)
);
INSERT INTO "rule_history" VALUES(1,'gulf','79679ed19d705f28bd5102fe076abbcfff34f1900e2acbb075dee1d7ded6020c',1770206400000000);
CREATE TABLE seen (
	item TEXT NOT NULL, 
	url TEXT NOT NULL, 
	fingerprint BIGINT NOT NULL, 
	time BIGINT NOT NULL, 
	PRIMARY KEY (item)
)
 WITHOUT ROWID

;
INSERT INTO "seen" VALUES('20e0c5f8b95e703ec443b1b84991d65c','https://gulfwire.example/b',8812034339599498422,1770207120000000);
INSERT INTO "seen" VALUES('5ac60aff3b0ff47ec3f6a8d341160d0e','https://gulfwire.example/c',6824582205643734672,1770207480000000);
INSERT INTO "seen" VALUES('af0fea42bf36edcc7e02cd075b75c27f','https://gulfwire.example/d',3198876238174590350,1770207840000000);
INSERT INTO "seen" VALUES('bc59f692407f99b6d43a6fa16377b429','https://gulfwire.example/a',988290301713655644,1770206760000000);
CREATE TABLE sources (
	id TEXT NOT NULL, 
	enrolled BOOLEAN NOT NULL, 
	next_poll BIGINT NOT NULL, 
	polled_at BIGINT, 
	succeeded_at BIGINT, 
	failures INTEGER NOT NULL, 
	outcome TEXT, 
	detail TEXT NOT NULL, 
	items INTEGER NOT NULL, 
	cursor TEXT NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "sources" VALUES('gulf-wire',1,1770208146769354,1770207840000000,1770207840000000,0,'fetched','',4,'{"etag":null,"last_modified":null,"body_hash":"78c1bd49c7b0dae5b249911039ab23d6","failures":0,"moved_to":null,"polled_at":"2026-02-04T12:24:00Z","succeeded_at":"2026-02-04T12:24:00Z"}');
CREATE TABLE stories (
	id TEXT NOT NULL, 
	last_seen BIGINT NOT NULL, 
	closed BIGINT, 
	appointment TEXT, 
	payload TEXT NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "stories" VALUES('se28d6dca8b8d0598',1770207840000000,NULL,'p08f0befce4a4cf70','{"id":"se28d6dca8b8d0598","family":"talks","actors":["IRN","USA"],"title":"Iran and US to hold third round of talks in Muscat on 18 February","opened":"2026-02-04T12:06:00Z","last_seen":"2026-02-04T12:24:00Z","developments":["d0fd169bb96f56afa","d07d902f5d5dfae93","d9bd12a03fcd0542f"],"appointment":"p08f0befce4a4cf70","previous":null,"closed":null}');
CREATE TABLE team_problems (
	team TEXT NOT NULL, 
	since BIGINT NOT NULL, 
	payload TEXT NOT NULL, 
	PRIMARY KEY (team)
);
CREATE TABLE wakes (
	kind TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	due BIGINT NOT NULL, 
	PRIMARY KEY (kind, subject)
);
INSERT INTO "wakes" VALUES('close','',1770210360000000);
CREATE INDEX sources_due ON sources (enrolled, next_poll);
CREATE INDEX items_seen ON items (seen);
CREATE INDEX items_with_text ON items (seen) WHERE text IS NOT NULL;
CREATE INDEX stories_last_seen ON stories (last_seen);
CREATE INDEX stories_open ON stories (id) WHERE closed IS NULL;
CREATE INDEX developments_story ON developments (story);
CREATE INDEX developments_last_seen ON developments (last_seen);
CREATE INDEX reports_development ON reports (development);
CREATE INDEX decisions_item ON decisions (item);
CREATE INDEX decisions_time ON decisions (time);
CREATE INDEX alerts_development ON alerts (development);
CREATE INDEX alerts_time ON alerts (time);
CREATE INDEX holds_development ON holds (development, team);
CREATE INDEX holds_time ON holds (time);
CREATE INDEX deliveries_alert ON deliveries (alert);
CREATE INDEX deliveries_next ON deliveries (next) WHERE next IS NOT NULL;
CREATE INDEX deliveries_claimed ON deliveries (kind, recipient) WHERE state = 'claimed';
CREATE INDEX deliveries_abandoned ON deliveries (seq) WHERE state = 'abandoned';
CREATE INDEX deliveries_parcel ON deliveries (parcel) WHERE next IS NOT NULL;
CREATE INDEX wakes_due ON wakes (due);
CREATE INDEX rule_history_team ON rule_history (team, since);
COMMIT;