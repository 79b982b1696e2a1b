#include "lib/localhub/front/pem_files.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <openssl/pem.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>

#include "fwctl/base/error.hpp"

namespace fwctl::localhub {
namespace {

struct Closer {
  void operator()(FILE* file) const { fclose(file); }
};
using File = std::unique_ptr<FILE, Closer>;

[[noreturn]] void fail(const std::filesystem::path& path) {
  throw Error(fmt::format("can't write {}", path.string()), "check the folder given as --data-dir");
}

File open_for_owner(const std::filesystem::path& path) {
  const int descriptor = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (descriptor < 0 || fchmod(descriptor, S_IRUSR | S_IWUSR) != 0) fail(path);
  return File(fdopen(descriptor, "w"));
}

}  // namespace

void write_key(const std::filesystem::path& path, EVP_PKEY* key) {
  const File file = open_for_owner(path);
  if (PEM_write_PrivateKey(file.get(), key, nullptr, nullptr, 0, nullptr, nullptr) != 1) fail(path);
}

void write_certificate(const std::filesystem::path& path, X509* certificate) {
  const File file = open_for_owner(path);
  if (PEM_write_X509(file.get(), certificate) != 1) fail(path);
}

Key read_key(const std::filesystem::path& path) {
  const File file(fopen(path.c_str(), "re"));
  return Key(file ? PEM_read_PrivateKey(file.get(), nullptr, nullptr, nullptr) : nullptr);
}

Certificate read_certificate(const std::filesystem::path& path) {
  const File file(fopen(path.c_str(), "re"));
  return Certificate(file ? PEM_read_X509(file.get(), nullptr, nullptr, nullptr) : nullptr);
}

void keep_for_owner(const std::filesystem::path& path) {
  using std::filesystem::perms;
  std::filesystem::permissions(path, perms::owner_read | perms::owner_write);
}

}  // namespace fwctl::localhub
