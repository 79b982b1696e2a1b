#include "lib/localhub/configurations/evaluator.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "lib/localhub/api_error.hpp"
#include "lib/localhub/configurations/target.hpp"

namespace fwctl::localhub {
namespace {

constexpr std::int64_t slice = 100;  // of the pass, and of the changed twins: neither starves behind the other
constexpr const char* applied = "Applied";
constexpr const char* targeted = "Targeted";

/// Leaves the statement ready for the next twin, whatever happens.
bool selects(Statement& targets, std::int64_t sequence) {
  targets.reset();
  targets.bind(1, sequence);
  try {
    const bool found = targets.step();
    targets.reset();
    return found;
  } catch (const Error&) {
    return false;  // arithmetic that overflows for this twin has no value, and selects nothing
  }
}

bool was_applied(const Json& configurations, const std::string& id) {
  return configurations.contains(id) && configurations[id]["status"] == applied;
}

/// What is true of the twin with the bound sequence when the configuration is for it. A device's conditions hold for
/// its $edgeAgent, where edge deployments are concerned.
std::string target_sql(const Target& target, ContentKind kind, const std::string& condition) {
  if (kind == ContentKind::edge) {
    return fmt::format(
        "SELECT 1 FROM twins WHERE device_id = (SELECT device_id FROM twins WHERE sequence = ? AND module_id = '{}') "
        "AND module_id = '' AND json_extract(capabilities, '$.iotEdge') AND ({})",
        edge_agent, condition);
  }
  return fmt::format("SELECT 1 FROM twins WHERE sequence = ? AND module_id {} '' AND ({})", target.modules ? "<>" : "=",
                     condition);
}

Json configurations_of(const Database& database, std::int64_t sequence) {
  Statement row = database.prepare("SELECT configurations FROM twins WHERE sequence = ?");
  row.bind_all(sequence);
  return row.step() && !row.is_null(0) ? Json::parse(row.text(0)) : Json::object();
}

}  // namespace

Evaluator::Evaluator(Core& core, Twins& twins) : core_(core), twins_(twins) {
  Statement row = core_.database.prepare(
      "SELECT EXISTS (SELECT 1 FROM configurations) OR EXISTS (SELECT 1 FROM removed_configurations)");
  row.step();
  if (row.integer(0) == 1) configurations_changed();
}

void Evaluator::configurations_changed() {
  rules_.reset();
  reached_ = 0;
}

void Evaluator::twin_changed(std::int64_t sequence) {
  if (rules().empty()) return;
  changed_.insert(sequence);
  const bool deployments = std::any_of(rules().begin(), rules().end(),
                                       [](const Rule& rule) { return rule.content.kind == ContentKind::edge; });
  if (!deployments) return;
  Statement agent = core_.database.prepare(
      "SELECT sequence FROM twins WHERE device_id = (SELECT device_id FROM twins WHERE sequence = ?) AND module_id = "
      "?");
  if (agent.bind_all(sequence, std::string(edge_agent)).step()) changed_.insert(agent.integer(0));
}

std::vector<Evaluator::Rule>& Evaluator::rules() {
  if (rules_) return *rules_;
  rules_.emplace();
  for (const std::string& id : configuration_ids(core_.database)) {
    if (auto rule = rule_of(load_known_configuration(core_.database, id))) rules_->push_back(std::move(*rule));
  }
  return *rules_;
}

/// nullopt: it can't target any twin.
std::optional<Evaluator::Rule> Evaluator::rule_of(const ConfigurationRow& row) const {
  const Target target = parse_target(row.target_condition);
  if (target.condition.empty()) return std::nullopt;
  Content content = read_content(row.content);
  const SqlCondition condition = compile_target(target);
  Statement targets = core_.database.prepare(target_sql(target, content.kind, condition.sql));
  int index = 1;
  for (const SqlValue& value : condition.values) targets.bind(++index, value);
  return Rule{std::move(content), {row.id, content_digest(row.content)}, std::move(targets)};
}

void Evaluator::run_slice() {
  Transaction transaction(core_.database);
  std::vector<std::int64_t> changed;
  for (const std::int64_t sequence : changed_) {
    if (std::ssize(changed) == slice) break;
    changed.push_back(sequence);
  }
  const std::vector<std::int64_t> next = reached_ ? twins_after(*reached_) : std::vector<std::int64_t>{};
  const bool ends = reached_ && std::ssize(next) < slice;
  for (const std::int64_t sequence : changed) evaluate(sequence);
  for (const std::int64_t sequence : next) evaluate(sequence);
  if (ends) end_pass();
  transaction.commit();

  for (const std::int64_t sequence : changed) changed_.erase(sequence);
  if (ends) reached_.reset();
  if (reached_) reached_ = next.back();
}

/// Without configurations only the twins that still name one.
std::vector<std::int64_t> Evaluator::twins_after(std::int64_t sequence) {
  Statement rows = core_.database.prepare(
      "SELECT sequence FROM twins WHERE sequence > ? AND (? OR configurations IS NOT NULL) ORDER BY sequence LIMIT ?");
  rows.bind_all(sequence, std::int64_t{rules().empty() ? 0 : 1}, slice);
  std::vector<std::int64_t> next;
  while (rows.step()) next.push_back(rows.integer(0));
  return next;
}

void Evaluator::evaluate(std::int64_t sequence) {
  const Json before = configurations_of(core_.database, sequence);
  Json after = Json::object();
  const Rule* winner = nullptr;
  for (Rule& rule : rules()) {
    if (!selects(rule.targets, sequence)) continue;
    if (winner == nullptr) winner = &rule;
    after[rule.author.configuration_id]["status"] = targeted;
  }
  if (winner != nullptr) {
    const std::string& id = winner->author.configuration_id;
    if (was_applied(before, id) || write_content(*winner, sequence)) after[id]["status"] = applied;
  }
  if (after == before) return;
  core_.database.prepare("UPDATE twins SET configurations = ? WHERE sequence = ?")
      .bind_all(after.empty() ? SqlValue(nullptr) : SqlValue(after.dump()), sequence)
      .run();
}

/// False: the twin can't take it, for lack of room; it is tried again when the twin changes.
bool Evaluator::write_content(const Rule& rule, std::int64_t sequence) {
  try {
    TwinRow row = load_twin(core_.database, sequence).value();
    if (rule.content.kind == ContentKind::edge) {
      write_modules(rule, row.key.device_id);
    } else {
      twins_.configure(std::move(row), rule.content.patches.at(""), rule.author);
    }
    return true;
  } catch (const ApiError&) {
    return false;
  }
}

/// A module that the device does not have yet is made by its runtime later, from the $edgeAgent's desired properties.
void Evaluator::write_modules(const Rule& rule, const std::string& device_id) {
  for (const auto& [module, patch] : rule.content.patches) {
    if (auto row = load_twin(core_.database, TwinKey{device_id, module})) {
      twins_.configure(std::move(*row), patch, rule.author);
    }
  }
}

void Evaluator::end_pass() {
  core_.database.execute(
      "UPDATE configurations SET evaluated = 1 WHERE evaluated = 0; DELETE FROM removed_configurations;");
}

}  // namespace fwctl::localhub
