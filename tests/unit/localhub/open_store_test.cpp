#include "lib/localhub/store/open_store.hpp"

#include <gtest/gtest.h>

#include "fwctl/base/error.hpp"
#include "tests/support/hub_fixture.hpp"
#include "tests/support/temporary_folder.hpp"

namespace fwctl::localhub {
namespace {

/// The store as the first version wrote it: three devices, one finished job.
constexpr const char* first_version_sql = R"sql(
CREATE TABLE twins (sequence INTEGER PRIMARY KEY AUTOINCREMENT, device_id TEXT NOT NULL,
  module_id TEXT NOT NULL DEFAULT '', generation_id TEXT NOT NULL, identity_etag TEXT NOT NULL, status TEXT NOT NULL,
  status_reason TEXT, status_updated TEXT NOT NULL, connection_state TEXT NOT NULL,
  connection_state_updated TEXT NOT NULL, last_activity TEXT NOT NULL, authentication TEXT NOT NULL,
  authentication_type TEXT NOT NULL, capabilities TEXT NOT NULL, device_scope TEXT, parent_scopes TEXT, managed_by TEXT,
  model_id TEXT NOT NULL DEFAULT '', twin_etag INTEGER NOT NULL, version INTEGER NOT NULL, tags TEXT,
  desired TEXT NOT NULL, desired_metadata TEXT NOT NULL, desired_version INTEGER NOT NULL, reported TEXT NOT NULL,
  reported_metadata TEXT NOT NULL, reported_version INTEGER NOT NULL, configurations TEXT,
  UNIQUE (device_id, module_id)) STRICT;
CREATE TABLE jobs (job_id TEXT PRIMARY KEY, type TEXT NOT NULL, status TEXT NOT NULL, query_condition TEXT NOT NULL,
  payload TEXT NOT NULL, created TEXT NOT NULL, start TEXT NOT NULL, ended TEXT, max_execution_s INTEGER NOT NULL,
  failure_reason TEXT, next_position INTEGER NOT NULL DEFAULT 0) STRICT, WITHOUT ROWID;
CREATE TABLE device_jobs (job_id TEXT NOT NULL REFERENCES jobs(job_id) ON DELETE CASCADE, position INTEGER NOT NULL,
  device_id TEXT NOT NULL, job_type TEXT NOT NULL, status TEXT NOT NULL, created TEXT NOT NULL, updated TEXT NOT NULL,
  start TEXT NOT NULL, ended TEXT NOT NULL, outcome TEXT, error_code TEXT, error_description TEXT,
  PRIMARY KEY (job_id, position)) STRICT, WITHOUT ROWID;
CREATE TABLE subscriptions (device_id TEXT NOT NULL, filter TEXT NOT NULL, qos INTEGER NOT NULL,
  PRIMARY KEY (device_id, filter)) STRICT, WITHOUT ROWID;
INSERT INTO twins (device_id, generation_id, identity_etag, status, status_updated, connection_state,
  connection_state_updated, last_activity, authentication, authentication_type, capabilities, twin_etag, version, tags,
  desired, desired_metadata, desired_version, reported, reported_metadata, reported_version)
  VALUES ('d', '1', 'MQ==', 'enabled', '0001-01-01T00:00:00Z', 'Disconnected', '0001-01-01T00:00:00Z',
  '0001-01-01T00:00:00Z', '{"type":"sas"}', 'sas', '{"iotEdge":false}', 1, 2, '{"site":"munich"}', '{}', '{}', 1, '{}',
  '{}', 1);
INSERT INTO jobs VALUES ('j', 'scheduleUpdateTwin', 'completed', '*', '{"etag":"*"}', '2026-01-01T00:00:00.0000000Z',
  '2026-01-01T00:00:00.0000000Z', '2026-01-01T00:00:01.0000000Z', 3600, NULL, 1);
INSERT INTO device_jobs VALUES ('j', 0, 'd', 'scheduleUpdateTwin', 'completed', 't', 't', 't', 't', NULL, NULL, NULL);
INSERT INTO subscriptions VALUES ('d', '$iothub/twin/res/#', 0);
)sql";

class StoreOnDisk : public testing::Test {
 protected:
  const test::TemporaryFolder folder_;
  const std::string file_ = (folder_.path() / "hub.db").string();
};

TEST_F(StoreOnDisk, OfTheFirstVersionIsBroughtUpToThisOne) {
  Database(file_).execute(first_version_sql);

  test::HubFixture hub({.database = file_});

  const auto job = hub.json("GET", "/jobs/v2/j");
  EXPECT_EQ(job["deviceJobStatistics"]["succeededCount"], 1);
  const auto found =
      hub.json("POST", "/devices/query", {{"query", "SELECT deviceId FROM devices WHERE tags.site = 'munich'"}});
  EXPECT_EQ(found.size(), 1U) << "its tags are found by the index";
  localhub::ConnectRequest login = hub.login("d");
  login.password = hub.token("localhost", test::HubFixture::key, "device");
  EXPECT_TRUE(hub.hub().connect(login).session_present) << "its subscriptions are kept";
  hub.restart();
  EXPECT_EQ(hub.json("GET", "/jobs/v2/j"), job);
}

TEST_F(StoreOnDisk, OfANewerVersionIsLeftAlone) {
  Database(file_).execute("PRAGMA user_version = 99; CREATE TABLE t (x)");
  EXPECT_THROW(open_store(file_), Error);
}

}  // namespace
}  // namespace fwctl::localhub
