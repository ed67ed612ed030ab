#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/core.h>

#include "cli/compare_report.hpp"
#include "demuxsim/core/text.hpp"
#include "demuxsim/picture/cast.hpp"
#include "demuxsim/picture/ladder.hpp"
#include "demuxsim/report/line_text.hpp"

namespace demuxsim::cli {
namespace {

constexpr std::size_t kGap = 2;
constexpr std::size_t kNarrowestColumn = 24;  // Of a ladder that stands beside others.
constexpr std::size_t kTimeColumn = 10;
constexpr std::size_t kMostPorts = 6;
constexpr std::size_t kMostRows = 24;

/// A table: what a row is about, and a cell for each run.
class Columns {
 public:
  Columns(std::string_view title, const ComparedRuns& runs) {
    std::vector<std::string> heads;
    for (const auto& each : runs) heads.push_back(printable(each->variant().name));
    add(title, std::move(heads));
  }

  void add(std::string_view label, std::vector<std::string> cells) {
    rows_.push_back({printable(label), std::move(cells)});
  }
  /// A cell of each run by `cell(run)`.
  template <class Cell>
  void add_each(std::string_view label, const ComparedRuns& runs, Cell cell) {
    std::vector<std::string> cells;
    for (const auto& each : runs) cells.push_back(cell(*each));
    add(label, std::move(cells));
  }

  void write(ByteSink& out) const {
    std::string text = "\n";
    const std::size_t label = width_of_labels();
    std::vector<std::size_t> widths;
    for (std::size_t i = 0; i < rows_.front().cells.size(); ++i) widths.push_back(width_of(i));
    for (const Row& row : rows_) {
      append_format(text, "{:<{}}", row.label, label);
      for (std::size_t i = 0; i < row.cells.size(); ++i) {
        append_format(text, "  {:<{}}", row.cells[i], widths[i]);
      }
      text.erase(text.find_last_not_of(' ') + 1);
      text += '\n';
    }
    out.append(text);
  }

 private:
  struct Row {
    std::string label;
    std::vector<std::string> cells;
  };

  static std::string printable(std::string_view name) {
    std::string text;
    append_name(text, name);
    return text;
  }
  std::size_t width_of_labels() const {
    std::size_t width = 0;
    for (const Row& row : rows_) width = std::max(width, row.label.size());
    return width;
  }
  std::size_t width_of(std::size_t column) const {
    std::size_t width = 0;
    for (const Row& row : rows_) width = std::max(width, row.cells[column].size());
    return width;
  }

  std::vector<Row> rows_;
};

std::string mean_of(const ValueHistogram& values) {
  if (values.count() == 0) return "-";
  return fmt::format("{:.2f}",
                     static_cast<double>(values.sum()) / static_cast<double>(values.count()));
}

std::string fates_of(const StatsRow& all) {
  return fmt::format("{} / {} / {}", all.count(ConnectionFate::refused),
                     all.count(ConnectionFate::timed_out), all.count(ConnectionFate::reset));
}

std::string text_of(const std::set<Port>& ports) {
  if (ports.empty()) return "none";
  std::string text;
  std::size_t count = 0;
  for (const Port port : ports) {
    if (count++ == kMostPorts) break;
    append_format(text, "{}{}", count == 1 ? "" : " ", port.value);
  }
  if (ports.size() > kMostPorts) append_format(text, " and {} more", ports.size() - kMostPorts);
  return text;
}

std::string expectations_of(const ComparedRun& run) {
  const Summary& summary = run.seen().summary;
  return fmt::format("{} of {}", summary.expectations - summary.failed_expectations,
                     summary.expectations);
}

/// What a parameter changes may be the hosts themselves; those of the first run are shown.
void add_ports(Columns& table, const ComparedRuns& runs) {
  std::size_t shown = 0;
  std::size_t more = 0;
  const Cast cast(runs.front()->spec());
  for (const Actor& actor : cast.actors()) {
    const bool any = std::any_of(runs.begin(), runs.end(), [&](const auto& each) {
      return !each->ports().of(actor.first, actor.count).empty();
    });
    if (!any) continue;
    if (shown == kMostRows) {
      ++more;
      continue;
    }
    ++shown;
    table.add_each(fmt::format("ports used by {}", actor.name), runs, [&](const ComparedRun& run) {
      return text_of(run.ports().of(actor.first, actor.count));
    });
  }
  if (more != 0) {
    table.add(fmt::format("... and {} more hosts", more), std::vector<std::string>(runs.size()));
  }
}

void write_sums(ByteSink& out, const ComparedRuns& runs) {
  Columns table("", runs);
  table.add_each("segments sent", runs, [](const ComparedRun& run) {
    return std::to_string(run.seen().story.segments());
  });
  table.add_each("connections", runs, [](const ComparedRun& run) {
    return std::to_string(run.seen().summary.connections);
  });
  table.add_each("refused / timed out / reset", runs,
                 [](const ComparedRun& run) { return fates_of(run.stats().total()); });
  add_ports(table, runs);
  table.add_each("look-ups", runs, [](const ComparedRun& run) {
    return std::to_string(run.stats().total().examined.count());
  });
  table.add_each("keys compared by one, mean", runs,
                 [](const ComparedRun& run) { return mean_of(run.stats().total().examined); });
  table.add_each("keys compared by one, most", runs, [](const ComparedRun& run) {
    return std::to_string(run.stats().total().examined.max());
  });
  table.add_each("expectations that held", runs, expectations_of);
  table.add_each("simulated time", runs, [](const ComparedRun& run) {
    std::string text;
    append_time(text, run.seen().summary.at);
    return text + " s";
  });
  table.write(out);
}

/// Whoever receives something in one of the runs: name, and what of each run.
using Receivers = std::map<std::string, std::vector<const StatsRow*>>;

void add_receiver(Receivers& receivers, const std::string& name, const StatsRow& row,
                  std::size_t run, std::size_t runs) {
  if (row.in.segments == 0) return;
  std::vector<const StatsRow*>& rows = receivers[name];
  rows.resize(runs);
  rows[run] = &row;
}

Receivers receivers_of(const ComparedRuns& runs) {
  Receivers receivers;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    for (const HostStats& host : runs[i]->stats().hosts()) {
      for (const ProcessStats& process : host.processes) {
        add_receiver(receivers, host.name + '/' + process.name, process.row, i, runs.size());
      }
      add_receiver(receivers, host.name + ", no process", host.nobody, i, runs.size());
    }
  }
  return receivers;
}

/// A line for all, and one for each rule by which some were found.
void add_receiver_rows(Columns& table, const std::string& name,
                       const std::vector<const StatsRow*>& rows) {
  const auto add = [&](std::string_view label, auto value) {
    std::vector<std::string> cells;
    std::uint64_t sum = 0;
    for (const StatsRow* const row : rows) {
      const std::uint64_t count = row == nullptr ? 0 : value(*row);
      sum += count;
      cells.push_back(count == 0 ? "-" : std::to_string(count));
    }
    if (sum != 0) table.add(label, std::move(cells));
  };
  add(name, [](const StatsRow& row) { return row.in.segments; });
  for (std::size_t rule = 0; rule < kLookupRuleCount; ++rule) {
    add(fmt::format("  by {}", name_of(static_cast<LookupRule>(rule))),
        [rule](const StatsRow& row) { return row.lookups[rule]; });
  }
}

void write_receivers(ByteSink& out, const ComparedRuns& runs) {
  const Receivers receivers = receivers_of(runs);
  Columns table("segments received by", runs);
  std::size_t shown = 0;
  for (const auto& [name, rows] : receivers) {
    if (shown++ == kMostRows) break;
    add_receiver_rows(table, name, rows);
  }
  table.write(out);
  if (receivers.size() > kMostRows) {
    out.append(fmt::format("... and {} more\n", receivers.size() - kMostRows));
  }
}

std::vector<std::string> lines_of_ladder(const ComparedRun& run, const LadderTextOptions& options) {
  std::string text;
  ByteSink sink(text);
  write_ladder_text(sink, ladder_of(run.seen()), options);
  sink.flush();
  std::vector<std::string> lines;
  for (std::size_t from = 0; from < text.size();) {
    const std::size_t end = std::min(text.find('\n', from), text.size());
    lines.push_back(text.substr(from, end - from));
    from = end + 1;
  }
  return lines;
}

/// Code points, each of which takes one column here.
std::size_t columns_of(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  }));
}

