#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cmd/fwctl/context.hpp"

namespace fwctl::cli {

/// A table is a view of a document: where each of its columns finds its value.
struct Column {
  std::string title;    // DEVICE
  std::string pointer;  // JSON pointer from the row's own document: /deviceId
};
using Columns = std::vector<Column>;

/// The hub's own JSON, as it came. Throws ProtocolError when it is none, or too deep to be printed.
nlohmann::ordered_json from_hub(std::string_view text);

/// A JSON object that the user gave. Throws UsageError naming `what` when it is none.
nlohmann::ordered_json object_from_user(std::string_view text, std::string_view what);

/// `{"schemaVersion": 1}`: what every document of ours begins with.
nlohmann::ordered_json new_document();
/// The same with one member: `{"schemaVersion": 1, "<key>": value}`.
nlohmann::ordered_json new_document(const std::string& key, nlohmann::ordered_json value);

/// JSON text of a value; `indent` -1 puts it on one line. Text that is not UTF-8 is replaced, not refused.
std::string to_json_text(const nlohmann::ordered_json& value, int indent = -1);

/// What a cell shows for the value at a pointer, fit for a terminal; absent and null are `-`.
std::string cell_text(const nlohmann::ordered_json& row, const std::string& pointer);

/// The columns that stand for a whole twin, as `SELECT * FROM devices` gives it.
Columns whole_twin_columns();

/// Prints one document: as JSON, or its columns, one a line (table) or one line for all (tsv).
void print_document(Context& ctx, const nlohmann::ordered_json& document, const Columns& columns);

/// For commands whose answer is one text: the bare text in table and tsv, else the document.
void print_text(Context& ctx, const std::string& text, const nlohmann::ordered_json& document);

/// Writes aligned columns; every call of write() aligns its rows at least as wide as all calls before.
class TableWriter {
 public:
  explicit TableWriter(const Columns& columns);
  void write(std::ostream& out, const std::vector<nlohmann::ordered_json>& rows);

 private:
  Columns columns_;
  std::vector<std::size_t> widths_;
  bool titled_ = false;
};

/// Tab-separated lines; what would break one is written out.
void write_tsv(std::ostream& out, const Columns& columns, const std::vector<nlohmann::ordered_json>& rows, bool titles);

/// The names of a list in JSON: all of it under `all`, each line of jsonl under `each`.
struct ListNames {
  std::string all;   // jobs
  std::string each;  // job
};

/// A row as the hub wrote it: one line of JSON that has been read as such.
struct HubRow {
  std::string_view text;
};

/// Prints rows as they arrive, one page at a time. As JSON: `{"schemaVersion":1,"jobs":[…]}`, which is closed with
/// `"incomplete":true` when an error ends it early; as jsonl each row is a document of its own.
class List {
 public:
  /// Without columns, those of the first page's members are taken.
  List(Context& ctx, ListNames names, Columns columns = {});
  ~List();
  List(const List&) = delete;
  List& operator=(const List&) = delete;

  void add(const nlohmann::ordered_json& row);
  void add(HubRow row);
  /// Prints what was added since: after every page.
  void flush();
  /// Everything is there. `nothing` is told on stderr when there were no rows and a person reads.
  void end(const std::string& nothing);
  /// Rows so far.
  std::size_t size() const { return count_; }

 private:
  bool is_json() const;
  void add_text(std::string_view row);
  void add_cells(nlohmann::ordered_json row);
  void write_text();
  void write_rows();
  void open_json();

  Context& ctx_;
  ListNames names_;
  Columns columns_;
  std::string text_;                          // of json and jsonl, since the last flush
  std::vector<nlohmann::ordered_json> rows_;  // of table and tsv
  std::optional<TableWriter> table_;
  std::size_t count_ = 0;
  bool found_;           // the columns were found in the first page
  bool told_ = false;    // that a later row has more
  bool opened_ = false;  // something of it stands on stdout
  bool ended_ = false;
};

}  // namespace fwctl::cli
