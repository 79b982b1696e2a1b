#include "cmd/fwctl/schemas.hpp"

#include <algorithm>

#include "cmd/fwctl/commands.hpp"
#include "cmd/fwctl/commands/rows.hpp"
#include "cmd/fwctl/suggest.hpp"

namespace fwctl::cli {
namespace {

using Json = nlohmann::ordered_json;

ExitCode list_schemas(Context& ctx) {
  List list(ctx, {"schemas", "schema"}, {{"NAME", "/name"}, {"DESCRIBES", "/describes"}});
  for (const Schema& schema : schemas()) list.add({{"name", schema.name}, {"describes", schema.describes}});
  list.end("no schemas");
  return ExitCode::ok;
}

const Schema* find(const std::vector<Schema>& list, std::string_view name) {
  const auto found = std::find_if(list.begin(), list.end(), [&](const Schema& schema) { return schema.name == name; });
  return found == list.end() ? nullptr : &*found;
}

/// Puts every definition that a part refers to, and what those refer to, into `definitions`.
void collect(const Json& part, Json& definitions) {
  constexpr std::string_view place = "#/$defs/";
  for (const auto& [key, value] : part.items()) {
    if (value.is_structured()) collect(value, definitions);
    if (key != "$ref") continue;
    const std::string name = value.get<std::string>().substr(place.size());
    if (definitions.contains(name)) continue;
    definitions[name] = from_hub(find(schema_definitions(), name)->text);
    collect(Json(definitions[name]), definitions);
  }
}

/// The schema with all that it refers to: it stands alone.
Json whole(const Schema& schema) {
  Json document = from_hub(schema.text);
  Json definitions = Json::object();
  collect(document, definitions);
  if (!definitions.empty()) document["$defs"] = definitions;
  return document;
}

const Schema& named(const std::string& name) {
  if (const Schema* schema = find(schemas(), name)) return *schema;
  std::vector<std::string> names;
  for (const Schema& schema : schemas()) names.push_back(schema.name);
  throw unknown("schema", name, names, "fwctl schema lists what there is");
}

ExitCode run(const std::string& name, Context& ctx) {
  if (name.empty()) return list_schemas(ctx);
  const Json schema = whole(named(name));
  print_text(ctx, to_json_text(schema, 2), schema);
  return ExitCode::ok;
}

}  // namespace

Command schema() {
  return {"schema", "Describe the JSON that fwctl prints, as JSON Schemas",
          "fwctl schema\nfwctl schema monitor > monitor.schema.json", [](Options& options) -> Run {
            auto name = std::make_shared<std::string>();
            options.optional_argument("NAME", *name, "Of which document; without, all are listed");
            return [name](Context& ctx) { return run(*name, ctx); };
          }};
}

}  // namespace fwctl::cli
