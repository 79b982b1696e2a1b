#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace fwctl::cli {

/// The JSON Schema of one kind of document that fwctl prints: a file of schemas/, built into the program.
struct Schema {
  std::string name;       // job
  std::string describes;  // what prints it: the schema's own description
  std::string_view text;  // as in the file
};

/// All of them, by name.
const std::vector<Schema>& schemas();

/// What several of them refer to as `#/$defs/NAME`: a file of schemas/defs/.
const std::vector<Schema>& schema_definitions();

}  // namespace fwctl::cli
