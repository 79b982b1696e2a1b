#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <ostream>

#include "cmd/fwctl/errors.hpp"
#include "cmd/fwctl/output/output.hpp"
#include "cmd/fwctl/output/text.hpp"
#include "fwctl/base/json_depth.hpp"
#include "fwctl/iothub/error.hpp"

namespace fwctl::cli {

using nlohmann::ordered_json;

namespace {

/// nullopt: not JSON, or so deep that printing it, which recurses, would eat the stack.
std::optional<ordered_json> parse(std::string_view text) {
  constexpr int deepest = 100;
  if (nested_deeper_than(text, deepest)) return std::nullopt;
  ordered_json value = ordered_json::parse(text, nullptr, /*allow_exceptions=*/false);
  return value.is_discarded() ? std::nullopt : std::optional(std::move(value));
}

}  // namespace

ordered_json from_hub(std::string_view text) {
  if (auto value = parse(text)) return std::move(*value);
  throw iothub::ProtocolError("the hub's answer is not JSON, or nested too deep");
}

ordered_json object_from_user(std::string_view text, std::string_view what) {
  const auto value = parse(text);
  if (!value || !value->is_object()) throw UsageError(fmt::format("{} is not a JSON object", what));
  return *value;
}

ordered_json new_document() { return {{"schemaVersion", 1}}; }

ordered_json new_document(const std::string& key, ordered_json value) {
  ordered_json document = new_document();
  document[key] = std::move(value);
  return document;
}

std::string to_json_text(const ordered_json& value, int indent) {
  return value.dump(indent, ' ', /*ensure_ascii=*/false, ordered_json::error_handler_t::replace);
}

std::string cell_text(const ordered_json& row, const std::string& pointer) {
  const ordered_json::json_pointer place(pointer);
  if (!row.contains(place) || row.at(place).is_null()) return "-";
  const ordered_json& value = row.at(place);
  if (!value.is_string()) return printable(to_json_text(value));
  const auto& text = value.get_ref<const std::string&>();
  if (text.empty()) return "-";
  return text.starts_with("0001-01-01T00:00:00") ? "never" : printable(text);
}

void print_document(Context& ctx, const ordered_json& document, const Columns& columns) {
  if (ctx.settings.format == Format::json) {
    ctx.out << to_json_text(document, 2) << '\n';
  } else if (ctx.settings.format == Format::jsonl) {
    ctx.out << to_json_text(document) << '\n';
  } else if (ctx.settings.format == Format::tsv) {
    write_tsv(ctx.out, columns, {document}, /*titles=*/true);
  } else {
    std::size_t width = 0;
    for (const Column& column : columns) width = std::max(width, width_of(column.title));
    for (const Column& column : columns) {
      ctx.out << fmt::format("{:<{}}  {}\n", column.title, width, cell_text(document, column.pointer));
    }
  }
  if (!ctx.out.flush()) throw OutputError();
}

void print_text(Context& ctx, const std::string& text, const ordered_json& document) {
  const bool bare = ctx.settings.format == Format::table || ctx.settings.format == Format::tsv;
  if (!bare) return print_document(ctx, document, {});
  ctx.out << text << '\n';
  if (!ctx.out.flush()) throw OutputError();
}

}  // namespace fwctl::cli
