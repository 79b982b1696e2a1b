#pragma once

#include <optional>
#include <string>

#include "fwctl/localhub/switches.hpp"

namespace fwctl::localhub {

/// Switches in a JSON file that may change while the hub runs.
class SwitchesFile {
 public:
  /// `path` empty: there is none. `base` is what holds for what the file does not name.
  SwitchesFile(std::string path, Switches base) : path_(std::move(path)), base_(std::move(base)) {}

  /// What the file says, when that is not what it said before. Throws Error when it can't be read or says nonsense;
  /// the same text is not complained about twice.
  std::optional<Switches> changed();

 private:
  std::string path_;
  Switches base_;
  std::optional<std::string> last_;
};

}  // namespace fwctl::localhub