void pad(std::string& line, std::size_t width) {
  const std::size_t columns = columns_of(line);
  if (columns < width) line.append(width - columns, ' ');
}

/// Ladder beside ladder.
void write_beside(ByteSink& out, const ComparedRuns& runs, LadderTextOptions options) {
  options.width = (options.width + kGap) / runs.size() - kGap;
  std::vector<std::vector<std::string>> ladders;
  std::size_t longest = 0;
  for (const auto& each : runs) {
    ladders.push_back({each->variant().name, ""});
    for (std::string& line : lines_of_ladder(*each, options)) {
      ladders.back().push_back(std::move(line));
    }
    longest = std::max(longest, ladders.back().size());
  }
  std::string text = "\n";
  for (std::size_t i = 0; i < longest; ++i) {
    std::string line;
    for (std::size_t run = 0; run < ladders.size(); ++run) {
      pad(line, run * (options.width + kGap));
      if (i < ladders[run].size()) line += ladders[run][i];
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + '\n';
  }
  out.append(text);
}

void write_below(ByteSink& out, const ComparedRuns& runs, const LadderTextOptions& options) {
  for (const auto& each : runs) {
    std::string text = fmt::format("\n{}\n\n", each->variant().name);
    for (const std::string& line : lines_of_ladder(*each, options)) text += line + '\n';
    out.append(text);
  }
}

void write_ladders(ByteSink& out, const ComparedRuns& runs, const CompareText& options) {
  LadderTextOptions ladder;
  ladder.width = options.width;
  ladder.ascii = options.ascii;
  std::size_t columns = 0;
  for (const auto& each : runs) {
    columns = std::max(columns, Cast(each->spec()).actors().size());
  }
  const std::size_t narrowest = kTimeColumn + columns * kNarrowestColumn + kGap;
  if ((options.width + kGap) / runs.size() >= narrowest) {
    write_beside(out, runs, ladder);
  } else {
    write_below(out, runs, ladder);
  }
}

void write_failures(ByteSink& out, const ComparedRuns& runs) {
  std::string text;
  for (const auto& each : runs) {
    for (const ExpectationResult& result : each->seen().verdicts) {
      if (result.held) continue;
      append_format(text, "\n{}: line {} failed\n    expected: ", each->variant().name,
                    result.line);
      append_name(text, result.what);
      text += "\n    found:    ";
      append_name(text, result.found);
      text += '\n';
    }
  }
  out.append(text);
}

}  // namespace

void write_comparison(ByteSink& out, const ComparedRuns& runs, const CompareText& options) {
  write_sums(out, runs);
  write_receivers(out, runs);
  write_ladders(out, runs, options);
  write_failures(out, runs);
}

}  // namespace demuxsim::cli
