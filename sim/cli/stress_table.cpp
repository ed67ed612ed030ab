#include "cli/stress_table.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "demuxsim/report/csv_text.hpp"
#include "demuxsim/report/json_text.hpp"

namespace demuxsim::cli {
namespace {

bool is_nothing(const StressValue& value) { return std::holds_alternative<std::monostate>(value); }

/// Empty for nothing.
std::string plain(const StressValue& value, const StressColumn& column) {
  if (const auto* const count = std::get_if<std::uint64_t>(&value)) return std::to_string(*count);
  if (const auto* const number = std::get_if<double>(&value)) {
    return fmt::format("{:.{}f}", *number, column.decimals);
  }
  const auto* const text = std::get_if<std::string>(&value);
  return text != nullptr ? *text : std::string{};
}

class AlignedText {
 public:
  explicit AlignedText(const StressTable& table) : table_(table) {
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
      std::size_t width = table.columns[i].heading.size();
      bool is_text = false;
      for (const auto& row : table.rows) {
        width = std::max(width, shown(row, i).size());
        is_text = is_text || std::holds_alternative<std::string>(row[i]);
      }
      widths_.push_back(width);
      left_.push_back(is_text);
    }
  }

  std::string write() const {
    std::string out;
    for (const std::string& note : table_.notes) out += fmt::format("# {}\n", note);
    if (!table_.notes.empty()) out += '\n';
    append_line(out, [&](std::size_t i) { return std::string(table_.columns[i].heading); });
    for (std::size_t i = 0; i < table_.rows.size(); ++i) {
      const auto& row = table_.rows[i];
      if (i == 0 || !same_group(row, table_.rows[i - 1])) out += '\n';
      append_line(out, [&](std::size_t column) { return shown(row, column); });
    }
    return out;
  }

 private:
  using Row = std::vector<StressValue>;

  std::string shown(const Row& row, std::size_t column) const {
    const bool is_remark = table_.columns[column].heading.empty();
    return is_nothing(row[column]) && !is_remark ? "-" : plain(row[column], table_.columns[column]);
  }
  bool same_group(const Row& a, const Row& b) const {
    const auto end = a.begin() + static_cast<std::ptrdiff_t>(table_.group_columns);
    return std::equal(a.begin(), end, b.begin());
  }
  template <class TextOf>
  void append_line(std::string& out, TextOf text_of) const {
    std::string line;
    for (std::size_t i = 0; i < widths_.size(); ++i) {
      const std::string text = text_of(i);
      const std::string padding(widths_[i] - text.size(), ' ');
      if (i != 0) line += "  ";
      line += left_[i] ? text + padding : padding + text;
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += line;
    out += '\n';
  }

  const StressTable& table_;
  std::vector<std::size_t> widths_;
  std::vector<bool> left_;
};

std::string json_object(const StressTable& table, const std::vector<StressValue>& row) {
  std::string out = "{";
  for (std::size_t i = 0; i < row.size(); ++i) {
    if (i != 0) out += ", ";
    append_json(out, table.columns[i].name);
    out += ": ";
    if (is_nothing(row[i])) {
      out += "null";
    } else if (const auto* const text = std::get_if<std::string>(&row[i])) {
      append_json(out, *text);
    } else {
      out += plain(row[i], table.columns[i]);
    }
  }
  return out + '}';
}

std::string json_array(const StressTable& table) {
  std::string out = "[";
  std::string_view between = "\n";
  for (const auto& row : table.rows) {
    out += between;
    out += json_object(table, row);
    between = ",\n";
  }
  return out + (table.rows.empty() ? "]\n" : "\n]\n");
}

std::string json_lines(const StressTable& table) {
  std::string out;
  for (const auto& row : table.rows) out += json_object(table, row) + '\n';
  return out;
}

std::string csv(const StressTable& table) {
  std::string out;
  const auto append_line = [&](auto text_of) {
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
      if (i != 0) out += ',';
      append_csv(out, text_of(i));
    }
    out += '\n';
  };
  append_line([&](std::size_t i) { return std::string(table.columns[i].name); });
  for (const auto& row : table.rows) {
    append_line([&](std::size_t i) { return plain(row[i], table.columns[i]); });
  }
  return out;
}

}  // namespace

std::string to_string(const StressTable& table, Format format) {
  switch (format) {
    case Format::json:
      return json_array(table);
    case Format::jsonl:
      return json_lines(table);
    case Format::csv:
      return csv(table);
    default:
      return AlignedText(table).write();
  }
}

}  // namespace demuxsim::cli
