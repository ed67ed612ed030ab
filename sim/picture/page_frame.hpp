// The parts of the page that are the same for every run, from the files in page/. The source of
// this header is made by page/embed.cmake.
#pragma once

#include <span>
#include <string_view>

namespace demuxsim {

/// Each part in pieces.
struct PageFrame {
  std::span<const std::string_view> start;   ///< Up to the title.
  std::span<const std::string_view> middle;  ///< From there up to the runs.
  std::span<const std::string_view> end;
};

PageFrame page_frame();

}  // namespace demuxsim
