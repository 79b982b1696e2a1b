#include "lib/localhub/front/data_dir.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "fwctl/base/error.hpp"
#include "tests/support/temporary_folder.hpp"

namespace fwctl::localhub {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class DataFolder : public testing::Test {
 protected:
  /// What is said to whoever can't have the folder.
  static std::string refusal(const fs::path& path) {
    try {
      const DataDir refused(path);
    } catch (const Error& error) {
      return std::string(error.what()) + " / " + error.hint();
    }
    return "";
  }

  test::TemporaryFolder folder_;
};

TEST_F(DataFolder, IsMadeForItsOwnerOnlyWithItsParents) {
  const DataDir data(folder_.path() / "state" / "fwhub");

  EXPECT_EQ(data.path(), folder_.path() / "state" / "fwhub");
  EXPECT_EQ(fs::status(data.path()).permissions(), fs::perms{0700});
  EXPECT_EQ(fs::status(data.path() / "lock").permissions(), fs::perms{0600});
}

TEST_F(DataFolder, HasOneHolderAtATime) {
  {
    const DataDir held(folder_.path());
    EXPECT_THAT(refusal(folder_.path()), HasSubstr("another fwhub uses the data folder " + folder_.path().string()));
    EXPECT_THAT(refusal(folder_.path()), HasSubstr("--data-dir"));
  }
  EXPECT_NO_THROW(DataDir(folder_.path()));
}

TEST_F(DataFolder, CanNotBeAFileOrAMissingPlace) {
  std::ofstream(folder_.path() / "file") << "x";

  for (const fs::path& path : {folder_.path() / "file", folder_.path() / "file" / "below"}) {
    EXPECT_THAT(refusal(path), HasSubstr("can't write in the data folder " + path.string()));
    EXPECT_THAT(refusal(path), HasSubstr("--data-dir"));
  }
}

}  // namespace
}  // namespace fwctl::localhub
