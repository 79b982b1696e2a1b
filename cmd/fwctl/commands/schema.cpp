#include "cmd/fwctl/schemas.hpp"

#include "cmd/fwctl/commands.hpp"
#include "cmd/fwctl/commands/rows.hpp"
#include "cmd/fwctl/suggest.hpp"

namespace fwctl::cli {
namespace {

ExitCode list_schemas(Context& ctx) {
  List list(ctx, {"schemas", "schema"}, {{"NAME", "/name"}, {"DESCRIBES", "/describes"}});
  for (const Schema& schema : schemas()) list.add({{"name", schema.name}, {"describes", schema.describes}});
  list.end("no schemas");
  return ExitCode::ok;
}

const Schema& find_schema(const std::string& name) {
  std::vector<std::string> names;
  for (const Schema& schema : schemas()) {
    if (schema.name == name) return schema;
    names.push_back(schema.name);
  }
  throw unknown("schema", name, names, "fwctl schema lists what there is");
}

ExitCode run(const std::string& name, Context& ctx) {
  if (name.empty()) return list_schemas(ctx);
  const std::string text(find_schema(name).text);
  print_text(ctx, text, from_hub(text));
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
