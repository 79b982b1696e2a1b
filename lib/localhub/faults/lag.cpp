#include "lib/localhub/faults/lag.hpp"

#include <fmt/core.h>

#include "lib/localhub/store/functions.hpp"
#include "lib/localhub/twins/twin_row.hpp"

namespace fwctl::localhub {
namespace {

/// `OLD.sequence, OLD.device_id, …`
std::string old_columns() {
  std::string columns = "OLD.";
  for (const char* c = twin_columns; *c != '\0'; ++c) {
    columns += *c;
    if (*c == ' ') columns += "OLD.";
  }
  return columns;
}

/// A row of the history is what a twin was until `replaced`; `existed` 0: it was not there at all.
std::string history_sql() {
  return fmt::format(R"sql(
CREATE TABLE IF NOT EXISTS twin_history AS SELECT '' AS replaced, 1 AS existed, {0} FROM twins WHERE 0;
CREATE INDEX IF NOT EXISTS twin_history_by_twin ON twin_history (sequence, replaced);
CREATE INDEX IF NOT EXISTS twin_history_by_time ON twin_history (replaced);
CREATE TRIGGER IF NOT EXISTS twin_updated AFTER UPDATE ON twins BEGIN
  INSERT INTO twin_history SELECT fw_now(), 1, {1};
END;
CREATE TRIGGER IF NOT EXISTS twin_deleted AFTER DELETE ON twins BEGIN
  INSERT INTO twin_history SELECT fw_now(), 1, {1};
END;
CREATE TRIGGER IF NOT EXISTS twin_created AFTER INSERT ON twins BEGIN
  INSERT INTO twin_history (replaced, existed, sequence) VALUES (fw_now(), 0, NEW.sequence);
END;
)sql",
                     twin_columns, old_columns());
}

constexpr const char* no_history_sql = R"sql(
DROP TRIGGER IF EXISTS twin_updated;
DROP TRIGGER IF EXISTS twin_deleted;
DROP TRIGGER IF EXISTS twin_created;
DROP TABLE IF EXISTS twin_history;
)sql";

}  // namespace

// The first row that was replaced after the horizon is what the twin was then.
const std::string past_twins_sql = fmt::format(
    "WITH first_change AS (SELECT sequence, MIN(rowid) AS first FROM twin_history WHERE replaced > ?1 GROUP BY "
    "sequence), twins AS (SELECT {0} FROM main.twins WHERE sequence NOT IN (SELECT sequence FROM first_change) UNION "
    "ALL "
    "SELECT {0} FROM twin_history WHERE existed = 1 AND rowid IN (SELECT first FROM first_change)) ",
    twin_columns);

Lag::Lag(Core& core) : core_(core) {
  register_clock(core_.database, core_.clock);
  apply();
}

void Lag::apply() {
  core_.database.execute(core_.switches.index_delay_s > 0 ? history_sql() : std::string(no_history_sql));
}

std::optional<std::string> Lag::horizon() {
  if (core_.switches.index_delay_s == 0) return std::nullopt;
  const std::string horizon = format_iso8601(core_.clock.now() - std::chrono::seconds{core_.switches.index_delay_s});
  core_.database.prepare("DELETE FROM twin_history WHERE replaced <= ?").bind_all(horizon).run();
  core_.counters.add("fault.indexDelayS");
  return horizon;
}

}  // namespace fwctl::localhub
