#include "text_table.hpp"

#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include "demuxsim/core/check.hpp"

namespace demuxsim {

TextTable::TextTable(std::vector<Column> columns) {
  Line heading;
  for (Column& column : columns) {
    numbers_.push_back(column.number);
    widths_.push_back(0);
    heading.cells.push_back(std::move(column.heading));
  }
  add(std::move(heading.cells));
}

void TextTable::add(std::vector<std::string> cells, Colour colour) {
  DEMUXSIM_CHECK(cells.size() == widths_.size());
  for (std::size_t i = 0; i < cells.size(); ++i) {
    widths_[i] = std::max(widths_[i], cells[i].size());
  }
  lines_.push_back({std::move(cells), colour});
}

void TextTable::write(ByteSink& out, std::string_view indent, const Painter& painter,
                      std::size_t coloured) const {
  std::string text;
  for (const Line& line : lines_) {
    text = indent;
    for (std::size_t i = 0; i < widths_.size(); ++i) {
      const std::string cell = numbers_[i] ? fmt::format("{:>{}}", line.cells[i], widths_[i])
                                           : fmt::format("{:<{}}", line.cells[i], widths_[i]);
      if (i != 0) text += "  ";
      painter.paint(text, i == coloured ? line.colour : Colour::none, cell);
    }
    text.erase(text.find_last_not_of(' ') + 1);
    out.append(text += '\n');
  }
}

}  // namespace demuxsim
