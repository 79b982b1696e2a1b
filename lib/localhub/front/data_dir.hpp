#pragma once

#include <filesystem>

namespace fwctl::localhub {

/// The folder that a hub keeps everything in, held for one process alone as long as this lives.
class DataDir {
 public:
  /// Makes the folder when it is missing, for its owner only. Throws Error when it can't, or when another hub holds it.
  explicit DataDir(std::filesystem::path path);
  ~DataDir();
  DataDir(const DataDir&) = delete;
  DataDir& operator=(const DataDir&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
  int lock_ = -1;
};

}  // namespace fwctl::localhub
