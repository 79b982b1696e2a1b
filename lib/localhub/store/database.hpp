#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <vector>

namespace fwctl::localhub {

/// What SQLite binds and returns.
using SqlValue = std::variant<std::nullptr_t, std::int64_t, double, std::string>;

/// Prepared statements that wait to be used again: preparing costs more than most of them take to run.
class StatementPool {
 public:
  explicit StatementPool(sqlite3* database) : database_(database) {}
  ~StatementPool() { finalize_all(); }
  StatementPool(const StatementPool&) = delete;
  StatementPool& operator=(const StatementPool&) = delete;

  sqlite3_stmt* take(std::string_view sql);
  void give_back(sqlite3_stmt* statement);

 private:
  void finalize_all();

  sqlite3* database_;
  std::unordered_map<std::string, std::vector<sqlite3_stmt*>> idle_;
  std::size_t count_ = 0;
};

/// A prepared statement. Bind by position from 1; step() to the next row; read columns from 0. Lives shorter than its
/// Database. Every failure throws Error with SQLite's message.
class Statement {
 public:
  Statement(StatementPool& pool, std::string_view sql) : statement_(pool.take(sql), GiveBack{&pool}) {}

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
  struct GiveBack {
    StatementPool* pool;
    void operator()(sqlite3_stmt* statement) const { pool->give_back(statement); }
  };
  std::unique_ptr<sqlite3_stmt, GiveBack> statement_;
};

/// One SQLite file: WAL, so that a killed process loses no committed transaction, and foreign keys on.
class Database {
 public:
  enum class Access { read_write, read_only };

  /// Opens or creates `path` (":memory:" for one in memory). A file is readable by its owner only. One that is
  /// `read_only` must be there already.
  explicit Database(const std::string& path, Access access = Access::read_write);

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
  std::unique_ptr<StatementPool> pool_;  // goes before the database does
};

/// All or nothing: rolls back unless commit() was reached. One within another is part of it.
class Transaction {
 public:
  explicit Transaction(const Database& database);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  void commit();

 private:
  const Database& database_;
  bool open_;
};

}  // namespace fwctl::localhub
