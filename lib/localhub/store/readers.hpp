#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "lib/localhub/store/database.hpp"

namespace fwctl::localhub {

/// Connections for reading, one for each thread that reads at the time. May be used by any number of threads.
class Readers {
 public:
  explicit Readers(std::string path) : path_(std::move(path)) {}

  /// Runs `work` with a connection that is nobody else's meanwhile.
  template <typename Work>
  auto with(Work&& work) {
    const Loan loan(*this);
    return work(*loan.database);
  }

 private:
  struct Loan {
    explicit Loan(Readers& lender) : readers(lender), database(lender.take()) {}
    ~Loan() { readers.give_back(std::move(database)); }
    Loan(const Loan&) = delete;
    Loan& operator=(const Loan&) = delete;
    Readers& readers;
    std::unique_ptr<Database> database;
  };
  std::unique_ptr<Database> take();
  void give_back(std::unique_ptr<Database> database);

  std::string path_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Database>> idle_;
};

}  // namespace fwctl::localhub
