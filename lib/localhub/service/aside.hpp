#pragma once

#include <functional>
#include <memory>

#include "lib/localhub/core.hpp"
#include "lib/localhub/store/readers.hpp"

namespace fwctl::localhub {

/// Reads that may take long, beside the hub's thread where it was given one for that, else at once.
class Aside {
 public:
  explicit Aside(Core& core)
      : core_(core), readers_(core.options.run_aside ? std::make_shared<Readers>(core.options.database) : nullptr) {}

  using Work = std::function<HttpResponse(const Database&)>;
  /// `work` must touch nothing of the hub but the database that it is given. What it throws becomes the response.
  void run(Work work, std::function<void(HttpResponse)> done);

 private:
  Core& core_;
  std::shared_ptr<Readers> readers_;
};

}  // namespace fwctl::localhub
