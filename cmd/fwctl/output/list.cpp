#include <algorithm>
#include <nlohmann/json.hpp>
#include <ostream>
#include <set>

#include "cmd/fwctl/errors.hpp"
#include "cmd/fwctl/output/output.hpp"
#include "cmd/fwctl/output/text.hpp"

namespace fwctl::cli {

using nlohmann::ordered_json;

namespace {

std::string pointer_to(const std::string& member) {
  std::string pointer = "/";
  for (const char c : member) {
    if (c == '~')
      pointer += "~0";
    else if (c == '/')
      pointer += "~1";
    else
      pointer += c;
  }
  return pointer;
}

bool is_whole_twin(const ordered_json& row) { return row.contains("deviceId") && row.contains("properties"); }

/// The members of all rows, in the order of their first appearance; of whole twins those that people look for.
Columns columns_of(const std::vector<ordered_json>& rows) {
  if (std::all_of(rows.begin(), rows.end(), is_whole_twin)) return whole_twin_columns();
  Columns columns;
  std::set<std::string> seen;
  for (const ordered_json& row : rows) {
    if (!row.is_object()) continue;
    for (const auto& [name, value] : row.items()) {
      if (seen.insert(name).second) columns.push_back({printable(name), pointer_to(name)});
    }
  }
  if (columns.empty()) columns.push_back({"value", ""});
  return columns;
}

bool shows_all(const Columns& columns, const std::vector<ordered_json>& rows) {
  return std::all_of(rows.begin(), rows.end(), [&](const ordered_json& row) {
    const auto shown = std::count_if(columns.begin(), columns.end(), [&](const Column& column) {
      return row.contains(ordered_json::json_pointer(column.pointer));
    });
    return is_whole_twin(row) || !row.is_object() || static_cast<std::size_t>(shown) >= row.size();
  });
}

}  // namespace

List::List(Context& ctx, ListNames names, Columns columns)
    : ctx_(ctx), names_(std::move(names)), columns_(std::move(columns)), found_(columns_.empty()) {}

List::~List() {
  if (ended_ || !opened_ || ctx_.settings.format != Format::json) return;
  ctx_.out << "\n],\"incomplete\":true}\n";
}

void List::add(const ordered_json& row) {
  if (is_json()) {
    add_text(to_json_text(row));
  } else {
    add_cells(row);
  }
}

void List::add(HubRow row) {
  if (is_json()) {
    add_text(row.text);
  } else {
    add_cells(from_hub(row.text));
  }
}

bool List::is_json() const { return ctx_.settings.format == Format::json || ctx_.settings.format == Format::jsonl; }

void List::add_text(std::string_view row) {
  const bool first = count_++ == 0;
  if (ctx_.settings.format == Format::json) {
    text_.append(first ? "\n" : ",\n").append(row);
  } else {
    text_.append("{\"schemaVersion\":1,\"").append(names_.each).append("\":").append(row).append("}\n");
  }
}

void List::add_cells(ordered_json row) {
  ++count_;
  rows_.push_back(std::move(row));
}

void List::flush() {
  if (!text_.empty()) write_text();
  if (!rows_.empty()) write_rows();
  if (!ctx_.out.flush()) throw OutputError();
}

void List::write_text() {
  if (ctx_.settings.format == Format::json) open_json();
  ctx_.out << text_;
  text_.clear();
}

void List::open_json() {
  if (!std::exchange(opened_, true)) ctx_.out << "{\"schemaVersion\":1,\"" << names_.all << "\":[";
}

void List::write_rows() {
  if (columns_.empty()) {
    columns_ = columns_of(rows_);
  } else if (found_ && !told_ && !shows_all(columns_, rows_)) {
    ctx_.notice("some rows have members that this table does not show; -o jsonl shows all");
    told_ = true;
  }
  if (ctx_.settings.format == Format::tsv) {
    write_tsv(ctx_.out, columns_, rows_, /*titles=*/!std::exchange(opened_, true));
  } else {
    if (!table_) table_.emplace(columns_);
    table_->write(ctx_.out, rows_);
  }
  rows_.clear();
}

void List::end(const std::string& nothing) {
  flush();
  if (ctx_.settings.format == Format::json) {
    open_json();
    ctx_.out << "\n]}\n";
  }
  ended_ = true;
  if (count_ == 0 && ctx_.settings.format == Format::table) ctx_.notice(nothing);
  if (!ctx_.out.flush()) throw OutputError();
}

}  // namespace fwctl::cli
