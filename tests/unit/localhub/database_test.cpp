#include "lib/localhub/store/database.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include "fwctl/base/error.hpp"
#include "lib/localhub/store/schema.hpp"
#include "tests/support/temporary_folder.hpp"

namespace fwctl::localhub {
namespace {

TEST(Database, TakesTheSchemaTwice) {
  const Database database(":memory:");

  database.execute(schema_sql);
  EXPECT_NO_THROW(database.execute(schema_sql));
}

TEST(Database, KeepsATransactionOnlyWhenCommitted) {
  const Database database(":memory:");
  database.execute("CREATE TABLE t (v TEXT)");
  {
    const Transaction dropped(database);
    database.prepare("INSERT INTO t VALUES (?)").bind_all(std::string("dropped")).run();
  }
  {
    Transaction kept(database);
    database.prepare("INSERT INTO t VALUES (?)").bind_all(std::string("kept")).run();
    kept.commit();
  }

  Statement select = database.prepare("SELECT v FROM t");
  ASSERT_TRUE(select.step());
  EXPECT_EQ(select.text(0), "kept");
  EXPECT_FALSE(select.step());
}

TEST(Database, SaysWhatIsWrongWithAStatement) {
  const Database database(":memory:");

  EXPECT_THROW(database.prepare("SELECT nonsense FROM nowhere"), Error);
}

TEST(Database, IsReadableByItsOwnerOnly) {
  const test::TemporaryFolder folder;
  const std::filesystem::path path = folder.path() / "hub.db";

  const Database created(path);
  EXPECT_EQ(std::filesystem::status(path).permissions(), std::filesystem::perms{0600});

  std::filesystem::permissions(path, std::filesystem::perms{0644});
  const Database opened(path);
  EXPECT_EQ(std::filesystem::status(path).permissions(), std::filesystem::perms{0600});
}

}  // namespace
}  // namespace fwctl::localhub
