#include "lib/localhub/store/readers.hpp"

#include "lib/localhub/store/functions.hpp"

namespace fwctl::localhub {

std::unique_ptr<Database> Readers::take() {
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      auto database = std::move(idle_.back());
      idle_.pop_back();
      return database;
    }
  }
  auto database = std::make_unique<Database>(path_, Database::Access::read_only);
  register_functions(*database);
  return database;
}

void Readers::give_back(std::unique_ptr<Database> database) {
  const std::lock_guard lock(mutex_);
  idle_.push_back(std::move(database));
}

}  // namespace fwctl::localhub
