#pragma once

namespace fwctl::localhub {

/// The store's tables. Times are texts in the hub's seven-digit layout, which order like times; JSON columns hold
/// canonical JSON text. The query language is translated to SQL over `twins` and `device_jobs`.
///
/// twins: one row a device (module_id '') or module: its identity and its twin, which live and die together.
///   desired and reported are the user's properties alone; $metadata trees and $version stand beside them.
///   tags is NULL until a tag was written first.
/// configurations: one row a configuration. removed_configurations: what twins may still name.
/// jobs: one row a scheduled job. device_jobs: one row for each twin that a started job targets; `position` is
///   the sequence of the twin.
inline constexpr const char* schema_sql = R"sql(
CREATE TABLE IF NOT EXISTS policies (
  name          TEXT PRIMARY KEY,
  primary_key   TEXT NOT NULL,
  secondary_key TEXT NOT NULL,
  permissions   TEXT NOT NULL            -- comma-separated: RegistryRead,RegistryWrite,ServiceConnect,DeviceConnect
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS twins (
  sequence                      INTEGER PRIMARY KEY AUTOINCREMENT,   -- creation order: the key of query paging
  device_id                     TEXT NOT NULL,
  module_id                     TEXT NOT NULL DEFAULT '',
  generation_id                 TEXT NOT NULL,
  identity_etag                 TEXT NOT NULL,      -- unquoted
  status                        TEXT NOT NULL,      -- enabled | disabled
  status_reason                 TEXT,
  status_updated                TEXT NOT NULL,
  connection_state              TEXT NOT NULL,      -- Connected | Disconnected
  connection_state_updated      TEXT NOT NULL,
  last_activity                 TEXT NOT NULL,
  authentication                TEXT NOT NULL,      -- JSON: the identity's authentication object, keys included
  authentication_type           TEXT NOT NULL,      -- sas | selfSigned | certificateAuthority | none
  capabilities                  TEXT NOT NULL,      -- JSON: {"iotEdge":false}
  device_scope                  TEXT,
  parent_scopes                 TEXT,               -- JSON array
  managed_by                    TEXT,
  model_id                      TEXT NOT NULL DEFAULT '',
  twin_etag                     INTEGER NOT NULL,   -- the counter behind the base64 etag
  version                       INTEGER NOT NULL,
  tags                          TEXT,               -- JSON object
  desired                       TEXT NOT NULL,      -- JSON object
  desired_metadata              TEXT NOT NULL,      -- JSON object
  desired_version               INTEGER NOT NULL,
  reported                      TEXT NOT NULL,      -- JSON object
  reported_metadata             TEXT NOT NULL,      -- JSON object
  reported_version              INTEGER NOT NULL,
  configurations                TEXT,               -- JSON object
  UNIQUE (device_id, module_id)
) STRICT;

CREATE TABLE IF NOT EXISTS jobs (
  job_id             TEXT PRIMARY KEY,
  type               TEXT NOT NULL,                 -- scheduleUpdateTwin | scheduleDeviceMethod
  status             TEXT NOT NULL,                 -- queued | scheduled | running | completed | failed | cancelled
  query_condition    TEXT NOT NULL,
  payload            TEXT NOT NULL,                 -- JSON: updateTwin or cloudToDeviceMethod
  created            TEXT NOT NULL,
  start              TEXT NOT NULL,
  ended              TEXT,
  max_execution_s    INTEGER NOT NULL,
  failure_reason     TEXT,
  next_position      INTEGER NOT NULL DEFAULT 0,    -- the first device_jobs row not yet begun
  taken_through      INTEGER NOT NULL DEFAULT -1,   -- twins up to this sequence were looked at for targets
  targets_known      INTEGER NOT NULL DEFAULT 0,    -- 1: all twins were
  device_count       INTEGER NOT NULL DEFAULT 0,
  succeeded_count    INTEGER NOT NULL DEFAULT 0,
  failed_count       INTEGER NOT NULL DEFAULT 0,
  running_count      INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS device_jobs (
  job_id             TEXT NOT NULL REFERENCES jobs(job_id) ON DELETE CASCADE,
  position           INTEGER NOT NULL,
  device_id          TEXT NOT NULL,
  job_type           TEXT NOT NULL,
  status             TEXT NOT NULL,                 -- scheduled | running | completed | failed
  created            TEXT NOT NULL,
  updated            TEXT NOT NULL,
  start              TEXT NOT NULL,
  ended              TEXT NOT NULL,
  outcome            TEXT,                          -- JSON
  error_code         TEXT,
  error_description  TEXT,
  PRIMARY KEY (job_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS subscriptions (          -- of devices with clean session 0, over their connections
  client_id          TEXT NOT NULL,                 -- TwinKey::text()
  filter             TEXT NOT NULL,                 -- '': the session itself
  qos                INTEGER NOT NULL,
  PRIMARY KEY (client_id, filter)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS configurations (
  sequence           INTEGER PRIMARY KEY AUTOINCREMENT,   -- creation order: of equal priorities the newest wins
  configuration_id   TEXT NOT NULL UNIQUE,
  schema_version     TEXT,
  labels             TEXT,                          -- JSON object
  content            TEXT NOT NULL,                 -- JSON object
  target_condition   TEXT NOT NULL,
  priority           INTEGER NOT NULL,
  metrics            TEXT NOT NULL,                 -- JSON object: name to query
  created            TEXT NOT NULL,
  updated            TEXT NOT NULL,
  etag               INTEGER NOT NULL,              -- the counter behind the base64 etag
  evaluated          INTEGER NOT NULL DEFAULT 0     -- 1: a pass over all twins has ended since it was made
) STRICT;

CREATE TABLE IF NOT EXISTS removed_configurations (
  configuration_id   TEXT PRIMARY KEY               -- until a pass over all twins has ended
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS import_jobs (
  job_id             TEXT PRIMARY KEY,
  document           TEXT NOT NULL                  -- JSON: JobProperties
) STRICT;

CREATE TABLE IF NOT EXISTS tag_values (             -- every text among the tags: what tags.x = 'y' is looked up in
  path               TEXT NOT NULL,                 -- as json_path() writes it
  value              TEXT NOT NULL,
  sequence           INTEGER NOT NULL REFERENCES twins(sequence) ON DELETE CASCADE,
  PRIMARY KEY (path, value, sequence)
) STRICT, WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS tag_values_by_twin ON tag_values (sequence);
CREATE INDEX IF NOT EXISTS twins_by_connection ON twins (connection_state);
CREATE INDEX IF NOT EXISTS twins_by_status ON twins (status);
CREATE UNIQUE INDEX IF NOT EXISTS device_jobs_by_device ON device_jobs (device_id, job_id);
)sql";

}  // namespace fwctl::localhub
