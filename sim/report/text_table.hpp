// Lines of cells, each column as wide as its widest cell.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "demuxsim/report/byte_sink.hpp"
#include "demuxsim/report/line_text.hpp"

namespace demuxsim {

class TextTable {
 public:
  struct Column {
    std::string heading;
    bool number = false;  ///< Stands at the right side of its width.
  };

  explicit TextTable(std::vector<Column> columns);

  /// A cell for each column.
  void add(std::vector<std::string> cells, Colour colour = Colour::none);

  /// The cell of each line in column `coloured` is in the line's colour.
  void write(ByteSink& out, std::string_view indent, const Painter& painter,
             std::size_t coloured) const;

 private:
  struct Line {
    std::vector<std::string> cells;
    Colour colour = Colour::none;
  };
  std::vector<bool> numbers_;
  std::vector<std::size_t> widths_;
  std::vector<Line> lines_;
};

}  // namespace demuxsim
