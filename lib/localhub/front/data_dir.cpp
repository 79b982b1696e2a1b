#include "lib/localhub/front/data_dir.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fwctl/base/error.hpp"

namespace fwctl::localhub {

DataDir::DataDir(std::filesystem::path path) : path_(std::filesystem::absolute(std::move(path))) {
  std::error_code error;
  if (path_.has_parent_path()) std::filesystem::create_directories(path_.parent_path(), error);
  mkdir(path_.c_str(), S_IRWXU);
  lock_ = open((path_ / "lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (lock_ < 0) {
    throw Error(fmt::format("can't write in the data folder {}", path_.string()), "name another one with --data-dir");
  }
  if (flock(lock_, LOCK_EX | LOCK_NB) != 0) {
    close(lock_);
    throw Error(fmt::format("another fwhub uses the data folder {}", path_.string()),
                "stop it, or name another one with --data-dir");
  }
}

DataDir::~DataDir() { close(lock_); }

}  // namespace fwctl::localhub
