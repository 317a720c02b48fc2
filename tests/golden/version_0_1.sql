BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0002');
CREATE TABLE clients (
	id INTEGER NOT NULL, 
	key_hash VARCHAR(64) NOT NULL, 
	consented_at DATETIME NOT NULL, 
	consent_version INTEGER NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (key_hash)
);
INSERT INTO "clients" VALUES(1,'3d3ae0669354d08020238f1d8438fc1feb1afafff23995c024a1fab4ff64f6a6','2026-11-30 04:36:20.874383',1);
CREATE TABLE outcomes (
	id INTEGER NOT NULL, 
	client INTEGER NOT NULL, 
	prediction VARCHAR(20) NOT NULL, 
	reported_at DATETIME NOT NULL, 
	days FLOAT NOT NULL, 
	views FLOAT, 
	likes FLOAT, 
	comments FLOAT, 
	shares FLOAT, 
	via VARCHAR(10) NOT NULL, 
	post_hash VARCHAR(32), 
	standing VARCHAR(12) NOT NULL, 
	reason VARCHAR(200), 
	PRIMARY KEY (id), 
	FOREIGN KEY(client, prediction) REFERENCES predictions (client, id) ON DELETE CASCADE
);
INSERT INTO "outcomes" VALUES(1,1,'ZJDR-OMLM-BVOZ','2026-11-30 04:36:20.916547',30.0,1800.0,90.0,NULL,NULL,'typed',NULL,'accepted',NULL);
CREATE TABLE predictions (
	client INTEGER NOT NULL, 
	id VARCHAR(20) NOT NULL, 
	model_version VARCHAR(80) NOT NULL, 
	made_at DATETIME NOT NULL, 
	useful BOOLEAN, 
	body JSON NOT NULL, 
	PRIMARY KEY (client, id), 
	FOREIGN KEY(client) REFERENCES clients (id) ON DELETE CASCADE
);
INSERT INTO "predictions" VALUES(1,'ZJDR-OMLM-BVOZ','4.14a366ff3174','2026-11-30 04:36:20.891640',1,'{"horizon_days": 30.0, "ranges": {"views": [575.8054016281279, 1466.040600241408, 4135.074505149499], "likes": [81.25627016143363, 224.33535866535053, 599.0404628510815], "comments": [1.5909133803555426, 5.086837069395628, 14.998197835513869], "shares": [0.0, 1.4622970063928584, 6.626147445515337], "virality": [593.5580556179428, 1512.2584084220448, 4239.618274906173]}, "parts": {"visual": 0.0, "audio": 0.0, "speech": 0.0, "text": 0.01119491979157293, "context": -2.3746561634426513}, "followers": 12000.0, "recent_views": [900.0, 1500.0, 700.0, 1200.0, 2100.0], "posted_at": "2026-11-20T18:00:00+01:00", "duration_s": 12.0, "sound_original": null, "caption_hash": "6bbf2eabb93da289a1bcf999784b3029", "features": {"visual": {"brightness": 77.19937096693434, "contrast": 21.715731384741296, "saturation": 29.301812444739983, "colourfulness": 53.3142329167188, "sharpness": 3.056835005602527, "motion": 1.7349177113834882, "cut_count": 0.0, "cuts_per_minute": 0.0, "face_share": 0.09192825112107626, "face_count": 0.09192825112107626, "face_area_share": 0.04785156250000001, "face_offset": 0.45082931394542214, "centre_detail_share": 0.1494226789729334, "bars_share": 0.0, "brightness_hook": 76.73680396695717, "contrast_hook": 22.275935563261687, "saturation_hook": 30.863119818143314, "colourfulness_hook": 47.79181603874613, "sharpness_hook": 3.1453525834621465, "motion_hook": 1.9630666621110535, "cut_count_hook": 0.0, "cuts_per_minute_hook": 0.0, "face_share_hook": 0.0, "face_count_hook": 0.0, "face_area_share_hook": null, "face_offset_hook": null, "centre_detail_share_hook": 0.08064797116662208, "bars_share_hook": 0.0, "aspect_ratio": 0.5625, "portrait": 1.0}, "audio": {"chroma_stft": 0.3775298408923611, "spectral_centroid": 2914.5756947073314, "spectral_bandwidth": 1950.695881621601, "rolloff": 4701.531785534275, "zero_crossing_rate": 0.18481209047379032, "mfcc1": -370.53688809794767, "mfcc2": 64.2128971596639, "mfcc3": -4.445647682910485, "mfcc4": 6.64509234554585, "mfcc5": -0.5063444495922135, "mfcc6": -10.498091691179622, "mfcc7": -1.2420412091358055, "mfcc8": -5.628750753967512, "mfcc9": -0.011477076902144378, "mfcc10": -7.132515676463804, "mfcc11": -7.4745516743541005, "mfcc12": -3.7260764671489595, "mfcc13": -8.239409012602822, "mfcc14": -1.4537279643629106, "mfcc15": -6.040427976888755, "mfcc16": -0.45550782199228, "mfcc17": -5.9010646873243875, "mfcc18": -2.6056887292423316, "mfcc19": -4.425810513047561, "mfcc20": -5.025894824739906, "tempo_bpm": 161.23298957517062, "beat_strength": 0.1530658741803184, "dynamic_range_db": 39.36801597956077, "onset_rate_hz": 3.339559773828756, "loudness_dbfs": -24.695422737766265, "silence_share": 0.3602584814216478, "speech_share": 0.7854922884693054, "singing_share": 0.0, "music_share": 0.0, "onset_rate_hz_hook": 4.666666666666667, "loudness_dbfs_hook": -24.50656976867961, "silence_share_hook": 0.3204633204633205, "speech_share_hook": 0.7833333333333333, "singing_share_hook": 0.0, "music_share_hook": 0.0}}}');
CREATE TABLE votes (
	id INTEGER NOT NULL, 
	day DATE NOT NULL, 
	model_version VARCHAR(80) NOT NULL, 
	useful BOOLEAN NOT NULL, 
	count INTEGER NOT NULL, 
	PRIMARY KEY (id), 
	CONSTRAINT votes_of_day UNIQUE (day, model_version, useful)
);
CREATE TABLE weight_changes (
	id INTEGER NOT NULL, 
	made_at DATETIME NOT NULL, 
	model_version VARCHAR(80) NOT NULL, 
	factors JSON NOT NULL, 
	figures JSON NOT NULL, 
	undone BOOLEAN NOT NULL, 
	PRIMARY KEY (id)
);
CREATE INDEX outcomes_of_prediction ON outcomes (client, prediction);
CREATE INDEX outcomes_standing ON outcomes (standing);
COMMIT;
