#include "lib/localhub/store/open_store.hpp"

#include <fmt/core.h>

#include "fwctl/base/error.hpp"
#include "lib/localhub/store/functions.hpp"
#include "lib/localhub/store/schema.hpp"
#include "lib/localhub/twins/twin_row.hpp"

namespace fwctl::localhub {
namespace {

constexpr std::int64_t this_version = 3;

std::int64_t version_of(const Database& database) {
  Statement row = database.prepare("PRAGMA user_version");
  row.step();
  return row.integer(0);
}

bool is_empty(const Database& database) { return !database.prepare("SELECT 1 FROM sqlite_master").step(); }

/// The first version had no counts in its jobs and no index of tags, and knew devices only.
constexpr const char* to_version_2_sql = R"sql(
ALTER TABLE subscriptions RENAME COLUMN device_id TO client_id;
ALTER TABLE jobs ADD COLUMN taken_through INTEGER NOT NULL DEFAULT -1;
ALTER TABLE jobs ADD COLUMN targets_known INTEGER NOT NULL DEFAULT 0;
ALTER TABLE jobs ADD COLUMN device_count INTEGER NOT NULL DEFAULT 0;
ALTER TABLE jobs ADD COLUMN succeeded_count INTEGER NOT NULL DEFAULT 0;
ALTER TABLE jobs ADD COLUMN failed_count INTEGER NOT NULL DEFAULT 0;
ALTER TABLE jobs ADD COLUMN running_count INTEGER NOT NULL DEFAULT 0;
UPDATE jobs SET
  targets_known = status IN ('running', 'completed'),
  device_count = (SELECT COUNT(*) FROM device_jobs d WHERE d.job_id = jobs.job_id),
  succeeded_count = (SELECT COUNT(*) FROM device_jobs d WHERE d.job_id = jobs.job_id AND d.status = 'completed'),
  failed_count = (SELECT COUNT(*) FROM device_jobs d WHERE d.job_id = jobs.job_id AND d.status = 'failed');
UPDATE device_jobs SET outcome = '{"deviceMethodResponse":null}' WHERE status = 'completed';
)sql";

/// The second version had sessions with subscriptions only.
constexpr const char* to_version_3_sql =
    "INSERT OR IGNORE INTO subscriptions SELECT DISTINCT client_id, '', 0 FROM subscriptions";

void index_all_tags(const Database& database) {
  Statement rows = database.prepare(fmt::format("SELECT {} FROM twins WHERE tags IS NOT NULL", twin_columns));
  while (rows.step()) index_tags(database, read_twin(rows));
}

}  // namespace

Database open_store(const std::string& path) {
  Database database(path);
  register_functions(database);
  const std::int64_t version = is_empty(database) ? this_version : std::max<std::int64_t>(1, version_of(database));
  if (version > this_version) {
    throw Error(fmt::format("the store {} was made by a newer fwhub", path), "name another folder with --data-dir");
  }
  Transaction transaction(database);
  if (version < 2) database.execute(to_version_2_sql);
  database.execute(schema_sql);
  if (version < 2) index_all_tags(database);
  if (version < 3) database.execute(to_version_3_sql);
  database.execute(fmt::format("PRAGMA user_version = {}", this_version));
  transaction.commit();
  return database;
}

}  // namespace fwctl::localhub
