#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace fwctl::localhub {

/// What SQLite binds and returns.
using SqlValue = std::variant<std::nullptr_t, std::int64_t, double, std::string>;

/// A prepared statement. Bind by position from 1; step() to the next row; read columns from 0.
/// Every failure throws Error with SQLite's message.
class Statement {
 public:
  Statement(sqlite3* database, std::string_view sql);

  Statement& bind(int index, const SqlValue& value);
  template <typename... Values>
  Statement& bind_all(const Values&... values) {
    int index = 0;
    (bind(++index, SqlValue(values)), ...);
    return *this;
  }

  /// True: a row is there to read. False: done, and the statement is ready to run again.
  bool step();
  /// Runs a statement that returns no row.
  void run();
  void reset();

  int columns() const;
  bool is_null(int column) const;
  std::int64_t integer(int column) const;
  double real(int column) const;
  std::string text(int column) const;
  SqlValue value(int column) const;

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

/// One SQLite file: WAL, so that a killed process loses no committed transaction, and foreign keys on.
class Database {
 public:
  /// Opens or creates `path` (":memory:" for one in memory). A file is readable by its owner only.
  explicit Database(const std::string& path);

  Statement prepare(std::string_view sql) const;
  /// One or more statements without parameters.
  void execute(const std::string& sql) const;
  /// Rows that the last write touched.
  std::int64_t changes() const;
  sqlite3* handle() const { return database_.get(); }

 private:
  struct Close {
    void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
  };
  std::unique_ptr<sqlite3, Close> database_;
};

/// All or nothing: rolls back unless commit() was reached.
class Transaction {
 public:
  explicit Transaction(const Database& database);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  void commit();

 private:
  const Database& database_;
  bool open_ = true;
};

}  // namespace fwctl::localhub
