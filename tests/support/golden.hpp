#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace fwctl::test {

/// Compares with tests/golden/<name>. FWCTL_UPDATE_GOLDEN=1 rewrites the file: look at the difference before commit.
inline void expect_golden(const std::string& name, const std::string& text) {
  const std::filesystem::path path = std::filesystem::path(FWCTL_GOLDEN_DIR) / name;
  if (std::getenv("FWCTL_UPDATE_GOLDEN") != nullptr) {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << text;
  }
  std::ifstream file(path);
  const std::string expected{std::istreambuf_iterator<char>(file), {}};
  EXPECT_EQ(text, expected) << "in " << path;
}

}  // namespace fwctl::test
