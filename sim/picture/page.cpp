#include "demuxsim/picture/page.hpp"

#include <string>
#include <string_view>

#include <fmt/core.h>

#include "picture/page_frame.hpp"
#include "picture/page_model.hpp"
#include "picture/svg_text.hpp"

namespace demuxsim {
namespace {

void write(ByteSink& out, std::span<const std::string_view> pieces) {
  for (const std::string_view piece : pieces) out.append(piece);
}

std::string title_of(const SeenRun& run) {
  return escaped_xml(run.spec.title.empty() ? run.path : run.spec.title);
}

}  // namespace

void write_page(ByteSink& out, std::span<const SeenRun> runs) {
  const PageFrame frame = page_frame();
  write(out, frame.start);
  out.append(title_of(runs.front()));
  write(out, frame.middle);
  for (std::size_t i = 0; i < runs.size(); ++i) {
    out.append(fmt::format("<script type=\"application/json\" id=\"run-{}\">", i));
    out.append(page_model(runs[i]));
    out.append("</script>\n");
  }
  write(out, frame.end);
}

}  // namespace demuxsim
