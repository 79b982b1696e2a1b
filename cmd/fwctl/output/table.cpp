#include <algorithm>
#include <nlohmann/json.hpp>
#include <ostream>

#include "cmd/fwctl/output/output.hpp"
#include "cmd/fwctl/output/text.hpp"

namespace fwctl::cli {

using nlohmann::ordered_json;

namespace {

using Cells = std::vector<std::string>;

Cells cells_of(const Columns& columns, const ordered_json& row) {
  Cells cells;
  for (const Column& column : columns) cells.push_back(cell_text(row, column.pointer));
  return cells;
}

Cells titles_of(const Columns& columns) {
  Cells titles;
  for (const Column& column : columns) titles.push_back(column.title);
  return titles;
}

void write_line(std::ostream& out, const Cells& cells, const std::vector<std::size_t>& widths) {
  for (std::size_t i = 0; i < cells.size(); ++i) {
    out << cells[i];
    if (i + 1 < cells.size()) out << std::string(widths[i] - width_of(cells[i]) + 2, ' ');
  }
  out << '\n';
}

}  // namespace

Columns whole_twin_columns() {
  return {{"DEVICE", "/deviceId"},
          {"STATUS", "/status"},
          {"CONNECTION", "/connectionState"},
          {"LAST ACTIVITY", "/lastActivityTime"},
          {"TAGS", "/tags"}};
}

TableWriter::TableWriter(const Columns& columns) : columns_(columns), widths_(columns.size(), 0) {}

void TableWriter::write(std::ostream& out, const std::vector<ordered_json>& rows) {
  std::vector<Cells> lines;
  if (!std::exchange(titled_, true)) lines.push_back(titles_of(columns_));
  for (const ordered_json& row : rows) lines.push_back(cells_of(columns_, row));
  for (const Cells& cells : lines) {
    for (std::size_t i = 0; i < cells.size(); ++i) widths_[i] = std::max(widths_[i], width_of(cells[i]));
  }
  for (const Cells& cells : lines) write_line(out, cells, widths_);
}

void write_tsv(std::ostream& out, const Columns& columns, const std::vector<ordered_json>& rows, bool titles) {
  const auto write = [&](const Cells& cells) {
    for (std::size_t i = 0; i < cells.size(); ++i) out << (i == 0 ? "" : "\t") << cells[i];
    out << '\n';
  };
  if (titles) write(titles_of(columns));
  for (const ordered_json& row : rows) write(cells_of(columns, row));
}

}  // namespace fwctl::cli
