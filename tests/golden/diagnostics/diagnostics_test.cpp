// Each broken scenario beside this file and, as NAME.txt, every word that the loader answers. With
// DEMUXSIM_ACCEPT=1 in the environment the answers are written anew; then read what changed.

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "demuxsim/scenario/load.hpp"
#include "support/catch.hpp"

namespace demuxsim {
namespace {

namespace fs = std::filesystem;

const fs::path kFolder = fs::path(DEMUXSIM_SOURCE_DIR) / "tests/golden/diagnostics";

std::vector<fs::path> broken_scenarios() {
  std::vector<fs::path> paths;
  for (const auto& entry : fs::directory_iterator(kFolder)) {
    const fs::path extension = entry.path().extension();
    if (extension == ".yaml" || extension == ".json") paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

std::string read(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

/// The comments `# set: key=value` at the beginning of a file.
LoadOptions options_in(std::string_view text) {
  constexpr std::string_view kMark = "# set: ";
  LoadOptions options;
  while (text.starts_with(kMark)) {
    const std::string_view setting = text.substr(kMark.size(), text.find('\n') - kMark.size());
    const std::size_t equals = setting.find('=');
    options.params.emplace_back(setting.substr(0, equals), setting.substr(equals + 1));
    text.remove_prefix(text.find('\n') + 1);
  }
  return options;
}

/// What the loader says about a file, whose path is shortened to its name.
std::string answer(const fs::path& path) {
  const SourceFile source{path.filename().string(), read(path)};
  const auto spec = load(source, options_in(source.text));
  if (spec) return "no complaint\n";
  return render(source, spec.error(), Color::off);
}

/// The lines from the first difference on, marked like those of diff.
std::string difference(const std::string& expected, const std::string& found) {
  const auto lines = [](const std::string& text) {
    std::vector<std::string> all;
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = std::min(text.find('\n', at), text.size());
      all.push_back(text.substr(at, end - at));
      at = end + 1;
    }
    return all;
  };
  const auto old_lines = lines(expected);
  const auto new_lines = lines(found);
  const auto [old_at, new_at] =
      std::mismatch(old_lines.begin(), old_lines.end(), new_lines.begin(), new_lines.end());
  std::string out;
  for (auto each = old_at; each != old_lines.end() && each - old_at < 8; ++each) {
    out += "- " + *each + "\n";
  }
  for (auto each = new_at; each != new_lines.end() && each - new_at < 8; ++each) {
    out += "+ " + *each + "\n";
  }
  return out + "DEMUXSIM_ACCEPT=1 takes the new answer over\n";
}

TEST_CASE("every broken scenario gets its complaints, word for word") {
  const std::vector<fs::path> paths = broken_scenarios();
  REQUIRE(paths.size() >= 40);
  const bool accept = std::getenv("DEMUXSIM_ACCEPT") != nullptr;
  for (const fs::path& path : paths) {
    const std::string found = answer(path);
    const fs::path golden = path.string() + ".txt";
    if (accept) std::ofstream(golden, std::ios::binary) << found;
    INFO(path.filename().string());
    REQUIRE(fs::exists(golden));
    const std::string expected = read(golden);
    INFO(difference(expected, found));
    CHECK(expected == found);
    CHECK(found != "no complaint\n");
  }
}

TEST_CASE("no answer is left of a scenario that is gone") {
  for (const auto& entry : fs::directory_iterator(kFolder)) {
    fs::path path = entry.path();
    if (path.extension() != ".txt") continue;
    INFO(path.filename().string());
    CHECK(fs::exists(path.replace_extension()));
  }
}

}  // namespace
}  // namespace demuxsim
